"""Sheets: photographed pages of numbers, their review, and their export as spreadsheets."""
