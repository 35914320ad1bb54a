"""A user: somebody who can sign in. Reading pictures needs no account; the admin's deeds do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, new_token, utc_now

HASHER = PasswordHasher()  # argon2id with the library's defaults (RFC 9106, low-memory profile)
SHORTEST_PASSWORD = 10


class Role(StrEnum):
    PERSON = "person"
    ADMIN = "admin"


class User(Base):
    """An account with an e-mail address, a hashed password and a role."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16), default=Role.PERSON)
    visitor: Mapped[str] = mapped_column(String(64), unique=True, default=new_token)

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @classmethod
    def with_email(cls, email: str) -> Select[tuple[User]]:
        return select(cls).where(cls.email == email.strip().lower())

    @classmethod
    def create(cls, *, email: str, password: str, role: Role = Role.PERSON) -> User:
        """A new account. Raises WeakPasswordError for a password under ten characters."""
        if len(password) < SHORTEST_PASSWORD:
            raise WeakPasswordError
        return cls(email=email.strip().lower(), password_hash=HASHER.hash(password), role=role)

    def has_password(self, password: str) -> bool:
        try:
            return HASHER.verify(self.password_hash, password)
        except VerificationError:
            return False

    # What Flask-Login asks of a user, kept here in plain Python so that models need no Flask.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.id)


class WeakPasswordError(ValueError):
    def __init__(self) -> None:
        super().__init__(f"The password needs at least {SHORTEST_PASSWORD} characters.")
