"""The objects that an app holds for its requests, commands and tasks."""

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
    """The settings, storage, queue and counters of an app; `create_app` makes them."""

    settings: Settings
    storage: Storage
    queue: TaskQueue
    counters: Counters

    @classmethod
    def of(cls, app: Flask) -> Extensions:
        held: Extensions = app.extensions["cifra"]
        return held


# Those of Flask's current_app.
extensions: Extensions = LocalProxy(lambda: Extensions.of(current_app))  # type: ignore[assignment]
