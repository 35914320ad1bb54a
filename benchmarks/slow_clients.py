"""The front page beside 200 slow clients: gunicorn's own threads against Cifra's server."""

from __future__ import annotations

import http.client
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.slow_clients import KINDS, SlowClients
from tests.support.web_process import CLASS, web_process
from webapp.settings import Settings

CLIENTS = 200
REQUESTS = 100
PATIENCE_SECONDS = 3.0  # a page that takes longer counts as this long
GIVE_UP_AFTER = 5  # pages without an answer
SLOW = [kind for kind in KINDS if not kind.startswith("pipelined")]  # that one is real work
SERVERS = {"gunicorn's gthread": "gthread", "Cifra's server": CLASS}


def main() -> None:
    for name, worker_class in SERVERS.items():
        print(f"{name}: p95 of the front page in milliseconds, without and with slow clients")
        with _web(worker_class) as quiet, _web(worker_class) as busy:
            for kind in SLOW:
                with SlowClients(busy, kind, CLIENTS):
                    without, beside = p95_of_both(quiet, busy)
                print(
                    f"  {kind:30}{without:8.1f}{beside:8.1f}{beside / without:6.1f} x", flush=True
                )


@contextmanager
def _web(worker_class: str) -> Iterator[int]:
    """The port of a web process that has answered its first page."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            secret_key="only-for-this-measure",
            data_dir=Path(folder),
            redis_url="redis://127.0.0.1:1/0",
        )
        with web_process(settings, worker_class=worker_class) as (_, port):
            _seconds(port)
            yield port


def p95_of_both(quiet: int, busy: int) -> list[float]:
    """Milliseconds within which 19 of 20 requests are answered, the two servers in turn.

    In turn, because the load of the machine changes from minute to minute.
    """
    waits: tuple[list[float], list[float]] = ([], [])
    while len(waits[0]) < REQUESTS and waits[1].count(PATIENCE_SECONDS) < GIVE_UP_AFTER:
        for port, seconds in zip((quiet, busy), waits, strict=True):
            seconds.append(_seconds(port))
    return [1000 * statistics.quantiles(each, n=20, method="inclusive")[-1] for each in waits]


def _seconds(port: int) -> float:
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/", headers={"Connection": "close"})
        assert connection.getresponse().read()
    except OSError:
        return PATIENCE_SECONDS
    finally:
        connection.close()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
