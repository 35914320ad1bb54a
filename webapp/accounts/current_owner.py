"""The owner of a request: the account that is signed in, or the browser's owner cookie."""

from __future__ import annotations

from flask import Flask, g, request, session
from flask_login import current_user

from webapp.accounts.merging import merge_owner
from webapp.accounts.owner_cookies import (
    drop_cookies,
    hand_out_cookie,
    owner_ids_in_cookies,
    write_cookies,
)
from webapp.models import Owner, OwnerDeletedError, new_token
from webapp.platform.database import db, writing

SESSION_KEY = "owner"  # the account's owner at the time of the sign-in


def init_app(app: Flask) -> None:
    app.before_request(_merge_owners_in_cookies)
    app.after_request(write_cookies)


def current_owner_id() -> str | None:
    """The owner of this request's history; None for a browser that has none."""
    if "owner_id" not in g:
        signed_in = current_user.is_authenticated
        g.owner_id = current_user.owner_id if signed_in else anonymous_owner_id()
    owner_id: str | None = g.owner_id
    return owner_id


def ensure_owner_id() -> str:
    """The owner to store something for; a new one is sent to the browser in a cookie.

    Raises OwnerDeletedError when the browser names a deleted owner: the request was sent
    before the deletion was answered.
    """
    owner_id = current_owner_id()
    if owner_id is None:
        if _names_a_deleted_owner():
            forget_owners()
            raise OwnerDeletedError
        owner_id = _new_owner()
    return owner_id


def hand_out_owner() -> None:
    """Give a browser without an owner its cookie, before it uploads several pictures at once."""
    if current_owner_id() is None:
        forget_owners()
        _new_owner()


def forget_owners() -> None:
    """Drop the owner cookies with the response, as their owners are merged or deleted."""
    drop_cookies(owner_ids_in_cookies())
    session.pop(SESSION_KEY, None)
    g.pop("owner_id", None)


def anonymous_owner_id() -> str | None:
    """The owner that this request's cookies name, unless it is merged or deleted."""
    return next(iter(_live_anonymous_owner_ids()), None)


def _live_anonymous_owner_ids() -> list[str]:
    owner_ids = owner_ids_in_cookies()
    if not owner_ids:
        return []
    ended = {owner.id for owner in _owners(owner_ids) if not owner.is_live}
    return [owner_id for owner_id in owner_ids if owner_id not in ended]


def _new_owner() -> str:
    """A new owner. Its row is stored with the first thing that belongs to it."""
    g.owner_id = owner_id = new_token()
    hand_out_cookie(owner_id)
    return owner_id


def _names_a_deleted_owner() -> bool:
    owner_ids = owner_ids_in_cookies()
    if SESSION_KEY in session:
        owner_ids.append(session[SESSION_KEY])
    return any(owner.deleted_at is not None for owner in _owners(owner_ids))


def _owners(owner_ids: list[str]) -> list[Owner]:
    return list(db.session.scalars(Owner.with_ids(owner_ids))) if owner_ids else []


def _merge(owner_ids: list[str], *, into: str) -> None:
    """One transaction each, so that no two transactions lock the same rows in opposite order."""
    for owner_id in owner_ids:
        with writing() as transaction:
            merge_owner(transaction, owner_id, into=into)


def _merge_owners_in_cookies() -> None:
    """Merge the owners of several cookies, which requests at the same time left behind.

    They are merged into the account that is signed in, or into the first of them. Every request
    agrees on the order, so that a cookie which one request keeps is dropped by no other.
    """
    if request.endpoint == "static":
        return
    owner_ids = owner_ids_in_cookies()
    signed_in = bool(owner_ids) and current_user.is_authenticated
    if not owner_ids or (len(owner_ids) == 1 and not signed_in):
        return
    live = _live_anonymous_owner_ids()
    kept = current_user.owner_id if signed_in else next(iter(live), None)
    if kept is not None:
        try:
            _merge([owner_id for owner_id in live if owner_id != kept], into=kept)
        except OwnerDeletedError:
            return  # the account is deleted at this moment
    db.session.rollback()  # rows that were read before the merge are outdated
    drop_cookies(set(owner_ids) - {kept})
    g.pop("owner_id", None)
