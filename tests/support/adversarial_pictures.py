"""Pictures that are meant to be expensive: each kind keeps another step of the reader busy."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from tests.support import adversarial_shapes as shapes
from tests.support import adversarial_text as text
from tests.support.adversarial_shapes import Kind

LARGEST_SIDE = 2560  # pixels: the web app scales uploads down to this
WORKING_SIDE = 1280  # pixels: the reader scales pictures down to this

DIGITS = "0123456789"
LETTERS = "ABCDEFGHKMNPQRSTUVWXYZ"
SYMBOLS = "#@%&WM8$B"

KINDS: dict[str, Kind] = {
    **{f"white noise, grain {n}": shapes.white_noise(n) for n in (1, 2, 3, 4, 6, 8, 16)},
    "colour noise": shapes.colour_noise,
    "JPEG of noise": shapes.white_noise(2),
    "JPEG of texture": shapes.photo_texture,
    **{
        f"sparse noise, grain {grain}, {share:.0%}": shapes.sparse_noise(grain, share)
        for grain, share in ((4, 0.05), (4, 0.2), (5, 0.3), (8, 0.2), (12, 0.3), (20, 0.3))
    },
    **{
        f"smooth noise, radius {radius}": shapes.smooth_noise(radius)
        for radius in (2, 3, 5, 10, 20)
    },
    "photo texture": shapes.photo_texture,
    **{f"checkerboard, cell {cell}": shapes.checkerboard(cell) for cell in (2, 5, 16, 64)},
    **{
        f"squares, {size} every {pitch}": shapes.grid_of(size, pitch)
        for size, pitch in ((4, 6), (4, 10), (8, 12), (12, 42), (16, 24), (40, 60), (30, 90))
    },
    "dots, radius 3": shapes.random_dots(3, 6000),
    "dots, radius 8": shapes.random_dots(8, 2000),
    "hatching, upright": shapes.hatching(5, 20, 0),
    "hatching, oblique": shapes.hatching(8, 14, 0.6),
    "hatching, 900 strokes": shapes.hatching(42, 37, 0.3),
    **{f"{n * n} strokes": shapes.scattered_strokes(n, 30) for n in (14, 20, 25, 30)},
    "hatching, long": shapes.hatching(6, 200, 0.2),
    "stripes, level": shapes.stripes(6, 2, 0),
    "stripes, oblique": shapes.stripes(9, 3, 0.25),
    "stripes, steep": shapes.stripes(9, 3, 1.0),
    "broken stripes": shapes.broken_stripes,
    "spiral, fine": shapes.spiral(8),
    "spiral, coarse": shapes.spiral(60),
    "nested rings": shapes.nested_rings(10),
    "nested corners": shapes.nested_corners,
    "comb at the edges": shapes.comb_at_the_edges,
    "long diagonals": shapes.long_diagonals,
    "page of letters, small": text.text(0.5, LETTERS),
    "page of digits, small": text.text(0.6, DIGITS),
    "page of letters, crowded": text.columns_of(13, LETTERS),
    "page of digits, crowded": text.columns_of(14, DIGITS),
    "page of digits, touching": text.columns_of(14, DIGITS, 0.55),
    "page of symbols, touching": text.columns_of(13, SYMBOLS, 0.8),
    **{
        f"{count * count} {name}": text.columns_of(count, alphabet, 1.7)
        for count in (10, 14)
        for name, alphabet in (
            ("digits", DIGITS),
            ("letters", LETTERS),
            ("symbols", SYMBOLS),
            ("sixes and nines", "69"),
            ("sideways digits", "NZ"),
            ("doubtful characters", "oDgqSsaQ?&"),
            ("wide characters", "mWw@M"),
        )
    },
    "100 pairs of letters": text.pairs_of(10, LETTERS),
    "100 pairs of digits": text.pairs_of(10, DIGITS),
    "huge letters": text.columns_of(3, LETTERS),
    "huge symbols, touching": text.columns_of(4, SYMBOLS, 0.7),
    "digits among dots": text.digits_with_dots,
}


def picture_of(kind: str, side: int = WORKING_SIDE, *, seed: int = 0) -> bytes:
    """One picture of a kind in KINDS, `side` pixels high and wide, as PNG or JPEG bytes."""
    pixels = KINDS[kind](side, np.random.default_rng(seed))
    file = io.BytesIO()
    if "JPEG" in kind:
        Image.fromarray(pixels).save(file, "JPEG", quality=30)
    else:
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()
