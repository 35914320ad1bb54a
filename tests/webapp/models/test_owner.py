"""Owners: locked for a new row, followed when merged, refused when deleted; and their migration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from webapp.accounts.merging import merge_owner
from webapp.app import create_app
from webapp.cli import add_migrations
from webapp.models import Owner, OwnerDeletedError, Prediction
from webapp.platform.database import db, writing
from webapp.settings import Settings

BEFORE = """
insert into users (id, created_at, email, password_hash, role, owner_id)
    values (1, '2026-01-02 00:00:00', 'ana@example.org', 'x', 'admin', 'ana');
insert into predictions
    (id, owner_id, created_at, status, filename, media_type, width, height, claim_count)
    values ('p1', 'bea', '2026-01-01 00:00:00', 'refused', 'a.png', 'image/png', 9, 9, 1),
           ('p2', 'bea', '2026-01-03 00:00:00', 'pending', 'b.png', 'image/png', 9, 9, 0);
insert into digits
    (id, prediction_id, position, "row", label, confidence, probabilities, x, y, width, height,
     ink_png)
    values (1, 'p1', 0, 0, 7, 0.5, '[]', 0, 0, 9, 9, x'00');
insert into corrections
    (digit_id, owner_id, created_at, label, read_as, ink_sha256, verdict)
    values (1, 'cleo', '2026-01-04 00:00:00', 1, 7, 'x', 'waiting');
"""


@pytest.fixture
def migrating(tmp_path: Path) -> Iterator[Flask]:
    """An app whose database has the tables of the version before owners, with rows."""
    app = create_app(Settings(secret_key="a secret for the tests", data_dir=tmp_path))
    add_migrations(app)
    with app.app_context():
        upgrade(revision="0005")
        with writing() as session:
            for statement in BEFORE.strip().split(";\n"):
                session.execute(text(statement.rstrip(";\n")))
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_migration_gives_every_history_its_owner(migrating: Flask) -> None:
    upgrade(revision="0006")

    rows = db.session.execute(text("select id, created_at from owners order by id")).all()
    db.session.rollback()
    assert [(owner_id, str(moment)[:10]) for owner_id, moment in rows] == [
        ("ana", "2026-01-02"),
        ("bea", "2026-01-01"),
        ("cleo", "2026-01-04"),
    ]


@pytest.mark.parametrize("name", ["users", "predictions", "corrections"])
def test_after_the_migration_no_row_refers_to_an_unknown_owner(name: str, migrating: Flask) -> None:
    upgrade(revision="0006")

    with pytest.raises(IntegrityError), writing() as session:
        session.execute(text(f"update {name} set owner_id = 'unknown'"))


def test_the_migration_goes_back_and_forth_and_keeps_rows_and_constraints(
    migrating: Flask,
) -> None:
    upgrade(revision="0006")
    downgrade(revision="0005")
    with writing() as session:
        session.execute(text("update predictions set owner_id = 'dora' where id = 'p2'"))
    upgrade()

    check()
    owners = db.session.scalars(text("select owner_id from predictions order by id")).all()
    db.session.rollback()
    assert list(owners) == ["bea", "dora"]
    for broken in (
        "update predictions set status = 'unknown'",
        "update corrections set label = 10",
        "update corrections set verdict = 'unknown'",
    ):
        with pytest.raises(IntegrityError), writing() as session:
            session.execute(text(broken))


def test_an_unknown_owner_is_stored_when_it_is_locked(app: Flask) -> None:
    with app.app_context(), writing() as session:
        assert Owner.lock(session, "ana").id == "ana"
        assert Owner.lock(session, "ana").is_live


def test_a_merged_owner_stands_for_the_last_of_the_chain(app: Flask) -> None:
    with app.app_context(), writing() as session:
        merge_owner(session, "cleo", into="bea")
        merge_owner(session, "bea", into="ana")

        assert Owner.lock(session, "cleo").id == "ana"


def test_nothing_can_be_stored_for_a_deleted_owner(app: Flask) -> None:
    with app.app_context(), writing() as session:
        merge_owner(session, "bea", into="ana")
        assert Owner.delete(session, "ana")

        for owner_id in ("ana", "bea"):
            with pytest.raises(OwnerDeletedError):
                Owner.lock(session, owner_id)


def test_a_merged_owner_is_neither_merged_nor_deleted_again(app: Flask) -> None:
    with app.app_context(), writing() as session:
        merge_owner(session, "cleo", into="ana")
        session.add(uploaded_by("ana"))
        session.flush()

        merge_owner(session, "cleo", into="bea")
        assert not Owner.delete(session, "cleo")

        assert Owner.lock(session, "cleo").id == "ana"
        assert len(session.scalars(Prediction.of_owner("ana")).all()) == 1


def uploaded_by(owner_id: str) -> Prediction:
    return Prediction(
        owner_id=owner_id, filename="a.png", media_type="image/png", width=9, height=9
    )
