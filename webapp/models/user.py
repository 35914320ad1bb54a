"""A user: an account that somebody signs in to. Uploads need no account, administration does."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.messages import Message, gettext_noop
from webapp.models.base import Base, new_token, utc_now
from webapp.models.owner import Owner

HASHER = PasswordHasher()  # argon2id with the library's defaults (RFC 9106, low-memory profile)
MIN_PASSWORD_LENGTH = 10  # characters
MAX_PASSWORD_LENGTH = 256  # characters; enough for a sentence, and bounds the work of hashing
MAX_ESTIMATED_LENGTH = 72  # characters that zxcvbn estimates, within 30 ms
MAX_EMAIL_LENGTH = 254  # characters (RFC 5321)
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
    disabled_at: Mapped[datetime | None]  # then nobody signs in to it; None: it is in use
    owner_id: Mapped[str] = mapped_column(ForeignKey("owners.id"), unique=True)

    owner: Mapped[Owner] = relationship()

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @classmethod
    def with_email(cls, email: str) -> Select[tuple[User]]:
        return select(cls).where(cls.email == normalize_email(email))

    @classmethod
    def oldest_first(cls) -> Select[tuple[User]]:
        return select(cls).order_by(cls.id)

    @property
    def is_disabled(self) -> bool:
        return self.disabled_at is not None

    @classmethod
    def admins(cls) -> Select[tuple[User]]:
        """The admins who can sign in, in the order in which every transaction locks them."""
        active = (cls.role == Role.ADMIN) & cls.disabled_at.is_(None)
        return select(cls).where(active).order_by(cls.id)

    @classmethod
    def create(cls, *, email: str, password: str, role: Role = Role.PERSON) -> User:
        """A new account. Raises BadEmailError, or WeakPasswordError for a weak password."""
        if not is_email(email):
            raise BadEmailError
        return cls(
            email=normalize_email(email),
            password_hash=hash_password(password, email=email),
            role=role,
            owner=Owner(id=new_token()),
        )

    # Flask-Login reads these. Plain attributes keep the models free of Flask.
    is_authenticated = True
    is_active = True
    is_anonymous = False


def hash_password(password: str, *, email: str) -> str:
    """Raises WeakPasswordError for a password that is too short, too long or easily guessed."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise WeakPasswordError
    if _is_easily_guessed(password, email=normalize_email(email)):
        raise WeakPasswordError(
            gettext_noop("This password is too easy to guess. Choose a short sentence.")
        )
    return HASHER.hash(password)


def is_password_of(user: User | None, password: str) -> bool:
    """Whether the password is this user's.

    Without a user it takes as long, so that the time does not reveal which accounts exist.
    """
    password_hash = user.password_hash if user else _hash_of_nobody()
    try:
        return HASHER.verify(password_hash, password[: MAX_PASSWORD_LENGTH + 1])
    except VerificationError:
        return False


def is_email(address: str) -> bool:
    """Whether an account can have this e-mail address."""
    normalized = normalize_email(address)
    return len(normalized) <= MAX_EMAIL_LENGTH and bool(EMAIL.fullmatch(normalized))


def normalize_email(address: str) -> str:
    """An e-mail address in the form in which it is stored and compared."""
    return address.strip().lower()


def _is_easily_guessed(password: str, *, email: str) -> bool:
    """Whether under a million guesses find it, by zxcvbn (Wheeler 2016).

    It knows the commonest passwords, repetitions, keyboard rows, dates, and the e-mail address.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415 (loads 30,000 passwords, for new passwords only)

    inputs = [email, *email.split("@")]
    return bool(zxcvbn(password[:MAX_ESTIMATED_LENGTH], user_inputs=inputs)["score"] < 2)


@cache
def _hash_of_nobody() -> str:
    return HASHER.hash(new_token())


class AccountError(ValueError):
    """An e-mail address or a password that an account cannot have, with a marked sentence."""

    def __init__(self, sentence: str | Message) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


class BadEmailError(AccountError):
    def __init__(self) -> None:
        super().__init__(gettext_noop("That doesn't look like an e-mail address."))


class WeakPasswordError(AccountError):
    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(
            sentence
            or Message(
                "A password needs at least %(least)s characters, and at most %(most)s.",
                {"least": MIN_PASSWORD_LENGTH, "most": MAX_PASSWORD_LENGTH},
            )
        )
