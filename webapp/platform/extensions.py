"""The objects that an app holds for its requests, commands and tasks."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask, current_app
from limits.storage import Storage as Counters
from werkzeug.local import LocalProxy

from webapp.platform.backlog import Backlog
from webapp.platform.notifications import Notifications
from webapp.platform.storage import Storage
from webapp.platform.task_queue import TaskQueue
from webapp.settings import Settings


@dataclass(frozen=True)
class Extensions:
    """What `create_app` makes once for an app."""

    settings: Settings
    storage: Storage
    queue: TaskQueue
    counters: Counters
    notifications: Notifications
    backlog: Backlog = field(default_factory=Backlog)

    @classmethod
    def of(cls, app: Flask) -> Extensions:
        held: Extensions = app.extensions["cifra"]
        return held


# Those of Flask's current_app.
extensions: Extensions = LocalProxy(lambda: Extensions.of(current_app))  # type: ignore[assignment]
