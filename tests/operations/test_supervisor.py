"""The supervisor starts again what ended by itself, and gives up on what never comes up."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import sys
from scripts.run import PlainPrinter
from scripts.supervisor import Supervisor

supervisor = Supervisor(PlainPrinter())
for number, command in enumerate(sys.argv[1:]):
    supervisor.add_process(str(number), command)
supervisor.loop()
"""


def supervisor_of(*commands: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, *commands]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def sleepers(supervisor: subprocess.Popen[str]) -> list[psutil.Process]:
    family = psutil.Process(supervisor.pid).children(recursive=True)
    return [process for process in family if process.name() == "sleep"]


def wait_for_sleepers(supervisor: subprocess.Popen[str], count: int) -> list[psutil.Process]:
    deadline = time.monotonic() + 20
    while len(found := sleepers(supervisor)) != count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_a_killed_process_is_started_again_and_the_others_stay() -> None:
    supervisor = supervisor_of("exec sleep 97", "exec sleep 98")
    try:
        victim, other = wait_for_sleepers(supervisor, 2)
        victim.kill()
        victim.wait(10)
        again = wait_for_sleepers(supervisor, 2)
    finally:
        supervisor.terminate()
        words, _ = supervisor.communicate(timeout=20)

    assert other in again
    assert victim not in again
    assert "started again" in words
    assert not [process for process in again if process.is_running()], "a stop ends them all"


def test_a_process_that_never_comes_up_is_given_up_and_the_others_are_stopped() -> None:
    supervisor = supervisor_of("echo up; exit 1", "exec sleep 99")
    wait_for_sleepers(supervisor, 1)

    words, _ = supervisor.communicate(timeout=40)

    assert words.count("up\n") == 5
    assert supervisor.returncode is not None
