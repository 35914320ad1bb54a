"""Databases for the tests: where they come from, and one that somebody else has locked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import create_engine


class Databases(Protocol):
    """Makes and removes databases of one kind."""

    def create(self, *, copy_of: str = "") -> str:
        """A new database, empty or a copy of one that nobody is connected to; returns its URL."""

    def drop(self, url: str) -> None: ...


class SqliteDatabases:
    """Lets the settings choose SQLite in the data folder; a copy of the folder brings it along."""

    def create(self, *, copy_of: str = "") -> str:
        return ""

    def drop(self, url: str) -> None: ...


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another connection holds SQLite's write lock, or PostgreSQL's lock on the predictions."""
    engine = create_engine(url)
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE" if is_sqlite else "LOCK TABLE predictions IN EXCLUSIVE MODE"
        )
        yield
        connection.rollback()
    engine.dispose()
