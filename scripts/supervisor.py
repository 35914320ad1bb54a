"""The supervisor of `make run`: starts processes, restarts those that end, stops them all."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from types import TracebackType

from scripts.cannot_start import in_terminal
from scripts.guard import Guard, end_group
from webapp.messages import Message

PAUSE_SECONDS = 1.0  # before an ended process is started again
QUICK_SECONDS = 20.0  # one that ends sooner after its start did not come up
MOST_QUICK_ENDINGS = 5  # in a row; then the supervisor gives up
STOP_SECONDS = 5.0  # from the request to stop until the process group is killed
CHECK_SECONDS = 0.1

_output_lock = threading.Lock()


class SupervisedProcess:
    """A process that is started again when it ends, unless it ends quickly several times."""

    def __init__(self, name: str, command: str, guard: Guard) -> None:
        self.name = name
        self.has_failed = False
        self._command = command
        self._guard = guard
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name=name, daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process, and leave it to stop its own children."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)

    def wait(self, deadline: float) -> None:
        """Wait until the process has ended; at the deadline its whole group is killed."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        process = self._process
        if not self.is_over and process is not None:
            end_group(process.pid)
            self._thread.join(STOP_SECONDS)

    def _keep_running(self) -> None:
        quick_endings = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            self._run_once()
            is_quick = time.monotonic() - began < QUICK_SECONDS
            quick_endings = quick_endings + 1 if is_quick else 0
            if self._stopping.is_set():
                return
            if quick_endings >= MOST_QUICK_ENDINGS:
                self.has_failed = True
                often = Message(
                    "It ended %(count)s times and is not started again.", {"count": quick_endings}
                )
                print_line(self.name, in_terminal(often))
                return
            again = Message("It ended by itself and is started again.")
            print_line(self.name, in_terminal(again))
            self._stopping.wait(PAUSE_SECONDS)

    def _run_once(self) -> None:
        process = self._process = self._guard.start(self._command)
        if self._stopping.is_set():  # asked to stop while it started
            process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        with process.stdout as output:
            for line in output:
                print_line(self.name, line.decode(errors="replace").rstrip("\n"))
        process.wait()
        self._guard.forget(process)


class Supervisor:
    """Runs processes until it is asked to stop, or until one of them cannot be kept running."""

    def __init__(self) -> None:
        self._guard = Guard()
        self._processes: list[SupervisedProcess] = []
        self._stopped_last: list[SupervisedProcess] = []
        self._asked_to_stop = False

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._guard.close()

    def start(self, name: str, command: str, *, stops_last: bool = False) -> SupervisedProcess:
        """Start a shell command, and keep it running from now on."""
        process = SupervisedProcess(name, command, self._guard)
        self._processes.append(process)
        if stops_last:
            self._stopped_last.append(process)
        return process

    def run(self, command: str) -> tuple[int, str]:
        """Run a shell command to its end; returns its exit status and its output."""
        process = self._guard.start(command)
        output, _ = process.communicate()
        self._guard.forget(process)
        return process.returncode, output.decode(errors="replace")

    def wait(self) -> bool:
        """Wait for SIGINT or SIGTERM (True), or for a process that cannot be kept running."""
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_number, self._on_signal)
        while not self._asked_to_stop and not any(one.has_failed for one in self._processes):
            time.sleep(CHECK_SECONDS)
        return self._asked_to_stop

    def stop(self) -> None:
        """Stop all processes together, and then those that the others use until they end."""
        others = [process for process in self._processes if process not in self._stopped_last]
        for group in (others, self._stopped_last):
            for process in group:
                process.ask_to_stop()
            deadline = time.monotonic() + STOP_SECONDS
            for process in group:
                process.wait(deadline)

    def _on_signal(self, signal_number: int, frame: object) -> None:  # noqa: ARG002
        self._asked_to_stop = True


def print_line(name: str, line: str) -> None:
    with _output_lock:
        sys.stdout.write(f"{time.strftime('%H:%M:%S')} {name:12} | {line}\n")
        sys.stdout.flush()
