"""Evaluation of the recogniser: datasets, metrics and the report."""
