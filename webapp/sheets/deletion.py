"""Deletion of sheets: first the rows, then the files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from webapp.models import AuditAction, Sheet, Status
from webapp.platform.audit import record
from webapp.platform.database import writing
from webapp.platform.extensions import extensions
from webapp.sheets.ownership import is_own

BATCH_SIZE = 100  # sheets in one transaction, so that other writers do not wait long


def delete_sheet(sheet: Sheet) -> None:
    """Delete a sheet. The audit log records an admin who deletes another person's."""
    with writing() as session:
        session.execute(delete(Sheet).where(Sheet.id == sheet.id))
        if not is_own(sheet):
            record(session, AuditAction.DELETED, f"sheet {sheet.id}")
    extensions.storage.delete(sheet.id)


def delete_sheets_older_than(moment: datetime) -> int:
    """Delete a batch of the sheets made before a moment; returns their number."""
    return delete_sheets(Sheet.status.in_(Status) & (Sheet.created_at < moment))


def delete_sheets(condition: ColumnElement[bool]) -> int:
    """Delete up to BATCH_SIZE of the sheets that meet a condition; returns their number."""
    with writing() as session:
        ids = session.scalars(select(Sheet.id).where(condition).limit(BATCH_SIZE)).all()
        session.execute(delete(Sheet).where(Sheet.id.in_(ids)))
    for sheet_id in ids:
        extensions.storage.delete(sheet_id)
    return len(ids)
