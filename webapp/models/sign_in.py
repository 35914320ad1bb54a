"""A sign-in: one browser in which a person is signed in, until it is ended or grows old."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from webapp.models.base import Base, new_token, utc_now
from webapp.models.user import User

LIFE = timedelta(days=30)
FRESHNESS = timedelta(minutes=15)  # for deeds that need the password given lately


class SignIn(Base):
    """What a session's cookie names. Without its row the cookie is worth nothing."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_token)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime] = mapped_column(default=utc_now)  # the password was given

    user: Mapped[User] = relationship(lazy="joined")

    @property
    def is_fresh(self) -> bool:
        return utc_now() - self.began_at < FRESHNESS

    @classmethod
    def named(cls, token: str) -> Select[tuple[SignIn]]:
        """The one that a cookie names, unless it has grown old."""
        return select(cls).where(cls.id == token, cls.began_at > utc_now() - LIFE)

    @classmethod
    def begin(cls, session: Session, user: User) -> SignIn:
        """A new one; the person's own that have grown old are swept out."""
        old = delete(cls).where(cls.user_id == user.id, cls.began_at < utc_now() - LIFE)
        session.execute(old)
        begun = cls(id=new_token(), user_id=user.id)
        session.add(begun)
        return begun

    @classmethod
    def end(cls, session: Session, token: str) -> None:
        session.execute(delete(cls).where(cls.id == token))

    @classmethod
    def end_all(cls, session: Session, user: User) -> None:
        """Sign a person out of every browser."""
        session.execute(delete(cls).where(cls.user_id == user.id))
