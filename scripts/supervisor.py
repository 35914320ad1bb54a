"""The supervisor of `make run`: keeps the Procfile's processes up, and stops them all."""

from __future__ import annotations

import multiprocessing
import signal
import time
from functools import partial
from typing import Any

from honcho.manager import Manager
from honcho.printer import Printer
from honcho.process import Process

PAUSE_SECONDS = 1.0  # before an ended process is started again
QUICK_SECONDS = 20.0  # one that ends sooner after its start did not come up
MOST_QUICK_ENDINGS = 5  # in a row; then something is wrong that no start will mend


class KeptProcess(Process):  # type: ignore[misc]
    """A process that is started again when it ended by itself, unless it never comes up."""

    def __init__(self, *arguments: Any, stopping: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._stopping = stopping  # a multiprocessing event
        self._quick_endings = 0

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:  # noqa: ARG002
        """Run until asked to stop, or until it is given up; only that last ending is told."""
        # Handled and not ignored: what a process ignores, the one it starts ignores too.
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_number, lambda *_: None)
        self._is_over = False
        while not self._is_over:
            self._began = time.monotonic()
            super().run(events)

    def _send_message(self, data: Any, type: str = "line") -> None:  # noqa: A002 (honcho's name)
        if type != "stop":
            super()._send_message(data, type)
        elif self._stays_down():
            self._is_over = True
            super()._send_message(data, type)

    def _stays_down(self) -> bool:
        """Whether this ending is the last: asked for, or one too many."""
        is_quick = time.monotonic() - self._began < QUICK_SECONDS
        self._quick_endings = self._quick_endings + 1 if is_quick else 0
        if self._stopping.is_set() or self._quick_endings >= MOST_QUICK_ENDINGS:
            return True
        super()._send_message("It ended by itself and is started again.\n")
        return bool(self._stopping.wait(PAUSE_SECONDS))


class Supervisor(Manager):  # type: ignore[misc]
    """Runs processes until it is asked to stop, or until one of them cannot be kept up."""

    def __init__(self, printer: Printer) -> None:
        super().__init__(printer)
        self._stopping = multiprocessing.Event()
        self._process_ctor = partial(KeptProcess, stopping=self._stopping)

    def terminate(self) -> None:
        self._stopping.set()
        super().terminate()
