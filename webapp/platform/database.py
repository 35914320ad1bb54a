"""The database: one Flask-SQLAlchemy handle, its connections, and the writing transaction."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from webapp.models import Base
from webapp.settings import Settings

db = SQLAlchemy(model_class=Base)

# More connections than the web server has threads: a request may read with one and write with a
# second, and must not wait for a second that another request holds as its first.
POOL = {"pool_size": 10, "max_overflow": 34}

log = logging.getLogger(__name__)


class UnsuitableDatabaseError(Exception):
    """The database answers, but Cifra cannot use it; the text says what to change."""


def init_database(app: Flask, settings: Settings) -> None:
    """Bind the handle to the app. Expects SQLALCHEMY_DATABASE_URI in its config."""
    seconds = max(1, round(settings.busy_timeout.total_seconds()))
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
            **POOL,
            "connect_args": {"timeout": settings.busy_timeout.total_seconds()},
        }
    else:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
            **POOL,
            "pool_pre_ping": True,
            "pool_timeout": seconds,
            "connect_args": {
                "connect_timeout": seconds,
                # A statement waits for a lock as long as one on SQLite does.
                "options": f"-c lock_timeout={settings.busy_timeout // timedelta(milliseconds=1)}",
            },
        }
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _tune_sqlite(db.engine)
        else:
            event.listen(db.engine, "connect", _require_utf8, insert=True)


def require_suitable_database(app: Flask) -> None:
    """Connect once at the start; a database that is away may come later.

    Raises UnsuitableDatabaseError for one that cannot hold what people type.
    """
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return
        try:
            db.engine.connect().close()
        except OperationalError as error:
            log.warning("The database is away at the start: %s", error)


def _require_utf8(connection: Any, record: Any) -> None:  # noqa: ARG001
    """Check PostgreSQL's encoding, before SQLAlchemy reads text that is not decoded."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise UnsuitableDatabaseError(
            f"The database's encoding is {encoding}, and Cifra needs UTF8. Create it with: "
            "createdb --encoding=UTF8 --template=template0 NAME"
        )


@contextmanager
def writing() -> Iterator[Session]:
    """One short transaction that writes: it commits at the end and rolls back on an error.

    On SQLite it begins as IMMEDIATE, so that a second writer waits instead of failing half-way.
    """
    session = Session(db.engine.execution_options(cifra_writes=True), expire_on_commit=False)
    with session, session.begin():
        yield session


def _tune_sqlite(engine: Engine) -> None:
    """Set WAL and foreign keys, and let SQLAlchemy begin transactions (as its docs recommend)."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ARG001
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # an answered 202 survives a power cut
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # a deleted row is overwritten in the file too
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("cifra_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
