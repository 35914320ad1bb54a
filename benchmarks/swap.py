"""Latency and correctness during a publication and a roll-back, at 20 pictures a second.

Run it with `python -m benchmarks.swap`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from benchmarks.stream import Stream, milliseconds, publish, running, second_version, wrong
from tests.support.servers import wait_until
from tests.support.workers import Workers
from webapp.models import Prediction, PublicationTrigger, utc_now

RATE = 20.0  # pictures a second
QUIET = timedelta(seconds=20)
SWAP = timedelta(seconds=10)
ALLOWED = timedelta(seconds=2)  # until every worker answers with the new version


def main() -> None:
    with running(workers=2) as workers:
        second = second_version(workers.settings)
        stream = Stream(workers, RATE)
        stream.start()
        time.sleep(5)  # until connections are open and caches are warm
        began = utc_now()
        time.sleep(QUIET.total_seconds())
        published = utc_now()
        seconds = [swap_to(second.id, PublicationTrigger.CHOSEN, workers)]
        time.sleep(SWAP.total_seconds())
        rolled_back = utc_now()
        seconds.append(swap_to(1, PublicationTrigger.ROLLED_BACK, workers))
        time.sleep(SWAP.total_seconds())
        stream.stop()

        rows = stream.rows()
        live = [(published, rolled_back, second.id), (rolled_back, utc_now(), 1)]
        print(f"{len(rows)} pictures at {RATE:.0f} a second, {len(stream.ids)} given.")
        print(f"Failed, lost, wrong or without a version: {wrong(rows)} (at most 0)")
        print(f"Answered by the old version later than 2 s after: {stale(rows, live)} (at most 0)")
        switched = " and ".join(f"{one:.2f} s" for one in seconds)
        print(f"All workers on the new version after {switched} (at most 2)")
        print_latencies(
            milliseconds(rows, began, published),
            np.concatenate([milliseconds(rows, since, since + SWAP) for since, _, _ in live]),
        )


def stale(rows: Sequence[Prediction], live: Sequence[tuple[datetime, datetime, int]]) -> int:
    """The answers of the old version, later than ALLOWED after a commit."""
    return sum(
        row.model_version_id != version_id
        for row in rows
        for since, until, version_id in live
        if since + ALLOWED <= row.created_at < until
    )


def print_latencies(before: np.ndarray, during: np.ndarray) -> None:
    slow_before, slow_during = np.quantile(before, 0.99), np.quantile(during, 0.99)
    print(
        f"p50 before {np.median(before):.0f} ms, during {np.median(during):.0f} ms; "
        f"p99 before {slow_before:.0f} ms, during {slow_during:.0f} ms: "
        f"{slow_during / slow_before:.2f} times (at most 3)"
    )


def swap_to(version_id: int, trigger: PublicationTrigger, workers: Workers) -> float:
    """Publish; returns the seconds until every worker logs that it has switched."""
    line = f"Answering with version {version_id} "
    logged = [worker.words.count(line) for worker in workers.workers]
    publish(version_id, trigger)
    committed = time.monotonic()
    wait_until(
        lambda: all(
            worker.words.count(line) > before
            for worker, before in zip(workers.workers, logged, strict=True)
        )
    )
    return time.monotonic() - committed


if __name__ == "__main__":
    main()
