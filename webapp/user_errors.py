"""The base of the errors that a person can correct."""

from __future__ import annotations


class UserError(Exception):
    """A request was not accepted: a sentence for the person, and the HTTP status."""

    status = 400
    sentence = ""
    retry_after: int | None = None  # seconds until the same request may be accepted

    def __init__(self, sentence: str | None = None) -> None:
        self.sentence = sentence or self.sentence

    def __str__(self) -> str:
        return self.sentence

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
