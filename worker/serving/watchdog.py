"""The watchdog: ends a worker that hangs or no longer hears its bell, to be started afresh."""

from __future__ import annotations

import faulthandler
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

TICKS = 10  # looks during the patience, so that a process which was frozen hears before it ends
STDERR = 2  # the file descriptor: Celery puts a logger in the place of sys.stderr

log = logging.getLogger(__name__)


@contextmanager
def ending_after(limit: timedelta) -> Iterator[None]:
    """End the process, with every thread's traceback, if what is done here takes longer.

    It ends even when foreign code hangs and lets no Python run, as a decoder may.
    """
    faulthandler.dump_traceback_later(limit.total_seconds(), exit=True, file=STDERR)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


class Watchdog:
    """Ends the process when work has waited for a while and no bell was heard meanwhile.

    So it does after a connection to Redis died without a word: it looks open, and nothing comes.
    """

    def __init__(self, *, patience: timedelta) -> None:
        self._patience = patience
        self._heard = threading.Event()
        self._is_busy = False

    @contextmanager
    def hearing(self) -> Iterator[None]:
        """Around whatever a bell sets off; while it lasts, the process is not deaf."""
        self._is_busy = True
        self._heard.set()
        try:
            yield
        finally:
            self._heard.set()
            self._is_busy = False

    def watch(self, should_hear: Callable[[], bool]) -> None:
        """Watch from a thread; `should_hear` tells whether work waits and Redis answers."""
        threading.Thread(
            target=self._watch, args=(should_hear,), name="watchdog", daemon=True
        ).start()

    def _watch(self, should_hear: Callable[[], bool]) -> None:
        silent_ticks = 0
        while silent_ticks < TICKS:
            time.sleep(self._patience.total_seconds() / TICKS)
            if self._is_busy or self._heard.is_set() or not should_hear():
                silent_ticks = 0
            else:
                silent_ticks += 1
            self._heard.clear()
        log.error(
            "Work has waited for %s and no bell was heard, so this worker ends to be started anew.",
            self._patience,
        )
        logging.shutdown()
        os._exit(1)
