"""The contenders of the serving benchmark: Cifra, and other ways to serve the same network."""
