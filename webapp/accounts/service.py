"""Accounts: people sign up, in and out, and the history of their browser moves to the account."""

from __future__ import annotations

from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.accounts.authentication import begin_session, current_sign_in, end_session
from webapp.accounts.current_owner import anonymous_owner_id
from webapp.accounts.device_cookie import current_device, remember_account
from webapp.accounts.login_throttle import LoginThrottle
from webapp.accounts.merging import merge_owner
from webapp.accounts.owner_cookies import drop_cookies
from webapp.messages import gettext_noop
from webapp.models import AuditAction, SignIn, User
from webapp.models.user import AccountError, hash_password, is_email, is_password_of
from webapp.platform.audit import record
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.rate_limits import client_address

WRONG_PASSWORD = gettext_noop("That is not your password.")


class EmailTakenError(AccountError):
    """The e-mail address has an account. The sentence does not reveal more than it must."""

    def __init__(self) -> None:
        super().__init__(
            gettext_noop(
                "Cifra can't make an account with this address. If it is yours already, sign in."
            )
        )


class AccountDisabledError(Exception):
    """An admin disabled the account. Only who knows its password is told."""


def sign_up(email: str, password: str) -> None:
    """Create an account and sign in to it. Raises AccountError with a sentence when that fails."""
    user = User.create(email=email, password=password)
    anonymous = anonymous_owner_id()
    try:
        with writing() as session:
            session.add(user)
            session.flush()
            begun = _begin(session, user, anonymous)
    except IntegrityError:
        raise EmailTakenError from None
    _enter(begun, user, anonymous)


def sign_in(email: str, password: str) -> bool:
    """Sign in. Returns whether the e-mail address and the password belong together.

    Raises LoginThrottledError after too many wrong passwords, and AccountDisabledError where the
    password is right.
    """
    user = db.session.scalar(User.with_email(email)) if is_email(email) else None
    if not _is_right(email, user, password) or user is None:
        return False
    anonymous = anonymous_owner_id()
    with writing() as session:
        account = _lock_unchanged(session, user)
        if account is None:
            return False
        if account.is_disabled:
            raise AccountDisabledError
        begun = _begin(session, account, anonymous)
        if account.is_admin:
            record(session, AuditAction.SIGNED_IN, account.email, by=account)
    _enter(begun, account, anonymous)
    return True


def sign_out() -> None:
    """End this browser's sign-in. A copy of its cookie is no longer valid."""
    sign_in = current_sign_in()
    if sign_in:
        with writing() as session:
            SignIn.end(session, sign_in.id)
    end_session()


def confirm(password: str) -> bool:
    """Replace the current sign-in by a fresh one. Returns whether the password is right.

    Raises LoginThrottledError after too many wrong passwords.
    """
    sign_in = current_sign_in()
    if sign_in is None or not is_own_password(password):
        return False
    with writing() as session:
        account = _lock_unchanged(session, sign_in.user)
        if account is None:
            return False
        SignIn.end(session, sign_in.id)
        begun = SignIn.begin(session, account)
        if account.is_admin:
            record(session, AuditAction.CONFIRMED, account.email)
    _enter(begun, account)
    return True


def change_password(present: str, new: str) -> bool:
    """Choose a new password, which ends the sign-ins of all other browsers.

    Returns whether the present one is right. Raises LoginThrottledError after too many wrong
    passwords, and WeakPasswordError for a weak new one.
    """
    if not is_own_password(present):
        return False
    password_hash = hash_password(new, email=current_user.email)
    with writing() as session:
        account = _lock_unchanged(session, current_user)
        if account is None:
            return False
        _replace_password(session, account, password_hash)
        begun = SignIn.begin(session, account)
        if account.is_admin:
            record(session, AuditAction.CHANGED_PASSWORD, account.email)
    _enter(begun, account)
    return True


def set_password(user: User, new: str) -> None:
    """Replace a forgotten password, as an operator may; the account is signed out everywhere.

    Raises WeakPasswordError for a weak one.
    """
    password_hash = hash_password(new, email=user.email)
    with writing() as session:
        account = session.get_one(User, user.id, with_for_update=True)
        _replace_password(session, account, password_hash)
        record(session, AuditAction.SET_PASSWORD, account.email)


def is_own_password(password: str) -> bool:
    """Whether the password is that of the account that is signed in.

    Raises LoginThrottledError after too many wrong passwords.
    """
    return _is_right(current_user.email, current_user, password)


def _is_right(email: str, user: User | None, password: str) -> bool:
    throttle = LoginThrottle.of(extensions.counters, email, client_address(), current_device())
    throttle.begin()
    if not is_password_of(user, password):
        return False
    throttle.succeed()
    return True


def _lock_unchanged(session: Session, user: User) -> User | None:
    """The account, locked; None when it was deleted or its password changed since it was read."""
    account = session.get(User, user.id, with_for_update=True)
    is_unchanged = account is not None and account.password_hash == user.password_hash
    return account if is_unchanged else None


def _replace_password(session: Session, user: User, password_hash: str) -> None:
    user.password_hash = password_hash
    SignIn.end_all(session, user)


def _begin(session: Session, user: User, anonymous: str | None) -> SignIn:
    """A sign-in that replaces this browser's last one. The browser's own history is moved."""
    last = current_sign_in()
    if last is not None:
        SignIn.end(session, last.id)
    if anonymous is not None:
        merge_owner(session, anonymous, into=user.owner_id)
    return SignIn.begin(session, user)


def _enter(sign_in: SignIn, user: User, anonymous: str | None = None) -> None:
    begin_session(sign_in, user)
    remember_account(user.email)
    if anonymous is not None:
        drop_cookies([anonymous])
