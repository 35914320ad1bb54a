"""Photo sets: folders of labelled pictures with a manifest, for measuring and for tuning.

`manifest.csv` has one row for each file, with at least `set`, `file`, `label` and `kind`;
`source_repo` distinguishes the pictures of different people. The kinds are `photo` and `drawn`
(label: the digit), `multi` (rows of digits, separated by a bar) and `ood` (no digit; an .npz file
holds an array of pictures). The files are not decoded here.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage


@dataclass(frozen=True)
class LabelledPicture:
    """One picture file and its label."""

    set_name: str
    name: str
    source: str  # the person or project it comes from
    label: str | None  # "7", "12|34"; None for no digit
    data: bytes

    @property
    def is_digit(self) -> bool:
        return self.label is not None

    @property
    def is_kept_apart(self) -> bool:
        """Whether its source belongs to the half that is only measured, never used for tuning.

        A hash decides, so that a source stays in its half when others are added.
        """
        return hashlib.sha256(self.source.encode()).digest()[0] % 2 == 1


def read_photo_sets(folder: Path) -> Iterator[LabelledPicture]:
    """All labelled pictures of the folder, in the manifest's order.

    Raises FileNotFoundError when there is no manifest.
    """
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path = folder / row["set"] / row["file"]
            label = None if row["kind"] == "ood" else row["label"]
            for name, data in _pictures_in(path):
                yield LabelledPicture(row["set"], name, row.get("source_repo", ""), label, data)


def _pictures_in(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix != ".npz":
        yield path.name, path.read_bytes()
        return
    with np.load(path, allow_pickle=False) as arrays:
        for name in arrays.files:
            for index, image in enumerate(arrays[name]):  # (28, 28) uint8
                yield f"{path.stem}-{index}.png", as_png(image)


def as_png(image: np.ndarray) -> bytes:
    """A (height, width) or (height, width, 3) uint8 array as the bytes of a PNG file."""
    file = io.BytesIO()
    PillowImage.fromarray(image).save(file, "PNG")
    return file.getvalue()
