"""Who is there: the visitor behind a signed cookie, and the admin who signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from webapp.database import db
from webapp.models import User, new_token

VISITOR_COOKIE = "cifra_visitor"
VISITOR_COOKIE_LIFE = timedelta(days=400)  # the longest that browsers keep a cookie

P = ParamSpec("P")


def init_app(app: Flask) -> None:
    login = LoginManager(app)
    login.user_loader(_user_with_id)
    app.after_request(_hand_out_visitor_cookie)


def visitor() -> str | None:
    """Whose history this is: the account's, or the cookie's; None before a first picture."""
    if "visitor" not in g:
        signed_in = current_user.is_authenticated
        g.visitor = current_user.visitor if signed_in else _read_visitor_cookie()
    known: str | None = g.visitor
    return known


def remember_visitor() -> str:
    """This visitor's id; a new one is sent home in a signed cookie with the answer."""
    known = visitor()
    if known is None:
        known = g.visitor = g.new_visitor = new_token()
    return known


def sign_in(email: str, password: str) -> bool:
    """Sign in and begin a new session; says whether the e-mail address and password are right."""
    user = db.session.scalar(User.with_email(email))
    if user is None or not user.has_password(password):
        return False
    session.clear()
    login_user(user)
    return True


def sign_out() -> None:
    logout_user()
    session.clear()


def is_admin() -> bool:
    return bool(current_user.is_authenticated and current_user.is_admin)


def admin_required(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Lets an admin through; sends a stranger to the sign-in page, and anyone else away (403)."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            if request.path.startswith("/api/"):
                abort(401)
            return _ask_to_sign_in()
        if not is_admin():
            abort(403)
        return view(*args, **kwargs)

    return guarded


def _ask_to_sign_in() -> ResponseReturnValue:
    """The sign-in page, which leads back here if this is a page and not the press of a button."""
    flash("Please sign in first.")
    onward = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("sessions.new", next=onward))


def _user_with_id(user_id: str) -> User | None:
    return db.session.scalar(select(User).where(User.id == int(user_id)))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="visitor")


def _read_visitor_cookie() -> str | None:
    try:
        return str(_signer().loads(request.cookies.get(VISITOR_COOKIE, "")))
    except BadSignature:
        return None


def _hand_out_visitor_cookie(response: Response) -> Response:
    if "new_visitor" in g:
        response.set_cookie(
            VISITOR_COOKIE,
            _signer().dumps(g.new_visitor),
            max_age=VISITOR_COOKIE_LIFE,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response
