"""A line to Redis that can fall silent: its connections stay open, and nothing comes through."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from tests.support.servers import free_port


class Line:
    """Passes bytes between whoever connects here and the Redis at `target`."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._silenced = threading.Event()
        self._server = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def fall_silent(self) -> None:
        """From now on nothing passes through the connections there are; new ones work."""
        self._silenced.set()
        self._silenced = threading.Event()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._server.accept()
            except OSError:
                return
            try:
                redis = socket.create_connection(("127.0.0.1", self._target), timeout=1)
            except OSError:
                caller.close()
                continue
            redis.settimeout(None)
            for source, sink in ((caller, redis), (redis, caller)):
                threading.Thread(
                    target=_pass_on, args=(source, sink, self._silenced), daemon=True
                ).start()


def _pass_on(source: socket.socket, sink: socket.socket, silenced: threading.Event) -> None:
    with suppress(OSError):
        while content := source.recv(64 * 1024):
            if not silenced.is_set():
                sink.sendall(content)
    if silenced.is_set():
        return  # neither end is told
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
