"""The way of one digit from the photo to 28×28: cut-outs, scale and centre of mass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from worker.recognition.arrays import Image, Ink
from worker.recognition.network.mnist_format import BOX, EDGE, SIDE
from worker.recognition.page.binarisation import INK_THRESHOLD, BinarisedPage
from worker.recognition.page.working_image import shrunk
from worker.recognition.reading import Box

CUT_OUT_SIDE = 280  # pixels of a cut-out's picture
MARGIN = 0.12  # of the longest side, around the digit


@dataclass(frozen=True)
class Normalisation:
    """The pictures and numbers of one digit."""

    photo: Image  # the digit in the photo
    even: Image  # the same with even light: white paper
    ink: Image  # its ink in grey levels, white on black
    facts: dict[str, Any]


def normalisation(page: BinarisedPage, box: Box, ink: Ink) -> Normalisation:
    """The digit in `box`, in the photo's pixels, with the 28×28 `ink` that was made of it."""
    working = page.picture.box_in_working(box)
    cut = _with_margin(working, page.soft_ink.shape)
    absorbed = page.absorbed[cut]
    return Normalisation(
        photo=shrunk(np.ascontiguousarray(page.picture.pixels[cut]), CUT_OUT_SIDE),
        even=_grey(1 - absorbed),
        ink=_grey(page.soft_ink[cut]),
        facts={
            "working": {"width": page.ink.shape[1], "height": page.ink.shape[0]},
            "box": working._asdict(),
            "noise_floor": page.noise_floor,
            "ink_threshold": INK_THRESHOLD,
            "darkest": float(absorbed.max(initial=0.0)),  # share of the light that it absorbs
            **_mass(ink),
        },
    )


def _mass(ink: Ink) -> dict[str, Any]:
    """Where the ink lies in the 28×28 picture: its box and its centre of mass, counted from 0."""
    rows, columns = np.nonzero(ink > EDGE)
    across, down = np.arange(SIDE), np.arange(SIDE)[:, None]
    mass = float(ink.sum())
    return {
        "side": SIDE,
        "target_box": BOX,
        "mass": mass,
        "row_moment": float((down * ink).sum()),
        "column_moment": float((across * ink).sum()),
        "ink_box": {
            "top": int(rows.min(initial=SIDE)),
            "bottom": int(rows.max(initial=0)),
            "left": int(columns.min(initial=SIDE)),
            "right": int(columns.max(initial=0)),
        },
    }


def _with_margin(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    margin = round(MARGIN * max(box.width, box.height))
    top, left = max(0, box.y - margin), max(0, box.x - margin)
    bottom, right = box.y + box.height + margin, box.x + box.width + margin
    return slice(top, min(shape[0], bottom)), slice(left, min(shape[1], right))


def _grey(levels: np.ndarray) -> Image:
    return shrunk((np.clip(levels, 0, 1) * 255).astype(np.uint8), CUT_OUT_SIDE)
