"""The parts of a URL: text without NUL characters."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import UnicodeConverter


class TextConverter(UnicodeConverter):
    """One part of a path. PostgreSQL refuses text with a NUL, so such a path is not found."""

    regex = "[^/\x00]+"


def init_app(app: Flask) -> None:
    """Use it for every part without a converter of its own; expects no rules with such yet."""
    app.url_map.converters["default"] = TextConverter
