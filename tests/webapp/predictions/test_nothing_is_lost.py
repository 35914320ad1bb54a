"""Accepted pictures are never lost; pictures that cannot be stored are refused with the reason."""

from __future__ import annotations

import os
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.servers import RedisServer
from tests.webapp.factories import given_prediction, picture, post_api, post_page
from webapp.app import create_app
from webapp.models import Prediction, new_token, utc_now
from webapp.platform.database import db
from webapp.platform.extensions import Extensions
from webapp.platform.storage import Storage
from webapp.settings import Settings
from webapp.sweep import ORPHANED_AFTER, clean_up


def storage_of(app: Flask) -> Storage:
    return Extensions.of(app).storage


def stored_files(app: Flask) -> list[Path]:
    return [path for path in storage_of(app).root.rglob("*") if path.is_file()]


def rows(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Prediction.id)))


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The kernel refuses larger files of this process, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, max_waiting=2, busy_timeout=timedelta(seconds=0.2))


def test_an_accepted_picture_is_committed_with_its_files(app: Flask, client: FlaskClient) -> None:
    prediction_id = post_api(client, picture()).get_json()["id"]

    assert rows(app) == [prediction_id]
    assert storage_of(app).names(prediction_id) == ["picture"]


def test_an_upload_is_accepted_while_redis_is_frozen(settings: Settings, tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    redis.start()
    app = create_app(replace(settings, redis_url=redis.url))
    with app.app_context():
        db.create_all()
    client = app.test_client()
    client.get("/")
    redis.process.send_signal(signal.SIGSTOP)
    try:
        response = post_api(client, picture())
    finally:
        redis.kill()

    assert response.status_code == 202
    assert "Your picture is saved." in response.get_json()["note"]


def test_an_upload_to_a_full_queue_is_refused_with_retry_after(
    app: Flask, client: FlaskClient
) -> None:
    for _ in range(2):
        given_prediction(client)
    before = stored_files(app)

    api, page = post_api(client, picture()), post_page(client, picture())

    assert api.status_code == page.status_code == 503
    assert int(api.headers["Retry-After"]) > 0
    assert int(page.headers["Retry-After"]) > 0
    assert api.get_json()["error"].startswith("2 pictures are waiting")
    assert "2 pictures are waiting" in page.text
    assert stored_files(app) == before


def test_an_upload_to_a_full_disk_is_refused_and_nothing_of_it_is_stored(
    app: Flask, client: FlaskClient
) -> None:
    client.get("/")
    with files_no_larger_than(100):
        api, page = post_api(client, picture()), post_page(client, picture())

    assert api.status_code == page.status_code == 503
    assert int(api.headers["Retry-After"]) > 0
    assert "no room left" in api.get_json()["error"]
    assert "no room left" in page.text
    assert stored_files(app) == []
    assert rows(app) == []
    assert post_api(client, picture()).status_code == 202, "once there is space again"


@pytest.mark.sqlite  # PostgreSQL writes in processes of its own
def test_an_upload_is_refused_when_there_is_no_space_for_its_row(
    app: Flask, client: FlaskClient
) -> None:
    given_prediction(client)
    with files_no_larger_than(Path(app.instance_path, "cifra.db-wal").stat().st_size):
        response = post_api(client, picture())

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert len(rows(app)) == 1
    given_prediction(client)  # once there is space again
    assert len(rows(app)) == 2


@pytest.mark.parametrize("listens", [False, True], ids=["connection refused", "no answer"])
def test_an_upload_without_the_database_is_refused_with_retry_after(
    listens: bool, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not listens:
            server.close()
        url = f"postgresql+psycopg://somebody:secret@127.0.0.1:{port}/cifra"
        app = create_app(replace(settings, database_url=url, busy_timeout=timedelta(seconds=2)))

        response = post_api(app.test_client(), picture())

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert stored_files(app) == []


def test_files_without_a_row_are_deleted_after_an_hour(app: Flask, client: FlaskClient) -> None:
    kept = given_prediction(client)
    storage = storage_of(app)
    storage.put(new_token(), "picture", picture())
    (storage.folder(kept) / ".writing-half").touch()
    with app.app_context():
        clean_up(storage)
    assert len(list(storage.root.glob("*/*"))) == 2, "they may belong to an upload under way"

    long_ago = (utc_now() - ORPHANED_AFTER - timedelta(minutes=1)).timestamp()
    for folder in storage.root.glob("*/*"):
        os.utime(folder, (long_ago, long_ago))
    with app.app_context():
        clean_up(storage)

    assert [folder.name for folder in storage.root.glob("*/*")] == [kept]
    assert storage.names(kept) == ["picture"]
    assert not (storage.folder(kept) / ".writing-half").exists()
