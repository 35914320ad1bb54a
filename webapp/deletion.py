"""A deletion: rows go first, with digits and corrections, then the files; nothing is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session, undefer

from webapp.access import is_own
from webapp.audit import record
from webapp.database import writing
from webapp.models import (
    Correction,
    Deed,
    Exam,
    ModelVersion,
    Prediction,
    Publication,
    Role,
    Status,
    TrainingRun,
    User,
)
from webapp.services import services

DELETED_AT_ONCE = 100  # predictions in one transaction, so that other writers have their turn


class OnlyAdminError(Exception):
    """The last admin's account stays: without it nobody could look after the models."""


def delete_prediction(prediction: Prediction) -> None:
    """Delete one, by its giver or by an admin, who is written down in the audit log."""
    with writing() as session:
        _remove(session, [prediction.id])
        if not is_own(prediction):
            record(session, Deed.DELETED, f"prediction {prediction.id}")
    services.storage.delete(prediction.id)


def delete_all_of(visitor: str) -> int:
    """Delete all that somebody gave and said; returns how many pictures there were."""
    with writing() as session:  # first, as older ones may be of other people's pictures
        session.execute(delete(Correction).where(Correction.visitor == visitor))
        forget_ink(session)
    deleted = 0
    while count := _delete_some(Prediction.visitor == visitor):
        deleted += count
    return deleted


def delete_account(user: User) -> None:
    """Delete an account and all that is its own. Raises OnlyAdminError for the last admin's.

    What it did as an admin stays done, and in the audit log with its name.
    """
    with writing() as session:
        admins = session.scalars(select(User.id).where(User.role == Role.ADMIN)).all()
        if list(admins) == [user.id]:
            raise OnlyAdminError
    delete_all_of(user.visitor)
    with writing() as session:
        for deeds, by in (
            (Correction, Correction.decided_by_id),
            (Publication, Publication.published_by_id),
            (TrainingRun, TrainingRun.requested_by_id),
        ):
            session.execute(update(deeds).where(by == user.id).values({by: None}))
        session.execute(delete(User).where(User.id == user.id))


def delete_older_than(moment: datetime) -> int:
    """Delete a batch of what was given before then; returns how many there were."""
    # Naming every status lets the index on status and time find them.
    return _delete_some(Prediction.status.in_(Status) & (Prediction.created_at < moment))


def forget_ink(session: Session) -> None:
    """Take out of the exams what was corrected once and is gone. Marks and verdicts stay."""
    for version in session.scalars(select(ModelVersion).options(undefer(ModelVersion.exam))):
        if version.exam is None:
            continue
        inks = Exam.from_json(version.exam).inks
        known = set(
            session.scalars(select(Correction.ink_sha256).where(Correction.ink_sha256.in_(inks)))
        )
        if inks - known:
            version.exam = Exam.forgetting(version.exam, inks - known)


def _delete_some(which: ColumnElement[bool]) -> int:
    """Delete up to DELETED_AT_ONCE of these predictions; returns how many."""
    with writing() as session:
        ids = session.scalars(select(Prediction.id).where(which).limit(DELETED_AT_ONCE)).all()
        _remove(session, ids)
    for prediction_id in ids:
        services.storage.delete(prediction_id)
    return len(ids)


def _remove(session: Session, ids: Sequence[str]) -> None:
    """Delete rows; the database drops their digits and corrections with them."""
    was_corrected = session.scalar(
        Correction.of_predictions(ids).with_only_columns(Correction.id).limit(1)
    )
    session.execute(delete(Prediction).where(Prediction.id.in_(ids)))
    if was_corrected:
        forget_ink(session)
