"""All of Cifra on one machine: prepares it, starts the Procfile's processes, stops them all."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from dotenv import dotenv_values, load_dotenv, set_key
from environs import Env, EnvError
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer
from marshmallow.validate import Range

from scripts.cannot_start import CannotStartError
from scripts.redis_server import redis_of
from scripts.supervisor import Supervisor
from webapp.settings import ROOT, Settings

ENV_FILE = ROOT / ".env"


def main() -> None:
    _let_every_ending_be_clean()
    _keep_a_secret_key()
    load_dotenv(ENV_FILE)
    try:
        env = Env()
        run(
            Settings.from_environment(),
            host=env.str("HOST", "127.0.0.1"),
            port=env.int("PORT", 8000, validate=Range(min=1, max=65535)),
            readers=env.int("READERS", 1, validate=Range(min=1)),
        )
    except (CannotStartError, EnvError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        say("Stopped.")


def run(settings: Settings, *, host: str, port: int, readers: int) -> None:
    """Hold everything up until Ctrl-C, or until one process cannot be kept up."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    require_free_port(host, port)
    with (
        alone_in(settings.data_dir),
        redis_of(os.environ.get("REDIS_URL"), settings.data_dir / "redis") as redis_url,
    ):
        os.environ |= {
            "HOST": host,
            "PORT": str(port),
            "REDIS_URL": redis_url,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
        }
        # In a container there is only root, and Celery would say so at length.
        os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker")
        prepare()
        supervise(f"http://{_reachable(host)}:{port}/", readers=readers)


def prepare() -> None:
    """Bring the database to the newest migration, and publish the shipped model if there is none.

    Raises CannotStartError when one of the two fails.
    """
    say("Preparing the database and the model.")
    for command in (["flask", "db", "upgrade"], ["flask", "model", "install"]):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise CannotStartError(
                f"{done.stdout}{done.stderr}\n`{' '.join(command)}` failed; its words are above."
            )


def supervise(address: str, *, readers: int) -> None:
    """Run the Procfile until the end. Raises CannotStartError when a process cannot be kept up."""
    printer = PlainPrinter()
    supervisor = Supervisor(printer)
    for name, command in _processes(readers).items():
        supervisor.add_process(name, command)
    herald = multiprocessing.Process(target=announce, args=(address,), daemon=True)
    herald.start()
    supervisor.loop()
    herald.kill()
    if not printer.asked_to_stop:
        raise CannotStartError("A process kept ending by itself, so all were stopped.")
    say("Stopped.")


def _processes(readers: int) -> dict[str, str]:
    """The Procfile's commands by name, the one that reads pictures as often as asked for."""
    commands: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
    more = {f"predictions-{n}": commands["predictions"] for n in range(2, readers + 1)}
    return commands | more


def announce(address: str) -> None:
    """Wait until the web really answers, then print the address to open."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        time.sleep(0.1)
        try:
            with urlopen(address, timeout=5):
                break
        except HTTPError:
            break  # it answers, if not kindly; the page will say more
        except (URLError, OSError):
            continue
    say(f"\n    Cifra is ready. Open {address}\n    Ctrl-C stops everything.\n")


class PlainPrinter(Printer):  # type: ignore[misc]
    """Shows what the processes say; of honcho's own remarks, only who ended unasked."""

    asked_to_stop = False

    def write(self, message: Message) -> None:
        if message.name != "system":
            super().write(message)
        elif "received" in message.data:
            self.asked_to_stop = True
            say("\nStopping.")
        elif "stopped" in message.data and not self.asked_to_stop:
            super().write(message)


def require_free_port(host: str, port: int) -> None:
    """Raises CannotStartError when something else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStartError(
                f"Port {port} is taken ({error.strerror}). "
                f"Choose another, for example: make run PORT={port + 1}"
            ) from error


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises CannotStartError when another `make run` holds it."""
    with (folder / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStartError(
                f"Cifra is already running with the data in {folder}. "
                "Stop it first, or name another folder with DATA_DIR."
            ) from error
        yield


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _keep_a_secret_key() -> None:
    """On the first start, choose the key that signs cookies; `.env` keeps it for later ones."""
    if "SECRET_KEY" in os.environ or dotenv_values(ENV_FILE).get("SECRET_KEY"):
        return
    ENV_FILE.touch(mode=0o600)
    set_key(ENV_FILE, "SECRET_KEY", secrets.token_urlsafe(32), quote_mode="never")


def _let_every_ending_be_clean() -> None:
    """A kill or a closed terminal unwinds what was started, just as Ctrl-C does."""

    def on_terminate(signum: int, frame: object) -> None:  # noqa: ARG001
        raise KeyboardInterrupt

    def on_hang_up(signum: int, frame: object) -> None:  # noqa: ARG001
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGTERM, on_terminate)
    signal.signal(signal.SIGHUP, on_hang_up)


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("", "0.0.0.0") else host


if __name__ == "__main__":
    main()
