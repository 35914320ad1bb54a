"""The history: whose predictions, which of them, and which page of them, as the URL asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from webapp.accounts.identity import is_admin
from webapp.accounts.ownership import visible_predictions
from webapp.models import Prediction, Status
from webapp.platform.database import db

LONGEST_PAGE_NUMBER = 6  # characters


class BadFilterError(ValueError):
    """A filter value that means nothing, said in a sentence."""


@dataclass(frozen=True)
class Filters:
    """What the URL asks to see: ?digit=7&status=done&from=2026-01-01&to=2026-01-31&page=2."""

    digit: int | None = None
    status: Status | None = None
    first_day: date | None = None
    last_day: date | None = None
    everyone: bool = False
    page: int = 1

    @classmethod
    def from_url(cls, arguments: Mapping[str, str]) -> Filters:
        """Raises BadFilterError naming the value that was not understood."""
        filters = cls(
            digit=_digit(arguments.get("digit", "")),
            status=_status(arguments.get("status", "")),
            first_day=_day(arguments.get("from", ""), "from"),
            last_day=_day(arguments.get("to", ""), "to"),
            everyone=arguments.get("whose") == "all" and is_admin(),
            page=_page(arguments.get("page", "")),
        )
        if filters.first_day and filters.last_day and filters.first_day > filters.last_day:
            raise BadFilterError("The first day comes after the last day. Swap them.")
        return filters

    @property
    def are_set(self) -> bool:
        return any(
            value is not None for value in (self.digit, self.status, self.first_day, self.last_day)
        )


@dataclass(frozen=True)
class HistoryPage:
    """One page of a history, and whether there is more."""

    predictions: Sequence[Prediction]
    number: int
    has_next: bool


def latest(count: int) -> Sequence[Prediction]:
    """This visitor's latest predictions."""
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


def _digit(text: str) -> int | None:
    if not text:
        return None
    if text not in tuple("0123456789"):
        raise BadFilterError("The digit to look for must be one of 0 to 9.")
    return int(text)


def _status(text: str) -> Status | None:
    if not text:
        return None
    try:
        return Status(text)
    except ValueError:
        raise BadFilterError(f"The status must be one of {', '.join(Status)}.") from None


def _day(text: str, name: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1970 <= day.year < 9999:
        raise BadFilterError(f'The day in "{name}" must look like 2026-01-31.')
    return day


def _page(text: str) -> int:
    if not text:
        return 1
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_PAGE_NUMBER
    if not is_number or int(text) < 1:
        raise BadFilterError("The page must be a number from 1 on.")
    return int(text)
