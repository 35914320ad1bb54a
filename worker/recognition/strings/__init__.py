"""Strings: a whole number, with its signs, read from the picture of its line."""
