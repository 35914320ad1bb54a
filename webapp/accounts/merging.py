"""The merge of two owners: the history of one moves to the other."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.models import Correction, Owner, Prediction, Sheet


def merge_owner(session: Session, owner_id: str, *, into: str) -> None:
    """Move one owner's rows to another owner, in the caller's transaction.

    Does nothing for an owner that is merged or deleted already: whoever still holds its cookie
    gains no access to the rows of another account. Raises OwnerDeletedError when the other
    owner is deleted.
    """
    source = Owner.lock_row(session, owner_id)
    target = Owner.lock(session, into)
    if source is target or not source.is_live:
        return
    Prediction.transfer(session, source.id, to=target.id)
    Sheet.transfer(session, source.id, to=target.id)
    Correction.transfer(session, source.id, to=target.id)
    source.merged_into_id = target.id
    session.flush()
