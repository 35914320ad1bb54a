"""How soon the web process is ready, and how much memory it then holds.

Seconds differ from machine to machine, and from minute to minute on a shared one. So they are
printed, beside what importing the frameworks alone takes, and what is asked for is what does not
differ: the memory, and that nothing is loaded which the web must not load.
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
FOREIGN = ("tensorflow", "keras", "cv2", "worker")
ATTEMPTS = 3  # of which the best counts: a busy machine makes a start slow, never fast

WEB = f"""
import sys
from wsgi import app
with app.test_client() as client:
    assert client.get("/").status_code == 200
strangers = [name for name in {FOREIGN!r} if name in sys.modules]
print("ready", *strangers, flush=True)
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
    processor_seconds: float  # what it would take on an idle machine: starting waits for nothing
    megabytes: float  # resident
    strangers: list[str]  # modules loaded that the web must not load


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
        f"{times:.1f} times what its frameworks take alone), {best.megabytes:.0f} MB resident"
    )
    if best.strangers:
        sys.exit(f"The web process loads what it should not: {', '.join(best.strangers)}")
    if best.megabytes > MOST_MEGABYTES:
        sys.exit(f"It should take under {MOST_MEGABYTES:.0f} MB.")


def best_of(program: str, environment: dict[str, str]) -> Start:
    starts = [measure(program, environment) for _ in range(ATTEMPTS)]
    return min(starts, key=lambda start: start.processor_seconds)


def measure(program: str, environment: dict[str, str]) -> Start:
    """Start a fresh process and look at it once it is ready: the web, with its first page."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program],
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
    return Start(seconds, spent.user + spent.system, megabytes, strangers)


if __name__ == "__main__":
    main()
