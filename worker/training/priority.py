"""Priority: training has the processor when nothing else wants it; its heartbeat has it at once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

LOWEST = 19

# One thread that never gives way: on a crowded machine the heartbeat would wait as long as the
# training does, and the run would be taken for dead.
heartbeat_executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="undelayed")


def lower_priority() -> None:
    """Put this thread, and those that it starts from now on, behind all other work."""
    heartbeat_executor.submit(int).result()  # its thread starts now, as none may rise again later
    if hasattr(os, "SCHED_IDLE"):  # Linux
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.setpriority(os.PRIO_PROCESS, 0, LOWEST)
