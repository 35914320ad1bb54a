"""An audit entry: one action of an admin. The database itself refuses to change or delete it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, Index, Select, String, Text, event, func, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.messages import gettext_noop
from webapp.models.base import Base, utc_now
from webapp.models.user import User

MAX_ADDRESS_LENGTH = 45  # of an IPv6 address that holds an IPv4 address


class AuditAction(StrEnum):
    """The recorded actions, in the wording of the audit log."""

    SIGNED_IN = gettext_noop("signed in")
    CONFIRMED = gettext_noop("confirmed the password")
    CREATED_ADMIN = gettext_noop("made an admin of")
    CHANGED_PASSWORD = gettext_noop("changed the password")
    SET_PASSWORD = gettext_noop("set another password for")
    PUBLISHED = gettext_noop("published")
    OVERRODE = gettext_noop("published although refused")
    ROLLED_BACK = gettext_noop("rolled back")
    PINNED = gettext_noop("pinned")
    UNPINNED = gettext_noop("unpinned")
    RETRAINED = gettext_noop("asked for training")
    CANCELLED = gettext_noop("asked to stop training")
    APPROVED = gettext_noop("approved")
    REJECTED = gettext_noop("rejected")
    IMPORTED = gettext_noop("imported a model")
    DELETED = gettext_noop("deleted")  # another person's prediction
    REMOVED_ADMIN = gettext_noop("took the admin role from")
    DISABLED = gettext_noop("disabled the account of")
    ENABLED = gettext_noop("enabled the account of")


class AuditEntry(Base):
    """An action: its admin and its subject, its time and the client's address.

    The admin's id and e-mail address are copies, so that the entry outlives the account.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (  # for the filters of its page
        Index("ix_audit_entries_at", "at"),
        Index("ix_audit_entries_action", "action", "id"),
        Index("ix_audit_entries_email", "email", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    user_id: Mapped[int | None]  # not a foreign key; None: a command
    email: Mapped[str | None] = mapped_column(String(254))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(255))  # "version 3", "correction 12: a 7"
    address: Mapped[str | None] = mapped_column(String(MAX_ADDRESS_LENGTH))
    note: Mapped[str | None] = mapped_column(Text)  # the admin's reason

    @classmethod
    def of(
        cls,
        action: AuditAction,
        subject: str,
        *,
        by: User | None,
        address: str | None,
        note: str | None,
    ) -> AuditEntry:
        return cls(
            user_id=by.id if by else None,
            email=by.email if by else None,
            action=action,
            subject=subject,
            address=address,
            note=note,
        )

    @classmethod
    def count(cls) -> Select[tuple[int]]:
        return select(func.count()).select_from(cls)

    @classmethod
    def newest_first(cls) -> Select[tuple[AuditEntry]]:
        return select(cls).order_by(cls.id.desc())


REFUSALS = {
    "sqlite": [
        f"create trigger audit_entries_no_{action} before {action} on audit_entries begin"
        " select raise(abort, 'The audit log is never changed.'); end"
        for action in ("update", "delete")
    ],
    "postgresql": [
        "create function refuse_to_change_the_audit_log() returns trigger language plpgsql as"
        " $$ begin raise exception 'The audit log is never changed.'; end $$",
        "create trigger audit_entries_no_change before update or delete or truncate"
        " on audit_entries for each statement execute function refuse_to_change_the_audit_log()",
    ],
}

for dialect, statements in REFUSALS.items():
    for statement in statements:
        refusal = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
        event.listen(AuditEntry.__table__, "after_create", refusal)
