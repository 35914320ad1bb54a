"""A contender: a running server, and a client that gives it one picture after another."""

from __future__ import annotations

import http.client
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.pictures import Picture
from tests.support.servers import wait_until
from webapp.settings import ROOT


class Client(Protocol):
    """One visitor with one connection."""

    def ask(self, picture: Picture) -> str | None:
        """Give a picture and wait for its number; None where there is none."""


@dataclass(frozen=True)
class Contender:
    """A server that answers, and the processes that it consists of."""

    name: str
    roots: Mapping[str, int]  # the ids of its processes by stage
    client: Callable[[], Client]


@dataclass
class Connection:
    """A connection that is kept open, and opened again when the server closed it."""

    port: int
    _http: http.client.HTTPConnection | None = None

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """The response and its whole body. Raises OSError when the server is away twice."""
        for is_last in (False, True):
            if self._http is None:
                self._http = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            try:
                self._http.request(method, path, body, dict(headers))
                response = self._http.getresponse()
                return response, response.read()
            except (http.client.HTTPException, OSError):
                self._http.close()
                self._http = None
                if is_last:
                    raise
        raise AssertionError("unreachable")


@contextmanager
def program(
    command: list[str], port: int, environment: Mapping[str, str], log: Path
) -> Iterator[int]:
    """Run a server until the block ends; yields its process id as soon as it answers."""
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(environment), stdout=output, stderr=output
        )
    try:
        wait_until(lambda: answers(process, port), seconds=120)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether the server answers any request. Raises RuntimeError when it has ended."""
    if process.poll() is not None:
        raise RuntimeError(f"The server ended with code {process.returncode}.")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        connection.getresponse().read()
    except OSError:
        time.sleep(0.2)
        return False
    finally:
        connection.close()
    return True
