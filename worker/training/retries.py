"""Retries: a database that cannot be reached for a while costs a training nothing but time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

PATIENCE_SECONDS = 600.0  # a restart, an upgrade or a failover of the database is over by then
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 5.0
UNREACHABLE = (OperationalError, InterfaceError, PoolTimeoutError)

T = TypeVar("T")

log = logging.getLogger(__name__)


def with_retries(work: Callable[[], T], *, give_up: Callable[[], bool] = lambda: False) -> T:
    """Repeat a transaction until the database can be reached; `work` may run several times.

    Raises the last error when it cannot within ten minutes, or once `give_up()` returns True.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return work()
        except UNREACHABLE as error:
            if time.monotonic() > deadline or give_up():
                raise
            log.warning("The database cannot be reached (%s); retrying in %.1f s.", error, pause)
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
