"""A worker's row: written when it starts and when it loads a version, removed when it ends."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.records import stored_version
from tests.support.servers import wait_until
from webapp.models import Worker
from webapp.platform.database import writing
from worker.serving import presence
from worker.serving.presence import Presence


def rows() -> dict[str, int | None]:
    """The version that each worker has loaded, by the worker's name."""
    with writing() as session:
        return {worker.name: worker.model_version_id for worker in session.scalars(select(Worker))}


def test_a_worker_shows_the_version_that_it_has_loaded_until_it_ends(
    app: Flask, network: Path
) -> None:
    version = stored_version(network)
    loaded: list[int | None] = [None]
    stop = threading.Event()

    Presence("one", "predictions", lambda: loaded[-1]).watch(app, stop)

    wait_until(lambda: rows() == {"one": None}, seconds=30)
    loaded.append(version.id)
    wait_until(lambda: rows() == {"one": version.id}, seconds=30)
    stop.set()
    wait_until(lambda: rows() == {}, seconds=30)


def test_a_running_worker_keeps_its_row_fresh(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "UPDATE_SECONDS", 0.1)
    stop = threading.Event()
    Presence("one", "predictions", lambda: None).watch(app, stop)
    wait_until(lambda: "one" in rows(), seconds=30)
    with writing() as session:
        first = session.get_one(Worker, "one").seen_at

    def is_fresher() -> bool:
        with writing() as session:
            return session.get_one(Worker, "one").seen_at > first

    wait_until(is_fresher, seconds=30)
    stop.set()
    wait_until(lambda: rows() == {}, seconds=30)
