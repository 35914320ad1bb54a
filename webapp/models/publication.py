"""A publication: from when a version was live, who decided it, and why. The ledger of the house."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, utc_now
from webapp.models.user import User


class Occasion(StrEnum):
    """How a publication came about."""

    INSTALLED = "installed"  # the model that ships
    PASSED = "passed"  # a challenger passed its exam
    CHOSEN = "chosen"  # somebody picked this version
    ROLLED_BACK = "rolled back"
    OVERRIDDEN = "overridden"  # an admin published a refused challenger all the same


class Publication(Base):
    """One line of the ledger: it holds from its moment until the next line's. Never changed."""

    __tablename__ = "publications"
    __table_args__ = (
        CheckConstraint(
            "occasion in ('installed', 'passed', 'chosen', 'rolled back', 'overridden')",
            name="known_occasion",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)  # the order of the ledger
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"), index=True)
    published_at: Mapped[datetime] = mapped_column(default=utc_now)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    occasion: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)  # in the admin's words
    pinned: Mapped[bool] = mapped_column(default=False)  # no training takes over by itself

    published_by: Mapped[User | None] = relationship(lazy="joined")

    @classmethod
    def newest_first(cls) -> Select[tuple[Publication]]:
        return select(cls).order_by(cls.id.desc())

    @classmethod
    def current(cls) -> Select[tuple[Publication]]:
        """The line that holds now."""
        return cls.newest_first().limit(1)
