"""The guard of `make run`: ends every process group when the supervisor has ended in any way.

The supervisor holds the only writing end of the guard's standard input, and writes "+pid" and
"-pid" there as groups start and end. The kernel closes that end with the supervisor, also on
`kill -9`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import IO


class Guard:
    """Starts the guard's process, and starts the process groups that it knows of."""

    def __init__(self) -> None:
        # A session of its own: Ctrl-C in the terminal does not reach it.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scripts.guard"],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """Start a shell command in a process group of its own, its output in one pipe."""
        process = subprocess.Popen(
            ["/bin/sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._write(f"+{process.pid}")
        return process

    def forget(self, process: subprocess.Popen[bytes]) -> None:
        """End what is left of the group of a process that ended, and take it off the list."""
        end_group(process.pid)
        self._write(f"-{process.pid}")

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # somebody ended the guard; Cifra runs on without it
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()


def end_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def watch(lines: IO[str]) -> None:
    """Keep the list of groups until the supervisor ends, then end them all."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        end_group(group)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends with the supervisor
    watch(sys.stdin)
