"""The history: one page of the predictions that match the filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from webapp.accounts.ownership import visible_predictions
from webapp.models import Prediction, Status
from webapp.platform.database import db


@dataclass(frozen=True)
class Filters:
    """The predictions to show; None is no filter."""

    digit: int | None = None  # anywhere in the number
    status: Status | None = None
    first_day: date | None = None  # UTC
    last_day: date | None = None  # UTC
    everyone: bool = False  # for an admin
    page: int = 1

    @property
    def are_set(self) -> bool:
        return any(
            value is not None for value in (self.digit, self.status, self.first_day, self.last_day)
        )


@dataclass(frozen=True)
class HistoryPage:
    """One page of the history; pages count from 1."""

    predictions: Sequence[Prediction]
    number: int
    has_next: bool


def latest(count: int) -> Sequence[Prediction]:
    """The latest predictions of the owner of this request."""
    return db.session.scalars(visible_predictions(everyone=False).limit(count)).all()


def history_page(filters: Filters, *, page_size: int) -> HistoryPage:
    query = visible_predictions(everyone=filters.everyone)
    if filters.status:
        query = query.where(Prediction.status == filters.status)
    if filters.digit is not None:
        query = query.where(Prediction.number.contains(str(filters.digit)))
    if filters.first_day:
        query = query.where(Prediction.created_at >= _midnight(filters.first_day))
    if filters.last_day:
        query = query.where(Prediction.created_at < _midnight(filters.last_day) + timedelta(days=1))
    offset = (filters.page - 1) * page_size
    found = db.session.scalars(query.limit(page_size + 1).offset(offset)).all()
    return HistoryPage(found[:page_size], filters.page, has_next=len(found) > page_size)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
