"""Clients that send their upload byte by byte, and how quickly others are answered meanwhile."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.compose.person import Person

CLIENTS = 200
HEAD = b"POST /api/predictions HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
LENGTH = b"Content-Length: 1000000\r\n\r\n"


@contextmanager
def slow_clients(port: int) -> Iterator[list[socket.socket]]:
    """Half of them send their header slowly, half their body."""
    lines = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(CLIENTS)]
    stopped = threading.Event()
    for number, line in enumerate(lines):
        line.sendall(HEAD + (LENGTH if number % 2 else b"X-Slow: "))
    thread = threading.Thread(target=_trickle, args=(lines, stopped), daemon=True)
    thread.start()
    try:
        yield lines
    finally:
        stopped.set()
        thread.join()
        for line in lines:
            line.close()


def front_page_p95(person: Person, *, times: int = 40) -> float:
    """The seconds within which 95 % of the requests for the front page are answered."""
    seconds = []
    for _ in range(times):
        began = time.monotonic()
        status, _, _ = person.ask("/")
        assert status == 200
        seconds.append(time.monotonic() - began)
    return sorted(seconds)[int(0.95 * times)]


def _trickle(lines: list[socket.socket], stopped: threading.Event) -> None:
    while not stopped.wait(1):
        for line in lines:
            with suppress(OSError):  # the proxy has closed it
                line.sendall(b"x")
