"""Why Cifra cannot start here, in a sentence that says what to do about it."""


class CannotStartError(Exception):
    """Its text is shown to the person who typed `make run`."""
