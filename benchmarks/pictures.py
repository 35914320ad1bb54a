"""The pictures of the benchmarks: drawn by the program, the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np

from tests.support.pictures import FONTS, encoded

NUMBER = "42"
PAPER = (232, 228, 220)  # BGR
INK = (90, 50, 40)
NOISE = 12.0  # grey levels, the standard deviation before the camera smooths it
JPEG_QUALITY = 90
PHOTO = (1600, 1200)  # pixels, width and height
TWELVE_MEGAPIXELS = (4000, 3000)


@dataclass(frozen=True)
class Picture:
    """A picture's file, and the number on it."""

    name: str
    data: bytes = field(repr=False)
    media_type: str
    number: str


@cache
def kinds() -> tuple[Picture, ...]:
    """The pictures of the serving benchmark."""
    return (
        Picture("28×28 PNG", small_digit(), "image/png", "7"),
        Picture("1600×1200 photo", photo(*PHOTO), "image/jpeg", NUMBER),
        Picture("12 MP JPEG", photo(*TWELVE_MEGAPIXELS), "image/jpeg", NUMBER),
    )


def small_digit() -> bytes:
    """A 7 as MNIST has it, white on black, as a PNG."""
    canvas = np.zeros((112, 112), np.uint8)
    cv2.putText(canvas, "7", (30, 88), FONTS[0], 2.6, 255, 9, cv2.LINE_AA)
    return encoded(cv2.resize(canvas, (28, 28), interpolation=cv2.INTER_AREA), ".png")


def photo(width: int, height: int, number: str = NUMBER) -> bytes:
    """A number on paper that is lit from a side, with the noise of a camera, as a JPEG."""
    paper = np.full((height, width, 3), PAPER, np.uint8)
    thickness = max(2, width // 70)
    origin = int(0.24 * width), int(0.68 * height)
    cv2.putText(paper, number, origin, FONTS[0], width / 95, INK, thickness, cv2.LINE_AA)
    light = np.linspace(0.8, 1.05, width, dtype=np.float32)[None, :, None]
    random = np.random.default_rng(seed=1)
    grain = random.standard_normal((height, width, 3), dtype=np.float32) * NOISE
    smooth = cv2.GaussianBlur(grain, (0, 0), 1.0)
    pixels = np.clip(paper * light + smooth, 0, 255).astype(np.uint8)
    done, content = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert done
    return content.tobytes()
