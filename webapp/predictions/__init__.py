"""Predictions: from an upload to its reading, with its pages, its API and the history."""
