"""The services that an app holds, for whoever serves a request, a command or a task within it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app
from limits.storage import Storage as Counters
from werkzeug.local import LocalProxy

from webapp.queue import Queue
from webapp.settings import Settings
from webapp.storage import Storage


@dataclass(frozen=True)
class Services:
    """What an app was made with; `create_app` puts it together."""

    settings: Settings
    storage: Storage
    queue: Queue
    counters: Counters

    @classmethod
    def of(cls, app: Flask) -> Services:
        held: Services = app.extensions["cifra"]
        return held


# Those of the app at hand, as Flask's own current_app is.
services: Services = LocalProxy(lambda: Services.of(current_app))  # type: ignore[assignment]
