"""Expensive uploads to a real web process: pages and other clients are answered meanwhile."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from PIL import Image

from tests.support.servers import Web
from tests.webapp.factories import picture
from webapp.imaging.decoder import PROGRAM
from webapp.imaging.decoding_queue import Limits
from webapp.settings import Settings

SMALL = picture()
LARGE = picture(Image.linear_gradient("L").resize((7900, 7900)).convert("RGBA"), compress_level=1)
ANOTHER_ADDRESS = "127.0.0.2"

# Python runs this before a decoder's program; a decoder that starts while the file exists stops.
STOP_AT_START = f"""
import os, pathlib, signal, sys

if "{PROGRAM}" in sys.orig_argv and pathlib.Path(__file__).with_name("stopped").exists():
    os.kill(os.getpid(), signal.SIGSTOP)
"""


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: str


@pytest.fixture(scope="module")
def start_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the module that Python imports at its start in the web's decoders."""
    folder = tmp_path_factory.mktemp("start")
    (folder / "sitecustomize.py").write_text(STOP_AT_START)
    return folder


@pytest.fixture(scope="module")
def web(start_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    settings = Settings(
        secret_key="a secret for the tests",
        data_dir=tmp_path_factory.mktemp("web"),
        uploads_per_person=0,
        uploads_per_address=0,
    )
    web = Web(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(start_folder))
        web.start()
    yield web
    web.stop()


@pytest.fixture
def clients() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as pool:
        yield pool


def request(
    web: Web, method: str, path: str, *, address: str = "127.0.0.1", **options: object
) -> Response:
    connection = http.client.HTTPConnection(
        "127.0.0.1", web.port, timeout=120, source_address=(address, 0)
    )
    try:
        connection.request(method, path, **options)  # type: ignore[arg-type]
        response = connection.getresponse()
        body = response.read().decode()
        return Response(response.status, dict(response.headers), body)
    finally:
        connection.close()


def upload(web: Web, data: bytes, *, cookie: str = "", address: str = "127.0.0.1") -> Response:
    headers = {"Content-Type": "image/png", "Cookie": cookie}
    return request(web, "POST", "/api/predictions", body=data, headers=headers, address=address)


def is_refused_for_now(response: Response) -> bool:
    """With a sentence and the time to come back."""
    sentence = json.loads(response.body)["error"]
    return (
        response.status in (429, 503)
        and int(response.headers["Retry-After"]) > 0
        and sentence.endswith(".")
    )


@contextmanager
def stopped_decoders(web: Web, start_folder: Path) -> Iterator[None]:
    """Every decoder of the web process is stopped; a new one stops before it is ready."""
    stopped = start_folder / "stopped"
    stopped.touch()
    for process in psutil.Process(web.process.pid).children(recursive=True):
        with suppress(psutil.Error):
            if PROGRAM in process.cmdline():
                process.suspend()
    try:
        yield
    finally:
        stopped.unlink()


def still_open(uploads: list[Future[Response]]) -> bool:
    return not all(future.done() for future in uploads)


def test_pages_are_answered_while_no_decoder_answers(
    web: Web, start_folder: Path, clients: ThreadPoolExecutor
) -> None:
    assert upload(web, SMALL).status == 202

    with stopped_decoders(web, start_folder):
        uploads = [clients.submit(upload, web, SMALL) for _ in range(48)]
        for path in ("/", "/predictions", "/healthz"):
            page = request(web, "GET", path)
            assert page.status == 200
        assert still_open(uploads)
        responses = [future.result() for future in uploads]

    assert all(is_refused_for_now(response) for response in responses)
    assert upload(web, SMALL).status == 202


def test_one_owner_has_few_uploads_in_progress(
    web: Web, start_folder: Path, clients: ThreadPoolExecutor
) -> None:
    first = upload(web, SMALL)
    cookie = first.headers["Set-Cookie"].split(";")[0]

    with stopped_decoders(web, start_folder):
        uploads = [clients.submit(upload, web, SMALL, cookie=cookie) for _ in range(8)]
        responses = [future.result() for future in uploads]

    statuses = [response.status for response in responses]
    assert statuses.count(429) == 8 - Limits().per_owner
    assert all(is_refused_for_now(response) for response in responses)
    assert upload(web, SMALL, cookie=cookie).status == 202


def test_another_client_is_answered_while_one_sends_the_most_expensive_pictures(
    web: Web, clients: ThreadPoolExecutor
) -> None:
    uploads = [clients.submit(upload, web, LARGE) for _ in range(30)]

    others = [upload(web, SMALL, address=ANOTHER_ADDRESS) for _ in range(3)]

    assert [response.status for response in others] == [202, 202, 202]
    assert still_open(uploads)
    for response in [future.result() for future in uploads]:
        assert response.status == 202 or is_refused_for_now(response)
