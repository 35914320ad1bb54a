"""Noise, textures, lines and dots for pictures that are meant to be expensive to read."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (side, side) grey or (side, side, 3) RGB, 0..255
Random = np.random.Generator
Kind = Callable[[int, Random], Pixels]

INK = (30.0,)


def paper(side: int) -> Pixels:
    return np.full((side, side), 235, np.uint8)


def white_noise(grain: int) -> Kind:
    """Grey noise, each grain a square of so many pixels."""

    def draw(side: int, random: Random) -> Pixels:
        cells = -(-side // grain)
        noise = random.integers(0, 256, (cells, cells)).astype(np.uint8)
        return np.kron(noise, np.ones((grain, grain), np.uint8))[:side, :side]

    return draw


def colour_noise(side: int, random: Random) -> Pixels:
    return random.integers(0, 256, (side, side, 3)).astype(np.uint8)


def sparse_noise(grain: int, share: float) -> Kind:
    """Dark grains over a share of the paper."""

    def draw(side: int, random: Random) -> Pixels:
        cells = -(-side // grain)
        is_dark = random.random((cells, cells)) < share
        dark = np.kron(is_dark.astype(np.uint8), np.ones((grain, grain), np.uint8))[:side, :side]
        return np.where(dark > 0, 20, 235).astype(np.uint8)

    return draw


def smooth_noise(radius: float) -> Kind:
    """Blobs with smooth outlines, as on marbled paper."""

    def draw(side: int, random: Random) -> Pixels:
        noise = random.normal(0, 1, (side, side)).astype(np.float32)
        smooth = cv2.GaussianBlur(noise, (0, 0), radius)
        return np.where(smooth > 0.7 * smooth.std(), 20, 235).astype(np.uint8)

    return draw


def photo_texture(side: int, random: Random) -> Pixels:
    """Noise at all scales, as grass or gravel has it."""
    texture = np.zeros((side, side), np.float32)
    for scale in (2, 4, 8, 16, 32, 64):
        cells = max(2, side // scale)
        noise = random.normal(0, 1, (cells, cells)).astype(np.float32)
        texture += cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC) * scale**0.5
    levels = np.clip(128 + 40 * texture / texture.std(), 0, 255)
    return np.asarray(levels, np.uint8)


def checkerboard(cell: int) -> Kind:
    def draw(side: int, random: Random) -> Pixels:
        rows, columns = np.mgrid[:side, :side] // cell
        return np.where((rows + columns) % 2, 20, 235).astype(np.uint8)

    return draw


def grid_of(size: int, pitch: int) -> Kind:
    """Squares of `size` pixels, one every `pitch` pixels in both directions."""

    def draw(side: int, random: Random) -> Pixels:
        rows, columns = np.mgrid[:side, :side] % pitch
        return np.where((rows < size) & (columns < size), 20, 235).astype(np.uint8)

    return draw


def random_dots(radius: int, count: int) -> Kind:
    def draw(side: int, random: Random) -> Pixels:
        page = paper(side)
        for x, y in random.integers(0, side, (count, 2)).tolist():
            cv2.circle(page, (x, y), radius, INK, -1)
        return page

    return draw


def hatching(pitch: int, length: int, slope: float) -> Kind:
    """Short parallel strokes in rows, none touching another."""

    def draw(side: int, random: Random) -> Pixels:
        page = paper(side)
        for y in range(2, side, length + 5):
            for x in range(2, side, pitch):
                cv2.line(page, (x, y), (int(x + slope * length), y + length), INK, 2)
        return page

    return draw


def scattered_strokes(count: int, length: int) -> Kind:
    """count × count strokes of all directions, near each other and none in line with another."""

    def draw(side: int, random: Random) -> Pixels:
        page = paper(side)
        cell = side / count
        for row in range(count):
            for column in range(count):
                x, y = (np.array((column, row)) + random.uniform(0.3, 0.7, 2)) * cell
                angle = random.uniform(0, np.pi)
                dx, dy = length / 2 * np.cos(angle), length / 2 * np.sin(angle)
                ends = (int(x - dx), int(y - dy)), (int(x + dx), int(y + dy))
                cv2.line(page, *ends, INK, max(3, side // 250))
        return page

    return draw


def stripes(pitch: int, thickness: int, slope: float) -> Kind:
    """Lines from edge to edge, as many as fit."""

    def draw(side: int, random: Random) -> Pixels:
        page = paper(side)
        for y in range(-side, 2 * side, pitch):
            cv2.line(page, (0, y), (side, int(y + slope * side)), INK, thickness)
        return page

    return draw


def broken_stripes(side: int, random: Random) -> Pixels:
    """Ruled lines with gaps and of many slopes: each a candidate for a ruled line."""
    page = paper(side)
    for y in range(4, side, 9):
        end = int(y + random.uniform(-0.3, 0.3) * side)
        cv2.line(page, (0, y), (side, end), INK, 2)
    page[:, ::7] = 235
    return page


def spiral(pitch: int) -> Kind:
    def draw(side: int, random: Random) -> Pixels:
        page = paper(side)
        angles = np.arange(0, side / pitch * np.pi, 0.02)
        radii = pitch * angles / (2 * np.pi)
        points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1) + side / 2
        cv2.polylines(page, [points.astype(np.int32)], False, INK, max(1, pitch // 3))
        return page

    return draw


def nested_rings(pitch: int) -> Kind:
    def draw(side: int, random: Random) -> Pixels:
        page = paper(side)
        for radius in range(pitch, side // 2, pitch):
            cv2.circle(page, (side // 2, side // 2), radius, INK, max(1, pitch // 3))
        return page

    return draw


def nested_corners(side: int, random: Random) -> Pixels:
    """L shapes inside each other, all touching two edges of the picture."""
    page = paper(side)
    for place in range(4, side, 8):
        cv2.line(page, (place, 0), (place, side - place), INK, 2)
        cv2.line(page, (place, side - place), (side, side - place), INK, 2)
    return page


def comb_at_the_edges(side: int, random: Random) -> Pixels:
    """Short strokes that all touch an edge of the picture."""
    page = paper(side)
    for place in range(0, side, 4):
        depth = int(random.integers(10, side // 5))
        cv2.line(page, (place, 0), (place, depth), INK, 1)
        cv2.line(page, (place, side), (place, side - depth), INK, 1)
    return page


def long_diagonals(side: int, random: Random) -> Pixels:
    """Parallel diagonals inside each other's bounding boxes."""
    page = paper(side)
    for offset in range(-side, side, 10):
        start, end = max(20, 20 - offset), min(side - 20, side - 20 - offset)
        if end - start > side // 8:
            cv2.line(page, (start, start + offset), (end, end + offset), INK, 2)
    return page
