"""The history: one page of the predictions that match the filters, by cursor or by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, exists, func, select

from webapp.accounts.ownership import visible_predictions
from webapp.models import Correction, Digit, MissedDigit, Prediction, Status
from webapp.platform.database import db
from webapp.predictions.cursors import Cursor, Order, beyond, cursor_of, in_order

MOST_COUNTED = 1000
UNSURE_BELOW = 0.9  # of the confidence: such a reading had better be looked at


class Check(StrEnum):
    """Whether people have looked at a reading."""

    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Filters:
    """The predictions to show; None is no filter."""

    digit: int | None = None  # anywhere in the number
    number: str | None = None  # digits that follow each other in the number
    status: Status | None = None
    check: Check | None = None
    unsure: bool | None = None  # True: only readings with a low confidence
    batch_id: str | None = None
    first_day: date | None = None  # UTC
    last_day: date | None = None  # UTC
    everyone: bool = False  # for an admin

    @property
    def are_set(self) -> bool:
        return any(getattr(self, one.name) not in (None, False) for one in fields(self)[:-1])


@dataclass(frozen=True)
class PagePosition:
    """Which page of the matching predictions: beyond a cursor, or by its number."""

    order: Order = Order.NEWEST
    cursor: Cursor | None = None
    number: int = 1  # counts from 1; for addresses of older versions


@dataclass(frozen=True)
class HistoryPage:
    """One page of the history."""

    predictions: Sequence[Prediction]
    number: int
    total: int | None  # of all pages; None for more than MOST_COUNTED
    before: str | None = None  # the cursor of the page before; None at the beginning
    after: str | None = None  # the cursor of the next page; None at the end

    @property
    def most_counted(self) -> int:
        return MOST_COUNTED

    @property
    def has_next(self) -> bool:
        return self.after is not None


def latest(count: int) -> Sequence[Prediction]:
    """The latest predictions of the owner of this request."""
    return db.session.scalars(visible_predictions(everyone=False).limit(count)).all()


def history_page(filters: Filters, place: PagePosition, *, page_size: int) -> HistoryPage:
    query = visible_predictions(everyone=filters.everyone).where(*_conditions(filters))
    total = _count(query)
    cursor, offset = place.cursor, (place.number - 1) * page_size
    query = in_order(query, place.order, is_backwards=bool(cursor and cursor.is_backwards))
    if cursor is not None:
        query, offset = query.where(beyond(cursor, place.order)), 0
    found = list(db.session.scalars(query.limit(page_size + 1).offset(offset)))
    has_more, found = len(found) > page_size, found[:page_size]
    is_backwards = cursor is not None and cursor.is_backwards
    if is_backwards:
        found.reverse()
    has_before = has_more if is_backwards else bool(cursor) or place.number > 1
    has_after = is_backwards or has_more
    before = after = None
    if found and has_before:
        before = cursor_of(found[0], place.order, is_backwards=True)
    if found and has_after:
        after = cursor_of(found[-1], place.order)
    return HistoryPage(found, place.number, total, before=before, after=after)


def _count(query: Select[tuple[Prediction]]) -> int | None:
    """How many there are; None for more than MOST_COUNTED, as counting takes as long as reading."""
    ids = query.order_by(None).with_only_columns(Prediction.id).limit(MOST_COUNTED + 1)
    count = db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    return count if count <= MOST_COUNTED else None


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.status:
        conditions.append(Prediction.status == filters.status)
    for text in (filters.number, None if filters.digit is None else str(filters.digit)):
        if text is not None:
            conditions.append(Prediction.number.contains(text, autoescape=True))
    if filters.check is not None:
        conditions.append(_is_checked(filters.check))
    if filters.unsure:
        conditions.append(Prediction.confidence < UNSURE_BELOW)
    if filters.batch_id is not None:
        conditions.append(Prediction.batch_id == filters.batch_id)
    if filters.first_day:
        conditions.append(Prediction.created_at >= _midnight(filters.first_day))
    if filters.last_day:
        conditions.append(Prediction.created_at < _midnight(filters.last_day) + timedelta(days=1))
    return conditions


def _is_checked(check: Check) -> ColumnElement[bool]:
    """The predictions with a correction that changes them, with others only, or with none."""
    any_correction = _has_correction(select(Correction.id))
    wrong = Correction.label.is_distinct_from(Correction.read_as)
    changed = _has_correction(select(Correction.id).where(wrong)) | exists(
        select(MissedDigit.id).where(MissedDigit.prediction_id == Prediction.id)
    )
    if check is Check.CORRECTED:
        return changed
    return any_correction & ~changed if check is Check.CONFIRMED else ~any_correction & ~changed


def _has_correction(corrections: Select[tuple[int]]) -> ColumnElement[bool]:
    of_this = corrections.join(Digit).where(Digit.prediction_id == Prediction.id)
    return exists(of_this.correlate(Prediction))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
