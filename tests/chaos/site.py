"""The site of a chaos run: a Redis of its own, and a whole Cifra as `make run` starts it."""

from __future__ import annotations

import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.chaos.accounting import Ledger
from tests.journeys.site import RunningSite, free_port
from tests.support.publishing import publish
from tests.support.records import stored_version
from tests.support.servers import RedisServer
from tests.support.slow_line import Line
from webapp.app import create_app
from webapp.models import ModelVersion, PublicationTrigger
from webapp.platform.database import writing
from webapp.settings import Settings

SETTINGS = {
    "READERS": "2",
    "LEASE_SECONDS": "10",
    "BATCH_SIZE": "16",
    "SWEEP_SECONDS": "1",
    "STALLED_CONSUMER_SECONDS": "8",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}
LEASE_SECONDS = int(SETTINGS["LEASE_SECONDS"])
UNLIMITED = {"UPLOADS_PER_PERSON": "0", "UPLOADS_PER_ADDRESS": "0"}  # all come from one address
FOREVER = 10**9  # uploads that may wait: the queue's bound has a test of its own


@dataclass
class Site:
    """Where the faults happen. Everything runs as processes of its own, on loopback."""

    folder: Path
    url: str = ""  # of an empty database; none: SQLite in the folder

    def open(self, networks: tuple[Path, Path]) -> None:
        """Start everything, with the first network published."""
        self.redis = RedisServer(self.folder)
        self.redis.start(remembering=True)
        self.line = Line(self.redis.port)
        own = {
            "DATABASE_URL": self.url,
            "REDIS_URL": self.line.url,
            "MAX_WAITING": str(FOREVER),
            **UNLIMITED,
        }
        self.running_site = RunningSite(self.folder, free_port(), SETTINGS | own)
        data = self.folder / "data"
        data.mkdir()
        self.running_site.flask("db", "upgrade")
        self.ledger = Ledger(self.database_url)
        self.ledger.open()
        self.app = create_app(
            Settings(secret_key="a key for the chaos", data_dir=data, database_url=self.url)
        )
        with self.app.app_context():
            first, second = (stored_version(path, published=False) for path in networks)
        self.versions = first.id, second.id
        self.publish(first.id, PublicationTrigger.INSTALLED)
        self.running_site.start()

    def close(self) -> list[str]:
        """Stop everything; names the processes that did not end when asked to."""
        family = self.running_site.processes
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.resume()
        self.redis.process.send_signal(signal.SIGCONT)
        with suppress(subprocess.TimeoutExpired):
            self.running_site.stop()
        _, left = psutil.wait_procs(family, timeout=5)
        words = [" ".join(process.cmdline()) for process in left if process.is_running()]
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.line.close()
        self.redis.kill()
        return words

    def publish(self, version_id: int, trigger: PublicationTrigger) -> None:
        with self.app.app_context(), writing() as session:
            publish(session, version_id, trigger)

    @property
    def database_url(self) -> str:
        return self.url or f"sqlite:///{self.folder / 'data' / 'cifra.db'}"

    @property
    def live_version(self) -> int:
        with self.app.app_context(), writing() as session:
            version = session.scalar(ModelVersion.current())
            assert version is not None
            return version.id

    @property
    def readers(self) -> list[psutil.Process]:
        return self._running("celery", "predictions")

    @property
    def web(self) -> list[psutil.Process]:
        """The web's processes, its master first."""
        return sorted(self._running("gunicorn"), key=lambda process: process.create_time())

    @property
    def sweeps(self) -> list[psutil.Process]:
        return self._running("flask", "sweep")

    @property
    def uploads(self) -> Path:
        return self.folder / "data" / "uploads"

    def restart_redis(self, *, remembering: bool) -> None:
        """Start a Redis that was killed, with or without what it had written down."""
        if not remembering:
            shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
        self.redis.start(remembering=True)

    def _running(self, *words: str) -> list[psutil.Process]:
        found = []
        for process in self.running_site.processes:
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                command = " ".join(process.cmdline())
                if all(word in command for word in words) and "scripts.run" not in command:
                    found.append(process)
        return found
