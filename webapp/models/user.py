"""A user: somebody who can sign in. Reading pictures needs no account; the admin's deeds do."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Select, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, new_token, utc_now

HASHER = PasswordHasher()  # argon2id with the library's defaults (RFC 9106, low-memory profile)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256  # characters; room for any sentence, and none for a flood
LONGEST_LOOKED_AT = 72  # of which it is judged how easily they are guessed, within 30 ms
LONGEST_EMAIL = 254  # RFC 5321 leaves no room for more
EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


class Role(StrEnum):
    PERSON = "person"
    ADMIN = "admin"


class User(Base):
    """An account with an e-mail address, a hashed password, a role and a history."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16), default=Role.PERSON)
    owner_id: Mapped[str] = mapped_column(String(64), unique=True, default=new_token)

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @classmethod
    def with_email(cls, email: str) -> Select[tuple[User]]:
        return select(cls).where(cls.email == normal(email))

    @classmethod
    def oldest_first(cls) -> Select[tuple[User]]:
        return select(cls).order_by(cls.id)

    @classmethod
    def count_admins(cls) -> Select[tuple[int]]:
        return select(func.count()).select_from(cls).where(cls.role == Role.ADMIN)

    @classmethod
    def create(cls, *, email: str, password: str, role: Role = Role.PERSON) -> User:
        """A new account. Raises BadEmailError, or WeakPasswordError for under ten characters."""
        if len(email) > LONGEST_EMAIL or not EMAIL.fullmatch(normal(email)):
            raise BadEmailError
        return cls(
            email=normal(email),
            password_hash=hash_password(password, email=email),
            role=role,
            owner_id=new_token(),
        )

    # What Flask-Login asks of a user, kept here in plain Python so that models need no Flask.
    is_authenticated = True
    is_active = True
    is_anonymous = False


def hash_password(password: str, *, email: str) -> str:
    """Raises WeakPasswordError for one that is too short, too long or easily guessed."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WeakPasswordError
    if _is_easily_guessed(password, email=normal(email)):
        raise WeakPasswordError(
            "This password is among the first that somebody would try. Choose a short sentence."
        )
    return HASHER.hash(password)


def is_password_of(user: User | None, password: str) -> bool:
    """Whether it is this user's. For nobody it takes as long, so that time tells nothing."""
    kept = user.password_hash if user else _nobodys_hash()
    try:
        return HASHER.verify(kept, password[: LONGEST_PASSWORD + 1])
    except VerificationError:
        return False


def normal(email: str) -> str:
    """An e-mail address as it is kept and compared."""
    return email.strip().lower()


def _is_easily_guessed(password: str, *, email: str) -> bool:
    """Whether under a million guesses find it, by zxcvbn (Wheeler 2016): the commonest
    passwords, repetitions, rows of keys, dates and what the e-mail address gives away."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 (30,000 passwords: loaded when one is chosen)

    known = [email, *email.split("@")]
    return bool(zxcvbn(password[:LONGEST_LOOKED_AT], user_inputs=known)["score"] < 2)


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(new_token())


class BadEmailError(ValueError):
    def __init__(self) -> None:
        super().__init__("That doesn't look like an e-mail address.")


class WeakPasswordError(ValueError):
    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(
            sentence
            or f"The password needs at least {SHORTEST_PASSWORD} characters, "
            f"and at most {LONGEST_PASSWORD}."
        )
