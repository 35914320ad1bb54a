"""The watchdog ends a process that hangs or receives no tasks, and leaves every other alone."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from webapp.settings import ROOT

HANGING = """
import re
from datetime import timedelta
from worker.serving.watchdog import ending_after

with ending_after(timedelta(seconds=60)):
    pass
with ending_after(timedelta(seconds=1)):
    re.match(r"(a+)+$", "a" * 40 + "b")  # foreign code that lets no Python thread run
"""

CONSUMING = """
import time
from datetime import timedelta
from worker.serving.watchdog import Watchdog

work_waits, receives_tasks, is_busy = {arguments}
watchdog = Watchdog(patience=timedelta(seconds=0.5))
watchdog.watch(lambda: work_waits)
for _ in range(30):
    time.sleep(0.1)
    if receives_tasks:
        with watchdog.processing():
            pass
    elif is_busy:
        with watchdog.processing():
            time.sleep(3)
        break
"""


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_batch_that_hangs_ends_its_process_with_a_traceback() -> None:
    began = time.monotonic()

    done = run(HANGING)

    assert done.returncode == 1
    assert "Timeout" in done.stderr
    assert 'File "<string>", line 9' in done.stderr
    assert time.monotonic() - began < 30


def test_a_worker_that_receives_no_task_while_work_waits_ends() -> None:
    done = run(CONSUMING.format(arguments=(True, False, False)))

    assert done.returncode == 1
    assert "no task was received" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [(False, False, False), (True, True, False), (True, False, True)],
    ids=["no work waits", "tasks are received", "one task keeps it busy"],
)
def test_a_worker_that_does_what_there_is_to_do_is_left_alone(
    arguments: tuple[bool, bool, bool],
) -> None:
    assert run(CONSUMING.format(arguments=arguments)).returncode == 0
