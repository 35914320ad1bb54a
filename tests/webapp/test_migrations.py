"""Migrations carry what was there over."""

from __future__ import annotations

from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import text

from webapp.app import create_app
from webapp.cli import add_migrations
from webapp.platform.database import db, writing
from webapp.settings import Settings


def test_accounts_made_before_there_were_histories_get_one_each(tmp_path: Path) -> None:
    app = create_app(Settings(secret_key="a secret for the tests", data_dir=tmp_path))
    add_migrations(app)
    with app.app_context():
        upgrade(revision="0003")
        with writing() as session:
            for email in ("ana@example.org", "bob@example.org"):
                session.execute(
                    text(
                        "insert into users (created_at, email, password_hash, role)"
                        " values ('2026-01-01 00:00:00', :email, 'x', 'admin')"
                    ),
                    {"email": email},
                )

        upgrade()

        tokens = db.session.scalars(text("select owner_id from users")).all()
        assert len(set(tokens)) == 2
        assert all(len(token) == 22 for token in tokens)
        db.engine.dispose()
