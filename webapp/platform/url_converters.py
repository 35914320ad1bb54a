"""The converter of URL parts: text without NUL characters."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import UnicodeConverter, ValidationError


class TextConverter(UnicodeConverter):
    """One part of a path. A NUL is not found (404), as PostgreSQL refuses text that has one."""

    def to_python(self, value: str) -> str:
        if "\0" in value:
            raise ValidationError
        return value


def init_app(app: Flask) -> None:
    """Use it for the parts that name no converter of their own, in rules that are added later."""
    app.url_map.converters["default"] = TextConverter
