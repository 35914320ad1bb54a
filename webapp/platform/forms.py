"""The base of every form: Flask-WTF's, with its CSRF token."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A form whose fields are read from the request's form. Unknown fields are ignored."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Flask-WTF would also read a body of JSON, and fail where it is no object."""

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            return request.form if request.is_json else super().wrap_formdata(form, formdata)
