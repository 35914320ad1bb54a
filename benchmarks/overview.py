"""The admin's overview: the time of each of its questions with a million predictions.

The predictions are spread over four weeks, and one in twenty has a correction. Each question is
asked five times, and the median is printed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from tests.support.postgresql import PostgresqlServer
from webapp.admin.disk import disk_use
from webapp.admin.drift import readings_by_day
from webapp.admin.feedback import feedback_by_day, feedback_by_week
from webapp.admin.traffic import queue_now, refusals_by_reason, traffic_of_the_hour
from webapp.app import create_app
from webapp.models import Correction, Digit, ModelVersion, Owner, Prediction, utc_now
from webapp.platform.database import db, writing
from webapp.settings import Settings

DAYS = 28
OWNERS = 300
ROWS_A_STATEMENT = 20_000
CORRECTED_ONE_IN = 20
TIMES = 5
REASONS = ("blank", "too faint", "unsure", "unlike digits")

QUESTIONS: dict[str, Callable[[Session, datetime], object]] = {
    "queue": queue_now,
    "traffic of the last hour": traffic_of_the_hour,
    "refusals by reason": refusals_by_reason,
    "feedback by version and week": feedback_by_week,
    "feedback by day": feedback_by_day,
    "confidence by day": readings_by_day,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--predictions", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _url_of(arguments.database) as url:
        settings = Settings(
            secret_key="only-for-this-measure", data_dir=Path(folder), database_url=url
        )
        app = create_app(settings)
        with app.app_context():
            db.create_all()
            fill(arguments.predictions)
            _measure(settings)
            db.session.remove()
            db.engine.dispose()


def fill(count: int) -> None:
    """Settled predictions, the latest of them a moment ago, and corrections of some."""
    chance, now = random.Random(1), utc_now()
    with writing() as session:
        session.add_all(Owner(id=f"owner {number}") for number in range(OWNERS))
        version = ModelVersion(
            origin="shipped",
            architecture="cnn",
            parameters=1,
            filename="one.keras",
            sha256="0" * 64,
            size=1,
        )
        session.add(version)
        session.flush()
        version_id = version.id
    for start in range(0, count, ROWS_A_STATEMENT):
        numbers = range(start, min(start + ROWS_A_STATEMENT, count))
        predictions = [_prediction(one, count, now, version_id, chance) for one in numbers]
        corrected = [one for one in numbers if one % CORRECTED_ONE_IN == 0]
        with writing() as session:
            session.execute(insert(Prediction), predictions)
            session.execute(insert(Digit), [_digit(one) for one in corrected])
            corrections = [_correction(one, predictions[one - start], chance) for one in corrected]
            session.execute(insert(Correction), corrections)


def _prediction(
    number: int, count: int, now: datetime, version_id: int, chance: random.Random
) -> dict[str, Any]:
    created_at = now - timedelta(days=DAYS) * (1 - number / count)
    is_read = chance.random() < 0.93
    return {
        "id": f"{number:022d}",
        "owner_id": f"owner {chance.randrange(OWNERS)}",
        "created_at": created_at,
        "settled_at": created_at + timedelta(seconds=chance.expovariate(1)),
        "status": "done" if is_read else "refused",
        "reason": None if is_read else chance.choice(REASONS),
        "number": "42" if is_read else None,
        "confidence": chance.betavariate(20, 1) if is_read else None,
        "filename": "photo.png",
        "media_type": "image/png",
        "width": 280,
        "height": 300,
        "claim_count": 1,
        "model_version_id": version_id,
    }


def _digit(number: int) -> dict[str, Any]:
    box = {"x": 0, "y": 0, "width": 9, "height": 9}
    return {
        **box,
        "id": number + 1,
        "prediction_id": f"{number:022d}",
        "position": 0,
        "row": 0,
        "label": 4,
        "confidence": 0.9,
        "probabilities": [0.1] * 10,
        "ink_png": bytes(300),
    }


def _correction(number: int, prediction: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return {
        "digit_id": number + 1,
        "owner_id": prediction["owner_id"],
        "created_at": prediction["settled_at"],
        "label": chance.choice((4, 4, 4, 9, None)),
        "read_as": 4,
        "ink_sha256": f"{number:064d}",
        "verdict": "waiting",
    }


def _measure(settings: Settings) -> None:
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze"))
    total = 0.0
    for name, ask in QUESTIONS.items():
        total += _timed(name, ask)
    total += _timed("disk", lambda session, _now: disk_use(session, settings))
    print(f"{'together':30} {total:7.0f} ms")


def _timed(name: str, ask: Callable[[Session, datetime], object]) -> float:
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask(db.session(), utc_now())
        seconds.append(time.perf_counter() - began)
        db.session.rollback()
    milliseconds = statistics.median(seconds) * 1000
    print(f"{name:30} {milliseconds:7.0f} ms")
    return milliseconds


@contextmanager
def _url_of(database: str) -> Iterator[str]:
    """The address of an empty database; empty for SQLite in the data folder."""
    if database == "sqlite":
        yield ""
        return
    server = PostgresqlServer()
    server.start()
    try:
        yield server.create()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
