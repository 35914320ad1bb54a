"""The wait of a picture: how many are read before it, and how long that takes at this rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models import Prediction, Status, utc_now

SAMPLE_SIZE = 40  # answers from which the rate is measured
MIN_INTERVALS = 3  # between answers of a busy worker, before a time is given
RECENT = timedelta(minutes=15)


@dataclass(frozen=True)
class Wait:
    """The place of a picture in the queue."""

    ahead: int  # pictures that are read before it
    seconds: float | None  # until it is read, about; None: nothing was read lately


def wait_of(session: Session, prediction: Prediction) -> Wait | None:
    """The wait of a picture that no worker has claimed; None for any other."""
    if prediction.status != Status.PENDING:
        return None
    ahead = _count_ahead(session, prediction)
    interval = _seconds_per_picture(session)
    return Wait(ahead, None if interval is None else interval * (ahead + 1))


def _count_ahead(session: Session, prediction: Prediction) -> int:
    """The pictures ahead, as owners take turns: of each other owner at most as many as of this one.

    A picture that comes later can still be read before it, where its owner has fewer.
    """
    by_owner = session.execute(
        select(Prediction.owner_id, func.count())
        .where(Prediction.status == Status.PENDING)
        .group_by(Prediction.owner_id)
    ).tuples()
    own = select(func.count()).where(
        Prediction.status == Status.PENDING,
        Prediction.owner_id == prediction.owner_id,
        Prediction.created_at < prediction.created_at,
    )
    own_ahead = session.scalar(own) or 0
    others = [count for owner, count in by_owner if owner != prediction.owner_id]
    return own_ahead + sum(min(count, own_ahead + 1) for count in others)


def _seconds_per_picture(session: Session) -> float | None:
    """The mean time between two answers while the second picture was waiting already."""
    query = select(Prediction.settled_at, Prediction.created_at).where(
        Prediction.status == Status.DONE, Prediction.created_at > utc_now() - RECENT
    )
    latest = session.execute(query.order_by(Prediction.created_at.desc()).limit(SAMPLE_SIZE)).all()
    intervals = _busy_intervals([(settled, created) for settled, created in latest])
    if len(intervals) < MIN_INTERVALS:
        return None
    return sum(intervals) / len(intervals)


def _busy_intervals(answers: Sequence[tuple[datetime, datetime]]) -> list[float]:
    """Seconds between one answer and the next to a picture that was there before the first.

    An answer is the time at which it was given and the time at which its picture came.
    """
    return [
        (settled - before).total_seconds()
        for (before, _), (settled, created) in pairwise(sorted(answers))
        if created < before
    ]
