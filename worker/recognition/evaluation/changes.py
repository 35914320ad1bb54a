"""The changes of a picture that the sliders of the page "Break it" make, to measure networks with.

The formulas are those of `webapp/static/js/networks/transforms.js`; a test compares the two. All
take and return (n, 28, 28) float32 inks, 0..1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Inks = NDArray[np.float32]

SIDE = 28
MIDDLE = (SIDE - 1) / 2
NOISE_SEED = 2026


def move(
    inks: Inks, *, turn: float = 0, right: float = 0, down: float = 0, slant: float = 0
) -> Inks:
    """Turn by degrees clockwise, shift by pixels, slant by pixels to the right for each upwards."""
    angle = np.deg2rad(turn)
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float64)
    dx, dy = x - MIDDLE - right, y - MIDDLE - down
    unturned_x = np.cos(angle) * dx + np.sin(angle) * dy
    unturned_y = np.cos(angle) * dy - np.sin(angle) * dx
    return _between(inks, unturned_x + slant * unturned_y + MIDDLE, unturned_y + MIDDLE)


def _between(inks: Inks, x: NDArray[np.float64], y: NDArray[np.float64]) -> Inks:
    """Bilinear interpolation at (28, 28) places; outside there is no ink."""
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    across, along = x - left, y - top
    upper = (1 - across) * _at(inks, left, top) + across * _at(inks, left + 1, top)
    lower = (1 - across) * _at(inks, left, top + 1) + across * _at(inks, left + 1, top + 1)
    return np.asarray((1 - along) * upper + along * lower, np.float32)


def _at(inks: Inks, x: NDArray[np.intp], y: NDArray[np.intp]) -> Inks:
    inside = (x >= 0) & (x < SIDE) & (y >= 0) & (y < SIDE)
    return np.asarray(inks[:, y.clip(0, SIDE - 1), x.clip(0, SIDE - 1)] * inside, np.float32)


def thicken(inks: Inks, pixels: float) -> Inks:
    """Move the outline outwards by pixels; below 0 inwards."""
    left = abs(pixels)
    while left >= 1:
        inks = _outline_step(inks, grow=pixels > 0)
        left -= 1
    if left == 0:
        return inks
    return np.asarray((1 - left) * inks + left * _outline_step(inks, grow=pixels > 0), np.float32)


def _outline_step(inks: Inks, *, grow: bool) -> Inks:
    """The brightest, or the darkest, of each pixel and its four neighbours."""
    padded = np.pad(inks, ((0, 0), (1, 1), (1, 1)))
    near = np.stack(
        [inks, padded[:, 1:-1, :-2], padded[:, 1:-1, 2:], padded[:, :-2, 1:-1], padded[:, 2:, 1:-1]]
    )
    return np.asarray(near.max(axis=0) if grow else near.min(axis=0), np.float32)


def erase(inks: Inks, pixels: float) -> Inks:
    """Put a black square of this side into the middle."""
    return _fill(inks, width=pixels, height=pixels, value=0.0)


def bar(inks: Inks, pixels: float) -> Inks:
    """Draw a white bar of this height through the middle, from side to side."""
    return _fill(inks, width=SIDE, height=pixels, value=1.0)


def _fill(inks: Inks, *, width: float, height: float, value: float) -> Inks:
    share = np.outer(_covered(height), _covered(width))
    return np.asarray((1 - share) * inks + share * value, np.float32)


def _covered(size: float) -> NDArray[np.float64]:
    """The share of each of 28 pixels that a stretch of `size` pixels in the middle covers."""
    places = np.arange(SIDE)
    end = np.minimum(places + 0.5, MIDDLE + size / 2)
    start = np.maximum(places - 0.5, MIDDLE - size / 2)
    return np.asarray(np.maximum(0.0, end - start), np.float64)


def blur(inks: Inks, deviation: float) -> Inks:
    """A Gaussian blur with this standard deviation in pixels."""
    if deviation == 0:
        return inks
    reach = int(np.ceil(3 * deviation))
    weights = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * deviation**2))
    weights /= weights.sum()
    band = np.zeros((SIDE, SIDE))
    for offset, weight in zip(range(-reach, reach + 1), weights, strict=True):
        band += weight * np.eye(SIDE, k=offset)
    return np.asarray(band @ inks @ band.T, np.float32)


def add_noise(inks: Inks, deviation: float) -> Inks:
    """Normal noise with this standard deviation, cut to 0..1. The browser draws other numbers."""
    noise = np.random.default_rng(NOISE_SEED).normal(0.0, deviation, inks.shape)
    return np.asarray(np.clip(inks + noise, 0, 1), np.float32)


@dataclass(frozen=True)
class Change:
    """One slider, and the values at which networks are measured."""

    apply: Callable[[Inks, float], Inks]
    values: tuple[float, ...]


CHANGES: Mapping[str, Change] = {
    "turn": Change(
        lambda inks, degrees: move(inks, turn=degrees),
        (-90, -60, -45, -30, -15, 0, 15, 30, 45, 60, 90),
    ),
    "right": Change(lambda inks, pixels: move(inks, right=pixels), (-8, -6, -4, -2, 0, 2, 4, 6, 8)),
    "down": Change(lambda inks, pixels: move(inks, down=pixels), (-8, -6, -4, -2, 0, 2, 4, 6, 8)),
    "slant": Change(
        lambda inks, slope: move(inks, slant=slope), (-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1)
    ),
    "thicken": Change(thicken, (-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2)),
    "blur": Change(blur, (0, 0.5, 1, 1.5, 2, 2.5, 3)),
    "noise": Change(add_noise, (0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8)),
    "erase": Change(erase, (0, 4, 6, 8, 10, 12, 16)),
    "bar": Change(bar, (0, 1, 2, 3, 4, 6)),
}
