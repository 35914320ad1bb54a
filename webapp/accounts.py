"""Accounts: people sign up, in and out, and the history they had without one comes along."""

from __future__ import annotations

from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.audit import record
from webapp.auth import (
    anonymous_visitor,
    begin_session,
    end_session,
    forget_anonymous_visitor,
    this_sign_in,
)
from webapp.database import db, writing
from webapp.limits import address
from webapp.models import Correction, Deed, Prediction, SignIn, User
from webapp.models.user import hash_password, is_password_of, normal
from webapp.services import services
from webapp.tries import Tries

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
            record(session, Deed.SIGNED_IN, user.email, by=user)
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
            record(session, Deed.CONFIRMED, current_user.email)
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
            record(session, Deed.CHANGED_PASSWORD, user.email)
    begin_session(begun)
    return True


def set_password(user: User, new: str) -> None:
    """Replace a forgotten password, as an operator may; the account is signed out everywhere.

    Raises WeakPasswordError for one that is not good enough.
    """
    password_hash = hash_password(new, email=user.email)
    with writing() as session:
        _replace_password(session, session.get_one(User, user.id), password_hash)
        record(session, Deed.SET_PASSWORD, user.email)


def is_own_password(password: str) -> bool:
    """Whether it is that of the person who is signed in. Raises TooManyTriesError."""
    return _is_right(current_user.email, current_user, password)


def _is_right(email: str, user: User | None, password: str) -> bool:
    tries = Tries(services.counters, normal(email), address())
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
    anonymous = anonymous_visitor()
    if anonymous is not None:
        Prediction.hand_over(session, anonymous, to=user.visitor)
        Correction.hand_over(session, anonymous, to=user.visitor)
    return SignIn.begin(session, user)


def _enter(sign_in: SignIn) -> None:
    begin_session(sign_in)
    forget_anonymous_visitor()
