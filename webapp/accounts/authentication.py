"""Authentication: the sign-in that a browser's session refers to."""

from __future__ import annotations

from flask import Flask, Request, g, session
from flask_login import LoginManager, current_user

from webapp.accounts import current_owner
from webapp.accounts.signing import CookieSessions
from webapp.models import SignIn, User
from webapp.platform.database import db

SESSION_KEY = "sign_in"  # the sign-in's id


def init_app(app: Flask) -> None:
    app.session_interface = CookieSessions()
    login = LoginManager(app)
    login.request_loader(_load_user)
    app.add_template_global(is_admin)


def begin_session(sign_in: SignIn, user: User) -> None:
    """Start a new session in this browser. Nothing of an earlier session is left in it."""
    db.session.rollback()  # rows that were read before the sign-in are outdated
    end_session()
    session[SESSION_KEY] = sign_in.id
    session[current_owner.SESSION_KEY] = user.owner_id


def end_session() -> None:
    session.clear()
    for cached in ("owner_id", "sign_in", "_login_user"):
        g.pop(cached, None)


def current_sign_in() -> SignIn | None:
    """The sign-in that this browser's session refers to; None when nobody is signed in."""
    if "sign_in" not in g:
        token = session.get(SESSION_KEY)
        g.sign_in = db.session.scalar(SignIn.valid(token)) if token else None
    sign_in: SignIn | None = g.sign_in
    return sign_in


def is_admin() -> bool:
    return bool(current_user.is_authenticated and current_user.is_admin)


def _load_user(request: Request) -> User | None:  # noqa: ARG001 (Flask-Login passes it)
    sign_in = current_sign_in()
    return sign_in.user if sign_in else None
