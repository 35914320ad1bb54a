"""Claims: owners take turns, and a claim stays fast and exclusive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import event, insert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from webapp.models import Owner, Prediction, Status, utc_now
from webapp.models.base import new_token
from webapp.models.prediction import MAX_CLAIMS, MAX_OF_ONLY_OWNER
from webapp.platform.database import db, writing

LEASE = timedelta(minutes=1)
EXPIRED = timedelta(seconds=-1)


def test_a_later_owner_is_in_the_next_batch(app: Flask) -> None:
    waiting(app, "ana", 100)
    bo = waiting(app, "bo", 1)

    batch = claim(app)

    assert bo[0] in batch
    assert len(batch) == 2, "one of each owner"


def test_owners_take_turns_with_their_oldest_pictures(app: Flask) -> None:
    ana, bo, cleo = waiting(app, "ana", 3), waiting(app, "bo", 2), waiting(app, "cleo", 1)

    batches = [claim(app), claim(app), claim(app)]

    assert batches == [[ana[0], bo[0], cleo[0]], [ana[1], bo[1]], [ana[2]]]


def test_an_only_owner_gets_a_small_batch_so_that_the_next_owner_waits_shortly(app: Flask) -> None:
    ana = waiting(app, "ana", 10)

    assert claim(app) == ana[:MAX_OF_ONLY_OWNER]


def test_a_batch_is_no_larger_than_its_limit(app: Flask) -> None:
    ids = [waiting(app, f"owner {number}", 2)[0] for number in range(8)]

    assert claim(app, limit=5) == ids[:5]


def test_an_abandoned_row_is_claimed_alone_and_before_later_pictures(app: Flask) -> None:
    ana = waiting(app, "ana", 1)
    claim(app, lease=EXPIRED)
    bo = waiting(app, "bo", 1)

    assert [claim(app), claim(app), claim(app)] == [ana, bo, []]


def test_a_row_is_claimed_a_limited_number_of_times(app: Flask) -> None:
    waiting(app, "ana", 1)

    claims = [claim(app, lease=EXPIRED) for _ in range(MAX_CLAIMS + 1)]

    assert [len(batch) for batch in claims] == [1] * MAX_CLAIMS + [0]


def test_any_waiting_finds_pending_and_abandoned_rows_only(app: Flask) -> None:
    assert not is_any_waiting(app)
    waiting(app, "ana", 1)
    assert is_any_waiting(app)
    claim(app, lease=EXPIRED)
    assert is_any_waiting(app)
    claim(app)
    assert not is_any_waiting(app)


@pytest.mark.parametrize("owners", [1, 500])
def test_a_claim_among_ten_thousand_rows_uses_the_indexes(app: Flask, owners: int) -> None:
    with app.app_context(), writing() as session:
        now = utc_now()
        rows = [row(f"owner {number % owners}", now) for number in range(10_000)]
        session.execute(insert(Owner), [{"id": f"owner {number}"} for number in range(owners)])
        session.execute(insert(Prediction), rows)
    with app.app_context(), writing() as session:
        plans = query_plans(
            session, lambda: Prediction.claim(session, by="w", limit=32, lease=LEASE)
        )

    assert 3 <= len(plans) <= 3 + 32
    assert not [line for plan in plans for line in plan if is_scan(line)]


def test_workers_that_claim_at_once_get_different_pictures(app: Flask) -> None:
    ids = waiting(app, "ana", 40)
    together = Barrier(5)

    def claim_together(_: int) -> list[str]:
        together.wait()
        return claim(app)

    with ThreadPoolExecutor(5) as workers:
        batches = list(workers.map(claim_together, range(5)))

    claimed = [prediction_id for batch in batches for prediction_id in batch]
    assert len(claimed) == len(set(claimed)) == 5 * MAX_OF_ONLY_OWNER
    assert set(claimed) <= set(ids)


def query_plans(session: Session, work: object) -> list[list[str]]:
    """How SQLite or PostgreSQL finds the rows of each query that a function makes."""
    connection = session.connection()
    queries: list[tuple[str, object]] = []

    def note(
        connection: Connection, cursor: object, statement: str, parameters: object, *rest: object
    ) -> None:
        if statement.startswith("SELECT predictions.") or "FROM predictions" in statement:
            queries.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    work()  # type: ignore[operator]
    event.remove(connection, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    selects = [(one, parameters) for one, parameters in queries if one.startswith("SELECT")]
    return [
        [str(tuple(line)) for line in connection.exec_driver_sql(explain + one, parameters)]  # type: ignore[arg-type]
        for one, parameters in selects
    ]


def is_scan(line: str) -> bool:
    """Whether SQLite reads a whole table; PostgreSQL may do so where the table is small."""
    return "SCAN predictions" in line


def waiting(app: Flask, owner_id: str, count: int) -> list[str]:
    """Pending predictions of an owner, oldest first; returns their ids."""
    with app.app_context(), writing() as session:
        owner = Owner.lock(session, owner_id)
        rows = [row(owner.id, utc_now()) for _ in range(count)]
        session.execute(insert(Prediction), rows)
        return [str(one["id"]) for one in rows]


def row(owner_id: str, created_at: object) -> dict[str, object]:
    return {
        "id": new_token(),
        "owner_id": owner_id,
        "created_at": created_at,
        "status": Status.PENDING,
        "filename": "photo.png",
        "media_type": "image/png",
        "width": 28,
        "height": 28,
        "claim_count": 0,
    }


def claim(app: Flask, *, limit: int = 32, lease: timedelta = LEASE) -> list[str]:
    with app.app_context(), writing() as session:
        batch = Prediction.claim(session, by="a worker", limit=limit, lease=lease)
        return [prediction.id for prediction in batch]


def is_any_waiting(app: Flask) -> bool:
    with app.app_context():
        return Prediction.any_waiting(db.session())
