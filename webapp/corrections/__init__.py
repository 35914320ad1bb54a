"""Corrections: the labels that people give to digits, and their review by an admin."""
