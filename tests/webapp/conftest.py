"""What the web's tests share: the real app on a real SQLite, and a queue that is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.app import create_app
from webapp.database import db
from webapp.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        secret_key="a secret for the tests",
        data_dir=tmp_path,
        redis_url="redis://127.0.0.1:1/0",  # nobody listens there
        max_upload_bytes=300_000,
        max_pixels=4_000_000,
        page_size=3,
        uploads_per_person=0,  # limits have a test of their own
        uploads_per_address=0,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False  # its own test turns it on
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
