"""A client's connection in the event loop: what it waits for, and whether that takes too long."""

from __future__ import annotations

import socket
import struct
import time
from contextlib import suppress
from typing import Any

from waitress.channel import HTTPChannel

from webapp.platform.server.deadlines import Deadlines
from webapp.platform.server.parser import BoundedParser


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection with deadlines. Waitress itself closes only connections that are silent."""

    parser_class = BoundedParser
    request: BoundedParser | None
    deadlines = Deadlines()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._idle_since = time.monotonic()
        self._sent = 0  # bytes of the responses since the client had none to take
        self._unsent_seconds = 0.0  # for which the client had bytes of it to take

    @property
    def is_waiting(self) -> bool:
        """Whether it is the client's turn to send: no request is in hand, no response under way."""
        return not self.requests and not self.total_outbufs_len

    @property
    def is_idle(self) -> bool:
        """Whether nothing of a next request has arrived either."""
        return self.is_waiting and self.request is None

    @property
    def waiting_since(self) -> float:
        """The moment, on the monotonic clock, from which the client has been sending."""
        return self._idle_since if self.request is None else self.request.began

    def is_overdue(self, now: float, *, elapsed: float) -> bool:
        """Whether the client is too slow. `elapsed` are the seconds since the last question."""
        if self.total_outbufs_len:
            self._unsent_seconds += elapsed
            return self._unsent_seconds > self.deadlines.allowed_for_response(self._sent)
        if self.requests:
            return False
        if self.request is None:
            return now - self._idle_since > self.deadlines.idle
        if not self.request.headers_finished:
            return now - self.request.began > self.deadlines.headers
        allowed = self.deadlines.allowed_for_body(self.request.body_bytes_received)
        return now - self.request.headers_ended > allowed

    def abort(self) -> None:
        """Close at once with a reset: nothing that the client has not taken stays in memory."""
        with suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.handle_close()

    def handle_read(self) -> None:
        """Read; the end of a body that is too long anyway is answered, not taken for a failure."""
        request = self.request
        if request is not None and request.is_too_long and self._client_is_finished():
            with self.requests_lock:
                request.end_early()
                self.request = None
                self.requests.append(request)
                self.server.add_task(self)
        else:
            super().handle_read()

    def _client_is_finished(self) -> bool:
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except OSError:
            return False

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent: int = super().send(data, do_close=do_close)
        self._sent += sent
        return sent

    def service(self) -> None:
        """Answer one request, in a thread. Responses that are not taken yet keep their time."""
        if not self.total_outbufs_len:
            self._sent, self._unsent_seconds = 0, 0.0
        try:
            super().service()
        finally:
            self._idle_since = time.monotonic()
