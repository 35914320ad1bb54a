"""The language switch: a browser remembers the language that a person chose."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.platform.languages import COOKIE, COOKIE_SECONDS, LANGUAGES
from webapp.platform.safe_redirect import safe_next

pages = Blueprint("languages", __name__)


@pages.post("/language")
def choose() -> Response:
    """Keep the choice in a cookie, and show the page again from which it was made."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(400)
    response = redirect(safe_next() or url_for("home.index"), 303)
    response.set_cookie(
        COOKIE,
        language,
        max_age=COOKIE_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response
