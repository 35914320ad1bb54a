"""The web process alone, on an empty database, as the Procfile starts it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

from honcho.environ import parse_procfile

from tests.support.servers import environment, free_port, wait_until
from webapp.app import create_app
from webapp.platform.database import db
from webapp.settings import ROOT, Settings

CLASS = "webapp.platform.server.worker.WebWorker"


@contextmanager
def web_process(
    settings: Settings, *, worker_class: str = CLASS, **variables: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process and its port. Its graceful timeout is long enough for a busy machine."""
    app = create_app(settings)
    with app.app_context():
        db.create_all()
        db.engine.dispose()
    command = parse_procfile((ROOT / "Procfile").read_text()).processes["web"]
    command = re.sub(r"--graceful-timeout \d+", "--graceful-timeout 120", command)
    command = command.replace(CLASS, worker_class)
    port = free_port()
    places = {"HOST": "127.0.0.1", "PORT": str(port)}
    places["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    process = subprocess.Popen(
        ["/bin/sh", "-c", command], cwd=ROOT, env=environment(settings) | places | variables
    )
    try:
        wait_until(lambda: answers(port), seconds=60)
        yield process, port
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    with suppress(OSError):
        return bool(urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).status == 200)
    return False
