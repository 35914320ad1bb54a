"""Pages for the tests: tables and lists of numbers, drawn by the program, seen as in a photo."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from worker.recognition.arrays import Image

PAPER, INK, DESK = (238, 236, 230), (45, 40, 60), (70, 60, 50)
CELL = (110, 76)  # width, height in pixels


def table(
    texts: Sequence[Sequence[str]], *, rule: int = 3, left: int = 120, top: int = 160
) -> Image:
    """A ruled table on paper; "" is an empty cell."""
    rows, columns = len(texts), len(texts[0])
    page = blank(left + columns * CELL[0] + 120, top + rows * CELL[1] + 200)
    for row in range(rows + 1):
        line(
            page, (left, top + row * CELL[1]), (left + columns * CELL[0], top + row * CELL[1]), rule
        )
    for column in range(columns + 1):
        x = left + column * CELL[0]
        line(page, (x, top), (x, top + rows * CELL[1]), rule)
    for row, texts_of_row in enumerate(texts):
        for column, text in enumerate(texts_of_row):
            write(page, text, (left + column * CELL[0] + 22, top + row * CELL[1] + 58))
    return page


def blank(width: int, height: int) -> Image:
    return np.full((height, width, 3), PAPER, np.uint8)


def line(page: Image, start: tuple[int, int], end: tuple[int, int], thickness: int = 3) -> None:
    cv2.line(page, start, end, (90, 90, 90), thickness)


def write(page: Image, text: str, place: tuple[int, int], size: float = 1.4) -> None:
    cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, INK, 4, cv2.LINE_AA)


def photographed(page: Image, *, degrees: float = 0.0, perspective: float = 0.0) -> Image:
    """The page on a dark desk, turned clockwise and seen from an angle."""
    height, width = page.shape[:2]
    side = round(1.5 * max(height, width))
    middle, shrink = side / 2, perspective * width
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    seen = corners + np.float32([[shrink, 0], [-shrink, 0], [0, 0], [0, 0]])
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    seen = (seen - (width / 2, height / 2)) @ turn.T + middle
    transform = cv2.getPerspectiveTransform(corners, np.float32(seen))
    desk = cv2.warpPerspective(page, transform, (side, side), borderValue=DESK)
    return np.asarray(desk, np.uint8)
