"""Signs: points, dashes, fractions, and the marks that are no sign of a number."""

from __future__ import annotations

import cv2
import numpy as np

from worker.recognition.training.strings.hand import (
    DIGIT_HEIGHT,
    Canvas,
    DigitSource,
    DrawnGlyph,
    Hand,
    Random,
    draw_digit,
    draw_strokes,
)
from worker.recognition.training.strings.pen import OTHER_TEMPLATES, SIGN_TEMPLATES, Template


def draw_sign(symbol: str, hand: Hand, random: Random) -> DrawnGlyph:
    """A sign of the alphabet that needs no digits."""
    if symbol in _POINTS:
        return _POINTS[symbol](hand, random)
    templates = SIGN_TEMPLATES[symbol]
    size = DIGIT_HEIGHT * random.uniform(0.85, 1.1)
    return draw_strokes(templates[random.integers(len(templates))], size, size, hand, random)


def _point(hand: Hand, random: Random) -> DrawnGlyph:
    """A decimal point, on the line or raised, from a dot to a short stroke."""
    place = random.uniform(0.85, 1.05) if random.random() < 0.6 else random.uniform(0.35, 0.85)
    if random.random() < 0.25:
        slip = random.uniform(0.02, 0.09, 2)
        template: Template = [[(0, place), (float(slip[0]), place + float(slip[1]))]]
    else:
        template = [[(0, place), (0.01, place + 0.01)]]
    thick = hand.pen * random.uniform(0.7, 1.7) + 0.8
    return draw_strokes(template, DIGIT_HEIGHT, DIGIT_HEIGHT, hand.with_pen(thick), random)


def _comma(hand: Hand, random: Random) -> DrawnGlyph:
    place, length = random.uniform(0.82, 1.0), random.uniform(0.16, 0.4)
    lean = random.uniform(0.02, 0.16)
    template: Template = [[(lean, place), (lean * 0.9, place + length / 2), (0, place + length)]]
    return draw_strokes(template, DIGIT_HEIGHT, DIGIT_HEIGHT, hand, random)


def _minus(hand: Hand, random: Random) -> DrawnGlyph:
    place, length = random.uniform(0.4, 0.7), random.uniform(0.28, 0.85)
    if random.random() < 0.15:
        place = random.uniform(0.7, 0.9)  # some write a dash between numbers low
    template: Template = [[(0, place), (length, place + random.uniform(-0.08, 0.08))]]
    return draw_strokes(template, DIGIT_HEIGHT, DIGIT_HEIGHT, hand, random)


def _colon(hand: Hand, random: Random) -> DrawnGlyph:
    upper, lower = random.uniform(0.2, 0.45), random.uniform(0.65, 0.98)
    template: Template = [[(0, upper), (0.02, upper)], [(0, lower), (0.02, lower)]]
    thick = hand.pen * random.uniform(1.0, 1.6) + 0.8
    return draw_strokes(template, DIGIT_HEIGHT, DIGIT_HEIGHT, hand.with_pen(thick), random)


def draw_fraction(symbol: str, hand: Hand, source: DigitSource, random: Random) -> DrawnGlyph:
    """One half, a quarter or three quarters: two small digits with a bar or a slash between."""
    numbers = {"½": "12", "¼": "14", "¾": "34"}[symbol]
    small = hand.with_pen(max(2.0, hand.pen * 0.8))
    share = random.uniform(0.42, 0.55) if random.random() < 0.5 else random.uniform(0.5, 0.8)
    above, below = (
        _shrunk(draw_digit(number, small, source, random).ink, share) for number in numbers
    )
    return _stacked(above, below, round(small.pen), random)


