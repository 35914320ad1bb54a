"""How soon the web process is ready, and how much memory it then holds."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import psutil

MOST_SECONDS = 1.0
MOST_MEGABYTES = 100.0
FOREIGN = ("tensorflow", "keras", "cv2", "worker")
ATTEMPTS = 3  # of which the best counts: a busy machine makes a start slow, never fast

CHILD = f"""
import sys
from wsgi import app
with app.test_client() as client:
    assert client.get("/").status_code == 200
strangers = [name for name in {FOREIGN!r} if name in sys.modules]
print("ready", *strangers, flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class WebStart:
    """One start of the web process, up to its first page."""

    seconds: float  # on the clock
    processor_seconds: float  # what it would take on an idle machine: starting waits for nothing
    megabytes: float  # resident
    strangers: list[str]  # modules that the web must not load


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
        starts = [measure(environment) for _ in range(ATTEMPTS)]
    best = min(starts, key=lambda start: start.processor_seconds)
    print(
        f"web: ready in {best.seconds:.2f} s ({best.processor_seconds:.2f} s of processor), "
        f"{best.megabytes:.0f} MB resident"
    )
    if best.strangers:
        sys.exit(f"The web process loads what it should not: {', '.join(best.strangers)}")
    if best.processor_seconds > MOST_SECONDS or best.megabytes > MOST_MEGABYTES:
        sys.exit(f"It should take under {MOST_SECONDS} s and {MOST_MEGABYTES:.0f} MB.")


def measure(environment: dict[str, str]) -> WebStart:
    """Start a fresh web process and look at it once it has its first page."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", CHILD],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as web:
        assert web.stdout is not None
        word, *strangers = web.stdout.readline().split() or ["failed"]
        seconds = time.perf_counter() - began
        if word != "ready":
            sys.exit("The web process did not answer its front page.")
        process = psutil.Process(web.pid)
        megabytes = process.memory_info().rss / 1e6
        spent = process.cpu_times()
        web.communicate()
    return WebStart(seconds, spent.user + spent.system, megabytes, strangers)


if __name__ == "__main__":
    main()
