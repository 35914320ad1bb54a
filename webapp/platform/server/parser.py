"""The request parser: it stores a body up to a bound, and discards and counts the rest."""

from __future__ import annotations

import time
from typing import Any

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser

DISCARDED_BYTES = 64 * 1024 * 1024  # of a body that is too long; then it is answered


class BoundedBuffer(OverflowableBuffer):  # type: ignore[misc]
    """A buffer that keeps the first bytes and counts them all."""

    def __init__(self, overflow: int, most: int) -> None:
        super().__init__(overflow)
        self._most = most
        self.count = 0

    def append(self, s: bytes) -> None:
        self.count += len(s)
        if self.count <= self._most:
            super().append(s)


class BoundedParser(HTTPRequestParser):  # type: ignore[misc]
    """Receives a request without storing more of its body than the app accepts.

    The app gets a request whose body is too long with the true Content-Length, and answers 413 with
    its own page. The rest of the body is received meanwhile, because a browser that is
    disconnected while it sends shows "connection reset" in place of the page.
    """

    largest_body = DISCARDED_BYTES  # replaced by the app's limit

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = self.headers_ended = time.monotonic()
        self._buffer: BoundedBuffer | None = None

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        self.headers_ended = time.monotonic()
        if self.body_rcv is not None:
            self._buffer = BoundedBuffer(self.adj.inbuf_overflow, self.largest_body)
            self.body_rcv.buf = self._buffer

    @property
    def is_too_long(self) -> bool:
        """Whether the body is, or says that it will be, longer than the app accepts."""
        return self._buffer is not None and (
            max(self.content_length, self._buffer.count) > self.largest_body
        )

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.is_too_long and self.body_bytes_received >= DISCARDED_BYTES:
            self.end_early()
        elif self.completed and self.chunked and self._buffer is not None:
            self.headers["CONTENT_LENGTH"] = str(self._buffer.count)
        return consumed

    def end_early(self) -> None:
        """Answer a body that is too long before its end; the connection cannot be used again."""
        if self._buffer is not None and not self.content_length:
            self.headers["CONTENT_LENGTH"] = str(self._buffer.count)
        self.completed = self.connection_close = True
