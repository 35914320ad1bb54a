"""Deletion of predictions: first the rows with digits and corrections, then the files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from webapp.accounts.ownership import is_own
from webapp.models import AuditAction, Correction, EvaluationPicture, Prediction, Status
from webapp.platform.audit import record
from webapp.platform.database import writing
from webapp.platform.extensions import extensions

BATCH_SIZE = 100  # predictions in one transaction, so that other writers do not wait long


def delete_prediction(prediction: Prediction) -> None:
    """Delete a prediction. The audit log records an admin who deletes another person's."""
    with writing() as session:
        _delete_rows(session, [prediction.id])
        if not is_own(prediction):
            record(session, AuditAction.DELETED, f"prediction {prediction.id}")
    extensions.storage.delete(prediction.id)


def delete_older_than(moment: datetime) -> int:
    """Delete a batch of the predictions made before a moment; returns their number."""
    # The index on status and time is used only where every status is named.
    return delete_batch(Prediction.status.in_(Status) & (Prediction.created_at < moment))


def delete_batch(condition: ColumnElement[bool]) -> int:
    """Delete up to BATCH_SIZE of the predictions that meet a condition; returns their number."""
    with writing() as session:
        ids = session.scalars(select(Prediction.id).where(condition).limit(BATCH_SIZE)).all()
        _delete_rows(session, ids)
    for prediction_id in ids:
        extensions.storage.delete(prediction_id)
    return len(ids)


def _delete_rows(session: Session, ids: Sequence[str]) -> None:
    """Delete rows; the database deletes their digits and corrections with them."""
    was_corrected = session.scalar(
        Correction.of_predictions(ids).with_only_columns(Correction.id).limit(1)
    )
    session.execute(delete(Prediction).where(Prediction.id.in_(ids)))
    if was_corrected:
        EvaluationPicture.delete_orphans(session)
