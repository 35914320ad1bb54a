"""The feedback: how many digits people confirm, and what that says about each version."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, case, func, literal, select
from sqlalchemy.orm import Session

from webapp.models import Correction, Digit, MissedDigit, Prediction
from webapp.models.time_slots import TimeSlots, last_days, last_weeks

DAYS = 28
WEEKS = 8
VERSIONS_SHOWN = 3  # the latest ones with feedback
LATEST = 10_000  # corrections that are counted, which bounds the work


@dataclass
class Feedback:
    """What people said about the digits that Cifra read, and about those that it missed."""

    confirmed: int = 0
    wrong: int = 0  # corrected, not a digit, or missed

    def add(self, confirmed: int, wrong: int) -> None:
        self.confirmed += confirmed
        self.wrong += wrong

    @property
    def count(self) -> int:
        return self.confirmed + self.wrong

    @property
    def accuracy(self) -> float | None:
        return self.confirmed / self.count if self.count else None


@dataclass(frozen=True)
class FeedbackByWeek:
    """The feedback on each version's readings, by the week in which people gave it."""

    weeks: TimeSlots
    by_version: dict[int, dict[int, Feedback]]  # by the version's id and the week's number

    @property
    def versions_shown(self) -> list[int]:
        return sorted(self.by_version)[-VERSIONS_SHOWN:]

    @property
    def latest(self) -> Feedback:
        """On all versions, of this week and the one before."""
        total = Feedback()
        for by_week in self.by_version.values():
            for number in self.weeks.numbers[-2:]:
                if number in by_week:
                    total.add(by_week[number].confirmed, by_week[number].wrong)
        return total

    def accuracies_of(self, version_id: int) -> list[float | None]:
        """Of each week, the oldest first."""
        by_week = self.by_version[version_id]
        return [
            by_week[number].accuracy if number in by_week else None for number in self.weeks.numbers
        ]


def feedback_by_week(session: Session, now: datetime) -> FeedbackByWeek:
    weeks = last_weeks(WEEKS, now)
    by_version: defaultdict[int, defaultdict[int, Feedback]] = defaultdict(
        lambda: defaultdict(Feedback)
    )
    for query in (_corrections_by_version(weeks), _missed_by_version(weeks)):
        for version_id, week, confirmed, wrong in session.execute(query).tuples():
            if version_id is not None:
                by_version[version_id][week].add(confirmed, wrong)
    return FeedbackByWeek(weeks, {one: dict(by_week) for one, by_week in by_version.items()})


def feedback_by_day(session: Session, now: datetime) -> tuple[TimeSlots, list[Feedback]]:
    """The confirmed and the corrected digits of each of the last days."""
    days = last_days(DAYS, now)
    latest = _latest_corrections(days)
    slot = days.number(latest.c.created_at).label("slot")
    query = select(slot, func.sum(latest.c.confirms), func.count()).group_by(slot)
    by_day = {
        day: Feedback(confirmed, count - confirmed)
        for day, confirmed, count in session.execute(query).tuples()
    }
    return days, [by_day.get(number, Feedback()) for number in days.numbers]


def _corrections_by_version(weeks: TimeSlots) -> Select[Any]:
    """Version, week, and the numbers of confirmed and of corrected digits.

    The version is looked up for each correction by itself: in a join, PostgreSQL may rather read
    all predictions than look up ten thousand.
    """
    latest = _latest_corrections(weeks)
    version = select(Prediction.model_version_id).join(Prediction.digits)
    judged = select(
        version.where(Digit.id == latest.c.digit_id).scalar_subquery().label("version_id"),
        weeks.number(latest.c.created_at).label("slot"),
        latest.c.confirms,
    ).subquery()
    confirmed = func.sum(judged.c.confirms)
    query = select(judged.c.version_id, judged.c.slot, confirmed, func.count() - confirmed)
    return query.group_by(judged.c.version_id, judged.c.slot)


def _missed_by_version(weeks: TimeSlots) -> Select[Any]:
    """The same of digits that segmentation missed: none of them is confirmed."""
    latest = (
        select(MissedDigit.prediction_id, MissedDigit.created_at)
        .order_by(MissedDigit.id.desc())
        .limit(LATEST)
        .subquery()
    )
    version = select(Prediction.model_version_id).where(Prediction.id == latest.c.prediction_id)
    missed = (
        select(
            version.scalar_subquery().label("version_id"),
            weeks.number(latest.c.created_at).label("slot"),
        )
        .where(latest.c.created_at >= weeks.since)
        .subquery()
    )
    query = select(missed.c.version_id, missed.c.slot, literal(0), func.count())
    return query.group_by(missed.c.version_id, missed.c.slot)


def _latest_corrections(slots: TimeSlots) -> Subquery:
    """The latest corrections, by the order of their ids."""
    latest = (
        select(
            Correction.digit_id,
            Correction.created_at,
            case((Correction.label == Correction.read_as, 1), else_=0).label("confirms"),
        )
        .order_by(Correction.id.desc())
        .limit(LATEST)
        .subquery()
    )
    return select(latest).where(latest.c.created_at >= slots.since).subquery()
