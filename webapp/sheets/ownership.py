"""Access to sheets: one's own, or anybody's for an admin. Another owner's sheet is a 404."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort
from sqlalchemy import Select, false
from sqlalchemy.orm import Session

from webapp.accounts.authentication import is_admin
from webapp.accounts.current_owner import current_owner_id
from webapp.models import Sheet
from webapp.platform.database import db


def visible_sheet(sheet_id: str) -> Sheet:
    """One's own sheet, or anybody's for an admin. Aborts with 404 for any other."""
    sheet = _find(db.session(), sheet_id)
    if sheet is None or not (is_own(sheet) or is_admin()):
        abort(404)
    return sheet


def own_sheet(session: Session, sheet_id: str) -> Sheet:
    """One's own sheet, locked in the caller's transaction. Aborts with 404 for any other."""
    sheet = session.scalar(Sheet.locked(sheet_id)) if sheet_id.isascii() else None
    if sheet is None or not is_own(sheet):
        abort(404)
    return sheet


def own_sheets(ids: Sequence[str]) -> list[Sheet]:
    """One's own sheets of these ids, in the same order; others are left out."""
    found = {s.id: s for s in db.session.scalars(_own().where(Sheet.id.in_(ids)))}
    return [found[sheet_id] for sheet_id in dict.fromkeys(ids) if sheet_id in found]


def latest_sheets(count: int) -> Sequence[Sheet]:
    return db.session.scalars(_own().limit(count)).all()


def is_own(sheet: Sheet) -> bool:
    """Whether the sheet belongs to the owner of this request."""
    return sheet.owner_id == current_owner_id()


def _own() -> Select[tuple[Sheet]]:
    owner = current_owner_id()
    return Sheet.newest_first().where(false()) if owner is None else Sheet.of_owner(owner)


def _find(session: Session, sheet_id: str) -> Sheet | None:
    """None also for a text that cannot be an id: PostgreSQL refuses one that contains NUL."""
    if not (sheet_id.isascii() and sheet_id.isprintable()):
        return None
    return session.get(Sheet, sheet_id)
