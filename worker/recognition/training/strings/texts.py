"""Texts: numbers as people write them, to be drawn for the training of the string network.

A letter, a currency sign or a word stands in a text as one OTHER_MARK: its drawing is chosen later.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from worker.recognition.strings.alphabet import FRACTIONS, OTHER_MARK

Random = np.random.Generator


def write_text(random: Random) -> str:
    """A text of the kinds in KINDS, of 1 to 14 symbols."""
    kinds = list(KINDS)
    shares = np.array([KINDS[kind] for kind in kinds])
    return kinds[random.choice(len(kinds), p=shares / shares.sum())](random)


def _digits(random: Random, count: int) -> str:
    if random.random() < 0.12:  # one digit repeated, as in 1000 or 777
        return str(random.integers(1, 10)) + str(random.integers(10)) * (count - 1)
    return "".join(str(digit) for digit in random.integers(0, 10, count))


def _integer(random: Random) -> str:
    lengths = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    shares = (0.22, 0.22, 0.15, 0.11, 0.08, 0.07, 0.05, 0.03, 0.02, 0.02, 0.02, 0.01)
    return _digits(random, int(random.choice(lengths, p=shares)))


def _decimal(random: Random) -> str:
    whole = _digits(random, int(random.choice((1, 2, 3), p=(0.6, 0.3, 0.1))))
    if random.random() < 0.08:
        whole = ""
    rest = _digits(random, int(random.choice((1, 2, 3), p=(0.35, 0.55, 0.1))))
    return whole + ("." if not whole or random.random() < 0.6 else ",") + rest


def _signed(random: Random) -> str:
    number = _integer(random)[:5] if random.random() < 0.6 else _decimal(random)
    return ("-" if random.random() < 0.75 else "+") + number


def _grouped(random: Random) -> str:
    """Thousands with points or commas, some with decimals."""
    point, comma = (".", ",") if random.random() < 0.5 else (",", ".")
    groups = [_digits(random, int(random.integers(1, 4)))]
    groups += [_digits(random, 3) for _ in range(1 if random.random() < 0.75 else 2)]
    decimals = comma + _digits(random, 2) if random.random() < 0.25 else ""
    return point.join(groups) + decimals


def _date(random: Random) -> str:
    day, month = int(random.integers(1, 32)), int(random.integers(1, 13))
    year = int(random.integers(1950, 2035))
    separator = str(random.choice(("/", "-", "."), p=(0.6, 0.2, 0.2)))
    padded = random.random() < 0.6
    parts = [f"{part:02d}" if padded else str(part) for part in (day, month)]
    style = random.random()
    if style < 0.2:
        return separator.join(parts)
    if style < 0.3:
        return separator.join([str(year), *parts[::-1]])
    return separator.join([*parts, str(year) if style < 0.75 else f"{year % 100:02d}"])


def _time(random: Random) -> str:
    hours, minutes = int(random.integers(0, 24)), int(random.integers(0, 60))
    text = f"{hours:02d}:{minutes:02d}" if random.random() < 0.7 else f"{hours}:{minutes:02d}"
    return text + (f":{random.integers(0, 60):02d}" if random.random() < 0.12 else "")


def _joined(random: Random) -> str:
    """Two numbers with a dash, a slash or a colon between them: codes, ranges, scores."""
    separator = str(random.choice(("-", "/", ":"), p=(0.6, 0.3, 0.1)))
    first = _digits(random, int(random.integers(1, 5)))
    return first + separator + _digits(random, int(random.integers(1, 5)))


def _fraction(random: Random) -> str:
    if random.random() < 0.4:
        return f"{random.integers(1, 20)}/{random.integers(2, 100)}"
    whole = _digits(random, int(random.integers(0, 3))) if random.random() < 0.8 else ""
    return whole + str(random.choice([*FRACTIONS], p=(0.7, 0.15, 0.15)))


def _percentage(random: Random) -> str:
    return (_decimal(random) if random.random() < 0.3 else _integer(random)[:3]) + "%"


def _sum(random: Random) -> str:
    signs = ("+", "-", OTHER_MARK)  # a cross or a dot between numbers is another mark
    text = _integer(random)[:3] + str(random.choice(signs, p=(0.6, 0.3, 0.1)))
    text += _integer(random)[:3]
    return text + ("=" + _integer(random)[:3] if random.random() < 0.6 else "")


def _bracketed(random: Random) -> str:
    inner = _integer(random)[:4] if random.random() < 0.7 else _decimal(random)
    if random.random() < 0.3:
        return f"{inner})"
    return f"({inner})"


def _marked(random: Random) -> str:
    """A number with a mark that is none of its signs, before, within or after it."""
    number = _decimal(random) if random.random() < 0.4 else _integer(random)
    places = (0, len(number), int(random.integers(0, len(number) + 1)))
    place = int(random.choice(places, p=(0.35, 0.35, 0.3)))
    return number[:place] + OTHER_MARK + number[place:]


def _replaced(random: Random) -> str:
    """A number with one digit struck out or smeared."""
    number = _integer(random)
    place = int(random.integers(0, len(number)))
    return number[:place] + OTHER_MARK + number[place + 1 :]


def _unknown(random: Random) -> str:  # noqa: ARG001
    return OTHER_MARK


KINDS: dict[Callable[[Random], str], float] = {
    _integer: 0.36,
    _decimal: 0.2,
    _signed: 0.06,
    _grouped: 0.05,
    _date: 0.07,
    _time: 0.03,
    _joined: 0.06,
    _fraction: 0.07,
    _percentage: 0.025,
    _sum: 0.03,
    _bracketed: 0.025,
    _marked: 0.035,
    _replaced: 0.02,
    _unknown: 0.05,
}
