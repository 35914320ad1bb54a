"""Predictions: from an upload to its answer, its pages, its API and the history."""
