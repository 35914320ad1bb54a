"""The archive of a backup: all rows, pictures and model files in one portable tar.

It holds `manifest.json`, then `uploads/<id>/<name>`, `models/<name>` and
`rows/<number>-<table>.jsonl`, and last `end.json`, which shows that nothing was cut off.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import sqlalchemy as sa

from webapp.backup.rows import (
    REVISIONS,
    RowWriter,
    chunks,
    in_order,
    reflected,
    snapshot,
)
from webapp.messages import Message
from webapp.platform.database import db
from webapp.platform.storage import Storage, write_whole

FORMAT = 1
WITH_UPLOADS = {"predictions", "sheets"}  # the tables of which each row has files


class BackupError(Exception):
    """A backup could not be made or restored; the message says why and what to do."""


@dataclass
class Summary:
    """What a backup holds."""

    rows: Counter[str] = field(default_factory=Counter)  # by table
    files: int = 0

    @property
    def message(self) -> Message:
        return Message(
            "%(rows)s rows and %(files)s files",
            {"rows": sum(self.rows.values()), "files": self.files},
        )


def create_backup(target: IO[bytes], storage: Storage, models_dir: Path) -> Summary:
    """Write the archive to a stream. Uploads and deletions may go on meanwhile.

    The rows are those of one moment, before any file is read. Rows that are deleted while the
    files are read are left out. Raises BackupError for a database without tables, and OSError.
    """
    summary = Summary()
    with snapshot() as connection, tarfile.open(fileobj=target, mode="w|") as archive:
        tables = reflected(connection)
        if REVISIONS not in tables.tables:
            raise BackupError("There is no database yet. Run `flask db upgrade` first.")
        revision = connection.scalar(sa.select(tables.tables[REVISIONS].c.version_num))
        _add(archive, "manifest.json", _as_json({"format": FORMAT, "revision": revision}))
        for name, content in _files(connection, tables, storage, models_dir):
            _add(archive, name, content)
            summary.files += 1
        for number, (table, chunk) in enumerate(chunks(connection, tables)):
            lines = b"".join(_as_json(row) + b"\n" for row in chunk)
            _add(archive, f"rows/{number:06}-{table.name}.jsonl", lines)
            summary.rows[table.name] += len(chunk)
        _add(archive, "end.json", _as_json({"rows": summary.rows, "files": summary.files}))
    return summary


def restore_backup(source: IO[bytes], storage: Storage, models_dir: Path) -> Summary:
    """Restore an archive into an empty installation, then bring its tables to the newest version.

    Raises BackupError when there are rows already, or when the archive is not whole. Then the
    database stays empty, and the sweep removes the files.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    summary, is_whole = Summary(), False
    try:
        with tarfile.open(fileobj=source, mode="r|*") as archive:
            members = _members(archive)
            _make_empty_tables(next(members, ("", b"")))
            with db.engine.execution_options(cifra_writes=True).begin() as connection:
                writer = RowWriter(connection, reflected(connection))
                for name, content in members:
                    if name == "end.json":
                        end = json.loads(content)
                        is_whole = end == {"rows": summary.rows, "files": summary.files}
                    elif name.startswith("rows/"):
                        table = name[len("rows/000000-") :].removesuffix(".jsonl")
                        summary.rows[table] += writer.insert(table, content)
                    else:
                        _write_file(name, content, storage, models_dir)
                        summary.files += 1
                if not is_whole:
                    raise BackupError("The archive is cut off, so nothing was restored.")
                writer.finish()
    except (tarfile.TarError, EOFError, KeyError, ValueError) as error:
        raise BackupError(f"This is not a whole backup of Cifra: {error}") from error
    _upgrade("head")
    return summary


def _files(
    connection: sa.Connection, metadata: sa.MetaData, storage: Storage, models_dir: Path
) -> Iterator[tuple[str, bytes]]:
    for table in WITH_UPLOADS & metadata.tables.keys():
        for upload_id in connection.scalars(sa.select(metadata.tables[table].c.id)).all():
            for name in storage.names(upload_id):
                try:
                    yield f"uploads/{upload_id}/{name}", storage.read(upload_id, name)
                except FileNotFoundError:
                    continue  # it was deleted a moment ago
    for name in connection.scalars(sa.select(metadata.tables["model_versions"].c.filename)).all():
        if (models_dir / name).is_file():
            yield f"models/{name}", (models_dir / name).read_bytes()


def _make_empty_tables(manifest: tuple[str, bytes]) -> None:
    """Make the tables of the version that the backup is from. Raises BackupError."""
    name, content = manifest
    described = json.loads(content) if name == "manifest.json" else {}
    if described.get("format") != FORMAT:
        raise BackupError("This is not a backup of this Cifra, or of a newer one.")
    with db.engine.connect() as connection:
        metadata = reflected(connection)
        for table in in_order(metadata):
            if connection.scalar(sa.select(sa.func.count()).select_from(table)):
                raise BackupError(
                    f"There are {table.name.replace('_', ' ')} here already. "
                    "A backup is restored into an empty installation only."
                )
    if REVISIONS in metadata.tables:
        _downgrade_to_nothing()
    _upgrade(described["revision"])


def _upgrade(revision: str) -> None:
    from flask_migrate import upgrade  # noqa: PLC0415 (heavy, and a serving process never migrates)

    try:
        upgrade(revision=revision)
    except SystemExit as error:  # Flask-Migrate has logged why
        raise BackupError("The tables could not be made; is it from a newer Cifra?") from error


def _downgrade_to_nothing() -> None:
    from flask_migrate import downgrade  # noqa: PLC0415 (heavy, as above)

    downgrade(revision="base")


def _write_file(name: str, content: bytes, storage: Storage, models_dir: Path) -> None:
    """Write a file of the archive into its place. Raises BackupError for a name that has none."""
    match PurePosixPath(name).parts:
        case ("uploads", prediction_id, file) if ".." not in (prediction_id, file):
            storage.put(prediction_id, file, content)
        case ("models", file) if file != "..":
            write_whole(models_dir / file, content)
        case _:
            raise BackupError(f"The archive holds something unknown: {name}")


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        file = archive.extractfile(member)
        if file is None:
            raise BackupError(f"The archive holds something that is no file: {member.name}")
        yield member.name, file.read()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
