"""Makes docs/screenshot.png: writes a number, gives it to a running Cifra, photographs the page.

python docs/screenshot.py http://127.0.0.1:8000
"""

from __future__ import annotations

import shutil
import sys
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

TARGET = Path(__file__).with_name("screenshot.png")
COLOURS = 128  # of the palette: a small file, and nobody sees the difference
PAPER, INK = (226, 222, 210), (58, 46, 40)

# A pen's way through each digit, in a box of 100 by 140.
FOUR = (((62, 8), (40, 50), (14, 88), (50, 86), (92, 80)), ((66, 52), (63, 95), (60, 134)))
TWO = (((16, 38), (34, 12), (70, 10), (84, 38), (62, 78), (14, 130), (50, 122), (94, 130)),)


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 900, "height": 1000})
        page.goto(address)
        page.get_by_label("Choose a picture of a number").set_input_files(
            files=[{"name": "forty-two.jpg", "mimeType": "image/jpeg", "buffer": handwriting()}]
        )
        page.get_by_role("button", name="Read this picture").click()
        page.locator("h1.number").wait_for()
        page.wait_for_load_state("networkidle")
        save_small(page.screenshot(type="png"))
        browser.close()


def handwriting() -> bytes:
    """A JPEG of 42 in dark ink on paper that the light reaches from the left."""
    picture = np.full((480, 640, 3), PAPER, dtype=np.float32)
    picture *= np.linspace(1.05, 0.82, 640, dtype=np.float32)[None, :, None]
    pen = np.zeros((480, 640), dtype=np.uint8)
    for strokes, x, y in ((FOUR, 120, 110), (TWO, 345, 120)):
        for stroke in strokes:
            trace(pen, np.array(stroke, dtype=np.float32) * 1.75 + (x, y))
    coverage = cv2.GaussianBlur(pen, (0, 0), 1.2)[:, :, None] / 255
    picture = picture * (1 - coverage) + np.array(INK, dtype=np.float32) * coverage
    picture += np.random.default_rng(42).normal(0, 2.5, picture.shape).astype(np.float32)
    file = BytesIO()
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


def trace(pen: np.ndarray, points: np.ndarray) -> None:
    """Draw a smooth line through the points, a little thicker where the hand slows down."""
    way = catmull_rom(points)
    for place, (here, there) in enumerate(pairwise(np.rint(way).astype(int).tolist())):
        cv2.line(pen, here, there, 255, 12 + round(2 * np.sin(place / 9)), cv2.LINE_AA)


def catmull_rom(points: np.ndarray, steps: int = 24) -> np.ndarray:
    """(n, 2) control points to a curve through all of them (Catmull and Rom, 1974)."""
    padded = np.vstack([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(
            0.5
            * (
                2 * b
                + (c - a) * t
                + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * b - a - 3 * c + d) * t**3
            )
        )
    return np.vstack([*pieces, points[-1:]])


def save_small(png: bytes) -> None:
    with Image.open(BytesIO(png)) as screenshot:
        screenshot.convert("RGB").quantize(COLOURS).save(TARGET, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
