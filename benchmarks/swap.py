"""Latency and correctness during publications and roll-backs, at 20 pictures a second.

Run it with `python -m benchmarks.swap`. One swap has a few dozen pictures, whose slowest one is
chance. So there are ten swaps, each after a quiet span: the pictures of all swaps together are
compared with those of all quiet spans together, and the median and the worst swap are shown.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from benchmarks.stream import Stream, milliseconds, publish, running, second_version, wrong
from tests.support.servers import wait_until
from tests.support.workers import Workers
from webapp.models import Prediction, PublicationTrigger, utc_now

RATE = 20.0  # pictures a second
SWAPS = 10
QUIET = timedelta(seconds=4)  # before each swap
SWAP = timedelta(seconds=4)  # from its commit on: looking, loading and switching take two
ALLOWED = timedelta(seconds=2)  # until every worker answers with the new version
MOST = 1.5  # times the p99 of the quiet spans


@dataclass(frozen=True)
class Swap:
    """One publication under load."""

    version_id: int
    committed: datetime
    seconds: float  # until every worker answers with it


def main() -> None:
    with running(workers=2) as workers:
        versions = second_version(workers.settings).id, 1
        stream = Stream(workers, RATE)
        stream.start()
        time.sleep(5)  # until connections are open and caches are warm
        swaps = [swap_after_quiet(versions[number % 2], workers) for number in range(SWAPS)]
        stream.stop()
        rows = stream.rows()

        print(f"{len(rows)} pictures at {RATE:.0f} a second, {len(stream.ids)} given.")
        print(f"Failed, lost, wrong or without a version: {wrong(rows)} (at most 0)")
        print(f"Answered by the old version later than 2 s after: {stale(rows, swaps)} (at most 0)")
        seconds = [swap.seconds for swap in swaps]
        print(
            f"All workers on the new version after {np.median(seconds):.2f} s (median), "
            f"{max(seconds):.2f} s (worst of {SWAPS}; at most 2)"
        )
        print_latencies(rows, swaps)


def swap_after_quiet(version_id: int, workers: Workers) -> Swap:
    time.sleep(QUIET.total_seconds())
    committed = utc_now()
    is_new = version_id != 1
    trigger = PublicationTrigger.CHOSEN if is_new else PublicationTrigger.ROLLED_BACK
    seconds = swap_to(version_id, trigger, workers)
    time.sleep(max(0.0, (committed + SWAP - utc_now()).total_seconds()))
    return Swap(version_id, committed, seconds)


def stale(rows: Sequence[Prediction], swaps: Sequence[Swap]) -> int:
    """The answers of the old version, later than ALLOWED after a commit."""
    return sum(
        row.model_version_id != swap.version_id
        for row in rows
        for swap in swaps
        if swap.committed + ALLOWED <= row.created_at < swap.committed + SWAP
    )


def print_latencies(rows: Sequence[Prediction], swaps: Sequence[Swap]) -> None:
    before = [milliseconds(rows, swap.committed - QUIET, swap.committed) for swap in swaps]
    during = [milliseconds(rows, swap.committed, swap.committed + SWAP) for swap in swaps]
    p50, p99 = (
        [float(np.quantile(np.concatenate(spans), share)) for spans in (before, during)]
        for share in (0.5, 0.99)
    )
    slowest = [float(span.max()) for span in during]
    print(f"p50 before {p50[0]:.0f} ms, during {p50[1]:.0f} ms")
    print(
        f"p99 before {p99[0]:.0f} ms, during {p99[1]:.0f} ms: "
        f"{p99[1] / p99[0]:.2f} times (at most {MOST})"
    )
    print(
        f"Slowest picture of a swap: {np.median(slowest):.0f} ms (median), "
        f"{max(slowest):.0f} ms (worst)"
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
