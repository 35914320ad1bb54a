"""A sign-in: one browser in which a person is signed in, until it is ended or expires."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from webapp.models.base import Base, new_token, utc_now
from webapp.models.user import User

LIFETIME = timedelta(days=30)
FRESH_FOR = timedelta(minutes=15)  # after which some actions ask for the password again


class SignIn(Base):
    """The row that a session cookie refers to. Without the row the cookie is not valid."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_token)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime] = mapped_column(default=utc_now)  # when the password was entered

    user: Mapped[User] = relationship(lazy="joined")

    @property
    def is_fresh(self) -> bool:
        return utc_now() - self.began_at < FRESH_FOR

    @classmethod
    def valid(cls, token: str) -> Select[tuple[SignIn]]:
        """The sign-in with this id, unless it has expired or its account is disabled."""
        return select(cls).where(
            cls.id == token,
            cls.began_at > utc_now() - LIFETIME,
            cls.user.has(User.disabled_at.is_(None)),
        )

    @classmethod
    def begin(cls, session: Session, user: User) -> SignIn:
        """A new sign-in. The user's expired ones are deleted."""
        expired = delete(cls).where(cls.user_id == user.id, cls.began_at < utc_now() - LIFETIME)
        session.execute(expired)
        begun = cls(id=new_token(), user_id=user.id)
        session.add(begun)
        return begun

    @classmethod
    def end(cls, session: Session, token: str) -> None:
        session.execute(delete(cls).where(cls.id == token))

    @classmethod
    def end_all(cls, session: Session, user: User) -> None:
        """Sign a user out of every browser."""
        session.execute(delete(cls).where(cls.user_id == user.id))
