"""Values: the text of a cell as a number, where it has one value and no other."""

from __future__ import annotations

import re
from decimal import Decimal

MAX_DIGITS = 11  # of a number in a spreadsheet cell; a longer one is a code, and stays text

_HALVES = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_PLAIN = re.compile(r"([-−–]?)(\d*)(?:[.,·](\d+))?")
_GROUPED = re.compile(r"([-−–]?)(\d{1,3})((?:[., ’']\d{3})+)")
_MIXED = re.compile(r"(\d+)? ?([½¼¾])|(\d+) (\d)/(\d)")


def value_of(text: str) -> Decimal | None:
    """The value of a written number; None for a date, a code, a range or an unclear text.

    Leading zeros, more than 11 digits and a single group of thousands ("1.234", "1,234") have no
    clear value: they stay text. "4½" and "4 1/2" are 4.5; a lone "1/2" may be a date or a part.
    """
    text = text.strip()
    plain = _PLAIN.fullmatch(text)
    if plain and (plain[2] or plain[3]):
        return _plain_value(*plain.groups(""))
    grouped = _GROUPED.fullmatch(text)
    if grouped and len(grouped[3]) > 4 and len(set(grouped[3][::4])) == 1:
        digits = grouped[2] + re.sub(r"\D", "", grouped[3])
        return _signed(grouped[1], Decimal(digits)) if len(digits) <= MAX_DIGITS else None
    mixed = _MIXED.fullmatch(text)
    if mixed is None:
        return None
    if mixed[2]:
        return Decimal(mixed[1] or 0) + _HALVES[mixed[2]]
    return Decimal(mixed[3]) + Decimal(mixed[4]) / Decimal(mixed[5]) if mixed[5] != "0" else None


def _plain_value(sign: str, whole: str, fraction: str) -> Decimal | None:
    has_leading_zero = len(whole) > 1 and whole.startswith("0")
    is_group = len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    if has_leading_zero or is_group or len(whole) + len(fraction) > MAX_DIGITS:
        return None
    return _signed(sign, Decimal(f"{whole or 0}.{fraction or 0}") if fraction else Decimal(whole))


def _signed(sign: str, value: Decimal) -> Decimal:
    return -value if sign else value
