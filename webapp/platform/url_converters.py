"""The parts of a URL: numbers and text that every database can store."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

LARGEST_ID = 2**31 - 1  # PostgreSQL's INTEGER


class TextConverter(UnicodeConverter):
    """One part of a path. PostgreSQL refuses text with a NUL, so such a path is not found."""

    def to_python(self, value: str) -> str:
        if "\0" in value:
            raise ValidationError
        return value


class IdConverter(IntegerConverter):
    """A number that a row can have. Any larger one is not found."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Use them in every rule; expects that no rule with converters is registered yet."""
    app.url_map.converters["default"] = TextConverter
    app.url_map.converters["int"] = IdConverter
