"""Draws the six samples of the front page: `python -m scripts.draw_samples`.

Each is a number written by the project's own stroke renderer, on paper or a board of its own.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from webapp.settings import ROOT
from worker.recognition.training.synthetic.stroke_renderer import smooth

Pixels = NDArray[np.float32]  # (height, width, 3), 0..255

FOLDER = ROOT / "webapp" / "static" / "samples"
WIDTH, HEIGHT = 400, 240
COLOURS = 48  # of the palette, so that a file has a few kilobytes
SHIFT = 4  # cv2 takes fixed-point coordinates with this many fractional bits
BLUE, BLACK, CHALK = (38, 52, 120), (34, 32, 36), (238, 238, 228)

# The strokes of each digit in a unit square, x to the right and y down.
STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "0": [[(0.5, 0), (0.12, 0.3), (0.15, 0.75), (0.5, 1), (0.85, 0.7), (0.82, 0.25), (0.48, 0)]],
    "1": [[(0.3, 0.25), (0.45, 0.1), (0.55, 0)], [(0.55, 0), (0.52, 0.5), (0.5, 1)]],
    "2": [[(0.12, 0.25), (0.45, 0), (0.8, 0.22), (0.55, 0.6), (0.1, 0.98)],
          [(0.1, 0.98), (0.5, 0.96), (0.92, 0.98)]],
    "3": [[(0.15, 0.12), (0.5, 0), (0.78, 0.22), (0.42, 0.46)],
          [(0.42, 0.46), (0.84, 0.68), (0.5, 1), (0.1, 0.88)]],
    "4": [[(0.55, 0), (0.3, 0.35), (0.05, 0.66)], [(0.05, 0.66), (0.5, 0.66), (0.95, 0.64)],
          [(0.68, 0.35), (0.66, 0.7), (0.62, 1)]],
    "5": [[(0.85, 0.02), (0.5, 0.02), (0.25, 0.03)], [(0.25, 0.03), (0.22, 0.2), (0.2, 0.44)],
          [(0.2, 0.44), (0.6, 0.38), (0.84, 0.68), (0.5, 1), (0.1, 0.9)]],
    "6": [[(0.72, 0), (0.3, 0.35), (0.15, 0.72), (0.45, 1), (0.8, 0.76), (0.5, 0.54),
           (0.2, 0.7)]],
    "7": [[(0.08, 0.04), (0.5, 0.02), (0.92, 0.02)], [(0.92, 0.02), (0.6, 0.5), (0.4, 1)],
          [(0.3, 0.5), (0.55, 0.5), (0.82, 0.48)]],
    "8": [[(0.72, 0.12), (0.4, 0), (0.22, 0.22), (0.5, 0.47), (0.8, 0.75), (0.5, 1), (0.18, 0.78),
           (0.5, 0.47), (0.76, 0.2), (0.66, 0.06)]],
    "9": [[(0.82, 0.2), (0.5, 0), (0.16, 0.24), (0.45, 0.48), (0.82, 0.22)],
          [(0.82, 0.2), (0.8, 0.6), (0.62, 1)]],
}  # fmt: skip


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, pixels in samples().items():
        picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        palette = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        palette.save(FOLDER / f"{name}.png", optimize=True)


def samples() -> dict[str, Pixels]:
    """The pictures by the names of their files."""
    random = np.random.default_rng(20)
    shadow = written(random, paper(224), "64", colour=BLUE)
    return {
        "seven": written(random, paper(238), "7", colour=BLACK, pen=15),
        "year": written(random, paper(242), "2026", colour=BLUE, size=108, pen=10),
        "squared": written(random, squared(paper(244)), "358", colour=BLACK),
        "shadow": np.asarray(shadow * light(), np.float32),
        "rows": written(
            random,
            written(random, paper(240), "17", colour=BLUE, top=22, size=84, pen=8),
            "40", colour=BLUE, top=132, size=84, pen=8,
        ),
        "board": written(random, paper(44), "591", colour=CHALK, pen=9),
    }  # fmt: skip


def written(
    random: np.random.Generator,
    page: Pixels,
    number: str,
    *,
    colour: tuple[int, int, int],
    top: int = 56,
    size: int = 128,
    pen: int = 11,
) -> Pixels:
    """The page with a number in its middle; all lengths are in pixels."""
    step = round(size * 0.8)
    left = (page.shape[1] - step * len(number)) // 2 + round(size * 0.06)
    ink = np.zeros(page.shape[:2], np.uint8)
    slant = np.array([[1.0, -0.12], [0.0, 1.0]])
    for place, digit in enumerate(number):
        for stroke in STROKES[digit]:
            points = [(x + random.normal(0, 0.018), y + random.normal(0, 0.018)) for x, y in stroke]
            path = smooth(np.array(points)) * (0.62, 1.0) @ slant.T * size
            offset = (left + place * step, top + random.normal(0, 4))
            fixed = np.round((path + offset) * 2**SHIFT).astype(np.int32)
            cv2.polylines(ink, [fixed], False, 255, pen, cv2.LINE_AA, SHIFT)
    share = ink[..., None].astype(np.float32) / 255
    return np.asarray(page * (1 - share) + np.asarray(colour, np.float32) * share, np.float32)


def paper(level: int) -> Pixels:
    return np.full((HEIGHT, WIDTH, 3), level, np.float32)


def squared(page: Pixels, every: int = 30) -> Pixels:
    """The page with printed squares."""
    lined = page.copy()
    lined[every // 2 :: every] = lined[:, every // 2 :: every] = (176, 190, 224)
    return lined


def light() -> Pixels:
    """The light on a page with a shadow across its lower right: a share for each pixel."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    share = 1 - 0.4 / (1 + np.exp(-(columns + 0.7 * rows - 0.85 * WIDTH) / 26))
    return np.asarray(share[..., None], np.float32)


if __name__ == "__main__":
    main()
