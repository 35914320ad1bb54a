"""What the web's tests share: the real app on a real database, and a queue that is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.sites import site_with
from tests.webapp.factories import admin, sign_in
from webapp.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        secret_key="a secret for the tests",
        data_dir=tmp_path,
        database_url=database_url,
        redis_url="redis://127.0.0.1:1/0",  # nobody listens there
        max_upload_bytes=300_000,
        max_pixels=4_000_000,
        page_size=3,
        uploads_per_person=0,  # limits have a test of their own
        uploads_per_address=0,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with site_with(settings) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def signed_in_admin(app: Flask, client: FlaskClient) -> None:
    """The client's browser has an admin signed in, who entered the password just now."""
    admin(app)
    sign_in(client)
