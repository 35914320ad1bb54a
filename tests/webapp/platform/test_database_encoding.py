"""A PostgreSQL whose encoding is not UTF8 is refused at the start, with a sentence."""

from __future__ import annotations

import pytest

from webapp.platform import database


class Connection:
    """A connection of psycopg, as far as its parameters go."""

    def __init__(self, encoding: str) -> None:
        self.info = self
        self._encoding = encoding

    def parameter_status(self, name: str) -> str:
        assert name == "server_encoding"
        return self._encoding


def test_an_ascii_database_is_refused_with_a_sentence() -> None:
    with pytest.raises(database.UnsuitableDatabaseError, match=r"SQL_ASCII.*UTF8"):
        database._require_utf8(Connection("SQL_ASCII"), None)


def test_utf8_is_accepted() -> None:
    database._require_utf8(Connection("UTF8"), None)
