"""The drift: whether readings grow less sure, or are refused more often, from day to day."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from webapp.models import Prediction, Status
from webapp.models.time_slots import TimeSlots, last_days

DAYS = 28
READ_A_DAY = 1000  # pictures, the latest of the day; a busy day has far more


@dataclass(frozen=True)
class Readings:
    """The pictures that were settled on one day, the latest thousand at most."""

    mean_confidence: float | None  # of those with a number, 0..1
    refused: float | None  # their share, 0..1


def readings_by_day(session: Session, now: datetime) -> tuple[TimeSlots, list[Readings]]:
    """The readings of each of the last days, the oldest first."""
    days = last_days(DAYS, now)
    pictures = union_all(*(_pictures_of(days, number) for number in days.numbers)).subquery()
    query = select(
        pictures.c.day, pictures.c.status, func.count(), func.avg(pictures.c.confidence)
    ).group_by(pictures.c.day, pictures.c.status)
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    means: dict[int, float | None] = {}
    for day, status, count, mean in session.execute(query).tuples():
        counts[day][status] = count
        if status == Status.DONE:
            means[day] = mean
    return days, [_readings(counts[day], means.get(day)) for day in days.numbers]


def _pictures_of(days: TimeSlots, number: int) -> Select[Any]:
    """Some pictures of one day; an index holds all that is asked for."""
    begins = days.start_of(number)
    latest = (
        select(Prediction.status, Prediction.confidence)
        .where(
            Prediction.settled_at >= begins,
            Prediction.settled_at < begins + timedelta(seconds=days.width),
        )
        .order_by(Prediction.settled_at.desc())
        .limit(READ_A_DAY)
        .subquery()
    )
    return select(literal(number).label("day"), latest.c.status, latest.c.confidence)


def _readings(count: Counter[str], mean: float | None) -> Readings:
    total = sum(count.values())
    return Readings(mean, count[Status.REFUSED] / total if total else None)
