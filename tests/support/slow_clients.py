"""Clients that keep a web server busy with next to nothing, many at once."""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, cycle, repeat
from types import TracebackType

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
POST = (
    b"POST /api/predictions HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
    b"Content-Length: 100000\r\n\r\n"
)
CHUNKED = POST.replace(b"Content-Length: 100000", b"Transfer-Encoding: chunked")
WHOLE = HEAD + b"\r\n"
PAUSE_SECONDS = 0.2  # between the bytes of one client


def bytes_of(content: bytes) -> Iterator[bytes]:
    return (bytes([byte]) for byte in content)


def trickled_headers() -> Iterator[bytes]:
    return chain([HEAD], bytes_of(b"X-Slow: "), repeat(b"a"))


def trickled_body() -> Iterator[bytes]:
    return chain([POST], repeat(b"a"))


def trickled_chunks() -> Iterator[bytes]:
    return chain([CHUNKED], cycle([b"1\r\na\r\n"]))


def trickled_blank_lines() -> Iterator[bytes]:
    return repeat(b"\r\n\r\n")


def silence() -> Iterator[bytes]:
    return repeat(b"")


def pipelined() -> Iterator[bytes]:
    """Whole requests whose responses the client never reads, and a last one without an end."""
    return chain([WHOLE * 400, HEAD], repeat(b""))


KINDS: dict[str, Callable[[], Iterator[bytes]]] = {
    "headers byte by byte": trickled_headers,
    "a body byte by byte": trickled_body,
    "a chunked body byte by byte": trickled_chunks,
    "blank lines for ever": trickled_blank_lines,
    "nothing at all": silence,
    "pipelined requests, no response read": pipelined,
}


@dataclass
class SlowClients:
    """So many connections of one kind, driven by one thread until they are closed."""

    port: int
    kind: str
    count: int
    half_closed: bool = False  # each stops sending after its first piece, as a proxy may
    _open: dict[socket.socket, Iterator[bytes]] = field(default_factory=dict)

    def __enter__(self) -> SlowClients:
        for _ in range(self.count):
            client = socket.create_connection(("127.0.0.1", self.port), timeout=10)
            client.settimeout(1)
            self._open[client] = KINDS[self.kind]()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._drive, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        for client in self._open:
            client.close()

    @property
    def open(self) -> int:
        """How many connections the server has not closed yet."""
        return len(self._open)

    def _drive(self) -> None:
        while not self._stop.is_set() and self._open:
            for client, pieces in list(self._open.items()):
                if self._is_closed(client, next(pieces)):
                    del self._open[client]
                    client.close()
            time.sleep(PAUSE_SECONDS)

    def _is_closed(self, client: socket.socket, piece: bytes) -> bool:
        """Send a piece; a server that hung up resets the connection, or ends its side."""
        try:
            with suppress(TimeoutError):
                client.sendall(piece)
            if self.half_closed:
                client.shutdown(socket.SHUT_WR)
            if self.kind.startswith("pipelined"):
                return _has_hung_up(client)
            with selectors.DefaultSelector() as selector:
                selector.register(client, selectors.EVENT_READ)
                return bool(selector.select(0)) and client.recv(64 * 1024) == b""
        except OSError:
            return True


def _has_hung_up(client: socket.socket) -> bool:
    """Whether the server closed a connection of which nothing is read (Linux: TCP_INFO's state)."""
    state = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state != 1  # TCP_ESTABLISHED
