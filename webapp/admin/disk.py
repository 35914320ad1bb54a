"""The disk: how much is free, and how much the pictures, the database and the models take."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from webapp.settings import Settings

SAMPLE = 100  # pictures whose files are measured; those of a million take minutes
SCARCE = 0.1  # of the disk


@dataclass(frozen=True)
class DiskUse:
    """Bytes, on the disk that holds the data folder."""

    total: int
    free: int
    database: int
    models: int
    pictures: int  # with the pictures of the steps; an estimate where there are many

    @property
    def used_share(self) -> float:
        return 1 - self.free / self.total

    @property
    def is_scarce(self) -> bool:
        return self.free < self.total * SCARCE


def disk_use(session: Session, settings: Settings) -> DiskUse:
    disk = shutil.disk_usage(settings.data_dir)
    return DiskUse(
        total=disk.total,
        free=disk.free,
        database=_database_size(session),
        models=_size_of(settings.models_dir),
        pictures=_size_of_pictures(settings.uploads_dir),
    )


def _size_of_pictures(uploads: Path) -> int:
    """Measured in some folders of the storage, over which random ids spread pictures evenly."""
    folders = sorted(uploads.glob("*"))
    random.Random(0).shuffle(folders)  # noqa: S311 (a sample)
    size = pictures = measured = 0
    for folder in folders:
        if pictures >= SAMPLE:
            break
        of_pictures = list(folder.glob("*"))
        size += sum(map(_size_of, of_pictures))
        pictures += len(of_pictures)
        measured += 1
    return round(size * len(folders) / measured) if measured else 0


def _database_size(session: Session) -> int:
    if session.get_bind().dialect.name == "postgresql":
        return session.scalar(text("select pg_database_size(current_database())")) or 0
    pages = session.scalar(text("pragma page_count")) or 0
    return int(pages) * int(session.scalar(text("pragma page_size")) or 0)


def _size_of(folder: Path) -> int:
    """The files of a folder, without its subfolders; a file that disappears meanwhile counts 0."""
    size = 0
    for path in folder.glob("*"):
        try:
            size += path.stat().st_size
        except FileNotFoundError:
            continue
    return size
