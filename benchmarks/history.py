"""History and claim with a thousand and with a million predictions of one owner, on SQLite.

Run it with `python -m benchmarks.history [rows …]`. Each time is the median of several runs with
the real app, in milliseconds of CPU, so that it hardly depends on what else the machine does.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from tests.support.records import waiting_prediction
from webapp.accounts.owner_cookies import PREFIX
from webapp.accounts.signing import signer
from webapp.app import create_app
from webapp.models import Prediction, Status
from webapp.platform.database import db, writing
from webapp.settings import Settings

SIZES = [1000, 1_000_000]
REPEATS = 15
OWNER = "one-owner"
INSERT = text(
    "insert into predictions (id, owner_id, created_at, status, filename, media_type, width,"
    " height, claim_count, settled_at, number, confidence)"
    " with recursive counted(n) as (select 1 union all select n + 1 from counted where n < :rows)"
    " select printf('p%021d', n), :owner,"
    " datetime('2026-01-01', '+' || (n * 20) || ' seconds') || '.000000', 'done', 'photo.jpg',"
    " 'image/jpeg', 1600, 1200, 1, datetime('2026-01-01'), n % 100, 0.99 from counted"
)
ADDRESSES = {
    "front page": "/",
    "first page": "/predictions",
    "first page of the API": "/api/predictions",
    "one day": "/predictions?from=2026-01-01&to=2026-01-01",
    "least sure first": "/predictions?order=unsure",
    "readings with a 42": "/predictions?number=42",
}


def main(sizes: list[int]) -> None:
    tables = [measured(size) for size in sizes]
    print("| CPU ms | " + " | ".join(f"{size:,} rows" for size in sizes) + " | ratio |")
    print("|---|" + "---|" * (len(sizes) + 1))
    for name in tables[0]:
        times = [table[name] for table in tables]
        cells = " | ".join(f"{one:.1f}" for one in times)
        print(f"| {name} | {cells} | {times[-1] / times[0]:.2f} |")


def measured(rows: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        secret = Settings(secret_key="only for this benchmark")
        settings = replace(secret, data_dir=Path(folder), redis_url="redis://127.0.0.1:1/0")
        app = create_app(settings)
        with app.app_context():
            db.create_all()
            return times_in(app, rows)


def times_in(app: Flask, rows: int) -> dict[str, float]:
    waiting_prediction(owner_id=OWNER)
    with writing() as session:
        session.execute(INSERT, {"rows": rows, "owner": OWNER})
        session.execute(text("analyze"))
    client = app.test_client()
    client.set_cookie(f"{PREFIX}{OWNER[:8]}", str(signer("owner").dumps(OWNER)))
    found = {name: milliseconds(partial(page, client, place)) for name, place in ADDRESSES.items()}
    older = page(client, "/predictions").split('rel="next" href="')[1].split('"')[0]
    found["next page"] = milliseconds(partial(page, client, older.replace("&amp;", "&")))
    found["is work left"] = milliseconds(lambda: Prediction.any_waiting(db.session()))
    found["claim"] = milliseconds(claim_and_give_back)
    return found


def milliseconds(work: Callable[[], object]) -> float:
    """The median CPU time of several runs, after one that warms the caches."""
    work()
    spent = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return 1000 * float(np.median(spent))


def page(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return response.text


def claim_and_give_back() -> None:
    with writing() as session:
        (claimed,) = Prediction.claim(session, by="w", limit=32, lease=timedelta(seconds=60))
        session.execute(
            update(Prediction).where(Prediction.id == claimed.id).values(status=Status.PENDING)
        )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or SIZES)