def _shrunk(ink: Canvas, share: float) -> Canvas:
    small = cv2.resize(ink, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _stacked(above: Canvas, below: Canvas, pen: int, random: Random) -> DrawnGlyph:
    """Two small digits with a level bar between them, or side by side with a slash."""
    is_slanted = random.random() < 0.6
    beside = above.shape[1] + below.shape[1] + int(random.integers(-4, 17))
    width = beside if is_slanted else 24
    width = max(width, above.shape[1], below.shape[1])
    height = max(round(DIGIT_HEIGHT * random.uniform(1.0, 1.35)), len(above) + 2, len(below) + 2)
    canvas = np.zeros((height, width), np.uint8)
    left, right = 0, width - below.shape[1]
    upper, lower = random.uniform((0.5, 0.1), (0.9, 0.45)) * width
    start, end = (round(upper), 2), (round(lower), height - 2)
    if not is_slanted:
        left, right = (width - above.shape[1]) // 2, right // 2
        start, end = (0, height // 2), (width, height // 2)
    canvas[: above.shape[0], left : left + above.shape[1]] = above
    part = canvas[height - below.shape[0] :, right : right + below.shape[1]]
    np.maximum(part, below, out=part)
    cv2.line(canvas, start, end, 255, max(1, pen), cv2.LINE_AA)
    return DrawnGlyph(canvas, round((DIGIT_HEIGHT - height) * random.uniform(0.3, 1)))


def draw_other_mark(hand: Hand, source: DigitSource, random: Random) -> DrawnGlyph:
    """A currency sign, a letter, a word, a printed word, or a digit that is struck out."""
    if random.random() < 0.25:
        return _printed_word(random)
    choice = random.random()
    if choice < 0.25:
        return _struck_digit(hand, source, random)
    count = 1 if choice < 0.8 else int(random.integers(2, 5))
    glyphs = []
    for _ in range(count):
        template = OTHER_TEMPLATES[random.integers(len(OTHER_TEMPLATES))]
        size = DIGIT_HEIGHT * random.uniform(0.6, 1.1)
        glyph = draw_strokes(template, size * random.uniform(0.55, 0.9), size, hand, random)
        glyphs.append(DrawnGlyph(glyph.ink, glyph.top + round(DIGIT_HEIGHT - size)))
    return _side_by_side(glyphs)


def _side_by_side(glyphs: list[DrawnGlyph]) -> DrawnGlyph:
    if len(glyphs) == 1:
        return glyphs[0]
    top = min(glyph.top for glyph in glyphs)
    bottom = max(glyph.top + glyph.ink.shape[0] for glyph in glyphs)
    canvas = np.zeros((bottom - top, sum(glyph.ink.shape[1] for glyph in glyphs)), np.uint8)
    left = 0
    for glyph in glyphs:
        height, width = glyph.ink.shape
        canvas[glyph.top - top : glyph.top - top + height, left : left + width] = glyph.ink
        left += width
    return DrawnGlyph(canvas, top)


def _printed_word(random: Random) -> DrawnGlyph:
    """Some letters in one of OpenCV's fonts (A. V. Hershey, 1967), upright or in italics."""
    count = int(random.integers(1, 9))
    word = "".join(random.choice(list(_LETTERS), count))
    word = (word, word.capitalize(), word.upper())[random.integers(3)]
    face = int(random.choice(_FACES)) | (cv2.FONT_ITALIC if random.random() < 0.2 else 0)
    scale, thickness = random.uniform(0.7, 1.6), int(random.integers(1, 5))
    (width, height), below = cv2.getTextSize(word, face, scale, thickness)
    canvas = np.zeros((height + below + 2 * thickness, width + 2 * thickness), np.uint8)
    place = (thickness, height + thickness)
    cv2.putText(canvas, word, place, face, scale, 255, thickness, cv2.LINE_AA)
    rows, columns = np.nonzero(canvas)
    ink = canvas[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    ink = ink[:DIGIT_HEIGHT]
    return DrawnGlyph(ink, max(0, round((DIGIT_HEIGHT - len(ink)) * random.uniform(0.3, 1))))


def _struck_digit(hand: Hand, source: DigitSource, random: Random) -> DrawnGlyph:
    """A digit under a scribble or a few lines."""
    digit = draw_digit(str(random.integers(10)), hand, source, random)
    ink = cv2.copyMakeBorder(digit.ink, 4, 4, 10, 10, cv2.BORDER_CONSTANT)
    height, width = ink.shape
    count = int(random.integers(2, 4)) if random.random() < 0.6 else int(random.integers(6, 14))
    ends = random.uniform((0, 0.15), (0.3, 0.85), (count, 2))
    ends[1::2, 0] = 1 - ends[1::2, 0]
    points = np.round(ends * (width - 1, height - 1)).astype(np.int32)
    cv2.polylines(ink, [points], False, 255, max(1, round(hand.pen)), cv2.LINE_AA)
    return DrawnGlyph(np.asarray(ink, np.uint8), digit.top - 4)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FACES = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
_POINTS = {".": _point, ",": _comma, "-": _minus, ":": _colon}
