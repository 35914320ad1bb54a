"""Accuracy on photographs under worse conditions or with more than the paper in them: one table.

Run it with `PHOTOS_PATH=… python -m benchmarks.conditions [condition …]`. Every photograph of one
digit is changed by each condition in turn, with one seed, and read again.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from webapp.settings import ROOT
from worker.recognition.arrays import Image
from worker.recognition.evaluation.photo_sets import LabelledPicture, read_photo_sets
from worker.recognition.network.classifier import Classifier
from worker.recognition.page.working_image import working_image
from worker.recognition.reader import Reader
from worker.serving.pixels import stored_pixels

MODEL = ROOT / "models" / "cifra.keras"
SETS = ("photos", "photos_hard", "photos_pagecrops")
BATCH = 32
WOOD = (110, 75, 50)  # RGB, 0..255

Pixels = NDArray[np.float32]  # (height, width, 3) RGB, 0..255 before clipping
Random = np.random.Generator
Condition = Callable[[Pixels, Random], Pixels]


def main(names: list[str]) -> None:
    reader = Reader(Classifier.load(MODEL))
    found = read_photo_sets(Path(os.environ["PHOTOS_PATH"]))
    pictures = [picture for picture in found if picture.set_name in SETS]
    print(f"| condition | right of {len(pictures)} | wrong |")
    print("|---|---|---|")
    for name in names:
        right, wrong = _count(reader, pictures, name)
        print(f"| {name} | {right / len(pictures):.1%} | {wrong / len(pictures):.1%} |", flush=True)


def _count(reader: Reader, pictures: list[LabelledPicture], name: str) -> tuple[int, int]:
    random = np.random.default_rng(7)
    right = wrong = 0
    for start in range(0, len(pictures), BATCH):
        batch = pictures[start : start + BATCH]
        for picture, reading in zip(
            batch,
            reader.read([_changed(picture.data, name, random) for picture in batch]),
            strict=True,
        ):
            number = getattr(reading, "number", None)
            right += number == picture.label
            wrong += number is not None and number != picture.label
    return right, wrong


def _changed(data: bytes, name: str, random: Random) -> Image:
    original = working_image(stored_pixels(data)).pixels
    pixels = CONDITIONS[name](original.astype(np.float32), random)
    file = io.BytesIO()
    quality = 25 if name == "a poor JPEG" else 90
    PillowImage.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(
        file, "JPEG", quality=quality
    )
    return stored_pixels(file.getvalue())


def _rotated(pixels: Pixels, degrees: float) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    rotated = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(rotated, np.float32)


def _from_an_angle(pixels: Pixels, random: Random) -> Pixels:
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    target = corners + (random.uniform(-0.08, 0.08, (4, 2)) * (width, height)).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    warped = cv2.warpPerspective(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.float32)


def _slope(pixels: Pixels, random: Random) -> Pixels:
    """From about -0.5 on one side to 0.5 on the other, in any direction, (height, width, 1)."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle = random.uniform(0, 2 * np.pi)
    slope = (x / width - 0.5) * np.cos(angle) + (y / height - 0.5) * np.sin(angle)
    return np.asarray(slope[..., None], np.float32)


def _half_in_shadow(pixels: Pixels, random: Random) -> Pixels:
    lit = (_slope(pixels, random) > random.uniform(-0.2, 0.2)).astype(np.float32)
    soft = cv2.GaussianBlur(lit, (0, 0), max(2, pixels.shape[1] / 60))[..., None]
    return np.asarray(pixels * (0.55 + 0.45 * soft), np.float32)


def _glaring(pixels: Pixels, random: Random) -> Pixels:
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    across, down = random.uniform(0.2, 0.8, 2)
    spot = np.exp(-((x / width - across) ** 2 + (y / height - down) ** 2) / 0.02)
    return np.asarray(pixels + 110 * spot[..., None], np.float32)


def _faint(pixels: Pixels, random: Random) -> Pixels:  # noqa: ARG001
    paper = np.median(pixels, axis=(0, 1))
    return np.asarray(paper + (pixels - paper) * 0.45, np.float32)


def _wood(height: int, width: int, random: Random) -> Pixels:
    grain = random.normal(0, 1, (height, width)).astype(np.float32)
    veins = cv2.GaussianBlur(grain, (0, 0), max(1, width / 80))
    return np.asarray(veins[..., None] / veins.std() * 8 + WOOD, np.float32)


