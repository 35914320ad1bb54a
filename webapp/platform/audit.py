"""The audit log: an admin's action is recorded in the transaction that carries it out."""

from __future__ import annotations

from flask import has_request_context, request
from flask_login import current_user
from sqlalchemy.orm import Session

from webapp.models import AuditAction, AuditEntry, User
from webapp.models.audit_entry import MAX_ADDRESS_LENGTH


def record(
    session: Session,
    action: AuditAction,
    subject: str,
    *,
    note: str | None = None,
    by: User | None = None,
) -> None:
    """Record an action of `by`, else of whoever is signed in, else of a command."""
    address = (request.remote_addr or "")[:MAX_ADDRESS_LENGTH] if has_request_context() else None
    actor = by or _signed_in_user()
    session.add(AuditEntry.of(action, subject, by=actor, address=address, note=note))


def _signed_in_user() -> User | None:
    is_signed_in = has_request_context() and current_user.is_authenticated
    return current_user if is_signed_in else None
