"""Checks that the migrations build the tables that the models describe, on both databases."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask_migrate import check, upgrade

from tests.support.postgresql import PostgresqlServer
from webapp.app import create_app
from webapp.cli import add_migrations
from webapp.platform.database import db
from webapp.settings import Settings


def main() -> None:
    """Ends with alembic's own message and a failing status when they differ."""
    _check(database_url="")
    server = PostgresqlServer()
    server.start()
    try:
        _check(database_url=server.create())
    finally:
        server.stop()


def _check(*, database_url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings(
                secret_key="only-for-this-check", data_dir=Path(folder), database_url=database_url
            )
        )
        add_migrations(app)
        with app.app_context():
            upgrade()
            check()
            db.engine.dispose()


if __name__ == "__main__":
    main()
