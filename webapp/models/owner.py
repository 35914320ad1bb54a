"""An owner: the account or the browser that a history belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.messages import gettext_noop
from webapp.models.base import Base, new_token, utc_now
from webapp.user_errors import UserError


class OwnerDeletedError(UserError):
    """The owner's data was deleted before this row could be stored."""

    status = 409
    sentence = gettext_noop(
        "Your data was deleted while this was being uploaded, so it was not kept. "
        "To keep it after all, upload it again."
    )


class Owner(Base):
    """The account or browser that predictions and corrections belong to.

    The row of a merged or deleted owner stays, so that a request which still names the owner
    learns what happened to it. Such a row holds a random id and times, and nothing else.
    """

    __tablename__ = "owners"

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=new_token)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    merged_into_id: Mapped[str | None] = mapped_column(ForeignKey("owners.id"))
    deleted_at: Mapped[datetime | None]

    @property
    def is_live(self) -> bool:
        return self.merged_into_id is None and self.deleted_at is None

    @classmethod
    def deleted(cls) -> Select[tuple[str]]:
        """The ids of the deleted owners."""
        return select(cls.id).where(cls.deleted_at.is_not(None))

    @classmethod
    def with_ids(cls, ids: Iterable[str]) -> Select[tuple[Owner]]:
        return select(cls).where(cls.id.in_(ids))

    @classmethod
    def lock(cls, session: Session, owner_id: str) -> Owner:
        """The owner to store a row for, locked until the caller's transaction ends.

        An unknown owner is stored first. A merged owner stands for the one that it is merged
        into. Raises OwnerDeletedError for a deleted one.
        """
        owner = cls.lock_row(session, owner_id)
        while owner.merged_into_id is not None:
            owner = cls.lock_row(session, owner.merged_into_id)
        if owner.deleted_at is not None:
            raise OwnerDeletedError
        return owner

    @classmethod
    def delete(cls, session: Session, owner_id: str) -> bool:
        """Mark an owner as deleted, so that no row can be stored for it any more.

        Returns False for an owner that is merged into another: its rows belong to the other one.
        """
        owner = cls.lock_row(session, owner_id)
        if owner.merged_into_id is not None:
            return False
        owner.deleted_at = owner.deleted_at or utc_now()
        session.flush()
        return True

    @classmethod
    def lock_row(cls, session: Session, owner_id: str) -> Owner:
        """The row as it is committed, stored first if it is missing.

        The lock does not hinder foreign keys that refer to the row (FOR NO KEY UPDATE). On SQLite
        the caller's transaction must have begun as IMMEDIATE.
        """
        lock = cls.with_ids([owner_id]).with_for_update(key_share=True)
        query = lock.execution_options(populate_existing=True)
        known = session.scalar(query)
        if known is not None:
            return known
        dialect = {"sqlite": sqlite, "postgresql": postgresql}[session.get_bind().dialect.name]
        new = dialect.insert(cls).values(id=owner_id, created_at=utc_now())
        session.execute(new.on_conflict_do_nothing())  # another request may store it meanwhile
        return session.scalars(query).one()
