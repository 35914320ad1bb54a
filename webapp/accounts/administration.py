"""The administration of accounts: an admin disables one, or gives and takes the admin role.

Each change locks all admins first, so that two admins who act at once leave one.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from webapp.messages import gettext_noop
from webapp.models import AuditAction, Role, SignIn, User, utc_now
from webapp.platform.audit import record
from webapp.platform.database import writing


class AdministrationError(Exception):
    """A change of an account that was not made. The text is a sentence for the admin."""


class UnknownAccountError(AdministrationError):
    """There is no account with this id."""

    def __init__(self) -> None:
        super().__init__(gettext_noop("This account has been deleted."))


class OwnAccountError(AdministrationError):
    """Admins change no account of their own, so that nobody locks themselves out."""

    def __init__(self) -> None:
        super().__init__(gettext_noop("You cannot do this to your own account. Ask another admin."))


class LastAdminError(AdministrationError):
    """Without an admin nobody could manage the models."""

    def __init__(self) -> None:
        super().__init__(gettext_noop("One admin must be left, so nothing was changed."))


def disable(user_id: int, *, by: User, note: str | None) -> User:
    """Sign an account out everywhere, and let nobody sign in to it. Its pictures stay.

    Raises AdministrationError. The same holds for the functions below.
    """

    def change(session: Session, user: User) -> None:
        user.disabled_at = utc_now()
        SignIn.end_all(session, user)

    return _change(user_id, AuditAction.DISABLED, change, by=by, note=note)


def enable(user_id: int, *, by: User, note: str | None) -> User:
    def change(_session: Session, user: User) -> None:
        user.disabled_at = None

    return _change(user_id, AuditAction.ENABLED, change, by=by, note=note)


def make_admin(user_id: int, *, by: User, note: str | None) -> User:
    def change(_session: Session, user: User) -> None:
        user.role = Role.ADMIN

    return _change(user_id, AuditAction.CREATED_ADMIN, change, by=by, note=note)


def remove_admin(user_id: int, *, by: User, note: str | None) -> User:
    """Take the admin role away. The account and its pictures stay."""

    def change(_session: Session, user: User) -> None:
        user.role = Role.PERSON

    return _change(user_id, AuditAction.REMOVED_ADMIN, change, by=by, note=note)


def _change(
    user_id: int,
    action: AuditAction,
    change: Callable[[Session, User], None],
    *,
    by: User,
    note: str | None,
) -> User:
    if user_id == by.id:
        raise OwnAccountError
    with writing() as session:
        session.scalars(User.admins().with_for_update()).all()
        user = session.get(User, user_id, with_for_update=True, populate_existing=True)
        if user is None:
            raise UnknownAccountError
        change(session, user)
        session.flush()
        # The admin who asks may have lost the role since the request began.
        if by.id not in [admin.id for admin in session.scalars(User.admins())]:
            raise LastAdminError
        record(session, action, user.email, note=note, by=by)
    return user
