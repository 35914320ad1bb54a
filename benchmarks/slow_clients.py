"""The front page beside 200 slow clients: gunicorn's own threads against Cifra's server."""

from __future__ import annotations

import http.client
import statistics
import tempfile
import time
from contextlib import nullcontext
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
        print(f"{name}: p95 of the front page, in milliseconds")
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(
                secret_key="only-for-this-measure",
                data_dir=Path(folder),
                redis_url="redis://127.0.0.1:1/0",
            )
            for kind in (None, *SLOW):
                with web_process(settings, worker_class=worker_class) as (_, port):
                    print(f"  {kind or 'no slow client':40}{p95(port, kind):8.1f}", flush=True)


def p95(port: int, kind: str | None) -> float:
    """Milliseconds within which 19 of 20 requests are answered, beside clients of one kind."""
    _seconds(port)  # the first page loads what the others use
    slow = SlowClients(port, kind, CLIENTS) if kind else nullcontext()
    with slow:
        time.sleep(1)
        waits: list[float] = []
        while len(waits) < REQUESTS and waits.count(PATIENCE_SECONDS) < GIVE_UP_AFTER:
            waits.append(_seconds(port))
    return statistics.quantiles(waits, n=20, method="inclusive")[-1] * 1000


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
