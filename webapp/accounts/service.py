"""Accounts: people sign up, in and out, and the history they had without one comes along."""

from __future__ import annotations

from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.accounts.identity import (
    anonymous_owner_id,
    begin_session,
    end_session,
    forget_anonymous_owner,
    this_sign_in,
)
from webapp.accounts.login_throttle import LoginThrottle
from webapp.models import AuditAction, Correction, Prediction, SignIn, User
from webapp.models.user import hash_password, is_password_of, normal
from webapp.platform.audit import record
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.rate_limits import client_address

WRONG_PASSWORD = "That is not your password."  # noqa: S105 (a sentence)


class TakenError(ValueError):
    """An address that no second account can be made with; it says no more than it must."""

    def __init__(self) -> None:
        super().__init__(
            "We can't make an account with this address. If it is yours already, sign in."
        )


def sign_up(email: str, password: str) -> None:
    """Make an account, and sign in with it. Raises ValueError with a sentence when that fails."""
    user = User.create(email=email, password=password)
    try:
        with writing() as session:
            session.add(user)
            session.flush()
            sign_in = _begin(session, user)
    except IntegrityError:
        raise TakenError from None
    _enter(sign_in)


def sign_in(email: str, password: str) -> bool:
    """Sign in and begin a new session; says whether the e-mail address and password are right.

    Raises TooManyTriesError when there were too many wrong ones.
    """
    user = db.session.scalar(User.with_email(email))
    if not _is_right(email, user, password) or user is None:
        return False
    with writing() as session:
        begun = _begin(session, user)
        if user.is_admin:
            record(session, AuditAction.SIGNED_IN, user.email, by=user)
    _enter(begun)
    return True


def sign_out() -> None:
    """End this browser's sign-in: its cookie is worth nothing from now on."""
    sign_in = this_sign_in()
    if sign_in:
        with writing() as session:
            SignIn.end(session, sign_in.id)
    end_session()


def confirm(password: str) -> bool:
    """A fresh sign-in for who is signed in and gives the password; says whether it is right.

    Raises TooManyTriesError when there were too many wrong ones.
    """
    sign_in = this_sign_in()
    if sign_in is None or not _is_right(current_user.email, current_user, password):
        return False
    with writing() as session:
        SignIn.end(session, sign_in.id)
        begun = SignIn.begin(session, sign_in.user)
        if current_user.is_admin:
            record(session, AuditAction.CONFIRMED, current_user.email)
    begin_session(begun)
    return True


def change_password(present: str, new: str) -> bool:
    """Choose a new password, which ends the sign-ins of all other browsers.

    Says whether the present one is right. Raises TooManyTriesError when there were too many wrong
    ones, and WeakPasswordError for a new one that is not good enough.
    """
    if not _is_right(current_user.email, current_user, present):
        return False
    password_hash = hash_password(new, email=current_user.email)
    with writing() as session:
        user = session.get_one(User, current_user.id)
        _replace_password(session, user, password_hash)
        begun = SignIn.begin(session, user)
        if user.is_admin:
            record(session, AuditAction.CHANGED_PASSWORD, user.email)
    begin_session(begun)
    return True


def set_password(user: User, new: str) -> None:
    """Replace a forgotten password, as an operator may; the account is signed out everywhere.

    Raises WeakPasswordError for one that is not good enough.
    """
    password_hash = hash_password(new, email=user.email)
    with writing() as session:
        _replace_password(session, session.get_one(User, user.id), password_hash)
        record(session, AuditAction.SET_PASSWORD, user.email)


def is_own_password(password: str) -> bool:
    """Whether it is that of the person who is signed in. Raises TooManyTriesError."""
    return _is_right(current_user.email, current_user, password)


def _is_right(email: str, user: User | None, password: str) -> bool:
    tries = LoginThrottle(extensions.counters, normal(email), client_address())
    tries.begin()
    if not is_password_of(user, password):
        return False
    tries.succeed()
    return True


def _replace_password(session: Session, user: User, password_hash: str) -> None:
    user.password_hash = password_hash
    SignIn.end_all(session, user)


def _begin(session: Session, user: User) -> SignIn:
    """A sign-in in place of this browser's last, together with what it gave and said before."""
    last = this_sign_in()
    if last is not None:
        SignIn.end(session, last.id)
    anonymous = anonymous_owner_id()
    if anonymous is not None:
        Prediction.transfer(session, anonymous, to=user.owner_id)
        Correction.transfer(session, anonymous, to=user.owner_id)
    return SignIn.begin(session, user)


def _enter(sign_in: SignIn) -> None:
    begin_session(sign_in)
    forget_anonymous_owner()
