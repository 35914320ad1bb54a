"""The watchdog: ends a worker that hangs or receives no tasks, so that it is started again."""

from __future__ import annotations

import faulthandler
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

TICKS = 10  # checks within the patience: a process that was frozen receives a task before it ends
STDERR = 2  # the file descriptor: Celery puts a logger in the place of sys.stderr

log = logging.getLogger(__name__)


@contextmanager
def ending_after(limit: timedelta) -> Iterator[None]:
    """End the process, with every thread's traceback, if the block takes longer.

    It ends even when foreign code hangs and lets no Python run, as a decoder may.
    """
    faulthandler.dump_traceback_later(limit.total_seconds(), exit=True, file=STDERR)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def extend(limit: timedelta) -> None:
    """Within `ending_after`: let the limit begin anew."""
    faulthandler.dump_traceback_later(limit.total_seconds(), exit=True, file=STDERR)


class Watchdog:
    """Ends the process when work has waited for a while and no task was received meanwhile.

    This happens after a connection to Redis died without an error: it looks open, and no message
    arrives.
    """

    def __init__(self, *, patience: timedelta) -> None:
        self._patience = patience
        self._task_received = threading.Event()
        self._is_busy = False

    @contextmanager
    def processing(self) -> Iterator[None]:
        """Around each task; while it lasts, the consumer is not stalled."""
        self._is_busy = True
        self._task_received.set()
        try:
            yield
        finally:
            self._task_received.set()
            self._is_busy = False

    def watch(self, expects_task: Callable[[], bool]) -> None:
        """Watch from a thread; `expects_task` returns whether work waits and Redis answers."""
        threading.Thread(
            target=self._watch, args=(expects_task,), name="watchdog", daemon=True
        ).start()

    def _watch(self, expects_task: Callable[[], bool]) -> None:
        stalled_ticks = 0
        while stalled_ticks < TICKS:
            time.sleep(self._patience.total_seconds() / TICKS)
            if self._is_busy or self._task_received.is_set() or not expects_task():
                stalled_ticks = 0
            else:
                stalled_ticks += 1
            self._task_received.clear()
        log.error(
            "Work has waited for %s and no task was received, so this worker ends to be restarted.",
            self._patience,
        )
        logging.shutdown()
        os._exit(1)
