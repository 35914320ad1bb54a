"""A decoder: a child process, bounded in memory and time, as its parent sees it."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Timer

from webapp.imaging.uploads import (
    DecodersBusyError,
    DecodingInterruptedError,
    TooHardError,
    TooSlowError,
    Upload,
    UploadError,
)
from webapp.settings import ROOT

MEMORY_BYTES = 768 * 1024 * 1024  # of address space; 64 megapixels take up to 480 MB
CPU_SECONDS = 5.0  # for one picture; 64 megapixels take about one, and the child's timer ends it
KILL_SECONDS = 9.5  # by the clock: the parent kills a child that is stopped, stuck or starved
WAKE_SECONDS = 3.0  # for a child that has answered before to answer again
MAX_TRIES = 3  # for a picture whose child was ended from outside
PROGRAM = "webapp.imaging.decoder_program"
OUTSIDE_SIGNALS = {-signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP, -signal.SIGQUIT}

log = logging.getLogger(__name__)


class _InterruptedError(Exception):
    """The child was ended from outside, which is not the picture's doing."""


class Decoder:
    """One child process. It decodes one picture at a time; the caller holds it alone."""

    def __init__(
        self,
        *,
        memory: int = MEMORY_BYTES,
        cpu_seconds: float = CPU_SECONDS,
        kill_seconds: float = KILL_SECONDS,
    ) -> None:
        self._limits = (str(memory), str(cpu_seconds))
        self._kill_seconds = kill_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._has_answered = False
        self._connection: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id; None when there is no child."""
        return self._process.pid if self._process else None

    def reencode(self, data: bytes, max_pixels: int) -> Upload:
        """Raises an UploadError, also when the picture ended the child."""
        deadline = time.monotonic() + self._kill_seconds
        for _ in range(MAX_TRIES):
            with suppress(_InterruptedError):
                return self._ask(data, max_pixels, deadline)
            if time.monotonic() >= deadline:
                break
        raise DecodingInterruptedError

    def close(self) -> None:
        """End the child; the next picture starts a new one."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()  # also ends a stopped process
            self._process.wait()
        self._process = self._connection = None

    def _ask(self, data: bytes, max_pixels: int, deadline: float) -> Upload:
        try:
            connection, process = self._live_child()
        except OSError as error:  # the system has no process or memory left for a child
            log.exception("A decoder could not be started.")
            raise DecodersBusyError from error
        try:
            with _killed_at(deadline, process):
                connection.send(max_pixels)
                self._await_ready(connection, process)
                connection.send_bytes(data)
                result = connection.recv()
        except (EOFError, OSError) as error:
            raise self._error_of_ended_child() from error
        if isinstance(result, UploadError):
            raise result
        return result  # type: ignore[no-any-return]

    def _await_ready(self, connection: Connection, process: subprocess.Popen[bytes]) -> None:
        """A child that was stopped while it was idle is killed before it gets the picture."""
        if self._has_answered and not connection.poll(WAKE_SECONDS):
            process.kill()
        connection.recv()
        self._has_answered = True

    def _live_child(self) -> tuple[Connection, subprocess.Popen[bytes]]:
        if self._process is None or self._connection is None or self._process.poll() is not None:
            self.close()
            return self._start()
        return self._connection, self._process

    def _start(self) -> tuple[Connection, subprocess.Popen[bytes]]:
        self._has_answered = False
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (its arguments are this module's)
                [sys.executable, "-m", PROGRAM, str(theirs.fileno()), *self._limits],
                cwd=ROOT,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        return self._connection, self._process

    def _error_of_ended_child(self) -> Exception:
        """The reason why the child hung up, by the signal that ended it."""
        assert self._process is not None
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:  # it closed its socket and did not end
            code = -signal.SIGKILL
        self.close()
        if code:
            log.warning("A decoder ended with code %d while it had a picture.", code)
        if code == -signal.SIGPROF:
            return TooSlowError()
        # Other signals come from a decoder's C code, which aborts where memory runs out.
        is_from_outside = code >= 0 or code in OUTSIDE_SIGNALS
        return _InterruptedError() if is_from_outside else TooHardError()


@contextmanager
def _killed_at(deadline: float, process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill the child at the deadline, on the monotonic clock, unless the block ends before.

    The child's own timer does not end it while it is stopped.
    """
    timer = Timer(max(0.0, deadline - time.monotonic()), process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _environment() -> dict[str, str]:
    """The variables that Python needs, and none of Cifra's secrets."""
    names = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "VIRTUAL_ENV")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return kept | {name: text for name, text in os.environ.items() if name.startswith("PYTHON")}
