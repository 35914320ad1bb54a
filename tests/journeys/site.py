"""A whole Cifra for the journeys: what `make run` starts, in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
READY = "Cifra is ready"
START_SECONDS = 180  # TensorFlow takes long on a crowded machine
STOP_SECONDS = 20


@dataclass
class RunningSite:
    """Redis, web, both workers and the sweep, started and stopped as a person does it."""

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Return when the address to open has been printed."""
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scripts.run"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while READY not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)

    def stop(self) -> None:
        """Press Ctrl-C and wait for the end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(STOP_SECONDS)

    def flask(self, *arguments: str) -> str:
        """Run a flask command for this site; returns its output."""
        command = [sys.executable, "-m", "flask", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def processes(self) -> list[psutil.Process]:
        family = psutil.Process(self.process.pid)
        return [family, *family.children(recursive=True)]

    @property
    def log(self) -> Path:
        return self.folder / "output.log"

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
        return {
            **inherited,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SECRET_KEY": "a-key-for-the-journeys-only",
            "DATA_DIR": str(self.folder / "data"),
            "DATABASE_URL": "",
            "PYTHONUNBUFFERED": "1",
            "LC_MESSAGES": "C.UTF-8",  # tests look for the English sentences
            "FLASK_SKIP_DOTENV": "1",
            **self.settings,
        }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
