"""LitServe with Cifra's own decoder and reader. It keeps nothing; an optional contender."""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contenders.contender import Connection, Contender, program
from benchmarks.contenders.origin import FormVisitor
from tests.support.servers import free_port

PROGRAM = "benchmarks.contenders.litserve_program"
PYTHON = "LITSERVE_PYTHON"  # the variable that names the Python of an environment with LitServe


class NotInstalledError(Exception):
    """There is no Python with LitServe."""


@contextmanager
def litserve() -> Iterator[Contender]:
    """Raises NotInstalledError where LITSERVE_PYTHON names none."""
    python = os.environ.get(PYTHON)
    if not python:
        raise NotInstalledError(f"{PYTHON} names no Python with LitServe.")
    port = free_port()
    environment = os.environ | {"PYTHONPATH": f"{sysconfig.get_paths()['purelib']}"}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "litserve.log"
        command = [python, "-m", PROGRAM, str(port)]
        with program(command, port, environment, log) as pid:
            yield Contender(
                "LitServe with our reader", {"server": pid}, lambda: FormVisitor(Connection(port))
            )


if __name__ == "__main__":
    sys.exit("Run `python -m benchmarks.serving` instead.")
