"""The services that an app holds, for whoever serves a request, a command or a task within it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app
from limits.storage import Storage as Counters
from werkzeug.local import LocalProxy

from webapp.platform.storage import Storage
from webapp.platform.task_queue import TaskQueue
from webapp.settings import Settings


@dataclass(frozen=True)
class Extensions:
    """What an app was made with; `create_app` puts it together."""

    settings: Settings
    storage: Storage
    queue: TaskQueue
    counters: Counters

    @classmethod
    def of(cls, app: Flask) -> Extensions:
        held: Extensions = app.extensions["cifra"]
        return held


# Those of the app at hand, as Flask's own current_app is.
extensions: Extensions = LocalProxy(lambda: Extensions.of(current_app))  # type: ignore[assignment]
