"""Priority: training has the processor when nothing else wants it."""

from __future__ import annotations

import os

LOWEST = 19


def give_way() -> None:
    """Put this thread, and those that it starts from now on, behind all other work."""
    if hasattr(os, "SCHED_IDLE"):  # Linux
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.setpriority(os.PRIO_PROCESS, 0, LOWEST)
