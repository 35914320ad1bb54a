"""The neighbours of a prediction: those before and after it in its batch, or in the history."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from webapp.models import Prediction


@dataclass(frozen=True)
class Neighbours:
    """The ids of the predictions beside one; None at an end."""

    previous: str | None = None
    next: str | None = None


def neighbours_of(session: Session, prediction: Prediction) -> Neighbours:
    """A batch goes on with the picture that came next, the history with the one before."""
    ids = select(Prediction.id).where(Prediction.owner_id == prediction.owner_id)
    if prediction.batch_id is not None:
        ids = ids.where(Prediction.batch_id == prediction.batch_id)
    later = or_(
        Prediction.created_at > prediction.created_at,
        and_(Prediction.created_at == prediction.created_at, Prediction.id < prediction.id),
    )
    earlier = or_(
        Prediction.created_at < prediction.created_at,
        and_(Prediction.created_at == prediction.created_at, Prediction.id > prediction.id),
    )
    newest_first = (Prediction.created_at.desc(), Prediction.id)
    oldest_first = (Prediction.created_at, Prediction.id.desc())
    after = session.scalar(ids.where(later).order_by(*oldest_first).limit(1))
    before = session.scalar(ids.where(earlier).order_by(*newest_first).limit(1))
    if prediction.batch_id is not None:
        return Neighbours(previous=before, next=after)
    return Neighbours(previous=after, next=before)
