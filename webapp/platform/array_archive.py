"""The array archive: facts, arrays of numbers and pictures in one zip, readable without NumPy.

The workers write it, and the web process, which has no NumPy, reads single entries of it.
"""

from __future__ import annotations

import io
import json
import math
import sys
import zipfile
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

FACTS = "facts.json"


class ArchiveError(ValueError):
    """The file is damaged, or holds no such entry."""


@dataclass(frozen=True)
class FloatArray:
    """Numbers of 32 bits with a shape, in C order."""

    shape: tuple[int, ...]
    values: array[float]

    def at(self, *index: int) -> float:
        """The number at a full index. Raises IndexError outside the shape."""
        place = 0
        for size, position in zip(self.shape, index, strict=True):
            if not 0 <= position < size:
                raise IndexError(index)
            place = place * size + position
        return self.values[place]

    def last_axis(self, *index: int) -> list[float]:
        """The numbers along the last axis, at an index of all other axes."""
        start = 0
        for size, position in zip(self.shape[:-1], index, strict=True):
            if not 0 <= position < size:
                raise IndexError(index)
            start = start * size + position
        length = self.shape[-1]
        return list(self.values[start * length : (start + 1) * length])

    def reshaped(self, *shape: int) -> FloatArray:
        if math.prod(shape) != len(self.values):
            raise ValueError(f"{len(self.values)} numbers have no shape {shape}.")
        return FloatArray(shape, self.values)


def pack(
    facts: Mapping[str, Any],
    arrays: Mapping[str, tuple[Sequence[int], bytes]],
    pictures: Mapping[str, bytes],
) -> bytes:
    """An archive of facts, arrays (shape, and little-endian float32 bytes) and PNG pictures."""
    shapes = {name: list(shape) for name, (shape, _) in arrays.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(FACTS, json.dumps({"facts": dict(facts), "shapes": shapes}))
        for name, (_, content) in arrays.items():
            archive.writestr(f"{name}.f32", content)
        for name, content in pictures.items():
            archive.writestr(f"{name}.png", content, zipfile.ZIP_STORED)
    return target.getvalue()


@dataclass(frozen=True)
class ArrayArchive:
    """An archive in a file. Each entry is read when it is asked for."""

    path: Path

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Raises ArchiveError."""
        facts: dict[str, Any] = self._index["facts"]
        return facts

    def has(self, name: str) -> bool:
        """Whether there is an array of this name."""
        return name in self._index["shapes"]

    def array(self, name: str) -> FloatArray:
        """Raises ArchiveError where there is no such array."""
        values = array("f", self._read(f"{name}.f32"))
        if sys.byteorder == "big":
            values.byteswap()
        return FloatArray(tuple(self._index["shapes"][name]), values)

    def picture(self, name: str) -> bytes:
        """A PNG. Raises ArchiveError where there is no such picture."""
        return self._read(f"{name}.png")

    @cached_property
    def _index(self) -> dict[str, Any]:
        index: dict[str, Any] = json.loads(self._read(FACTS))
        return index

    def _read(self, entry: str) -> bytes:
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(entry)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise ArchiveError(f"{self.path.name}: {error}") from error
