"""Garments: outlines of clothes, bags and shoes for the outliers of the training."""

from __future__ import annotations

import numpy as np

from worker.recognition.training.synthetic.stroke_renderer import Points

Random = np.random.Generator


def garment_outline(random: Random) -> Points:
    """The outline of a garment: (n, 2) x and y in canvas pixels, x from -50 to 50."""
    outline = GARMENTS[random.integers(len(GARMENTS))](random)
    return _mirrored(outline) if outline[0][0] == 0 else outline


def _shirt(random: Random) -> Points:
    """Half an outline, from the middle of the neck to the middle of the hem: x from 0 to 50."""
    neck, sleeve = random.uniform(8, 16), random.uniform(24, 100)
    body, hem = random.uniform(18, 30), random.uniform(80, 104)
    cuff = body + random.uniform(6, 22)
    arm = random.uniform(8, 16)
    return np.array(
        [(0, random.uniform(2, 16)), (neck, 0), (body + 4, 8), (cuff, sleeve),
         (cuff - arm, sleeve + 4), (body, min(30.0, sleeve)), (body, hem), (0, hem)]
    )  # fmt: skip


def _trousers(random: Random) -> Points:
    waist, hip, ankle = random.uniform(12, 22), random.uniform(18, 26), random.uniform(8, 22)
    gap, knees = random.uniform(0, min(10.0, ankle - 4)), random.uniform(0, 9)
    crotch = random.uniform(16, 60)
    return np.array(
        [(0, 0), (waist, 0), (hip, 25), (ankle + gap, 104), (gap, 104), (knees, 76), (0, crotch)]
    )


def _dress(random: Random) -> Points:
    heights = np.linspace(0, 104, random.integers(4, 8))
    widths = random.uniform(6, 32, heights.size)
    return np.concatenate([[(0, 0)], np.stack([widths, heights], 1), [(0, 104)]])


def _bag(random: Random) -> Points:
    top, wide, low = random.uniform(8, 40), random.uniform(25, 48), random.uniform(80, 104)
    handle = random.uniform(6, 20)
    return np.array(
        [(0, 4), (handle, 0), (handle + 6, top), (wide, top), (wide * 1.05, low), (0, low),
         (0, top + 2), (handle - 4, top), (handle - 6, 8), (0, 10)]
    )  # fmt: skip


def _shoe(random: Random) -> Points:
    """A whole outline, toe to the left; the first x is not 0, so that nothing is mirrored."""
    shaft, ankle, toe = random.uniform(0, 70), random.uniform(0, 20), random.uniform(60, 90)
    heel = random.uniform(0, 16)
    return np.array(
        [(10, shaft), (40, shaft), (42, 96), (30, 96), (28, 96 - heel), (0, 96), (-46, 96),
         (-48, toe), (-ankle, max(shaft + 8, toe - 24))]
    )  # fmt: skip


def _mirrored(half: Points) -> Points:
    return np.concatenate([half, half[::-1] * (-1, 1)])


GARMENTS = (_shirt, _shirt, _trousers, _trousers, _dress, _bag, _shoe)
