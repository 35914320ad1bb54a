"""Deletion of all data of one owner, and of an account."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from webapp.models import (
    Correction,
    EvaluationPicture,
    Prediction,
    Publication,
    Role,
    TrainingRun,
    User,
)
from webapp.platform.database import writing
from webapp.predictions.deletion import delete_batch


class OnlyAdminError(Exception):
    """The last admin's account stays: without it nobody could look after the models."""


def delete_all_of(owner_id: str) -> int:
    """Delete all pictures and corrections of an owner; returns the number of pictures."""
    with writing() as session:  # first, as older ones may be of other people's pictures
        session.execute(delete(Correction).where(Correction.owner_id == owner_id))
        EvaluationPicture.delete_orphans(session)
    deleted = 0
    while count := delete_batch(Prediction.owner_id == owner_id):
        deleted += count
    return deleted


def delete_account(user: User) -> None:
    """Delete an account and all its data. Raises OnlyAdminError for the last admin's.

    What it did as an admin stays done, and stays in the audit log under its name.
    """
    with writing() as session:
        admins = session.scalars(select(User.id).where(User.role == Role.ADMIN)).all()
        if list(admins) == [user.id]:
            raise OnlyAdminError
    delete_all_of(user.owner_id)
    with writing() as session:
        for table, column in (
            (Correction, Correction.decided_by_id),
            (Publication, Publication.published_by_id),
            (TrainingRun, TrainingRun.requested_by_id),
        ):
            session.execute(update(table).where(column == user.id).values({column: None}))
        session.execute(delete(User).where(User.id == user.id))
