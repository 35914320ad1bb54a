"""Made-up rows in every table there is, also in one that a later Cifra adds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

# What a check constraint allows, by the column's name.
ALLOWED = {
    "label": 7,
    "occasion": "chosen",
    "status": "done",
    "trigger": "chosen",
    "verdict": "approved",
}
Overrides = Mapping[tuple[str, int], Mapping[str, Any]]  # by table and number


def fill(connection: sa.Connection, metadata: sa.MetaData, overrides: Overrides) -> None:
    """Two rows in each table: one with every value, one with none that may be missing."""
    keys: dict[str, list[Any]] = {}
    for table in metadata.sorted_tables:
        if table.name == "alembic_version":
            continue
        (key,) = table.primary_key
        for number in (0, 1):
            row = {column.name: _value(column, number, keys) for column in table.columns}
            row |= overrides.get((table.name, number), {})
            connection.execute(table.insert(), row)
            keys.setdefault(table.name, []).append(row[key.name])


def rows_of(connection: sa.Connection, metadata: sa.MetaData) -> dict[str, list[dict[str, Any]]]:
    """All rows by table, in the order of their keys, as both databases give them."""
    return {
        table.name: [
            {name: _aware(value) for name, value in row.items()}
            for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in metadata.sorted_tables
    }


def reflected(connection: sa.Connection) -> sa.MetaData:
    metadata = sa.MetaData()
    metadata.reflect(connection)
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, sa.JSON):
                column.type.none_as_null = True
    return metadata


def _aware(value: Any) -> Any:
    """SQLite forgets the zone of a time."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)
    return value


def _value(column: sa.Column[Any], number: int, keys: Mapping[str, list[Any]]) -> Any:
    for reference in column.foreign_keys:
        known = keys.get(reference.column.table.name, [])
        return known[number] if number < len(known) else (known[0] if known else None)
    if number == 1 and column.nullable:
        return None
    if column.name in ALLOWED:
        return ALLOWED[column.name]
    return _of_type(column, number)


def _of_type(column: sa.Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, sa.JSON):
        return {"seven": [7, None, 0.5, "siete"]}
    if isinstance(kind, sa.Boolean):
        return number == 1
    if isinstance(kind, sa.DateTime):
        return datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC) + timedelta(days=number)
    if isinstance(kind, sa.LargeBinary):
        return bytes(range(256))
    if isinstance(kind, sa.Integer):
        return number + 1
    if isinstance(kind, sa.Float):
        return 0.1 + number
    return f"ñ{number}-{column.name}"[: getattr(kind, "length", None) or 60]
