"""Training gives way to all other work; the sign that it is alive does not."""

from __future__ import annotations

import subprocess
import sys

from webapp.settings import ROOT

PROGRAM = """
import os
from concurrent.futures import ThreadPoolExecutor
from worker.training.priority import lower_priority, heartbeat_executor

lower_priority()
names = {os.SCHED_IDLE: "idle", os.SCHED_OTHER: "usual"}
later = ThreadPoolExecutor(1)
for policy in (
    os.sched_getscheduler(0),
    later.submit(os.sched_getscheduler, 0).result(),
    heartbeat_executor.submit(os.sched_getscheduler, 0).result(),
):
    print(names[policy])
"""


def test_the_heartbeat_keeps_its_priority_when_the_trainer_gives_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )

    trainer, its_threads, heartbeat = done.stdout.split()
    assert (trainer, its_threads) == ("idle", "idle")
    assert heartbeat == "usual"
