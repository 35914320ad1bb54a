"""Training leaves the processor to all other work; its heartbeat keeps its priority."""

from __future__ import annotations

import os
import subprocess
import sys

from webapp.settings import ROOT
from worker.training.priority import TRAINING_NICE

PROGRAM = """
import os
from concurrent.futures import ThreadPoolExecutor
from worker.training.priority import lower_priority, heartbeat_executor

lower_priority()
def nice() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)  # of the thread that asks, on Linux


later = ThreadPoolExecutor(1)
for thread in (nice(), later.submit(nice).result(), heartbeat_executor.submit(nice).result()):
    print(thread)
print(os.sched_getscheduler(0) == os.SCHED_OTHER)
"""


def test_the_heartbeat_keeps_its_priority_when_the_trainer_lowers_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )

    trainer, its_threads, heartbeat, has_usual_policy = done.stdout.split()
    before = os.getpriority(os.PRIO_PROCESS, 0)
    assert int(trainer) == int(its_threads) == max(before, TRAINING_NICE)
    assert int(heartbeat) == before
    assert has_usual_policy == "True", "an idle policy starves on a busy host"
