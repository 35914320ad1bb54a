"""The listening socket in the event loop: it accepts connections and closes overdue ones."""

from __future__ import annotations

import socket
import time

from waitress import wasyncore
from waitress.server import TcpWSGIServer

from webapp.platform.server.channel import Channel

UNSENT_BYTES = 128 * 1024  # of one connection in the kernel, which holds up to 4 MiB otherwise
RESERVE = 16  # connections below the limit at which the slowest client makes room


class Listener(TcpWSGIServer):  # type: ignore[misc]
    """Accepts as many connections as the limit, and asks each second which are overdue."""

    channel_class = Channel
    _checked_at = 0.0

    def maintenance(self, now: float) -> None:  # noqa: ARG002 (the wall clock, which can be set)
        self.close_overdue()

    def close_overdue(self) -> None:
        now = time.monotonic()
        elapsed = now - (self._checked_at or now)
        self._checked_at = now
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(now, elapsed=elapsed):
                channel.abort()

    def handle_accept(self) -> None:
        """Accept a connection. Near the limit, the client that has sent for longest makes room."""
        if len(self._map) >= self.adj.connection_limit - RESERVE:
            waiting = [channel for channel in self.active_channels.values() if channel.is_waiting]
            if waiting:
                min(waiting, key=lambda channel: channel.waiting_since).abort()
        super().handle_accept()

    def set_socket_options(self, conn: socket.socket) -> None:
        """Bound what the kernel takes of a response, or a client that reads none goes unnoticed."""
        super().set_socket_options(conn)
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES)

    def stop_accepting(self) -> None:
        """Close the socket; the connections stay."""
        wasyncore.dispatcher.close(self)

    def close_idle(self) -> None:
        """Close the connections on which no request has begun."""
        for channel in list(self.active_channels.values()):
            if channel.is_idle:
                channel.handle_close()
