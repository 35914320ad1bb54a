"""Answers while a training runs on the same machine, against answers on an idle one.

Run it with `MNIST_PATH=… python -m benchmarks.retrain`. A full training is begun, watched for a
while, and cancelled.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import numpy as np

from benchmarks.stream import Stream, milliseconds, running, wrong
from tests.support.records import run_of
from tests.support.servers import Worker, wait_until
from webapp.models import TrainingRun, utc_now
from webapp.platform.database import writing

RATE = 5.0  # pictures a second
WATCHED = timedelta(seconds=40)


def main() -> None:
    with running(workers=1, mnist_path=Path(os.environ["MNIST_PATH"])) as workers:
        trainer = Worker(workers.settings, "trainer", queue="training")
        trainer.start()
        wait_until(lambda: "ready" in trainer.words)
        stream = Stream(workers, RATE)
        stream.start()
        time.sleep(5)
        idle_since = utc_now()
        time.sleep(WATCHED.total_seconds())
        idle_until = utc_now()
        with writing() as session:
            run = TrainingRun(recipe="full")
            session.add(run)
            session.flush()
            run_id = run.id
        workers.queue.enqueue_training(run_id)
        time.sleep(WATCHED.total_seconds() * 2)
        busy_until = utc_now()
        with writing() as session:
            session.get_one(TrainingRun, run_id).request_cancel()
        asked = time.monotonic()
        wait_until(lambda: run_of(run_id).is_finished)
        cancelled = time.monotonic() - asked
        stream.stop()
        trainer.stop()

        rows = stream.rows()
        idle = milliseconds(rows, idle_since, idle_until)
        busy = milliseconds(rows, idle_until + timedelta(seconds=5), busy_until)
        slow_idle, slow_busy = np.quantile(idle, 0.95), np.quantile(busy, 0.95)
        print(f"{len(rows)} pictures at {RATE:.0f} a second; failed or wrong: {wrong(rows)}")
        print(f"Epochs in that time: {len(run_of(run_id).epochs)}")
        print(
            f"p50 idle {np.median(idle):.0f} ms, while training {np.median(busy):.0f} ms; "
            f"p95 idle {slow_idle:.0f} ms, while training {slow_busy:.0f} ms: "
            f"{slow_busy / slow_idle:.2f} times (at most 2.5)"
        )
        print(f"Cancelled {cancelled:.1f} s after it was asked for.")


if __name__ == "__main__":
    main()
