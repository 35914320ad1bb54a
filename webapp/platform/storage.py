"""The storage: one folder for each prediction; its files are complete or absent."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

PICTURE = "picture"  # the file that the reader reads
ORIGINAL = "original"  # its name in older versions, which stored the uploaded bytes
HALF_WRITTEN = ".writing-"  # the prefix of an incomplete file


@dataclass(frozen=True)
class Storage:
    """Keeps each prediction's files under `root/ab/abcdef…/name`."""

    root: Path

    def put(self, prediction_id: str, name: str, content: bytes, *, durably: bool = True) -> Path:
        """Store a file: write a temporary one, fsync it, rename it.

        A file that can be made again need not be durable, and does not wait for the disk.

        Raises OSError, for instance when the disk is full; then nothing is stored.
        """
        target = self.path(prediction_id, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, content, durably=durably)
        return target

    def read(self, prediction_id: str, name: str) -> bytes:
        """Raises FileNotFoundError when there is no such file."""
        return self.path(prediction_id, name).read_bytes()

    def read_picture(self, prediction_id: str) -> bytes:
        """The picture that the reader reads. Raises FileNotFoundError when there is none."""
        return self.read(prediction_id, self.picture_name(prediction_id))

    def picture_name(self, prediction_id: str) -> str:
        """The name of the picture that the reader reads."""
        return ORIGINAL if self.path(prediction_id, ORIGINAL).exists() else PICTURE

    def names(self, prediction_id: str) -> list[str]:
        """The sorted names of a prediction's files; none for an unknown prediction."""
        folder = self.folder(prediction_id)
        return sorted(path.name for path in folder.glob("[!.]*")) if folder.is_dir() else []

    def delete(self, prediction_id: str) -> None:
        """Remove all files of a prediction; there may be none."""
        shutil.rmtree(self.folder(prediction_id), ignore_errors=True)

    def untouched_since(self, moment: datetime) -> Iterator[str]:
        """The ids of the folders to which nothing was added since a moment."""
        for folder in self.root.glob("*/*"):
            try:
                is_untouched = folder.stat().st_mtime < moment.timestamp()
            except FileNotFoundError:  # deleted meanwhile
                continue
            if is_untouched:
                yield folder.name

    def clear_half_written(self, prediction_id: str) -> None:
        """Remove the incomplete files of writers that were killed."""
        for incomplete in self.folder(prediction_id).glob(f"{HALF_WRITTEN}*"):
            incomplete.unlink(missing_ok=True)

    def folder(self, prediction_id: str) -> Path:
        return self.root / prediction_id[:2] / prediction_id

    def path(self, prediction_id: str, name: str) -> Path:
        return self.folder(prediction_id) / name


def write_whole(target: Path, content: bytes, *, durably: bool = True) -> None:
    """Write a file so that readers find all of it or nothing, also after a power failure."""
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=HALF_WRITTEN)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if durably:
                os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if durably:
        _flush_folder(target.parent)


def _flush_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
