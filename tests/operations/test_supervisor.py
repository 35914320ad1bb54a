"""The supervisor restarts processes that end, gives up after many, and leaves none."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from webapp.settings import ROOT

SCRIPT = """
import sys
from scripts.supervisor import Supervisor

with Supervisor() as supervisor:
    for number, command in enumerate(sys.argv[1:]):
        supervisor.start(str(number), command, stops_last=number == 0)
    supervisor.wait()
"""
WITH_CHILDREN = "sh -c 'sleep 96 & sleep 97 & wait' & trap '' TERM; sleep 98"


@contextmanager
def supervisor_of(*commands: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SCRIPT, *commands]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as supervisor:
        yield supervisor
        supervisor.kill()


def sleepers(supervisor: subprocess.Popen[str]) -> list[psutil.Process]:
    descendants = psutil.Process(supervisor.pid).children(recursive=True)
    return [process for process in descendants if process.name() == "sleep"]


def wait_for_sleepers(supervisor: subprocess.Popen[str], count: int) -> list[psutil.Process]:
    deadline = time.monotonic() + 20
    while len(found := sleepers(supervisor)) != count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_a_killed_process_is_started_again_and_the_others_stay() -> None:
    with supervisor_of("exec sleep 97", "exec sleep 98") as supervisor:
        first, other = wait_for_sleepers(supervisor, 2)
        first.kill()
        first.wait(10)
        again = wait_for_sleepers(supervisor, 2)
        supervisor.terminate()
        output, _ = supervisor.communicate(timeout=20)

    assert other in again
    assert first not in again
    assert "started again" in output
    assert not [process for process in again if process.is_running()], "a stop ends them all"


def test_a_process_that_never_starts_is_given_up_and_the_others_are_stopped() -> None:
    with supervisor_of("echo up; exit 1", "exec sleep 99") as supervisor:
        wait_for_sleepers(supervisor, 1)

        output, _ = supervisor.communicate(timeout=40)

    assert output.count("| up\n") == 5
    assert supervisor.returncode == 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_running_however_the_supervisor_ends(how: signal.Signals) -> None:
    with supervisor_of(WITH_CHILDREN, WITH_CHILDREN) as supervisor:
        wait_for_sleepers(supervisor, 6)
        running = psutil.Process(supervisor.pid).children(recursive=True)

        supervisor.send_signal(how)
        supervisor.wait(20)

        _, left = psutil.wait_procs(running, timeout=5)
        assert left == []


def test_a_process_that_the_others_use_is_stopped_last() -> None:
    loop = "trap 'echo {} stopped; exit 0' TERM; echo {} ready; while :; do sleep 0.1; done"
    with supervisor_of(loop.replace("{}", "first"), loop.replace("{}", "second")) as supervisor:
        assert supervisor.stdout is not None
        assert {supervisor.stdout.readline().split()[-2] for _ in range(2)} == {"first", "second"}
        supervisor.terminate()
        output, _ = supervisor.communicate(timeout=20)

    assert output.index("second stopped") < output.index("first stopped")
