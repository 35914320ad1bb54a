"""The web process: the seconds until it is ready, and its memory then.

Seconds differ between machines, and from minute to minute on a shared one. They are printed beside
the time that importing the frameworks takes. The benchmark fails for too much memory, and for a
module that the web must not load.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import psutil

MOST_MEGABYTES = 100.0
FORBIDDEN = ("tensorflow", "keras", "cv2", "worker")
ATTEMPTS = 3  # the best counts: a busy machine makes a start slow, never fast

WEB = f"""
import sys
from wsgi import app
with app.test_client() as client:
    assert client.get("/").status_code == 200
forbidden = [name for name in {FORBIDDEN!r} if name in sys.modules]
print("ready", *forbidden, flush=True)
sys.stdin.read()
"""


FRAMEWORKS = """
import sys
import flask, flask_sqlalchemy, sqlalchemy.orm
print("ready", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Start:
    """One start of a process, up to the moment when it is ready."""

    seconds: float  # on the clock
    processor_seconds: float  # about the seconds on an idle machine: a start waits for nothing
    megabytes: float  # resident
    forbidden: list[str]  # modules loaded that the web must not load


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "SECRET_KEY": "only-for-this-measure",
            "DATA_DIR": folder,
            "DATABASE_URL": "",
            "FLASK_SKIP_DOTENV": "1",
        }
        migrate = [sys.executable, "-m", "flask", "db", "upgrade"]
        subprocess.run(migrate, env=environment, check=True, capture_output=True)
        best = best_of(WEB, environment)
        frameworks = best_of(FRAMEWORKS, environment)
    times = best.processor_seconds / frameworks.processor_seconds
    print(
        f"web: ready in {best.seconds:.2f} s ({best.processor_seconds:.2f} s of processor, "
        f"{times:.1f} times its frameworks alone), {best.megabytes:.0f} MB resident"
    )
    if best.forbidden:
        sys.exit(f"The web process loads modules that it must not: {', '.join(best.forbidden)}")
    if best.megabytes > MOST_MEGABYTES:
        sys.exit(f"It should take under {MOST_MEGABYTES:.0f} MB.")


def best_of(program: str, environment: dict[str, str]) -> Start:
    starts = [measure(program, environment) for _ in range(ATTEMPTS)]
    return min(starts, key=lambda start: start.processor_seconds)


def measure(program: str, environment: dict[str, str]) -> Start:
    """Start a process and measure it when it is ready; for the web, after its first page."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as web:
        assert web.stdout is not None
        status, *forbidden = web.stdout.readline().split() or ["failed"]
        seconds = time.perf_counter() - began
        if status != "ready":
            sys.exit("The web process did not answer its front page.")
        process = psutil.Process(web.pid)
        megabytes = process.memory_info().rss / 1e6
        spent = process.cpu_times()
        web.communicate()
    return Start(seconds, spent.user + spent.system, megabytes, forbidden)


if __name__ == "__main__":
    main()
