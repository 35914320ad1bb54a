"""Deadlines of a connection: how slowly a client may send a request or take a response."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Deadlines:
    """Seconds that each phase of a connection may take; a slower client is disconnected.

    A body or a response may take longer if it keeps up a minimum rate, as in Apache's
    mod_reqtimeout: a slow telephone finishes its upload, a byte a second does not.
    """

    idle: float = 20.0  # between connecting, or a response, and the next request's first byte
    headers: float = 20.0  # from a request's first byte to the end of its headers
    body: float = 20.0  # from the end of the headers, and beyond it at the minimum rate
    response: float = 20.0  # while the client has bytes to take, and beyond it at that rate
    bytes_per_second: float = 4096.0

    def allowed_for_body(self, received: int) -> float:
        """Seconds that a body may have taken by the time so many bytes have arrived."""
        return self.body + received / self.bytes_per_second

    def allowed_for_response(self, sent: int) -> float:
        """Seconds that a client may have taken to accept so many bytes."""
        return self.response + sent / self.bytes_per_second
