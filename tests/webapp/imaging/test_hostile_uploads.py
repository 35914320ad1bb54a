"""Hostile uploads to a real web process and a real worker: each is read, or refused."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from tests.support.databases import Databases
from tests.support.hostile import (
    HOSTILE_NAMES,
    PAYLOAD,
    bombs_and_lies,
    cut_pictures,
    file_of,
    odd_pictures,
    seven,
)
from tests.support.records import stored_version
from tests.support.servers import RedisServer, Web, Worker, wait_until
from webapp.app import create_app
from webapp.models import Prediction, Status
from webapp.platform.database import writing
from webapp.platform.storage import PICTURE, Storage
from webapp.settings import MEGABYTE, ROOT, Settings

ODD = odd_pictures()
REFUSED = bombs_and_lies() | dict(cut_pictures())
MAX_WEB_MEMORY = 160 * MEGABYTE  # peak resident size; an upload in progress takes up to 20 MB
MAX_WORKER_MEMORY = 1100 * MEGABYTE  # of which TensorFlow takes half
BOUNDARY = "the-parts-end-here"


@dataclass
class Site:
    """A web process and a worker, and the uploads that they accepted."""

    web: Web
    worker: Worker
    settings: Settings
    accepted: dict[str, str] = field(default_factory=dict)  # id to the picture's name

    def upload(self, name: str, content: bytes) -> tuple[int, str]:
        """Upload a picture over the API: the status, and the id or the error sentence."""
        status, body = self.web.post(content, "application/octet-stream")
        if status == 202:
            self.accepted[body["id"]] = name
            return status, body["id"]
        return status, body["error"]

    def stored_picture(self, prediction_id: str) -> bytes:
        return Storage(self.settings.uploads_dir).read(prediction_id, PICTURE)


@pytest.fixture(scope="module")
def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    redis = RedisServer(folder)
    redis.start()
    settings = Settings(
        secret_key="a secret for the tests",
        data_dir=folder,
        database_url=databases.create(),
        redis_url=redis.url,
        uploads_per_person=0,  # one person sends them all
        uploads_per_address=0,
    )
    site = Site(Web(settings), Worker(settings, "reader"), settings)
    site.web.start()
    with create_app(settings).app_context():
        stored_version(ROOT / "models" / "cifra.keras")
    site.worker.start()
    yield site
    site.web.stop()
    site.worker.stop()
    redis.kill()


@pytest.mark.parametrize("name", ODD)
def test_an_odd_picture_is_accepted_and_nothing_but_its_pixels_is_stored(
    name: str, site: Site
) -> None:
    status, answer = site.upload(name, ODD[name])

    assert status == 202, answer
    kept = site.stored_picture(answer)
    assert is_whole_png(kept) or is_whole_jpeg(kept)
    assert PAYLOAD not in kept


def is_whole_png(content: bytes) -> bool:
    return content.startswith(b"\x89PNG\r\n\x1a\n") and content.endswith(b"IEND\xaeB`\x82")


def is_whole_jpeg(content: bytes) -> bool:
    return content.startswith(b"\xff\xd8\xff\xe0") and content.endswith(b"\xff\xd9")


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_whole_picture_is_refused_with_a_sentence(name: str, site: Site) -> None:
    status, sentence = site.upload(name, REFUSED[name])

    assert status in (400, 413, 415, 422)
    assert sentence.endswith(".")
    assert "Traceback" not in sentence


@pytest.mark.parametrize("kind", HOSTILE_NAMES)
def test_a_hostile_name_is_shown_and_never_used_as_a_path(kind: str, site: Site) -> None:
    name = HOSTILE_NAMES[kind].encode("utf-8", "surrogateescape")
    body = form_with(name, file_of(seven(), "PNG"))

    status, answer = post_form(site.web.port, body)

    assert status in (202, 400)
    if status == 202:
        site.accepted[answer["id"]] = kind
        shown = get(site.web.port, answer)["filename"]
        assert "/" not in shown
        assert "\\" not in shown
        assert len(shown) <= 120
        assert shown.isprintable()
    outside = [path for path in site.settings.data_dir.rglob("*seven*") if path.is_file()]
    assert outside == []


@pytest.mark.parametrize("framing", ["its length", "in chunks", "a length that it does not send"])
def test_a_body_that_is_far_too_long_is_cut_off_and_never_in_memory(
    framing: str, site: Site
) -> None:
    before = peak_memory_of(site.web)
    with socket.create_connection(("127.0.0.1", site.web.port), timeout=60) as line:
        sent, response = send_too_much(line, framing)

    assert response.startswith(b"HTTP/1.1 413")
    assert b"too large" in response
    assert sent <= 100 * MEGABYTE
    assert peak_memory_of(site.web) < max(before, MAX_WEB_MEMORY)
    assert site.upload("afterwards", file_of(seven(), "PNG"))[0] == 202


def test_every_accepted_upload_is_settled_and_web_and_worker_still_run(site: Site) -> None:
    with create_app(site.settings).app_context():
        wait_until(lambda: settled(site) >= set(site.accepted), seconds=250)
        with writing() as session:
            failed = session.scalars(select(Prediction.id).filter_by(status=Status.FAILED))
            assert [site.accepted[key] for key in failed] == []

    assert site.web.process.poll() is None
    assert site.worker.process.poll() is None
    assert peak_memory_of(site.web) < MAX_WEB_MEMORY
    assert peak_memory(site.worker.process.pid) < MAX_WORKER_MEMORY


def settled(site: Site) -> set[str]:
    with writing() as session:
        rows = session.execute(select(Prediction.id, Prediction.status))
        return {key for key, status in rows if status not in (Status.PENDING, Status.READING)}


def peak_memory_of(web: Web) -> int:
    """The peak resident size of the process that answers requests, in bytes."""
    (answering,) = [
        process
        for process in psutil.Process(web.process.pid).children()
        if "gunicorn" in " ".join(process.cmdline())
    ]
    return peak_memory(answering.pid)


def peak_memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def send_too_much(line: socket.socket, framing: str) -> tuple[int, bytes]:
    """Send until the server hangs up: the number of bytes sent, and the response."""
    head = "POST /api/predictions HTTP/1.1\r\nHost: cifra\r\nContent-Type: image/png\r\n"
    is_chunked = framing == "in chunks"
    length = "Transfer-Encoding: chunked" if is_chunked else "Content-Length: 2000000000"
    line.sendall(f"{head}{length}\r\n\r\n".encode())
    piece = bytes(MEGABYTE)
    framed = b"100000\r\n" + piece + b"\r\n" if is_chunked else piece
    sent = 0
    with suppress(OSError):  # the server closes the connection after its response
        while sent < 200 * MEGABYTE and framing != "a length that it does not send":
            line.sendall(framed)
            sent += MEGABYTE
        line.shutdown(socket.SHUT_WR)
    response = b""
    with suppress(ConnectionResetError):  # the bytes before the reset can still be read
        while piece := line.recv(64 * 1024):
            response += piece
    return sent, response


def form_with(filename: bytes, content: bytes) -> bytes:
    quoted = filename.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    part = b'Content-Disposition: form-data; name="image"; filename="' + quoted + b'"\r\n'
    lines = [f"--{BOUNDARY}\r\n".encode(), part, b"Content-Type: image/png\r\n\r\n", content]
    return b"".join([*lines, f"\r\n--{BOUNDARY}--\r\n".encode()])


def post_form(port: int, body: bytes) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    connection.request("POST", "/api/predictions", body, headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    answer["cookie"] = (response.headers["Set-Cookie"] or "").split(";")[0]
    return response.status, answer


def get(port: int, upload: dict[str, str]) -> dict[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": upload["cookie"]}
    connection.request("GET", f"/api/predictions/{upload['id']}", headers=headers)
    prediction: dict[str, str] = json.loads(connection.getresponse().read())
    return prediction
