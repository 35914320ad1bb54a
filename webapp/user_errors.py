"""The base of the errors that a person can correct."""

from __future__ import annotations

from webapp.messages import Message


class UserError(Exception):
    """A request was not accepted: a sentence for the person, and the HTTP status.

    The sentence is marked for translation, and translated where it is shown; str() is the English.
    """

    status = 400
    sentence: str | Message = ""
    retry_after: int | None = None  # seconds until the same request may be accepted

    def __init__(self, sentence: str | Message | None = None) -> None:
        self.sentence = sentence or self.sentence

    def __str__(self) -> str:
        return str(self.sentence)

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
