"""Corrections: the labels that people give, and their review by an admin."""
