"""Seconds of CPU to read pictures that are meant to be expensive: one row for each kind.

Run: OMP_NUM_THREADS=1 python -m benchmarks.adversarial [kind …]

Each kind is read at several sizes and the most expensive size counts. The time goes from the
bytes of the picture to its reading. It is processor time, measured on one thread.
"""

from __future__ import annotations

import os
import sys
import time

# TensorFlow reads these when it is imported.
os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
os.environ["TF_NUM_INTEROP_THREADS"] = "1"

import cv2

from tests.support.adversarial_pictures import KINDS, LARGEST_SIDE, WORKING_SIDE, picture_of
from webapp.settings import ROOT
from worker.recognition.network.classifier import Classifier
from worker.recognition.reader import Reader
from worker.recognition.reading import Reading
from worker.serving.pixels import stored_pixels

MODEL = ROOT / "models" / "cifra.keras"
SIDES = (320, 640, 900, WORKING_SIDE, 1800, LARGEST_SIDE)
LIMIT = 1.0  # seconds of CPU


def main(kinds: list[str]) -> None:
    cv2.setNumThreads(1)
    reader = Reader(Classifier.load(MODEL))
    reader.read(
        [stored_pixels(picture_of("page of digits, small"))]
    )  # the first call loads what it needs
    print("| kind | pixels a side | kB | seconds | answer |")
    print("|---|---|---|---|---|")
    worst = 0.0
    for kind in kinds:
        seconds, side, size, answer = max(_cost(reader, kind, side) for side in SIDES)
        worst = max(worst, seconds)
        print(f"| {kind} | {side} | {size} | {seconds:.2f} | {answer} |", flush=True)
    print(f"\nThe most expensive picture takes {worst:.2f} s of {LIMIT:.0f} s.")


def _cost(reader: Reader, kind: str, side: int) -> tuple[float, int, int, str]:
    """Seconds of CPU, the picture's side in pixels, its size in kB, and the answer."""
    data = picture_of(kind, side)
    began = time.process_time()
    reading = reader.read([stored_pixels(data)])[0]
    spent = time.process_time() - began
    return spent, side, len(data) // 1000, _summary(reading)


def _summary(reading: Reading) -> str:
    return reading.refusal or f"{len(reading.digits)} digits"


if __name__ == "__main__":
    main(sys.argv[1:] or list(KINDS))
