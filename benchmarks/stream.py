"""A stream of pictures through real workers, for the benchmarks that time their answers."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support import publishing
from tests.support.pictures import photo_of
from tests.support.records import waiting_prediction
from tests.support.servers import wait_until
from tests.support.workers import Workers, workers_in
from webapp.models import ModelVersion, Prediction, PublicationTrigger, Status
from webapp.platform.database import db
from webapp.settings import Settings
from worker.model_files.store import SHIPPED, add_version, install_shipped
from worker.recognition.network import files as model_file
from worker.recognition.network.model_card import read_card

NUMBER = "42"


@contextmanager
def running(workers: int, *, mnist_path: Path | None = None) -> Iterator[Workers]:
    """Workers that answer with the shipped model, in a folder of their own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        workers_in(Path(folder), workers=workers, mnist_path=mnist_path) as started,
    ):
        install_shipped(started.settings.models_dir)
        started.start()
        yield started


def second_version(settings: Settings) -> ModelVersion:
    """The shipped network again, in a file of its own."""
    network, calibration = model_file.load(SHIPPED)
    path = settings.data_dir / "second.keras"
    card = read_card(SHIPPED)
    assert card is not None
    another = replace(calibration, temperature=calibration.temperature * 1.01)
    model_file.save(network, path, another, scores=card.scores)
    return add_version(settings.models_dir, path, card=card, origin="trained")


class Stream:
    """Gives pictures at a steady rate, in a thread of its own."""

    def __init__(self, workers: Workers, rate: float) -> None:
        self._workers, self._rate = workers, rate
        self._over = threading.Event()
        self.ids: list[str] = []
        self._picture = photo_of(NUMBER)
        self._thread = threading.Thread(target=self._give)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Give no more, and wait until all are answered."""
        self._over.set()
        self._thread.join()
        wait_until(lambda: all(row.is_settled for row in self.rows()))

    def rows(self) -> Sequence[Prediction]:
        with Session(db.engine) as session:
            return session.scalars(select(Prediction).order_by(Prediction.created_at)).all()

    def _give(self) -> None:
        with self._workers.app.app_context():
            due = time.monotonic()
            while not self._over.is_set():
                self.ids.append(waiting_prediction(self._picture))
                self._workers.queue.enqueue_prediction()
                due += 1 / self._rate
                time.sleep(max(0.0, due - time.monotonic()))


def milliseconds(rows: Sequence[Prediction], since: datetime, until: datetime) -> np.ndarray:
    """From commit to answer, of the pictures that were given in a span of time."""
    return np.array(
        [
            (row.settled_at - row.created_at).total_seconds() * 1000
            for row in rows
            if row.settled_at and since <= row.created_at < until
        ]
    )


def wrong(rows: Sequence[Prediction]) -> int:
    """How many failed, were lost, were read wrongly, or do not name their version."""
    return sum(
        row.status != Status.DONE or row.number != NUMBER or row.model_version_id is None
        for row in rows
    )


def publish(version_id: int, trigger: PublicationTrigger) -> None:
    with Session(db.engine.execution_options(cifra_writes=True)) as session, session.begin():
        publishing.publish(session, version_id, trigger)
