"""A publication and a rollback while 20 pictures a second are read: what people notice of them.

Run it with `python -m benchmarks.swap`.
"""

from __future__ import annotations

import time
from datetime import timedelta

import numpy as np

from benchmarks.stream import Stream, milliseconds, publish, running, second_version, wrong
from tests.support.servers import wait_until
from tests.support.workers import Workers
from webapp.models import PublicationTrigger, utc_now

RATE = 20.0  # pictures a second
QUIET = timedelta(seconds=20)
SWAP = timedelta(seconds=10)
ALLOWED = timedelta(seconds=2)  # until every worker answers with the new version


def main() -> None:
    with running(workers=2) as crew:
        second = second_version(crew.settings)
        stream = Stream(crew, RATE)
        stream.start()
        time.sleep(5)  # connections are made, caches are warm
        began = utc_now()
        time.sleep(QUIET.total_seconds())
        published = utc_now()
        taken_over = [swap_to(second.id, PublicationTrigger.CHOSEN, crew)]
        time.sleep(SWAP.total_seconds())
        rolled_back = utc_now()
        taken_over.append(swap_to(1, PublicationTrigger.ROLLED_BACK, crew))
        time.sleep(SWAP.total_seconds())
        stream.stop()

        rows = stream.rows()
        before = milliseconds(rows, began, published)
        during = np.concatenate(
            [
                milliseconds(rows, published, published + SWAP),
                milliseconds(rows, rolled_back, rolled_back + SWAP),
            ]
        )
        stale = sum(
            row.model_version_id != live
            for row in rows
            for since, until, live in (
                (published + ALLOWED, rolled_back, second.id),
                (rolled_back + ALLOWED, utc_now(), 1),
            )
            if since <= row.created_at < until
        )
        print(f"{len(rows)} pictures at {RATE:.0f} a second, {len(stream.ids)} given.")
        print(f"Failed, lost, wrong or without a version: {wrong(rows)} (at most 0)")
        print(f"Answered by the old version later than 2 s after the commit: {stale} (at most 0)")
        print(
            "All workers on the new version after "
            + " and ".join(f"{seconds:.2f} s" for seconds in taken_over)
            + " (at most 2)"
        )
        slow_before, slow_during = np.quantile(before, 0.99), np.quantile(during, 0.99)
        print(
            f"p50 before {np.median(before):.0f} ms, during {np.median(during):.0f} ms; "
            f"p99 before {slow_before:.0f} ms, during {slow_during:.0f} ms: "
            f"{slow_during / slow_before:.2f} times (at most 3)"
        )


def swap_to(version_id: int, trigger: PublicationTrigger, crew: Workers) -> float:
    """Publish, and tell after how many seconds every worker says that it follows."""
    words = f"Answering with version {version_id} "
    said = [worker.words.count(words) for worker in crew.workers]
    publish(version_id, trigger)
    committed = time.monotonic()
    wait_until(
        lambda: all(
            worker.words.count(words) > before
            for worker, before in zip(crew.workers, said, strict=True)
        )
    )
    return time.monotonic() - committed


if __name__ == "__main__":
    main()