def _beside_a_desk(pixels: Pixels, random: Random, *, sides: int) -> Pixels:
    """The paper with wood along one side or two, rotated by a few degrees."""
    quarter_turns = int(random.integers(4))
    paper = np.rot90(pixels, quarter_turns)
    height, width = paper.shape[:2]
    margin = int(0.22 * max(height, width))
    picture = _wood(height + (margin if sides > 1 else 0), width + margin, random)
    picture[-height:, margin:] = paper
    degrees = float(random.uniform(3, 8)) * (1 if random.random() < 0.5 else -1)
    return _rotated(np.ascontiguousarray(np.rot90(picture, -quarter_turns)), degrees)


def _on_a_desk(pixels: Pixels, random: Random) -> Pixels:
    height, width = pixels.shape[:2]
    margin = int(0.25 * max(height, width))
    picture = _wood(height + 2 * margin, width + 2 * margin, random)
    picture[margin : margin + height, margin : margin + width] = pixels
    return picture


def _bordered(pixels: Pixels, across: float, down: float, level: float | None) -> Pixels:
    """With a border of one grey level, or with its edge replicated where no level is given."""
    longest = max(pixels.shape[:2])
    x, y = int(across * longest), int(down * longest)
    how = cv2.BORDER_REPLICATE if level is None else cv2.BORDER_CONSTANT
    colour = (level or 0,) * 3
    return np.asarray(cv2.copyMakeBorder(pixels, y, y, x, x, how, value=colour), np.float32)


def _ruled(pixels: Pixels, random: Random) -> Pixels:
    lined = pixels.copy()
    height, width = lined.shape[:2]
    apart, thick = max(8, min(height, width) // 6), max(1, min(height, width) // 200)
    for y in range(int(random.integers(apart)), height, apart):
        lined[y : y + thick] *= (0.72, 0.8, 0.92)
    return lined


def _squared(pixels: Pixels, random: Random) -> Pixels:
    upright = _ruled(np.rot90(_ruled(pixels, random)), random)
    return np.ascontiguousarray(np.rot90(upright, -1))


def _smaller(pixels: Pixels, random: Random) -> Pixels:  # noqa: ARG001
    small = cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _out_of_focus(pixels: Pixels, random: Random) -> Pixels:  # noqa: ARG001
    blurred = cv2.GaussianBlur(pixels, (0, 0), max(1, max(pixels.shape) / 300))
    return np.asarray(blurred, np.float32)


CONDITIONS: dict[str, Condition] = {
    "as it is": lambda pixels, _: pixels,
    "a poor JPEG": lambda pixels, _: pixels,
    "half the size": _smaller,
    "out of focus": _out_of_focus,
    "noisy": lambda pixels, random: pixels + random.normal(0, 12, pixels.shape).astype(np.float32),
    "dim": lambda pixels, _: pixels * 0.35,
    "faint": _faint,
    "inverted": lambda pixels, _: 255 - pixels,
    "rotated by 8 degrees": lambda pixels, _: _rotated(pixels, 8),
    "rotated by -14 degrees": lambda pixels, _: _rotated(pixels, -14),
    "sideways": lambda pixels, _: np.rot90(pixels),
    "from an angle": _from_an_angle,
    "lit from a side": lambda pixels, random: pixels * (0.7 + 0.5 * _slope(pixels, random)),
    "half in shadow": _half_in_shadow,
    "glaring": _glaring,
    "ruled": _ruled,
    "squared": _squared,
    "small on its page": lambda pixels, _: _bordered(pixels, 1.0, 1.0, None),
    "on a desk": _on_a_desk,
    "a desk on one side": lambda pixels, random: _beside_a_desk(pixels, random, sides=1),
    "a desk on two sides": lambda pixels, random: _beside_a_desk(pixels, random, sides=2),
    "letterbox, white": lambda pixels, _: _bordered(pixels, 0.3, 0, 255),
    "letterbox, black": lambda pixels, _: _bordered(pixels, 0, 0.3, 0),
    "a white frame": lambda pixels, _: _bordered(pixels, 0.06, 0.06, 255),
}


if __name__ == "__main__":
    main(sys.argv[1:] or list(CONDITIONS))
