"""The error of a start that fails."""


class CannotStartError(Exception):
    """Cifra cannot start; the text says why and what to do, and `make run` prints it."""
