"""Pictures that are meant to be expensive to read: each kind keeps some step of the reader busy."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]  # (side, side) grey or (side, side, 3) RGB, 0..255
Random = np.random.Generator
Kind = Callable[[int, Random], Pixels]

LARGEST_SIDE = 2560  # pixels: the web app scales uploads down to this
WORKING_SIDE = 1280  # pixels: the reader scales pictures down to this
FONT = cv2.FONT_HERSHEY_SIMPLEX
INK = (30.0,)


def picture_of(kind: str, side: int = WORKING_SIDE, *, seed: int = 0) -> bytes:
    """One picture of a kind in KINDS, `side` pixels high and wide, as PNG or JPEG bytes."""
    pixels = KINDS[kind](side, np.random.default_rng(seed))
    file = io.BytesIO()
    if "JPEG" in kind:
        Image.fromarray(pixels).save(file, "JPEG", quality=30)
    else:
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _paper(side: int) -> Pixels:
    return np.full((side, side), 235, np.uint8)


def _white_noise(grain: int) -> Kind:
    """Grey noise, each grain a square of so many pixels."""

    def draw(side: int, random: Random) -> Pixels:
        cells = -(-side // grain)
        noise = random.integers(0, 256, (cells, cells)).astype(np.uint8)
        return np.kron(noise, np.ones((grain, grain), np.uint8))[:side, :side]

    return draw


def _colour_noise(side: int, random: Random) -> Pixels:
    return random.integers(0, 256, (side, side, 3)).astype(np.uint8)


def _sparse_noise(grain: int, share: float) -> Kind:
    """Dark grains over a share of the paper."""

    def draw(side: int, random: Random) -> Pixels:
        cells = -(-side // grain)
        is_dark = random.random((cells, cells)) < share
        dark = np.kron(is_dark.astype(np.uint8), np.ones((grain, grain), np.uint8))[:side, :side]
        return np.where(dark > 0, np.uint8(20), np.uint8(235))

    return draw


def _smooth_noise(radius: float) -> Kind:
    """Blobs with smooth outlines, as on marbled paper."""

    def draw(side: int, random: Random) -> Pixels:
        noise = random.normal(0, 1, (side, side)).astype(np.float32)
        smooth = cv2.GaussianBlur(noise, (0, 0), radius)
        return np.where(smooth > 0.7 * smooth.std(), 20, 235).astype(np.uint8)

    return draw


def _photo_texture(side: int, random: Random) -> Pixels:
    """Noise at all scales, as grass or gravel has it."""
    texture = np.zeros((side, side), np.float32)
    for scale in (2, 4, 8, 16, 32, 64):
        cells = max(2, side // scale)
        noise = random.normal(0, 1, (cells, cells)).astype(np.float32)
        texture += cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC) * scale**0.5
    return np.clip(128 + 40 * texture / texture.std(), 0, 255).astype(np.uint8)


def _checkerboard(cell: int) -> Kind:
    def draw(side: int, random: Random) -> Pixels:
        rows, columns = np.mgrid[:side, :side] // cell
        return np.where((rows + columns) % 2, 20, 235).astype(np.uint8)

    return draw


def _grid_of(size: int, pitch: int) -> Kind:
    """Squares of `size` pixels, one every `pitch` pixels in both directions."""

    def draw(side: int, random: Random) -> Pixels:
        rows, columns = np.mgrid[:side, :side] % pitch
        return np.where((rows < size) & (columns < size), 20, 235).astype(np.uint8)

    return draw


def _random_dots(radius: int, count: int) -> Kind:
    def draw(side: int, random: Random) -> Pixels:
        page = _paper(side)
        for x, y in random.integers(0, side, (count, 2)).tolist():
            cv2.circle(page, (x, y), radius, INK, -1)
        return page

    return draw


def _hatching(pitch: int, length: int, slope: float) -> Kind:
    """Short parallel strokes in rows, none touching another."""

    def draw(side: int, random: Random) -> Pixels:
        page = _paper(side)
        for y in range(2, side, length + 5):
            for x in range(2, side, pitch):
                cv2.line(page, (x, y), (int(x + slope * length), y + length), INK, 2)
        return page

    return draw


def _stripes(pitch: int, thickness: int, slope: float) -> Kind:
    """Lines from edge to edge, as many as fit."""

    def draw(side: int, random: Random) -> Pixels:
        page = _paper(side)
        for y in range(-side, 2 * side, pitch):
            cv2.line(page, (0, y), (side, int(y + slope * side)), INK, thickness)
        return page

    return draw


def _broken_stripes(side: int, random: Random) -> Pixels:
    """Ruled lines with gaps and of many slopes: each a candidate for a ruled line."""
    page = _paper(side)
    for y in range(4, side, 9):
        end = int(y + random.uniform(-0.3, 0.3) * side)
        cv2.line(page, (0, y), (side, end), INK, 2)
    page[:, ::7] = 235
    return page


def _spiral(pitch: int) -> Kind:
    def draw(side: int, random: Random) -> Pixels:
        page = _paper(side)
        angles = np.arange(0, side / pitch * np.pi, 0.02)
        radii = pitch * angles / (2 * np.pi)
        points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1) + side / 2
        cv2.polylines(page, [points.astype(np.int32)], False, INK, max(1, pitch // 3))
        return page

    return draw


def _nested_rings(pitch: int) -> Kind:
    def draw(side: int, random: Random) -> Pixels:
        page = _paper(side)
        for radius in range(pitch, side // 2, pitch):
            cv2.circle(page, (side // 2, side // 2), radius, INK, max(1, pitch // 3))
        return page

    return draw


def _nested_corners(side: int, random: Random) -> Pixels:
    """L shapes inside each other, all touching two edges of the picture."""
    page = _paper(side)
    for place in range(4, side, 8):
        cv2.line(page, (place, 0), (place, side - place), INK, 2)
        cv2.line(page, (place, side - place), (side, side - place), INK, 2)
    return page


def _comb_at_the_edges(side: int, random: Random) -> Pixels:
    """Short strokes that all touch an edge of the picture."""
    page = _paper(side)
    for place in range(0, side, 4):
        depth = int(random.integers(10, side // 5))
        cv2.line(page, (place, 0), (place, depth), INK, 1)
        cv2.line(page, (place, side), (place, side - depth), INK, 1)
    return page


def _long_diagonals(side: int, random: Random) -> Pixels:
    """Parallel diagonals inside each other's bounding boxes."""
    page = _paper(side)
    for offset in range(-side, side, 10):
        start, end = max(20, 20 - offset), min(side - 20, side - 20 - offset)
        if end - start > side // 8:
            cv2.line(page, (start, start + offset), (end, end + offset), INK, 2)
    return page


