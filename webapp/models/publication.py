"""A publication: the moment at which a version went live, who decided it, and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from webapp.models.base import Base, utc_now
from webapp.models.user import User


class PublicationTrigger(StrEnum):
    """The event that led to a publication."""

    INSTALLED = "installed"  # the model that ships
    PASSED = "passed"  # a challenger passed its evaluation
    CHOSEN = "chosen"  # somebody chose this version
    ROLLED_BACK = "rolled back"
    OVERRIDDEN = "overridden"  # an admin published a challenger that failed its evaluation


class Publication(Base):
    """A version is live from its publication until the next one. A row is never changed."""

    __tablename__ = "publications"
    __table_args__ = (
        CheckConstraint(
            "trigger in ('installed', 'passed', 'chosen', 'rolled back', 'overridden')",
            name="known_trigger",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)  # in the order of publication
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"), index=True)
    published_at: Mapped[datetime] = mapped_column(default=utc_now)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    trigger: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)  # as the admin typed it
    pinned: Mapped[bool] = mapped_column(default=False)  # no training run replaces this version

    published_by: Mapped[User | None] = relationship(lazy="joined")

    @classmethod
    def newest_first(cls) -> Select[tuple[Publication]]:
        return select(cls).order_by(cls.id.desc())

    @classmethod
    def current(cls) -> Select[tuple[Publication]]:
        """The publication of the live version."""
        return cls.newest_first().limit(1)

    @classmethod
    def lock(cls, session: Session) -> None:
        """Keep every other process from publishing until the caller's transaction ends.

        PostgreSQL locks the table against writers, since there may be no row to lock yet. On
        SQLite the caller's transaction has begun as IMMEDIATE and is the only writer.
        """
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(f"lock table {cls.__tablename__} in share row exclusive mode"))
