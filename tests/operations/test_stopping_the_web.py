"""A web process that is asked to end finishes the requests in hand first."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.pictures import photo_of
from tests.support.web_process import web_process
from webapp.app import create_app
from webapp.models import Prediction
from webapp.platform.database import db
from webapp.platform.extensions import Extensions
from webapp.settings import Settings

BOUNDARY = "a-line-between-the-parts"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        secret_key="a secret for the tests",
        data_dir=tmp_path,
        database_url=database_url,
        redis_url="redis://127.0.0.1:1/0",  # nobody listens there
    )


def test_an_upload_in_flight_at_sigterm_is_answered_and_kept(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    head, body = upload_of(photo_of("7"))
    half = len(body) // 2
    with web_process(settings) as (process, port):
        with socket.create_connection(("127.0.0.1", port), timeout=120) as line:
            line.sendall(head)
            assert b"100 Continue" in line.recv(1024), "the request is in hand"
            line.sendall(body[:half])
            process.send_signal(signal.SIGTERM)
            time.sleep(1)  # by now it would be gone, had it nothing in hand
            assert process.poll() is None
            line.sendall(body[half:])
            answer = line.makefile("rb").read()
        status = process.wait(60)

    assert answer.startswith(b"HTTP/1.1 202 "), answer
    assert status == 0
    with app.app_context():
        (prediction_id,) = db.session.scalars(select(Prediction.id)).all()
    assert prediction_id.encode() in answer
    storage = Extensions.of(app).storage
    assert "picture" in storage.names(prediction_id)


def upload_of(picture: bytes) -> tuple[bytes, bytes]:
    """Head and body of a request that gives a picture over the API."""
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="7.png"\r\n\r\n'
    body = part.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
    lines = (
        "POST /api/predictions HTTP/1.1",
        "Host: localhost",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "Expect: 100-continue",
    )
    return "\r\n".join([*lines, "", ""]).encode(), body
