"""Errors of `make run`, and the language in which it speaks."""

from __future__ import annotations

from webapp.messages import Message
from webapp.platform.languages import language_of_terminal, translate


class CannotStartError(Exception):
    """Cifra cannot start; the text says why and what to do, and `make run` prints it."""

    def __init__(self, message: Message) -> None:
        super().__init__(in_terminal(message))


def in_terminal(message: Message) -> str:
    """A sentence in the language of the terminal (LC_ALL, LC_MESSAGES, LANG)."""
    return translate(message, language_of_terminal())
