"""Priority: training leaves the processor to all other work; its heartbeat keeps its priority."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

# A thread with this nice value gets about a tenth of a core that another process keeps busy
# (1024 to 110 in Linux's weights). SCHED_IDLE gets a three-hundredth, so that an epoch took 200 s
# on a busy host.
TRAINING_NICE = 10

# One thread that keeps its priority: on a busy machine the heartbeat would otherwise wait as long
# as the training does, and the run would be taken for dead.
heartbeat_executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="heartbeat")


def lower_priority() -> None:
    """Make this thread, and those that it starts from now on, nice to all other work.

    On Linux the nice value belongs to a thread; elsewhere to the whole process.
    """
    heartbeat_executor.submit(int).result()  # its thread starts now: none can raise its priority
    if os.getpriority(os.PRIO_PROCESS, 0) < TRAINING_NICE:
        os.setpriority(os.PRIO_PROCESS, 0, TRAINING_NICE)
