"""Milliseconds of CPU from a 12-megapixel JPEG to 28×28, on one core, stage by stage.

Run: python -m benchmarks.normalize [picture.jpg]

Without a picture it measures a generated page with digits, a shadow and noise.
"""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow

from worker.recognition.page.binarisation import binarise
from worker.recognition.page.working_image import working_image
from worker.recognition.segmentation.grouping import find_glyphs
from worker.serving.pixels import stored_pixels

RUNS = 15


def main() -> None:
    cv2.setNumThreads(1)
    data = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else photographed_page()
    stages: dict[str, list[float]] = {"open": [], "binarise": [], "find glyphs": []}
    for _ in range(RUNS):
        started = time.process_time()
        picture = working_image(stored_pixels(data))
        opened = time.process_time()
        page = binarise(picture)
        inked = time.process_time()
        find_glyphs(page)
        ended = time.process_time()
        stages["open"].append(opened - started)
        stages["binarise"].append(inked - opened)
        stages["find glyphs"].append(ended - inked)
    for name, seconds in stages.items():
        print(f"{name:12} {1000 * float(np.median(seconds)):6.1f} ms")
    total = np.sum([np.median(seconds) for seconds in stages.values()])
    print(f"{'in all':12} {1000 * float(total):6.1f} ms of CPU, {len(data) / 1e6:.1f} MB")


def photographed_page() -> bytes:
    """A 12-megapixel JPEG of a page with a shadow, noise and three digits."""
    rng = np.random.default_rng(7)
    rows, columns = np.mgrid[:3000, :4000].astype(np.float32)
    page = 205 - 60 / (1 + np.exp(-(columns + 0.4 * rows - 3200) / 90))
    page += cv2.resize(rng.normal(0, 5, (1500, 2000)).astype(np.float32), (4000, 3000))
    for digit, left in (("3", 700), ("8", 1600), ("5", 2500)):
        cv2.putText(page, digit, (left, 2000), cv2.FONT_HERSHEY_SIMPLEX, 36, (45.0,), 60)
    pixels = np.repeat(np.clip(page, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


if __name__ == "__main__":
    main()
