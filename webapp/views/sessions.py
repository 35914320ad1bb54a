"""A session: signing in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.auth import sign_in, sign_out

pages = Blueprint("sessions", __name__, url_prefix="/session")


@pages.get("/new")
def new() -> str:
    return render_template("sessions/new.html", email="", next=request.args.get("next", ""))


@pages.post("")
def create() -> Response | tuple[str, int]:
    email, onward = request.form.get("email", ""), request.form.get("next", "")
    if not sign_in(email, request.form.get("password", "")):
        problem = "This e-mail address and password don't belong together."
        page = render_template("sessions/new.html", email=email, next=onward, problem=problem)
        return page, 422
    return redirect(onward if _is_ours(onward) else url_for("models.index"), 303)


@pages.post("/end")
def destroy() -> Response:
    sign_out()
    flash("You are signed out.")
    return redirect(url_for("home.index"), 303)


def _is_ours(address: str) -> bool:
    """Whether an address stays on this site: a path, and nothing that a browser reads as a host."""
    parts = urlsplit(address)
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    return is_path and not parts.scheme and not parts.netloc
