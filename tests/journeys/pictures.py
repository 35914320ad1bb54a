"""Photographs that the journeys take: a number written by a program on shaded paper."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
from PIL import Image


def photo_of(number: str, *, seed: int = 0) -> bytes:
    """A JPEG of the number, dark ink on paper that one side of the light reaches better."""
    width, height = 300 + 200 * len(number), 500
    paper = np.linspace(225, 175, width, dtype=np.float32)[None, :].repeat(height, axis=0)
    paper += np.random.default_rng(seed).normal(0, 3, paper.shape).astype(np.float32)
    picture = paper.clip(0, 255).astype(np.uint8)
    for place, digit in enumerate(number):
        corner = (150 + 200 * place, 350)
        cv2.putText(
            picture, digit, corner, cv2.FONT_HERSHEY_SIMPLEX, 7, 45, 22, lineType=cv2.LINE_AA
        )
    return _jpeg(picture)


def blank_photo() -> bytes:
    return _jpeg(np.full((400, 400), 215, dtype=np.uint8))


def tiny_mnist(seed: int = 0) -> dict[str, np.ndarray]:
    """Digits in MNIST's form and keys: 400 to train on, 100 to be examined on."""
    random = np.random.default_rng(seed)
    labels = np.tile(np.arange(10, dtype=np.uint8), 50)
    images = np.stack([_small_digit(int(label), random) for label in labels])
    return {
        "x_train": images[:400],
        "y_train": labels[:400],
        "x_test": images[400:],
        "y_test": labels[400:],
    }


def _small_digit(label: int, random: np.random.Generator) -> np.ndarray:
    """(28, 28) uint8, white on black, shifted a little."""
    image = np.zeros((28, 28), dtype=np.uint8)
    x, y = random.integers(6, 9), random.integers(21, 24)
    cv2.putText(
        image, str(label), (int(x), int(y)), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2, cv2.LINE_AA
    )
    return image


def _jpeg(picture: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=88)
    return file.getvalue()
