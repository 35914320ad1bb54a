"""Training pictures that the program draws."""
