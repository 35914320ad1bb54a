"""Time slots: equal spans of time, numbered since 1970, in which rows are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement

MONDAY = 4 * 24 * 3600  # seconds from the start of 1970, a Thursday, to the first Monday


class unix_seconds(FunctionElement[int]):  # noqa: N801 (named as SQL functions are)
    """The whole seconds from the start of 1970 to a stored time."""

    type = Integer()
    inherit_cache = True


@compiles(unix_seconds, "sqlite")
def _on_sqlite(element: unix_seconds, compiler: Any, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(unix_seconds, "postgresql")
def _on_postgresql(element: unix_seconds, compiler: Any, **options: Any) -> str:
    time = compiler.process(element.clauses, **options)
    return f"CAST(floor(extract(epoch FROM {time})) AS BIGINT)"


@dataclass(frozen=True)
class TimeSlots:
    """The latest `count` slots of `width` seconds, the one under way included."""

    width: int
    count: int
    now: datetime
    offset: int = 0  # seconds from the start of 1970 to the start of slot 0

    @classmethod
    def until(cls, now: datetime, *, width: int, count: int) -> TimeSlots:
        """Slots of which the last one ends now, so that all are whole."""
        return cls(width, count, now, offset=(int(now.timestamp()) + 1) % width)

    @property
    def numbers(self) -> list[int]:
        last = self.number_of(self.now)
        return list(range(last - self.count + 1, last + 1))

    @property
    def since(self) -> datetime:
        return self.start_of(self.numbers[0])

    def start_of(self, number: int) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            seconds=self.offset + number * self.width
        )

    def number(self, column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[int]:
        """The slot's number of each row, as SQL."""
        seconds = unix_seconds(column) - literal(self.offset)
        return seconds // literal(self.width)

    def number_of(self, moment: datetime) -> int:
        return (int(moment.timestamp()) - self.offset) // self.width


def last_days(count: int, now: datetime) -> TimeSlots:
    """Days from midnight to midnight, UTC."""
    return TimeSlots(24 * 3600, count, now)


def last_weeks(count: int, now: datetime) -> TimeSlots:
    """Weeks from Monday to Sunday, UTC."""
    return TimeSlots(7 * 24 * 3600, count, now, offset=MONDAY)
