"""Answers while explanations are asked for: the time from upload to answer, with and without.

`python -m benchmarks.explanations --seconds 20 --rounds 3`. One visitor gives three small pictures
a second. In every second half, others ask for five explanations a second, more than can be
computed.
"""

from __future__ import annotations

import argparse
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.contenders.cifra import Visitor
from benchmarks.contenders.contender import Connection
from benchmarks.pictures import kinds
from tests.support.servers import Web, Worker
from tests.support.workers import workers_in
from worker.model_files.store import install_shipped

PICTURES_A_SECOND = 3.0
EXPLANATIONS_A_SECOND = 5.0
ASKING = 10  # visitors, each of whom may have only some explanations waiting


class Asking(Visitor):
    """A visitor with an answered picture, who asks for one comparison after another."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.ask(kinds()[0])
        _, listed = self._send("GET", "/api/predictions", None, {})
        predictions = listed["predictions"]
        assert isinstance(predictions, list)
        self._page = f"/predictions/{predictions[0]['id']}/explanation"
        self._pairs = itertools.permutations(range(10), 2)

    def ask_for_explanation(self) -> None:
        first, second = next(self._pairs)
        cookies = "; ".join(f"{name}={text}" for name, text in self._cookies.items())
        address = f"{self._page}/comparison?for={first}&against={second}"
        response, _ = self._connection.request("GET", address, None, {"Cookie": cookies})
        if response.status != 200:
            raise RuntimeError(f"The explanation was answered with {response.status}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, list[float]] = {"without explanations": [], "with explanations": []}
    with site() as (port, models):
        visitor, asking = (
            Visitor(Connection(port)),
            [Asking(Connection(port)) for _ in range(ASKING)],
        )
        asking[0].ask_for_explanation()  # so that TensorFlow is loaded before the clock runs
        while not list(models.glob("explained/*-digits.zip")):
            time.sleep(0.2)
        for _ in range(options.rounds):
            found["without explanations"] += latencies(visitor, options.seconds)
            with asked_for(asking):
                found["with explanations"] += latencies(visitor, options.seconds)
            time.sleep(options.seconds / 2)  # those that wait are computed meanwhile
    print("| | answers | p50 ms | p95 ms |\n|---|---|---|---|")
    for name, seconds in found.items():
        middle, high = (1000 * np.quantile(seconds, share) for share in (0.5, 0.95))
        print(f"| {name} | {len(seconds)} | {middle:.0f} | {high:.0f} |")


@contextmanager
def site() -> Iterator[tuple[int, Path]]:
    """A web process, a reader and a worker for explanations; yields the port and the models."""
    with (
        TemporaryDirectory() as folder,
        workers_in(Path(folder), workers=1, uploads_per_person=0, uploads_per_address=0) as started,
    ):
        install_shipped(started.settings.models_dir)
        started.start()
        explainer = Worker(started.settings, "explainer", queue="explanations")
        explainer.start()
        web = Web(started.settings)
        web.start(prepare=False)
        try:
            yield web.port, started.settings.models_dir
        finally:
            web.stop()
            explainer.stop()


@contextmanager
def asked_for(visitors: list[Asking]) -> Iterator[None]:
    """Explanations are asked for until the block ends."""
    is_over = threading.Event()

    def keep_asking() -> None:
        for visitor in itertools.cycle(visitors):
            if is_over.wait(1 / EXPLANATIONS_A_SECOND):
                return
            visitor.ask_for_explanation()

    thread = threading.Thread(target=keep_asking)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def latencies(visitor: Visitor, seconds: float) -> list[float]:
    """Seconds from upload to answer, of pictures that are given at a steady rate."""
    took = []
    ends_at = time.monotonic() + seconds
    while (began := time.monotonic()) < ends_at:
        visitor.ask(kinds()[0])
        took.append(time.monotonic() - began)
        time.sleep(max(0.0, 1 / PICTURES_A_SECOND - took[-1]))
    return took


if __name__ == "__main__":
    main()
