"""The backlog: how many pictures wait to be read, without a count for each upload."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

COUNT_SECONDS = 1.0  # for which a count is used: other processes accept pictures too


class Backlog:
    """The last count, and the uploads that this process has let pass since."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted = 0
        self._passed = 0
        self._counted_at = float("-inf")  # on the monotonic clock

    def let_pass(self, most: int, count: Callable[[], int]) -> int | None:
        """Let an upload pass unless `most` pictures wait; then returns how many.

        It is counted anew each second, and before any upload is refused.
        """
        with self._lock:
            is_recent = time.monotonic() - self._counted_at < COUNT_SECONDS
            if not is_recent or self._counted + self._passed >= most:
                self._counted, self._passed = count(), 0
                self._counted_at = time.monotonic()
            if self._counted + self._passed >= most:
                return self._counted
            self._passed += 1
        return None
