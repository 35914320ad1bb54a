"""Sheets: a photographed page of numbers as rows and columns of cells, each with its value."""
