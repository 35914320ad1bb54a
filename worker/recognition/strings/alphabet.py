"""The alphabet of the string network: the digits, the signs of numbers, and any other mark."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

DIGITS = "0123456789"
FRACTIONS = "½¼¾"
# A letter, a currency sign, a struck-out digit: read as a mark, so that it is never dropped.
OTHER_MARK = "?"
SYMBOLS = DIGITS + ".,-/:()%+=" + FRACTIONS + OTHER_MARK
BLANK = len(SYMBOLS)  # the class of "no new symbol here" in the outputs of the network
CLASSES = len(SYMBOLS) + 1

_INDEX = {symbol: index for index, symbol in enumerate(SYMBOLS)}


def encode(text: str) -> list[int]:
    """The classes of a text's symbols. Raises KeyError for a character outside the alphabet."""
    return [_INDEX[symbol] for symbol in text]


def decode(classes: Sequence[int]) -> str:
    """The text of a sequence of classes, one a time step: repeats and blanks are left out."""
    return "".join(SYMBOLS[index] for index, _ in groupby(classes) if index != BLANK)
