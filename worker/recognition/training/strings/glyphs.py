"""Glyphs: one symbol of a line as the ink of one hand."""

from __future__ import annotations

from worker.recognition.strings.alphabet import DIGITS, FRACTIONS, OTHER_MARK
from worker.recognition.training.strings.hand import (
    DigitSource,
    DrawnGlyph,
    Hand,
    Random,
    draw_digit,
)
from worker.recognition.training.strings.signs import draw_fraction, draw_other_mark, draw_sign


def draw_glyph(symbol: str, hand: Hand, source: DigitSource, random: Random) -> DrawnGlyph:
    """A symbol of the alphabet as this hand writes it."""
    if symbol in DIGITS:
        return draw_digit(symbol, hand, source, random)
    if symbol in FRACTIONS:
        return draw_fraction(symbol, hand, source, random)
    if symbol == OTHER_MARK:
        return draw_other_mark(hand, source, random)
    return draw_sign(symbol, hand, random)
