"""Liveness asks nobody; readiness asks the database and the queue, and takes a bounded time."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.support.servers import RedisServer
from tests.support.sites import site_with
from webapp.app import create_app
from webapp.settings import Settings


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    redis = RedisServer(tmp_path)
    redis.start()
    yield redis
    redis.kill()


def test_liveness_asks_nobody(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}


def test_a_site_with_database_and_queue_is_ready(settings: Settings, redis: RedisServer) -> None:
    with site_with(settings, redis_url=redis.url) as app:
        response = app.test_client().get("/readyz")

    assert response.status_code == 200
    assert response.get_json() == {"status": "ok", "away": []}


def test_a_queue_that_is_away_is_named(client: FlaskClient) -> None:
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.get_json()["away"] == ["queue"]


def test_a_frozen_queue_and_a_missing_database_are_named(
    settings: Settings, redis: RedisServer
) -> None:
    with site_with(settings, redis_url=redis.url) as app:
        app.test_client().get("/readyz")
    redis.process.send_signal(signal.SIGSTOP)
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    try:
        app = create_app(
            Settings(
                secret_key=settings.secret_key,
                data_dir=settings.data_dir,
                database_url=nowhere,
                redis_url=redis.url,
            )
        )
        for _ in range(4):
            assert app.test_client().get("/readyz").get_json()["away"] == ["database", "queue"]
    finally:
        redis.process.send_signal(signal.SIGCONT)
