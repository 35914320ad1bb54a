"""Checks that the migrations build exactly the tables that the models describe."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask_migrate import check, upgrade

from webapp.app import create_app
from webapp.cli import add_migrations
from webapp.settings import Settings


def main() -> None:
    """Ends with alembic's own message and a failing status when they differ."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(secret_key="only-for-this-check", data_dir=Path(folder)))
        add_migrations(app)
        with app.app_context():
            upgrade()
            check()


if __name__ == "__main__":
    main()
