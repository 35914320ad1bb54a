"""The deletion of all data of one owner, and of an account."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.messages import gettext_noop
from webapp.models import (
    Correction,
    EvaluationPicture,
    Owner,
    Prediction,
    Publication,
    Sheet,
    TrainingRun,
    User,
    new_token,
)
from webapp.platform.database import writing
from webapp.predictions.deletion import delete_batch
from webapp.sheets.deletion import delete_sheets
from webapp.user_errors import UserError


class OwnerMergedError(UserError):
    """A sign-in moved the data to an account before the deletion began."""

    status = 409
    sentence = gettext_noop(
        "You signed in while your data was about to be deleted, so it belongs to your account "
        "now. Nothing was deleted. To delete it, open the page “Your data” again."
    )


class OnlyAdminError(Exception):
    """The last admin's account stays: without it nobody could manage the models."""


def delete_all_of(owner_id: str) -> int:
    """Delete all pictures and corrections of an owner; returns the number of pictures.

    The owner is marked as deleted first, so that an upload which is under way is refused. An
    account goes on with a new owner. Raises OwnerMergedError when a sign-in came first.
    """
    with writing() as session:
        account = session.scalar(select(User).where(User.owner_id == owner_id).with_for_update())
        _delete_owner(session, owner_id)
        if account is not None:
            account.owner = Owner(id=new_token())
    return _delete_pictures(owner_id)


def delete_account(user: User) -> None:
    """Delete an account and all its data. Raises OnlyAdminError for the last admin's.

    Publications and decisions of an admin stay, without the name. The audit log keeps it.
    """
    with writing() as session:
        admins = session.scalars(User.admins().with_for_update()).all()
        account = session.get(User, user.id, with_for_update=True)
        if account is None:
            return
        if list(admins) == [account]:
            raise OnlyAdminError
        owner_id = account.owner_id
        _delete_owner(session, owner_id)
        for table, column in (
            (Correction, Correction.decided_by_id),
            (Publication, Publication.published_by_id),
            (TrainingRun, TrainingRun.requested_by_id),
        ):
            session.execute(update(table).where(column == account.id).values({column: None}))
        session.execute(delete(User).where(User.id == account.id))
    _delete_pictures(owner_id)


def finish_deletions() -> int:
    """Delete a batch of the pictures of deleted owners; returns their number.

    A process that ends in the middle of a deletion leaves them behind.
    """
    of_deleted = Owner.deleted()
    return delete_batch(Prediction.owner_id.in_(of_deleted)) + delete_sheets(
        Sheet.owner_id.in_(of_deleted)
    )


def _delete_owner(session: Session, owner_id: str) -> None:
    """Mark an owner as deleted, and delete the corrections, some of other owners' pictures."""
    if not Owner.delete(session, owner_id):
        raise OwnerMergedError
    session.execute(delete(Correction).where(Correction.owner_id == owner_id))
    EvaluationPicture.delete_orphans(session)


def _delete_pictures(owner_id: str) -> int:
    """In batches, so that other transactions can write in between."""
    deleted = 0
    while count := delete_batch(Prediction.owner_id == owner_id):
        deleted += count
    while count := delete_sheets(Sheet.owner_id == owner_id):
        deleted += count
    return deleted
