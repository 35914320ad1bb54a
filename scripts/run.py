"""All of Cifra on one machine: prepares it, starts the Procfile's processes, stops them all."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from dotenv import dotenv_values, load_dotenv, set_key
from honcho.environ import parse_procfile
from pydantic.dataclasses import dataclass

from scripts.cannot_start import CannotStartError, in_terminal
from scripts.redis_server import require_redis, start_redis
from scripts.supervisor import Supervisor
from webapp.messages import Message
from webapp.settings import DECLARATION, ROOT, Settings, SettingsError, read_environment, setting

ENV_FILE = ROOT / ".env"


@dataclass(frozen=True, config=DECLARATION)
class RunSettings:
    """The settings of `make run` alone."""

    host: str = "127.0.0.1"
    port: int = setting(8000, ge=1, le=65535)
    readers: int = setting(1, ge=1)  # worker processes that read pictures
    redis_url: str = setting("", repr=False)  # empty: a Redis of its own


def main() -> None:
    _end_cleanly_on_every_signal()
    _keep_a_secret_key()
    load_dotenv(ENV_FILE)
    try:
        run(Settings.from_environment(), read_environment(RunSettings, os.environ))
    except (CannotStartError, SettingsError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        say(Message("Stopped."))


def run(settings: Settings, here: RunSettings) -> None:
    """Keep everything running until Ctrl-C, or until one process cannot be kept running.

    Raises CannotStartError with a sentence that says what to do.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    require_free_port(here.host, here.port)
    with only_one_in(settings.data_dir), Supervisor() as supervisor:
        redis_url = here.redis_url
        if redis_url:
            require_redis(redis_url)
        else:
            redis_url = start_redis(supervisor, settings.data_dir / "redis")
        os.environ |= {
            "HOST": here.host,
            "PORT": str(here.port),
            "REDIS_URL": redis_url,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
        }
        # A container runs as root, and Celery warns about that at length.
        os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker")
        prepare(supervisor)
        for name, command in processes(here.readers).items():
            supervisor.start(name, command)
        announce_when_ready(f"http://{_reachable(here.host)}:{here.port}/")
        is_asked_to_stop = supervisor.wait()
        say(Message("Stopping."), before="\n")
    if not is_asked_to_stop:
        raise CannotStartError(Message("A process ended again and again, so all were stopped."))
    say(Message("Stopped."))


def prepare(supervisor: Supervisor) -> None:
    """Bring the database to the newest migration, and publish the shipped model if there is none.

    Raises CannotStartError when one of the two fails.
    """
    say(Message("Preparing the database and the model."))
    for command in ("flask db upgrade", "flask model install"):
        status, output = supervisor.run(f"exec {command}")
        if status != 0:
            say(output)
            raise CannotStartError(
                Message("`%(command)s` failed; its output is above.", {"command": command})
            )


def processes(readers: int) -> dict[str, str]:
    """The Procfile's commands by name, the one that reads pictures as often as asked for."""
    commands: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
    more = {f"predictions-{n}": commands["predictions"] for n in range(2, readers + 1)}
    return commands | more


def announce_when_ready(address: str) -> None:
    """Print the address to open as soon as the web answers there."""

    def wait_and_print() -> None:
        while not _answers(address):
            time.sleep(0.1)
        ready = Message("Cifra is ready. Open %(address)s", {"address": address})
        say(ready, before="\n    ")
        say(Message("Ctrl-C stops everything."), before="    ", after="\n")

    threading.Thread(target=wait_and_print, daemon=True).start()


def require_free_port(host: str, port: int) -> None:
    """Raises CannotStartError when something else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStartError(
                Message(
                    "Port %(port)s is taken (%(reason)s). "
                    "Choose another, for example: make run PORT=%(next)s",
                    {"port": str(port), "reason": error.strerror, "next": str(port + 1)},
                )
            ) from error


@contextmanager
def only_one_in(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises CannotStartError when another `make run` holds it."""
    with (folder / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStartError(
                Message(
                    "Cifra is already running with the data in %(folder)s. "
                    "Stop it first, or name another folder with DATA_DIR.",
                    {"folder": folder},
                )
            ) from error
        yield


def say(message: Message | str, *, before: str = "", after: str = "") -> None:
    """Print a sentence in the language of the terminal, or another program's output as it is."""
    text = message if isinstance(message, str) else in_terminal(message)
    sys.stdout.write(f"{before}{text}{after}\n")
    sys.stdout.flush()


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):
            return True
    except HTTPError:
        return True  # with an error page, which says more
    except (URLError, OSError):
        return False


def _keep_a_secret_key() -> None:
    """Choose the key that signs cookies at the first start; `.env` keeps it for later ones."""
    if "SECRET_KEY" in os.environ or dotenv_values(ENV_FILE).get("SECRET_KEY"):
        return
    ENV_FILE.touch(mode=0o600)
    set_key(ENV_FILE, "SECRET_KEY", secrets.token_urlsafe(32), quote_mode="never")


def _end_cleanly_on_every_signal() -> None:
    """Make SIGTERM and a closed terminal stop everything, just as Ctrl-C does."""

    def on_terminate(signal_number: int, frame: object) -> None:  # noqa: ARG001
        raise KeyboardInterrupt

    def on_hang_up(signal_number: int, frame: object) -> None:  # noqa: ARG001
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGTERM, on_terminate)
    signal.signal(signal.SIGHUP, on_hang_up)


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("", "0.0.0.0") else host


if __name__ == "__main__":
    main()
