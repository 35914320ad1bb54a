"""The audit log: what an admin does is written down in the very transaction that does it."""

from __future__ import annotations

from flask import has_request_context, request
from flask_login import current_user
from sqlalchemy.orm import Session

from webapp.models import AuditAction, AuditEntry, User


def record(
    session: Session,
    action: AuditAction,
    subject: str,
    *,
    note: str | None = None,
    by: User | None = None,
) -> None:
    """Write a deed down: of whoever is signed in, of whom `by` names, or of a command."""
    who = by or (current_user if has_request_context() and current_user.is_authenticated else None)
    address = (request.remote_addr or "")[:45] if has_request_context() else None
    session.add(AuditEntry.of(action, subject, by=who, address=address, note=note))
