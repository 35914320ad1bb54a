"""Pages full of characters for pictures that are meant to be expensive to read."""

from __future__ import annotations

import cv2

from tests.support.adversarial_shapes import INK, Kind, Pixels, Random, paper, random_dots

FONT = cv2.FONT_HERSHEY_SIMPLEX


def text(scale: float, alphabet: str, pitch: float = 1.0) -> Kind:
    """A page full of characters; with a pitch below 1 neighbours touch."""

    def draw(side: int, random: Random) -> Pixels:
        page = paper(side)
        thickness = max(1, round(2.2 * scale))
        across, down = int(22 * scale * pitch), int(34 * scale)
        for y in range(down, side - 8, down):
            for x in range(8, side - across, max(1, across)):
                character = alphabet[int(random.integers(len(alphabet)))]
                cv2.putText(page, character, (x, y), FONT, scale, INK, thickness, cv2.LINE_AA)
        return page

    return draw


def columns_of(count: int, alphabet: str, pitch: float = 1.0) -> Kind:
    """A page of count × count characters, whatever its size."""

    def draw(side: int, random: Random) -> Pixels:
        return text(side / count / 36, alphabet, pitch)(side, random)

    return draw


def pairs_of(count: int, alphabet: str) -> Kind:
    """A page of count × count pairs of characters that touch each other."""

    def draw(side: int, random: Random) -> Pixels:
        page = paper(side)
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


def digits_with_dots(side: int, random: Random) -> Pixels:
    """A number in large digits among thousands of small dots of the same ink."""
    page = random_dots(max(2, side // 500), 4000)(side, random)
    cv2.putText(page, "472", (side // 10, side // 2), FONT, side / 120, INK, side // 60)
    return page
