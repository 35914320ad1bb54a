"""Batches: pictures that came together, under an id that the sender chose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accounts.ownership import visible_predictions
from webapp.imaging.uploads import UploadError
from webapp.messages import gettext_noop
from webapp.models import Prediction
from webapp.models.status import SETTLED
from webapp.platform.database import db

MAX_PICTURES = 200  # of one batch
BATCH_ID = re.compile(r"[A-Za-z0-9_-]{22}")  # 128 random bits, as `new_token` makes them


class BadBatchIdError(UploadError):
    sentence = gettext_noop("The id of a batch has 22 characters: letters, digits, - and _.")


class BatchFullError(UploadError):
    status = 409
    sentence = gettext_noop("A batch holds at most 200 pictures. Send this one by itself.")


@dataclass(frozen=True)
class Batch:
    """The pictures of one batch, in the order in which they came."""

    id: str
    predictions: Sequence[Prediction]

    @property
    def settled(self) -> int:
        """The number of pictures that have their answer."""
        return sum(prediction.is_settled for prediction in self.predictions)

    @property
    def is_settled(self) -> bool:
        return self.settled == len(self.predictions)

    def count(self, *statuses: str) -> int:
        return sum(prediction.status in statuses for prediction in self.predictions)


def visible_batch(batch_id: str) -> Batch:
    """One's own pictures of a batch, or anybody's for an admin. Aborts with 404 for none."""
    if not BATCH_ID.fullmatch(batch_id):
        abort(404)
    query = visible_predictions(everyone=True).where(Prediction.batch_id == batch_id)
    predictions = db.session.scalars(query.limit(MAX_PICTURES)).all()
    if not predictions:
        abort(404)
    return Batch(batch_id, predictions[::-1])


def visible_batch_counts(batch_id: str) -> tuple[int, int]:
    """The pictures of a batch, and those that have their answer. Aborts with 404 for none."""
    query = visible_predictions(everyone=True).where(Prediction.batch_id == batch_id)
    by_status = query.with_only_columns(Prediction.status, func.count()).order_by(None)
    counts = dict(db.session.execute(by_status.group_by(Prediction.status)).tuples().all())
    if not counts:
        abort(404)
    return sum(counts.values()), sum(counts.get(status, 0) for status in SETTLED)


def checked_batch_id(text: str | None) -> str | None:
    """The id that a request names, or None for a picture by itself. Raises BadBatchIdError."""
    if not text:
        return None
    if not BATCH_ID.fullmatch(text):
        raise BadBatchIdError
    return text


def require_room(session: Session, owner_id: str, batch_id: str) -> None:
    """Raises BatchFullError where the owner's batch has as many pictures as it may.

    The caller's transaction holds the owner's lock, so that no other upload counts meanwhile.
    """
    query = select(func.count()).where(
        Prediction.owner_id == owner_id, Prediction.batch_id == batch_id
    )
    if (session.scalar(query) or 0) >= MAX_PICTURES:
        raise BatchFullError
