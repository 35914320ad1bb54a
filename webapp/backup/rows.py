"""The rows of a backup: read as they were at one moment, written as JSON, inserted again."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from webapp.platform.database import db

REVISIONS = "alembic_version"  # which version of Cifra made the tables
ROWS_A_CHUNK = 2000


@contextmanager
def snapshot() -> Iterator[sa.Connection]:
    """A connection that sees the rows of one moment. SQLite's transactions do by themselves."""
    engine = db.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        yield connection


def reflected(connection: sa.Connection) -> sa.MetaData:
    """The tables as they are in the database, whichever version of Cifra made them."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return metadata


def chunks(
    connection: sa.Connection, metadata: sa.MetaData
) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
    """The rows of the snapshot that are still there now, with what they refer to."""
    gone: defaultdict[str, set[Any]] = defaultdict(set)  # primary keys, by table
    for table in in_order(metadata):
        (key,) = table.primary_key
        keys = sa.select(key)
        with db.engine.connect() as now:
            gone[table.name] = set(connection.scalars(keys)) - set(now.scalars(keys))
        encoders = [(column.name, _encoder(column)) for column in table.columns]
        rows = connection.execution_options(yield_per=ROWS_A_CHUNK).execute(
            sa.select(table).order_by(key)
        )
        for part in rows.mappings().partitions():
            chunk = []
            for row in part:
                kept = dict(row)
                if row[key.name] in gone[table.name] or _refers_to_gone(table, kept, gone):
                    gone[table.name].add(row[key.name])
                else:
                    chunk.append({name: encode(kept[name]) for name, encode in encoders})
            yield table, chunk


def _refers_to_gone(table: sa.Table, row: dict[str, Any], gone: defaultdict[str, set[Any]]) -> bool:
    """Whether a row needs one that is gone. A reference that may be empty is emptied."""
    for reference in table.foreign_keys:
        name = reference.parent.name
        if row[name] in gone[reference.column.table.name]:
            if not reference.parent.nullable:
                return True
            row[name] = None
    return False


def in_order(metadata: sa.MetaData) -> list[sa.Table]:
    """The tables with rows of Cifra's, each after those that it refers to."""
    return [table for table in metadata.sorted_tables if table.name != REVISIONS]


def _encoder(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """How a value of this column is written in JSON; `_decoder` reads it."""
    if isinstance(column.type, sa.DateTime):
        return lambda value: value and value.replace(tzinfo=value.tzinfo or UTC).isoformat()
    if isinstance(column.type, sa.LargeBinary):
        return lambda value: value if value is None else base64.b64encode(value).decode()
    return lambda value: value


def _decoder(column: sa.Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, sa.DateTime):
        return lambda value: value and datetime.fromisoformat(value)
    if isinstance(column.type, sa.LargeBinary):
        return lambda value: value if value is None else base64.b64decode(value)
    return lambda value: value


@dataclass
class RowWriter:
    """Inserts rows into empty tables, each table after those that it refers to."""

    connection: sa.Connection
    metadata: sa.MetaData
    _references: list[sa.Update] = field(default_factory=list)  # of rows to rows of their own table

    def insert(self, table_name: str, lines: bytes) -> int:
        """Insert rows that are written one a line; returns their number. Raises KeyError."""
        table = self.metadata.tables[table_name]
        (key,) = table.primary_key
        for column in table.columns:
            if isinstance(column.type, sa.JSON):
                column.type.none_as_null = bool(column.nullable)
        decoders = {column.name: _decoder(column) for column in table.columns}
        to_itself = [
            reference.parent.name
            for reference in table.foreign_keys
            if reference.column.table is table
        ]
        rows = []
        for line in lines.splitlines():
            row = {name: decoders[name](value) for name, value in json.loads(line).items()}
            kept = {name: row[name] for name in to_itself if row[name] is not None}
            if kept:  # the row that it refers to may come later
                self._references.append(table.update().where(key == row[key.name]).values(kept))
            rows.append(row | dict.fromkeys(to_itself))
        if rows:
            self.connection.execute(table.insert(), rows)
        return len(rows)

    def finish(self) -> None:
        """Connect the rows that refer to their own table, and let new rows be numbered on."""
        for update in self._references:
            self.connection.execute(update)
        if self.connection.dialect.name != "postgresql":
            return  # SQLite continues by itself
        for table in in_order(self.metadata):
            (key,) = table.primary_key
            if isinstance(key.type, sa.Integer):
                sequence = sa.func.pg_get_serial_sequence(table.name, key.name)
                newest = sa.select(sa.func.max(key)).scalar_subquery()
                self.connection.execute(sa.select(sa.func.setval(sequence, newest)))
