"""Hostile uploads to a real web process and a real worker: a sentence or a reading, and no harm."""

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
MOST_OF_WEB = 160 * MEGABYTE  # resident at its highest; it may take 20 MB from each of 8 people
MOST_OF_WORKER = 1100 * MEGABYTE  # of which TensorFlow takes half
BOUNDARY = "the-parts-end-here"


@dataclass
class Site:
    """A web process and a worker, and what they were given."""

    web: Web
    worker: Worker
    settings: Settings
    accepted: dict[str, str] = field(default_factory=dict)  # id to the picture's name

    def give(self, name: str, content: bytes) -> tuple[int, str]:
        """Give a picture over the API: the status, and the id or the sentence."""
        status, told = self.web.post(content, "application/octet-stream")
        if status == 202:
            self.accepted[told["id"]] = name
            return status, told["id"]
        return status, told["error"]

    def is_kept(self, prediction_id: str) -> bytes:
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
        uploads_per_person=0,  # one person gives them all
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
def test_an_odd_picture_is_taken_in_and_nothing_but_its_pixels_is_kept(
    name: str, site: Site
) -> None:
    status, told = site.give(name, ODD[name])

    assert status == 202, told
    kept = site.is_kept(told)
    assert kept.startswith(b"\x89PNG\r\n\x1a\n")
    assert kept.endswith(b"IEND\xaeB`\x82")
    assert PAYLOAD not in kept


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_whole_picture_is_refused_with_a_sentence(name: str, site: Site) -> None:
    status, told = site.give(name, REFUSED[name])

    assert status in (400, 413, 415, 422)
    assert told.endswith(".")
    assert "Traceback" not in told


@pytest.mark.parametrize("kind", HOSTILE_NAMES)
def test_a_hostile_name_is_shown_and_never_followed(kind: str, site: Site) -> None:
    name = HOSTILE_NAMES[kind].encode("utf-8", "surrogateescape")
    body = form_with(name, file_of(seven(), "PNG"))

    status, settle = post_form(site.web.port, body)

    assert status in (202, 400)
    if status == 202:
        site.accepted[settle["id"]] = kind
        shown = get(site.web.port, settle)["filename"]
        assert "/" not in shown
        assert "\\" not in shown
        assert len(shown) <= 120
        assert shown.isprintable()
    outside = [path for path in site.settings.data_dir.rglob("*seven*") if path.is_file()]
    assert outside == []


@pytest.mark.parametrize("told", ["its length", "in chunks", "a length that it does not send"])
def test_a_body_that_is_far_too_long_is_cut_off_and_never_held(told: str, site: Site) -> None:
    before = resident_at_most(site.web)
    with socket.create_connection(("127.0.0.1", site.web.port), timeout=60) as line:
        sent, settle = send_too_much(line, told)

    assert settle.startswith(b"HTTP/1.1 413")
    assert b"too large" in settle
    assert sent <= 100 * MEGABYTE
    assert resident_at_most(site.web) < max(before, MOST_OF_WEB)
    assert site.give("afterwards", file_of(seven(), "PNG"))[0] == 202


def test_everything_that_was_taken_in_is_settled_and_web_and_worker_are_well(site: Site) -> None:
    with create_app(site.settings).app_context():
        wait_until(lambda: settled(site) >= set(site.accepted), seconds=250)
        with writing() as session:
            failed = session.scalars(select(Prediction.id).filter_by(status=Status.FAILED))
            assert [site.accepted[key] for key in failed] == []

    assert site.web.process.poll() is None
    assert site.worker.process.poll() is None
    assert resident_at_most(site.web) < MOST_OF_WEB
    assert highest(site.worker.process.pid) < MOST_OF_WORKER


def settled(site: Site) -> set[str]:
    with writing() as session:
        rows = session.execute(select(Prediction.id, Prediction.status))
        return {key for key, status in rows if status not in (Status.PENDING, Status.READING)}


def resident_at_most(web: Web) -> int:
    """The most bytes that the process which answers people has ever held."""
    (answering,) = [
        process
        for process in psutil.Process(web.process.pid).children()
        if "gunicorn" in " ".join(process.cmdline())
    ]
    return highest(answering.pid)


def highest(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def send_too_much(line: socket.socket, told: str) -> tuple[int, bytes]:
    """Send until the server has had enough: how many bytes that took, and what it said."""
    head = "POST /api/predictions HTTP/1.1\r\nHost: cifra\r\nContent-Type: image/png\r\n"
    length = "Transfer-Encoding: chunked" if told == "in chunks" else "Content-Length: 2000000000"
    line.sendall(f"{head}{length}\r\n\r\n".encode())
    piece = bytes(MEGABYTE)
    framed = b"100000\r\n" + piece + b"\r\n" if told == "in chunks" else piece
    sent = 0
    with suppress(OSError):  # it hangs up when it has had enough, with its answer under way
        while sent < 200 * MEGABYTE and told != "a length that it does not send":
            line.sendall(framed)
            sent += MEGABYTE
        line.shutdown(socket.SHUT_WR)
    settle = b""
    with suppress(ConnectionResetError):  # what came before it is still there to be read
        while piece := line.recv(64 * 1024):
            settle += piece
    return sent, settle


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
    told = json.loads(response.read())
    told["cookie"] = (response.headers["Set-Cookie"] or "").split(";")[0]
    return response.status, told


def get(port: int, told: dict[str, str]) -> dict[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", f"/api/predictions/{told['id']}", headers={"Cookie": told["cookie"]})
    settle: dict[str, str] = json.loads(connection.getresponse().read())
    return settle
