"""Migrations carry over what was there, up and down, on both databases."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import text

from tests.support.every_table import fill, reflected, rows_of
from webapp.app import create_app
from webapp.cli import add_migrations
from webapp.platform.database import db, writing
from webapp.settings import Settings

INK = bytes(range(200))


def exam(*, passed: bool) -> dict[str, Any]:
    """An evaluation as revision 0004 kept it, with its pictures in JSON."""
    first = {"truth": 4, "challenger": 4, "champion": 9, "number": -1}
    png = base64.b64encode(INK).decode()
    paper = {"size": 100, "challenger": {"accuracy": 0.99}, "champion": {"accuracy": 0.98}}
    return {
        "passed": passed,
        "verdict": ["It passed its exam." if passed else "It did not pass its exam."],
        "champion_id": 1,
        "margin": 0.001,
        "papers": [{"name": "MNIST", **paper}, {"name": "Held-out corrections", **paper}],
        "pictures": [
            {"paper": "MNIST", **first, "png": png, "ink_sha256": ""},
            {"paper": "Held-out corrections", **first, "png": png, "ink_sha256": "a" * 64},
        ],
    }


INK_OF_DIGITS = sha256(bytes(range(256))).hexdigest()  # as `fill` makes them up
ROWS_OF_0004 = {
    ("corrections", 0): {"ink_sha256": INK_OF_DIGITS},
    ("corrections", 1): {"ink_sha256": INK_OF_DIGITS},
    ("model_versions", 0): {"exam": exam(passed=True), "notes": None},
    ("model_versions", 1): {
        "exam": exam(passed=False),
        "notes": "Not published: it did not pass its exam.",
    },
    ("predictions", 0): {"attempts": 2},
    ("publications", 0): {"model_version_id": 1},
    ("publications", 1): {"model_version_id": 1, "occasion": "rolled back"},
    ("audit_entries", 0): {"deed": "published"},
}


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An app without tables, in its context."""
    app = create_app(settings)
    add_migrations(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def all_rows() -> dict[str, list[dict[str, Any]]]:
    with db.engine.connect() as connection:
        return rows_of(connection, reflected(connection))


def test_rows_in_every_table_come_along_and_go_back(app: Flask) -> None:
    upgrade(revision="0004")
    with db.engine.begin() as connection:
        fill(connection, reflected(connection), ROWS_OF_0004)
    old = all_rows()

    upgrade()

    new = all_rows()
    assert [row["claim_count"] for row in new["predictions"]] == [
        row["attempts"] for row in old["predictions"]
    ]
    assert [row["trigger"] for row in new["publications"]] == ["chosen", "rolled back"]
    assert new["audit_entries"][0]["action"] == "published"
    assert {row["owner_id"] for row in new["predictions"]} == {
        row["visitor"] for row in old["predictions"]
    }
    pictures = [(row["model_version_id"], row["png"]) for row in new["evaluation_pictures"]]
    assert pictures == [(1, INK), (1, INK), (2, INK), (2, INK)]
    assert new["model_versions"][0]["evaluation"]["summary"] == ["It passed its evaluation."]
    assert new["model_versions"][0]["evaluation"]["results"][1]["name"] == "Validation corrections"
    check()

    downgrade(revision="0004")

    assert all_rows() == old


def test_the_audit_log_is_refused_changes_after_all_migrations(app: Flask) -> None:
    upgrade(revision="0004")
    with db.engine.begin() as connection:
        fill(connection, reflected(connection), ROWS_OF_0004)
    upgrade()

    for action in ("update audit_entries set action = 'x'", "delete from audit_entries"):
        with pytest.raises(sa.exc.DBAPIError, match="never changed"), writing() as session:
            session.execute(text(action))


def test_an_empty_database_goes_up_down_and_up_again(app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(all_rows()) == {"alembic_version"}

    upgrade()

    check()


def test_accounts_made_before_there_were_histories_get_one_each(app: Flask) -> None:
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
