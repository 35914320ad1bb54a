"""The storage: one folder a prediction, whose files appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

PICTURE = "picture"  # what the reader reads
ORIGINAL = "original"  # the same where an older Cifra kept it: the very bytes that came
HALF_WRITTEN = ".writing-"  # how the name begins of a file that is not whole yet


@dataclass(frozen=True)
class Storage:
    """Keeps each prediction's files under `root/ab/abcdef…/name`."""

    root: Path

    def put(self, prediction_id: str, name: str, content: bytes, *, durably: bool = True) -> Path:
        """Keep a file: written beside, fsynced, then renamed into its place.

        What can be made again need not be durable, and then costs no wait for the disk.

        Raises OSError, for instance when the disk is full; then nothing is kept.
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
        """The names of what is kept for a prediction, in order; none for an unknown one."""
        folder = self.folder(prediction_id)
        return sorted(path.name for path in folder.glob("[!.]*")) if folder.is_dir() else []

    def delete(self, prediction_id: str) -> None:
        """Remove everything of one prediction; nothing to remove is no error."""
        shutil.rmtree(self.folder(prediction_id), ignore_errors=True)

    def untouched_since(self, moment: datetime) -> Iterator[str]:
        """The ids of the folders to which nothing was added since then."""
        for folder in self.root.glob("*/*"):
            try:
                is_untouched = folder.stat().st_mtime < moment.timestamp()
            except FileNotFoundError:  # deleted meanwhile
                continue
            if is_untouched:
                yield folder.name

    def clear_half_written(self, prediction_id: str) -> None:
        """Remove what a writer that was killed left behind in this folder."""
        for half in self.folder(prediction_id).glob(f"{HALF_WRITTEN}*"):
            half.unlink(missing_ok=True)

    def folder(self, prediction_id: str) -> Path:
        return self.root / prediction_id[:2] / prediction_id

    def path(self, prediction_id: str, name: str) -> Path:
        return self.folder(prediction_id) / name


def write_whole(target: Path, content: bytes, *, durably: bool = True) -> None:
    """Write a file so that a reader, or a power cut, finds all of it or nothing."""
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
