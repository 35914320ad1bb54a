"""Pictures for the tests: numbers on paper, each drawn by the program."""

from __future__ import annotations

import cv2
import numpy as np

from worker.recognition.page.working_image import WorkingImage, working_image
from worker.serving.pixels import stored_pixels

FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
)
PAPER = 235
INK = (40, 30, 30)


def photo_of(number: str, *, suffix: str = ".png") -> bytes:
    """A number in one row, dark on light paper, as the bytes of a PNG or JPEG."""
    paper = np.full((300, 160 + 120 * len(number), 3), PAPER, np.uint8)
    cv2.putText(paper, number, (60, 230), FONTS[0], 6, INK, 14, cv2.LINE_AA)
    return encoded(paper, suffix)


def blank_paper() -> bytes:
    return encoded(np.full((300, 300, 3), PAPER, np.uint8), ".png")


def opened(data: bytes) -> WorkingImage:
    """A picture file, decoded and ready for the recogniser."""
    return working_image(stored_pixels(data))


def encoded(picture: np.ndarray, suffix: str) -> bytes:
    done, content = cv2.imencode(suffix, picture)
    assert done
    return content.tobytes()


def sheet_of(label: int, random: np.random.Generator, *, rows: int = 5, columns: int = 8) -> bytes:
    """Many copies of one digit, no two alike, far enough apart to be found one by one."""
    cell = 160
    sheet = np.full((rows * cell, columns * cell, 3), PAPER, np.uint8)
    for row in range(rows):
        for column in range(columns):
            sheet[row * cell :, column * cell :][:cell, :cell] = _leaning_digit(label, cell, random)
    return encoded(sheet, ".png")


def _leaning_digit(label: int, cell: int, random: np.random.Generator) -> np.ndarray:
    """(cell, cell, 3) uint8: a digit in some font and weight, turned and sheared a little."""
    paper = np.full((cell, cell, 3), PAPER, np.uint8)
    font = FONTS[random.integers(len(FONTS))]
    thickness = int(random.integers(4, 9))
    cv2.putText(paper, str(label), (45, 115), font, 3.2, INK, thickness, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((cell / 2, cell / 2), random.uniform(-9, 9), 1.0)
    turn[0, 1] += random.uniform(-0.12, 0.12)
    return cv2.warpAffine(paper, turn, (cell, cell), borderValue=(PAPER,) * 3)
