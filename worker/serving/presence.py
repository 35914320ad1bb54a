"""The presence of a worker: its row shows that it runs, and which version it has loaded."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from webapp.models import Worker
from webapp.platform.database import writing

CHECK_SECONDS = 0.5  # after a version is loaded, until the pages show it
UPDATE_SECONDS = 5.0  # between two updates of an unchanged row

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Presence:
    """Keeps the row of one worker process up to date, from a thread of its own."""

    name: str
    queue: str
    loaded_version: Callable[[], int | None]  # the version that the process answers with

    def watch(self, app: Flask, stop: threading.Event) -> None:
        """Start the thread. It removes the row once the event is set."""
        threading.Thread(
            target=self._keep_up_to_date, args=(app, stop), name="presence", daemon=True
        ).start()

    def _keep_up_to_date(self, app: Flask, stop: threading.Event) -> None:
        recorded, due_at = None, 0.0
        while not stop.is_set():
            version_id = self.loaded_version()
            if version_id != recorded or time.monotonic() >= due_at:
                self._try(app, lambda: self.record(version_id))  # noqa: B023 (it runs at once)
                recorded, due_at = version_id, time.monotonic() + UPDATE_SECONDS
            stop.wait(CHECK_SECONDS)
        self._try(app, self.remove)

    def record(self, version_id: int | None) -> None:
        with writing() as session:
            Worker.record(session, self.name, queue=self.queue, model_version_id=version_id)

    def remove(self) -> None:
        with writing() as session:
            Worker.remove(session, self.name)

    @staticmethod
    def _try(app: Flask, write: Callable[[], None]) -> None:
        try:
            with app.app_context():
                write()
        except SQLAlchemyError as error:
            log.warning("The worker's row could not be written: %s", error)
