"""A site: the real app on an empty database, its forms without tokens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask

from webapp.app import create_app
from webapp.platform.database import db
from webapp.settings import Settings


@contextmanager
def site_with(settings: Settings, **changes: Any) -> Iterator[Flask]:
    app = create_app(replace(settings, **changes))
    app.config["WTF_CSRF_ENABLED"] = False  # a test of its own turns it on
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()
