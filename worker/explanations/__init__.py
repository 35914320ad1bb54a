"""Explanations: computes those that wait, and keeps their numbers beside the pictures."""
