"""Cursors: places in the ordered history that stay valid while predictions come and go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, func, or_

from webapp.models import Prediction

TEXT = re.compile(r"(?P<back>-?)(?P<value>[0-9]{1,17}(\.[0-9]{1,20})?)~(?P<id>[A-Za-z0-9_-]{1,22})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
SURE = 2.0  # stands for a prediction without a confidence, which comes last


class Order(StrEnum):
    """The order of the history."""

    NEWEST = "newest"
    OLDEST = "oldest"
    UNSURE = "unsure"  # the lowest confidence first


@dataclass(frozen=True)
class Cursor:
    """A place beside one prediction: its sort value, its id, and the direction to go from it."""

    value: float  # microseconds since 1970, or a confidence
    id: str
    is_backwards: bool


def read_cursor(text: str) -> Cursor:
    """Raises ValueError for a text that is no cursor."""
    match = TEXT.fullmatch(text)
    if match is None:
        raise ValueError
    return Cursor(float(match["value"]), match["id"], bool(match["back"]))


def cursor_of(prediction: Prediction, order: Order, *, is_backwards: bool = False) -> str:
    """The cursor for the page that begins after a prediction, or that ends before it."""
    if order is Order.UNSURE:
        value = repr(SURE if prediction.confidence is None else prediction.confidence)
        if "e" in value:  # a tiny confidence
            value = f"{prediction.confidence:.20f}"
    else:
        value = str(round(prediction.created_at.timestamp() * 1e6))
    return f"{'-' if is_backwards else ''}{value}~{prediction.id}"


def in_order(
    query: Select[tuple[Prediction]], order: Order, *, is_backwards: bool
) -> Select[tuple[Prediction]]:
    """The query in an order, or from its end."""
    column, falls = _column(order)
    falls = falls != is_backwards
    by_id = Prediction.id.desc() if is_backwards else Prediction.id
    return query.order_by(None).order_by(column.desc() if falls else column, by_id)


def beyond(cursor: Cursor, order: Order) -> ColumnElement[bool]:
    """The predictions beyond a cursor, in its direction.

    The first condition alone lets a database begin at the cursor's place in an index.
    """
    column, falls = _column(order)
    falls = falls != cursor.is_backwards
    value = cursor.value if order is Order.UNSURE else _moment(cursor.value)
    from_here = column <= value if falls else column >= value
    further = column < value if falls else column > value
    same_id = Prediction.id < cursor.id if cursor.is_backwards else Prediction.id > cursor.id
    return and_(from_here, or_(further, same_id))


def _column(order: Order) -> tuple[Any, bool]:
    """The column of an order, and whether its values fall."""
    if order is Order.UNSURE:
        return func.coalesce(Prediction.confidence, SURE, type_=Float), False
    return Prediction.created_at, order is Order.NEWEST


def _moment(microseconds: float) -> datetime:
    """Raises nothing: a time that no prediction has is the latest."""
    try:
        return EPOCH + timedelta(microseconds=round(microseconds))
    except OverflowError:
        return LATEST
