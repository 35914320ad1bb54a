"""Gunicorn's worker process: `--worker-class webapp.platform.server.worker.WebWorker`.

Gunicorn binds the address, starts the processes again when they end, and hands on signals; the
requests of a process are received by waitress's event loop and answered by its threads.
"""

from __future__ import annotations

import logging
import os
import resource
import sys
import time
from typing import Any

from flask import Flask
from gunicorn.workers.base import Worker as GunicornWorker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from webapp.platform.extensions import Extensions
from webapp.platform.server.channel import Channel
from webapp.platform.server.deadlines import Deadlines
from webapp.platform.server.listener import Listener
from webapp.platform.server.parser import BoundedParser

MOST_CONNECTIONS = 1000  # of one process
FILES_PER_CONNECTION = 3  # its socket, and what a large request and response overflow to
HEADER_BYTES = 32 * 1024
MEMORY_BYTES = 128 * 1024  # of one body; a longer one is kept in a temporary file
LOOP_SECONDS = 0.5


class WebWorker(GunicornWorker):  # type: ignore[misc]
    """Serves until it is asked to end; then it answers the requests that have begun."""

    def run(self) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a burst is no news
        self._map: dict[int, Any] = {}
        self._listeners = self._listen()
        while self.alive and os.getppid() == self.ppid:
            self._turn()
        self._finish(time.monotonic() + self.cfg.graceful_timeout)

    def _listen(self) -> list[Listener]:
        channel, adjustments = self._channel_class(), self._adjustments()
        self._threads = ThreadedTaskDispatcher()
        self._threads.set_thread_count(self.cfg.threads)
        listeners = []
        for bound in self.sockets:
            listener = Listener(
                self.wsgi,
                self._map,
                True,
                bound.sock,
                dispatcher=self._threads,
                adj=adjustments,
                bind_socket=False,
                sockinfo=(bound.sock.family, bound.sock.type, bound.sock.proto, None),
            )
            listener.channel_class = channel
            listeners.append(listener)
        return listeners

    def _channel_class(self) -> type[Channel]:
        """The connections of this process, with the app's limits."""
        app: Flask = self.wsgi
        seconds = Extensions.of(app).settings.client_timeout.total_seconds()
        parser = type(
            "Parser", (BoundedParser,), {"largest_body": app.config["MAX_CONTENT_LENGTH"]}
        )
        deadlines = Deadlines(idle=seconds, headers=seconds, body=seconds, response=seconds)
        return type("Channel", (Channel,), {"parser_class": parser, "deadlines": deadlines})

    def _adjustments(self) -> Adjustments:
        _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
        return Adjustments(
            connection_limit=min(MOST_CONNECTIONS, most_files // FILES_PER_CONNECTION),
            cleanup_interval=1,
            max_request_header_size=HEADER_BYTES,
            max_request_body_size=sys.maxsize,  # the parser has a bound of its own
            inbuf_overflow=MEMORY_BYTES,
            ident="",
            log_socket_errors=False,
            # Waitress trusts no X-Forwarded header; the app reads them as TRUSTED_PROXIES says.
            clear_untrusted_proxy_headers=False,
        )

    def _turn(self) -> None:
        """One turn of the event loop."""
        self.notify()
        wasyncore.poll2(LOOP_SECONDS, self._map)

    def _finish(self, deadline: float) -> None:
        Extensions.of(self.wsgi).notifications.close()  # requests that wait are answered now
        for listener in self._listeners:
            listener.stop_accepting()
        while time.monotonic() < deadline:
            for listener in self._listeners:
                listener.close_idle()
                listener.close_overdue()
            if not any(listener.active_channels for listener in self._listeners):
                break
            self._turn()
        self._threads.shutdown(timeout=max(0.0, deadline - time.monotonic()))
