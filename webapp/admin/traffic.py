"""The traffic: what waits, how many pictures are read a minute, and how long an answer takes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models import Prediction, Status
from webapp.models.time_slots import TimeSlots

SLOT_MINUTES = 5
SLOTS = 12  # an hour
LATENCIES_READ = 5000  # the latest of the hour, which bounds what is loaded
REFUSALS_SHOWN = 8
REFUSAL_DAYS = 7
REFUSALS_READ = 5000  # the latest ones, as above


@dataclass(frozen=True)
class Queue:
    """The pictures that are not settled."""

    waiting: int  # that no worker has claimed
    being_read: int
    oldest_seconds: float | None  # how long the oldest has waited; None where none waits


@dataclass(frozen=True)
class Latency:
    """How long people waited, from the upload to the answer, in seconds."""

    p50: float
    p95: float


@dataclass(frozen=True)
class Traffic:
    """The last hour in slots of five minutes, which end now; the oldest first."""

    slots: TimeSlots
    settled: list[Counter[str]]  # of each slot: the number of pictures, by status
    latencies: list[Latency | None]  # of each slot
    latency: Latency | None  # of the whole hour

    @property
    def a_minute(self) -> float:
        """Pictures settled a minute, over the last five minutes."""
        return sum(self.settled[-1].values()) / SLOT_MINUTES


def queue_now(session: Session, now: datetime) -> Queue:
    query = select(Prediction.status, func.count(), func.min(Prediction.created_at))
    unsettled = query.where(Prediction.status.in_((Status.PENDING, Status.READING)))
    rows = session.execute(unsettled.group_by(Prediction.status)).tuples().all()
    count = {status: number for status, number, _ in rows}
    oldest = min((created_at for _, _, created_at in rows), default=None)
    return Queue(
        waiting=count.get(Status.PENDING, 0),
        being_read=count.get(Status.READING, 0),
        oldest_seconds=(now - oldest).total_seconds() if oldest else None,
    )


def traffic_of_the_hour(session: Session, now: datetime) -> Traffic:
    slots = TimeSlots.until(now, width=SLOT_MINUTES * 60, count=SLOTS)
    settled = {number: Counter[str]() for number in slots.numbers}
    number = slots.number(Prediction.settled_at).label("slot")
    counted = (
        select(number, Prediction.status, func.count())
        .where(Prediction.settled_at >= slots.since)
        .group_by(number, Prediction.status)
    )
    for slot, status, count in session.execute(counted).tuples():
        if slot in settled:
            settled[slot][status] = count
    waited = _waits(session, slots)
    return Traffic(
        slots=slots,
        settled=list(settled.values()),
        latencies=[_latency(waited[number]) for number in slots.numbers],
        latency=_latency([wait for waits in waited.values() for wait in waits]),
    )


def refusals_by_reason(session: Session, now: datetime) -> list[tuple[str, int]]:
    """The commonest reasons of the last week's refusals, with their counts."""
    latest = (
        select(Prediction.reason)
        .where(
            Prediction.status == Status.REFUSED,
            Prediction.created_at >= now - timedelta(days=REFUSAL_DAYS),
        )
        .order_by(Prediction.created_at.desc())
        .limit(REFUSALS_READ)
        .subquery()
    )
    count = func.count().label("count")
    query = (
        select(latest.c.reason, count)
        .where(latest.c.reason.is_not(None))
        .group_by(latest.c.reason)
        .order_by(count.desc(), latest.c.reason)
        .limit(REFUSALS_SHOWN)
    )
    return [(reason, number) for reason, number in session.execute(query).tuples()]


def _waits(session: Session, slots: TimeSlots) -> dict[int, list[float]]:
    """The seconds from upload to answer, by slot, of the latest pictures."""
    query = (
        select(Prediction.created_at, Prediction.settled_at)
        .where(Prediction.settled_at >= slots.since)
        .order_by(Prediction.settled_at.desc())
        .limit(LATENCIES_READ)
    )
    waited: defaultdict[int, list[float]] = defaultdict(list)
    for created_at, settled_at in session.execute(query).tuples():
        if settled_at is not None:
            seconds = (settled_at - created_at).total_seconds()
            waited[slots.number_of(settled_at)].append(seconds)
    return waited


def _latency(waits: Sequence[float]) -> Latency | None:
    if not waits:
        return None
    ordered = sorted(waits)
    return Latency(p50=_percentile(ordered, 0.5), p95=_percentile(ordered, 0.95))


def _percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return ordered[max(math.ceil(len(ordered) * share) - 1, 0)]
