"""Pages for the tests of the recogniser, drawn by the program."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from tests.support.pictures import opened
from worker.recognition.page.binarisation import binarise
from worker.recognition.reading import Glyph, Refusal
from worker.recognition.segmentation.grouping import find_glyphs

Pixels = NDArray[np.uint8]


def blank_page(height: int = 400, width: int = 400, level: int = 225) -> Pixels:
    """Plain paper with a little noise, (height, width, 3) uint8."""
    noise = np.random.default_rng(3).normal(0, 2, (height, width, 1))
    return np.repeat(np.clip(level + noise, 0, 255), 3, axis=2).astype(np.uint8)


def with_text(
    paper: Pixels,
    text: str,
    at: tuple[int, int] = (130, 280),
    *,
    scale: float = 7.0,
    pen: int = 14,
    ink: tuple[int, int, int] = (40, 40, 70),
) -> Pixels:
    """The paper with text on it, its lower left corner at `at`."""
    page = paper.copy()
    cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, pen, cv2.LINE_AA)
    return page


def ruled(paper: Pixels, every: int, *, squared: bool = False, slope: float = 0.0) -> Pixels:
    lined = paper.copy()
    height, width = paper.shape[:2]
    for top in range(every // 2 - height, 2 * height, every):
        end = (width, int(top + slope * width))
        cv2.line(lined, (0, top), end, (150, 165, 205), 2, cv2.LINE_AA)
    for left in range(every // 2, width, every) if squared else []:
        cv2.line(lined, (left, 0), (left, height), (150, 165, 205), 2, cv2.LINE_AA)
    return lined


def shadowed(paper: Pixels) -> Pixels:
    """Half the paper in a soft shadow that falls across it."""
    height, width = paper.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    light = 1 - 0.45 / (1 + np.exp(-(columns + 0.4 * rows - 0.7 * width) / (0.03 * width)))
    return (paper * light[..., None]).astype(np.uint8)


def lit_from_a_side(paper: Pixels) -> Pixels:
    """The paper far lighter on the left than on the right."""
    light = np.linspace(1.1, 0.35, paper.shape[1])
    return np.clip(paper * light[None, :, None], 0, 255).astype(np.uint8)


def on_a_desk(paper: Pixels, margin: int = 80) -> Pixels:
    """The paper on brown wood, with its veins running across."""
    height, width = paper.shape[0] + 2 * margin, paper.shape[1] + 2 * margin
    boards = np.random.default_rng(4).normal(0, 1, (height, width, 1)).astype(np.float32)
    veins = cv2.GaussianBlur(boards, (0, 0), sigmaX=25, sigmaY=2)[..., None]
    desk = np.clip(np.array((60, 40, 30)) + 6 * veins / veins.std(), 0, 255).astype(np.uint8)
    desk[margin : height - margin, margin : width - margin] = paper
    return desk


def rotated_by(degrees: float, pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    rotated = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(rotated, np.uint8)


def file_of(pixels: NDArray[Any], kind: str = "PNG", **how: Any) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, kind, **how)
    return file.getvalue()


def segment(pixels: NDArray[Any]) -> list[Glyph] | Refusal:
    return find_glyphs(binarise(opened(file_of(pixels))))


def glyphs_in(pixels: NDArray[Any]) -> list[Glyph]:
    found = segment(pixels)
    assert isinstance(found, list), found
    return found


def only_ink_in(pixels: NDArray[Any]) -> NDArray[np.float32]:
    (glyph,) = glyphs_in(pixels)
    return glyph.ink


def correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The correlation of two inks, one of them moved by at most a pixel: the centring rounds."""
    moved = [np.roll(one, (down, across), (0, 1)) for down in (-1, 0, 1) for across in (-1, 0, 1)]
    return max(float(np.corrcoef(ink.ravel(), other.ravel())[0, 1]) for ink in moved)
