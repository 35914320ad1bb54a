"""A backup brings everything into an empty installation, from one database to the other."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from tests.support.databases import Databases
from tests.support.every_table import fill, reflected, rows_of
from webapp.app import create_app
from webapp.backup import archive
from webapp.backup.archive import BackupError, create_backup, restore_backup
from webapp.cli import add_migrations
from webapp.models import ModelVersion
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.platform.storage import PICTURE
from webapp.settings import Settings

# A sheet's files lie beside those of predictions, so no two of them have the same id.
SHEET_IDS = ("first-sheet", "second-sheet")
SHEETS = {("sheets", number): {"id": key} for number, key in enumerate(SHEET_IDS)}


@contextmanager
def installation(settings: Settings, folder: Path, database_url: str) -> Iterator[Flask]:
    """An app without tables, in its context."""
    app = create_app(replace(settings, data_dir=folder, database_url=database_url))
    add_migrations(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def furnished(settings: Settings) -> Iterator[Flask]:
    """Rows in every table, pictures and a model file."""
    with installation(settings, settings.data_dir, settings.database_url) as app:
        upgrade()
        with db.engine.begin() as connection:
            fill(connection, reflected(connection), SHEETS)
        services = Extensions.of(app)
        with db.engine.connect() as connection:
            for key in (*prediction_ids(connection), *SHEET_IDS):
                services.storage.put(key, PICTURE, key.encode())
            for name in connection.scalars(sa.select(ModelVersion.filename)).all():
                services.settings.models_dir.mkdir(exist_ok=True)
                (services.settings.models_dir / name).write_bytes(b"a network")
        yield app


def prediction_ids(connection: sa.Connection) -> list[str]:
    return list(connection.scalars(sa.text("select id from predictions")).all())


def backup_of(app: Flask) -> bytes:
    services, target = Extensions.of(app), io.BytesIO()
    create_backup(target, services.storage, services.settings.models_dir)
    return target.getvalue()


def restore(app: Flask, content: bytes) -> None:
    services = Extensions.of(app)
    restore_backup(io.BytesIO(content), services.storage, services.settings.models_dir)


def everything(app: Flask) -> tuple[object, list[tuple[str, bytes]]]:
    with db.engine.connect() as connection:
        rows = rows_of(connection, reflected(connection))
    folder = Extensions.of(app).settings.data_dir
    files = [
        (str(path.relative_to(folder)), path.read_bytes())
        for part in ("uploads", "models")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file()
    ]
    return rows, files


def test_a_backup_goes_through_an_empty_installation_and_back(
    furnished: Flask, settings: Settings, databases: Databases, tmp_path: Path
) -> None:
    before = everything(furnished)
    content = backup_of(furnished)

    with installation(settings, tmp_path / "sqlite", "") as middle:
        restore(middle, content)
        assert everything(middle) == before
        again = backup_of(middle)
    url = databases.create()
    with installation(settings, tmp_path / "last", url) as last:
        upgrade()  # an installation with empty tables is empty too
        restore(last, again)

        assert everything(last) == before
        assert all(before[0].values())
        with writing() as session:
            version = ModelVersion(
                origin="trained",
                architecture="cnn",
                parameters=1,
                filename="new.keras",
                sha256="0" * 64,
                size=1,
                scores={},
            )
            session.add(version)
            session.flush()
            assert version.id == 3, "new rows are numbered on"
    databases.drop(url)


def test_a_backup_of_an_older_version_is_brought_to_the_newest(
    settings: Settings, databases: Databases, tmp_path: Path
) -> None:
    with installation(settings, tmp_path / "old", settings.database_url) as old:
        upgrade(revision="0003")
        content = backup_of(old)
    url = databases.create()
    with installation(settings, tmp_path / "new", url) as new:
        restore(new, content)

        with db.engine.connect() as connection:
            assert "audit_entries" in reflected(connection).tables
    databases.drop(url)


def test_an_installation_with_rows_is_left_alone(furnished: Flask) -> None:
    before = everything(furnished)

    with pytest.raises(BackupError, match="empty installation"):
        restore(furnished, backup_of(furnished))

    assert everything(furnished) == before


@pytest.mark.parametrize("at", [b"uploads/", b"rows/000003", b"end.json"])
def test_an_archive_that_is_cut_off_restores_no_row(
    at: bytes, furnished: Flask, settings: Settings, databases: Databases, tmp_path: Path
) -> None:
    content = backup_of(furnished)
    url = databases.create()
    with installation(settings, tmp_path / "new", url) as new:
        with pytest.raises(BackupError):
            restore(new, content[: content.index(at)])

        with db.engine.connect() as connection:
            tables = rows_of(connection, reflected(connection))
        assert not any(rows for name, rows in tables.items() if name != "alembic_version")
        restore(new, content)
    databases.drop(url)


@pytest.mark.parametrize("name", ["../../etc/passwd", "uploads/../x", "models/..", "elsewhere"])
def test_no_file_is_written_outside_of_its_place(
    name: str, furnished: Flask, settings: Settings, databases: Databases, tmp_path: Path
) -> None:
    manifest = b'{"format": 1, "revision": "0004"}'
    forged = io.BytesIO()
    with tarfile.open(fileobj=forged, mode="w") as file:
        for member, content in (("manifest.json", manifest), (name, b"harm")):
            archive._add(file, member, content)
    url = databases.create()
    with (
        installation(settings, tmp_path / "new", url) as new,
        pytest.raises(BackupError, match="unknown"),
    ):
        restore(new, forged.getvalue())
    databases.drop(url)
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and b"harm" in path.read_bytes()
    ]


@pytest.mark.parametrize("content", [b"", b"no archive", b'{"format": 1}'])
def test_any_other_file_is_refused(content: bytes, settings: Settings, tmp_path: Path) -> None:
    with (
        installation(settings, tmp_path / "new", settings.database_url) as new,
        pytest.raises(BackupError),
    ):
        restore(new, content)


def test_what_is_deleted_while_the_files_are_read_is_left_out(
    furnished: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read_files = archive._files
    with db.engine.connect() as connection:
        deleted, kept = prediction_ids(connection)

    def files_and_a_deletion(*arguments: object) -> Iterator[tuple[str, bytes]]:
        yield from read_files(*arguments)  # type: ignore[arg-type]
        with writing() as session:
            for statement in (
                "delete from corrections where digit_id = 1",
                "delete from digits where prediction_id = :id",
                "delete from predictions where id = :id",
            ):
                session.execute(sa.text(statement), {"id": deleted})

    monkeypatch.setattr(archive, "_files", files_and_a_deletion)
    content = backup_of(furnished)

    with installation(settings, tmp_path / "new", "") as new:
        restore(new, content)
        with db.engine.connect() as connection:
            assert prediction_ids(connection) == [kept]
            assert len(rows_of(connection, reflected(connection))["digits"]) == 1


def test_the_commands_go_through_a_file(
    furnished: Flask, settings: Settings, databases: Databases, tmp_path: Path
) -> None:
    before, file = everything(furnished), tmp_path / "cifra.tar"
    made = furnished.test_cli_runner().invoke(args=["backup", "create", str(file)])
    url = databases.create()
    with installation(settings, tmp_path / "new", url) as new:
        restored = new.test_cli_runner().invoke(args=["backup", "restore", str(file)])
        assert everything(new) == before
    databases.drop(url)

    assert made.exit_code == restored.exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600, "it holds the hashes of passwords"
    assert f"{len(before[1])} files" in restored.output
