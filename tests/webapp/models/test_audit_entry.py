"""The audit log: the database refuses to change or delete an entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from webapp.app import create_app
from webapp.cli import add_migrations
from webapp.models import AuditAction, AuditEntry
from webapp.platform.audit import record
from webapp.platform.database import db, writing
from webapp.settings import Settings


@contextmanager
def _database(settings: Settings, *, migrated: bool) -> Iterator[Flask]:
    app = create_app(settings)
    add_migrations(app)
    with app.app_context():
        upgrade() if migrated else db.create_all()
        yield app
        db.engine.dispose()


@pytest.mark.parametrize("migrated", [True, False], ids=["by migration", "by create_all"])
@pytest.mark.parametrize(
    "action", ["update audit_entries set action = 'nothing'", "delete from audit_entries"]
)
def test_nobody_changes_or_deletes_an_entry(
    action: str, migrated: bool, settings: Settings
) -> None:
    with _database(settings, migrated=migrated):
        with writing() as session:
            record(session, AuditAction.PUBLISHED, "version 3", note="It reads sevens better.")

        with pytest.raises(DBAPIError, match="never changed"), writing() as session:
            session.execute(text(action))

        entry = db.session.scalars(AuditEntry.newest_first()).one()
        assert (entry.action, entry.subject) == (AuditAction.PUBLISHED, "version 3")


def test_an_action_that_failed_is_not_recorded(settings: Settings) -> None:
    with _database(settings, migrated=False):
        with pytest.raises(ZeroDivisionError), writing() as session:
            record(session, AuditAction.PUBLISHED, "version 3")
            session.flush()
            _ = 1 / 0

        assert db.session.scalars(AuditEntry.newest_first()).all() == []
