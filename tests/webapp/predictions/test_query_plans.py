"""Query plans: history and claim find their rows by an index, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event

from tests.webapp.factories import given_prediction, settle
from webapp.models import Prediction
from webapp.platform.database import db, writing

SLOW_ON_SQLITE = ("SCAN predictions", "TEMP B-TREE FOR ORDER BY")
SLOW_ON_POSTGRESQL = ("Seq Scan on predictions", "->  Sort  (")


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """The selections among predictions that the app makes in the block, with their parameters."""
    made: list[tuple[str, Any]] = []

    def keep(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and "FROM predictions" in statement:
            made.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", keep)
    try:
        yield made
    finally:
        event.remove(db.engine, "before_cursor_execute", keep)


def plan_of(connection: Connection, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


def require_indexes(made: list[tuple[str, Any]]) -> None:
    assert made
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:  # tables as small as these are read in sequence otherwise
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql("SET enable_bitmapscan = off")
            connection.exec_driver_sql("SET enable_sort = off")
        for statement, parameters in made:
            plan = plan_of(connection, statement, parameters)
            slow = SLOW_ON_SQLITE if is_sqlite else SLOW_ON_POSTGRESQL
            assert not any(sign in plan for sign in slow), f"{statement}\n{plan}"


@pytest.fixture
def history(app: Flask, client: FlaskClient) -> Iterator[str]:
    """Some predictions of the client; the address of its second page."""
    for _ in range(8):
        settle(app, given_prediction(client), "42")
    page = client.get("/predictions").text
    with app.app_context():
        yield page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")


def test_the_pages_of_the_history_are_found_by_an_index(history: str, client: FlaskClient) -> None:
    addresses = ("/", "/predictions", history, "/predictions?from=2026-01-01", "/api/predictions")
    with statements() as made:
        for address in addresses:
            assert client.get(address).status_code == 200

    require_indexes(made)


def test_the_next_page_begins_at_its_place_in_the_index(history: str, client: FlaskClient) -> None:
    with statements() as made:
        client.get(history)
    (page,) = [one for one in made if "ORDER BY" in one[0] and "count(" not in one[0]]

    with db.engine.connect() as connection:
        plan = plan_of(connection, *page)
        if connection.dialect.name == "sqlite":
            assert "created_at<?" in plan, plan


def test_work_is_claimed_by_an_index(history: str, client: FlaskClient) -> None:
    given_prediction(client)
    with statements() as made:
        assert Prediction.any_waiting(db.session())
        assert Prediction.count_waiting(db.session()) == 1
        db.session.rollback()
        with writing() as session:
            assert Prediction.claim(session, by="w", limit=32, lease=timedelta(seconds=60))

    require_indexes([one for one in made if "GROUP BY" not in one[0]])
