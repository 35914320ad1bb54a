"""The base of every form: Flask-WTF's, with its CSRF token."""

from __future__ import annotations

from flask_wtf import FlaskForm


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form whose fields are read from the request. Unknown fields are ignored."""
