"""Backup and restore of a whole installation, on either database."""
