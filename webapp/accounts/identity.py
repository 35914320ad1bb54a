"""Who is there: the visitor behind a signed cookie or an account, and what an admin may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlsplit

from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.models import SignIn, User, new_token
from webapp.platform.database import db

OWNER_COOKIE = "cifra_visitor"
OWNER_COOKIE_LIFE = timedelta(days=400)  # the longest that browsers keep a cookie
SESSION_KEY = "sign_in"  # under which the session's cookie names its sign-in

P = ParamSpec("P")


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()
    login = LoginManager(app)
    login.request_loader(_user_of)
    app.after_request(_hand_out_visitor_cookie)
    app.add_template_global(is_admin)


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, whose cookie stays on TLS when it was handed out there."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return is_over_tls(app)


def is_over_tls(app: Flask) -> bool:
    """Whether a cookie of this answer must never travel in the clear."""
    return bool(app.config["SESSION_COOKIE_SECURE"] or request.is_secure)


def current_owner_id() -> str | None:
    """Whose history this is: the account's, or the cookie's; None before a first picture."""
    if "owner_id" not in g:
        signed_in = current_user.is_authenticated
        g.owner_id = current_user.owner_id if signed_in else anonymous_owner_id()
    known: str | None = g.owner_id
    return known


def ensure_owner_id() -> str:
    """This visitor's id; a new one is sent home in a signed cookie with the answer."""
    known = current_owner_id()
    if known is None:
        known = g.owner_id = g.new_visitor = new_token()
    return known


def anonymous_owner_id() -> str | None:
    """Whom the cookie names, or None."""
    try:
        return str(_signer().loads(request.cookies.get(OWNER_COOKIE, "")))
    except BadSignature:
        return None


def forget_anonymous_owner() -> None:
    """Drop the cookie with the answer, as an account has taken its history over."""
    g.drops_visitor_cookie = True


def begin_session(sign_in: SignIn) -> None:
    """A new session in this browser, which names the sign-in; nothing of an older one is left."""
    db.session.rollback()  # what was read before the sign-in was written does not show it
    _forget_who_it_was()
    session.clear()
    session[SESSION_KEY] = sign_in.id


def end_session() -> None:
    _forget_who_it_was()
    session.clear()


def this_sign_in() -> SignIn | None:
    """The sign-in that this browser's session names, or None for somebody without an account."""
    if "sign_in" not in g:
        token = session.get(SESSION_KEY)
        g.sign_in = db.session.scalar(SignIn.named(token)) if token else None
    found: SignIn | None = g.sign_in
    return found


def is_admin() -> bool:
    return bool(current_user.is_authenticated and current_user.is_admin)


def person_required(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Lets whoever is signed in through; sends a stranger to the sign-in page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if current_user.is_authenticated else _ask_to_sign_in()

    return guarded


def admin_required(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Lets an admin through; sends a stranger to the sign-in page, and anyone else away (403)."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        if not is_admin():
            abort(403)
        return view(*args, **kwargs)

    return guarded


def fresh_admin_required(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Lets an admin through who gave the password lately; asks another admin for it again."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        sign_in = this_sign_in()
        if sign_in is None or not sign_in.is_fresh:
            return _ask_to_confirm()
        return view(*args, **kwargs)

    return admin_required(guarded)


def _ask_to_sign_in() -> ResponseReturnValue:
    """The sign-in page, which leads back here if this is a page and not the press of a button."""
    if request.path.startswith("/api/"):
        abort(401)
    flash("Please sign in first.")
    safe_next = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("sessions.new", next=safe_next))


def _ask_to_confirm() -> ResponseReturnValue:
    """The page that asks for the password again, and then leads back to where the button is."""
    if request.path.startswith("/api/"):
        sentence = "Your sign-in is too old for this. Give your password again, then try again."
        return make_response(jsonify(error=sentence), 401)
    return redirect(url_for("reauthentication.new", next=_page_of_the_button()), 303)


def _page_of_the_button() -> str | None:
    """The page of this site that a press came from, as the browser tells; None if it does not."""
    came_from = urlsplit(request.referrer or "")
    return came_from.path if came_from.netloc == request.host else None


def _user_of(request: Request) -> User | None:  # noqa: ARG001 (Flask-Login hands it over)
    sign_in = this_sign_in()
    return sign_in.user if sign_in else None


def _forget_who_it_was() -> None:
    for known in ("owner_id", "sign_in", "_login_user"):
        g.pop(known, None)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="visitor")


def _hand_out_visitor_cookie(response: Response) -> Response:
    if "drops_visitor_cookie" in g:
        response.delete_cookie(OWNER_COOKIE)
    elif "new_visitor" in g:
        response.set_cookie(
            OWNER_COOKIE,
            _signer().dumps(g.new_visitor),
            max_age=OWNER_COOKIE_LIFE,
            httponly=True,
            samesite="Lax",
            secure=is_over_tls(current_app),
        )
    return response
