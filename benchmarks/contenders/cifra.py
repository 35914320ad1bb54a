"""Cifra as `make run` starts it: Redis, the web process and readers, on SQLite."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contenders.contender import Connection, Contender
from benchmarks.pictures import Picture
from tests.support.servers import Web
from tests.support.workers import workers_in
from worker.model_files.store import install_shipped

WAIT_SECONDS = 10  # that the client asks the server to wait for the answer
FIRST_POLL, LAST_POLL = 0.005, 0.05  # seconds between two polls, where it did not wait
BUSY_STATUSES = (429, 503)
BUSY_SECONDS = 0.05


@contextmanager
def cifra(readers: int) -> Iterator[Contender]:
    """Every picture is stored and committed before it is accepted."""
    with (
        tempfile.TemporaryDirectory() as folder,
        workers_in(
            Path(folder), workers=readers, uploads_per_person=0, uploads_per_address=0
        ) as started,
    ):
        install_shipped(started.settings.models_dir)
        started.start()
        web = Web(started.settings)
        web.start(prepare=False)
        try:
            roots = {"web": web.process.pid, "Redis": started.redis.process.pid}
            for worker in started.workers:
                roots[worker.name.replace("worker-", "reader ")] = worker.process.pid
            yield Contender("Cifra", roots, lambda: Visitor(Connection(web.port)))
        finally:
            web.stop()


class Visitor:
    """A visitor with a cookie, who uploads a picture and asks until it is read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cookies: dict[str, str] = {}

    def ask(self, picture: Picture) -> str | None:
        headers = {"Content-Type": picture.media_type, "Prefer": f"wait={WAIT_SECONDS}"}
        while True:
            status, answer = self._send("POST", "/api/predictions", picture.data, headers)
            if status not in BUSY_STATUSES:
                break
            time.sleep(BUSY_SECONDS)
        if status not in (201, 202):
            raise RuntimeError(f"The upload was answered with {status}: {answer}")
        pause = FIRST_POLL
        while answer["status"] in ("pending", "reading"):
            time.sleep(pause)
            pause = min(2 * pause, LAST_POLL)
            _, answer = self._send("GET", f"/api/predictions/{answer['id']}", None, {})
        number = answer["number"]
        assert number is None or isinstance(number, str)
        return number

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, object]]:
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={text}" for name, text in self._cookies.items())
        response, content = self._connection.request(method, path, body, headers)
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, text = line.split(";")[0].partition("=")
            self._cookies[name] = text
        return response.status, json.loads(content)
