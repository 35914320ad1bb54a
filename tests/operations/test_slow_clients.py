"""Slow clients cost the others nothing, and are disconnected after a stated time."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.servers import wait_until
from tests.support.slow_clients import CHUNKED, HEAD, KINDS, SlowClients
from tests.support.web_process import web_process
from webapp.settings import Settings

MANY = 60  # the web has eight threads


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a web process with the ordinary deadlines."""
    with web_process(settings_in(tmp_path_factory.mktemp("ordinary"))) as (_, port):
        yield port


@pytest.fixture(scope="module")
def strict_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a web process with deadlines of two seconds."""
    settings = settings_in(tmp_path_factory.mktemp("strict"))
    with web_process(settings, CLIENT_TIMEOUT_SECONDS="2") as (_, port):
        yield port


def settings_in(folder: Path) -> Settings:
    return Settings(
        secret_key="a secret for the tests", data_dir=folder, redis_url="redis://127.0.0.1:1/0"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_pages_answer_beside_many_slow_clients(kind: str, port: int) -> None:
    with SlowClients(port, kind, MANY) as clients:
        for _ in range(20):
            assert urlopen(f"http://127.0.0.1:{port}/", timeout=20).status == 200

        assert clients.open == MANY, "all of them were connected meanwhile"


@pytest.mark.parametrize("half_closed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_slow_client_is_disconnected(kind: str, half_closed: bool, strict_port: int) -> None:
    with SlowClients(strict_port, kind, 8, half_closed=half_closed) as clients:
        wait_until(lambda: clients.open == 0, seconds=60)


def test_a_slow_upload_that_keeps_up_the_rate_is_answered(strict_port: int) -> None:
    body = bytes(120_000)
    head = HEAD.replace(b"GET / ", b"POST /session ") + b"Connection: close\r\n"
    head += f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", strict_port), timeout=60) as client:
        client.sendall(head)
        for start in range(0, len(body), 4000):
            client.sendall(body[start : start + 4000])
            time.sleep(0.1)  # in all longer than the deadline of a client that stands still
        response = client.makefile("rb").read()

    assert response.startswith(b"HTTP/1.1 ")


def test_a_new_client_is_answered_where_silent_ones_hold_every_connection(port: int) -> None:
    with SlowClients(port, "nothing at all", 1000) as clients:
        assert urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20).status == 200

        assert clients.open > 900


def test_a_connection_is_used_again(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    for _ in range(3):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()


BROKEN = {
    "no length": b"POST /session HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n",
    "a negative length": b"POST /session HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "broken chunks": CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n",
    "an unknown coding": CHUNKED.replace(b"chunked", b"gzip"),
    "long headers": HEAD + b"X-Long: " + b"a" * 100_000 + b"\r\n\r\n",
    "a long path": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "no request": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "a NUL in a header": HEAD + b"X-Nul: a\0b\r\n\r\n",
    "a folded header": HEAD + b"X-Folded: a\r\n b\r\n\r\n",
    "broken percent-encoding": b"GET /%zz%ff%00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "another protocol": b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    "a newline to go on to": b"GET /session/new?next=/a%0d%0aX:1 HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", BROKEN.values(), ids=BROKEN)
def test_no_broken_request_is_answered_with_500(request_bytes: bytes, port: int) -> None:
    status_line = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as client,
        suppress(ConnectionError),  # the server may hang up before it answers
    ):
        with suppress(OSError):  # or while the client still sends: reset, or no longer connected
            client.sendall(request_bytes)
            client.shutdown(socket.SHUT_WR)
        status_line = client.makefile("rb").readline()

    assert not status_line or int(status_line.split()[1]) != 500
    assert urlopen(f"http://127.0.0.1:{port}/healthz", timeout=20).status == 200


@pytest.mark.parametrize("name", ["X-Forwarded-Proto", "Forwarded", "X_FORWARDED_PROTO"])
def test_no_header_claims_tls_from_the_same_machine(name: str, port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    value = "proto=https" if name == "Forwarded" else "https"
    connection.request("GET", "/", headers={name: value})
    response = connection.getresponse()

    assert response.status == 200
    assert response.headers["Strict-Transport-Security"] is None


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script-Name", "PATH_INFO", "REMOTE_ADDR"])
def test_no_header_replaces_a_variable_of_the_server(name: str, port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/predictions", headers={name: "/elsewhere"})
    response = connection.getresponse()

    assert response.status == 200
    assert b"/elsewhere" not in response.read()