def _text(scale: float, alphabet: str, pitch: float = 1.0) -> Kind:
    """A page full of characters; with a pitch below 1 neighbours touch."""

    def draw(side: int, random: Random) -> Pixels:
        page = _paper(side)
        thickness = max(1, round(2.2 * scale))
        across, down = int(22 * scale * pitch), int(34 * scale)
        for y in range(down, side - 8, down):
            for x in range(8, side - across, max(1, across)):
                character = alphabet[int(random.integers(len(alphabet)))]
                cv2.putText(page, character, (x, y), FONT, scale, INK, thickness, cv2.LINE_AA)
        return page

    return draw


def _columns_of(count: int, alphabet: str, pitch: float = 1.0) -> Kind:
    """A page of count × count characters, whatever its size."""

    def draw(side: int, random: Random) -> Pixels:
        return _text(side / count / 36, alphabet, pitch)(side, random)

    return draw


def _pairs_of(count: int, alphabet: str) -> Kind:
    """A page of count × count pairs of characters that touch each other."""

    def draw(side: int, random: Random) -> Pixels:
        page = _paper(side)
        cell = side // count
        scale = cell / 60
        for y in range(cell, side, cell):
            for x in range(4, side - cell, cell):
                for offset in (0, int(16 * scale)):
                    character = alphabet[int(random.integers(len(alphabet)))]
                    where = (x + offset, y - cell // 4)
                    cv2.putText(page, character, where, FONT, scale, INK, max(2, cell // 30))
        return page

    return draw


def _digits_with_dots(side: int, random: Random) -> Pixels:
    """A number in large digits among thousands of small dots of the same ink."""
    page = _random_dots(max(2, side // 500), 4000)(side, random)
    cv2.putText(page, "472", (side // 10, side // 2), FONT, side / 120, INK, side // 60)
    return page


DIGITS = "0123456789"
LETTERS = "ABCDEFGHKMNPQRSTUVWXYZ"
SYMBOLS = "#@%&WM8$B"

KINDS: dict[str, Kind] = {
    **{f"white noise, grain {grain}": _white_noise(grain) for grain in (1, 2, 3, 4, 6, 8, 16)},
    "colour noise": _colour_noise,
    "JPEG of noise": _white_noise(2),
    "JPEG of texture": _photo_texture,
    **{
        f"sparse noise, grain {grain}, {share:.0%}": _sparse_noise(grain, share)
        for grain, share in ((4, 0.05), (4, 0.2), (5, 0.3), (8, 0.2), (12, 0.3), (20, 0.3))
    },
    **{f"smooth noise, radius {radius}": _smooth_noise(radius) for radius in (2, 3, 5, 10, 20)},
    "photo texture": _photo_texture,
    **{f"checkerboard, cell {cell}": _checkerboard(cell) for cell in (2, 5, 16, 64)},
    **{
        f"squares, {size} every {pitch}": _grid_of(size, pitch)
        for size, pitch in ((4, 6), (4, 10), (8, 12), (12, 42), (16, 24), (40, 60), (30, 90))
    },
    "dots, radius 3": _random_dots(3, 6000),
    "dots, radius 8": _random_dots(8, 2000),
    "hatching, upright": _hatching(5, 20, 0),
    "hatching, oblique": _hatching(8, 14, 0.6),
    "hatching, 900 strokes": _hatching(42, 37, 0.3),
    "hatching, long": _hatching(6, 200, 0.2),
    "stripes, level": _stripes(6, 2, 0),
    "stripes, oblique": _stripes(9, 3, 0.25),
    "stripes, steep": _stripes(9, 3, 1.0),
    "broken stripes": _broken_stripes,
    "spiral, fine": _spiral(8),
    "spiral, coarse": _spiral(60),
    "nested rings": _nested_rings(10),
    "nested corners": _nested_corners,
    "comb at the edges": _comb_at_the_edges,
    "long diagonals": _long_diagonals,
    "page of letters, small": _text(0.5, LETTERS),
    "page of digits, small": _text(0.6, DIGITS),
    "page of letters, crowded": _columns_of(13, LETTERS),
    "page of digits, crowded": _columns_of(14, DIGITS),
    "page of digits, touching": _columns_of(14, DIGITS, 0.55),
    "page of symbols, touching": _columns_of(13, SYMBOLS, 0.8),
    **{
        f"{count * count} {name}": _columns_of(count, alphabet, 1.7)
        for count in (10, 14)
        for name, alphabet in (
            ("digits", DIGITS),
            ("letters", LETTERS),
            ("symbols", SYMBOLS),
            ("sixes and nines", "69"),
            ("sideways digits", "NIZ"),
            ("doubtful characters", "oDgqSsaQ?&"),
            ("wide characters", "mWw@M"),
        )
    },
    "100 pairs of letters": _pairs_of(10, LETTERS),
    "100 pairs of digits": _pairs_of(10, DIGITS),
    "huge letters": _columns_of(3, LETTERS),
    "huge symbols, touching": _columns_of(4, SYMBOLS, 0.7),
    "digits among dots": _digits_with_dots,
}
