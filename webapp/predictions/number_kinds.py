"""Kinds of numbers: what a text as it is written means, and its value where it has one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

GAP = "?"  # a mark that could not be read
FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_PLACES = Decimal("0.000001")  # of a fraction that has no finite decimal

_INTEGER = re.compile(r"\d+")
_ONE_SEPARATOR = re.compile(r"(\d*)[.,](\d+)")
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DATE = re.compile(r"(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})")
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")
_FRACTION = re.compile(r"(\d+)/(\d+)")
_MIXED = re.compile(r"(\d*)([½¼¾])")


class NumberKind(StrEnum):
    """What a text is."""

    NUMBER = "number"
    FRACTION = "fraction"
    PERCENTAGE = "percentage"
    DATE = "date"
    TIME = "time"
    CODE = "code"  # with leading zeros, or digits joined by dashes, slashes or colons
    SUM = "sum"  # a calculation, which is no number
    INCOMPLETE = "incomplete"  # a mark of it could not be read
    OTHER = "other"


@dataclass(frozen=True)
class Interpretation:
    """A text with its meaning."""

    text: str  # as it is written
    kind: NumberKind
    value: Decimal | None = None  # None: it has none, or its point may be either


def interpret(text: str) -> Interpretation:
    """The kind and the value of one number as it is written.

    A percentage's value is that before its sign. A single point or comma before three digits may
    part thousands or decimals: then the value stays open.
    """
    kind, value = _interpreted(text)
    return Interpretation(text, kind, value)


def interpret_rows(number: str) -> list[Interpretation]:
    """Each row of a reading, whose rows are separated by bars."""
    return [interpret(row) for row in number.split("|")]


def _interpreted(text: str) -> tuple[NumberKind, Decimal | None]:
    if GAP in text:
        return NumberKind.INCOMPLETE, None
    if "=" in text or "+" in text[1:]:
        return NumberKind.SUM, None
    if _TIME.fullmatch(text):
        return NumberKind.TIME, None
    if _is_date(text):
        return NumberKind.DATE, None
    sign, unsigned = (text[0], text[1:]) if text[:1] in {"+", "-"} else ("", text)
    kind, value = _unsigned(unsigned)
    if sign and kind in {NumberKind.CODE, NumberKind.OTHER}:
        return NumberKind.OTHER, None
    return kind, -value if value is not None and sign == "-" else value


def _unsigned(text: str) -> tuple[NumberKind, Decimal | None]:
    if text.endswith("%"):
        kind, value = _unsigned(text[:-1])
        is_number = kind is NumberKind.NUMBER
        return (NumberKind.PERCENTAGE, value) if is_number else (NumberKind.OTHER, None)
    if _INTEGER.fullmatch(text):
        has_leading_zero = len(text) > 1 and text[0] == "0"
        return (NumberKind.CODE, None) if has_leading_zero else (NumberKind.NUMBER, Decimal(text))
    if fraction := _fraction(text):
        return NumberKind.FRACTION, fraction
    if single := _ONE_SEPARATOR.fullmatch(text):
        return NumberKind.NUMBER, _decimal(*single.groups())
    if _THOUSANDS.fullmatch(text):
        return NumberKind.NUMBER, _with_thousands(text)
    is_joined = re.fullmatch(r"\d+(?:[-/:.]\d+)+", text)
    return (NumberKind.CODE if is_joined else NumberKind.OTHER), None


def _decimal(whole: str, rest: str) -> Decimal | None:
    """The value of a number with one separator; None where it may be of thousands."""
    if len(rest) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0":
        return None
    return Decimal(f"{whole or 0}.{rest}")


def _with_thousands(text: str) -> Decimal:
    first = re.search(r"[.,]", text)
    assert first is not None
    return Decimal(text.replace(first.group(), "").replace(",", "."))


def _fraction(text: str) -> Decimal | None:
    if mixed := _MIXED.fullmatch(text):
        return Decimal(mixed[1] or 0) + FRACTIONS[mixed[2]]
    parts = _FRACTION.fullmatch(text)
    if not parts or not int(parts[2]):
        return None
    value = Decimal(parts[1]) / Decimal(parts[2])
    return value if value == round(value, 6) else value.quantize(_PLACES)


def _is_date(text: str) -> bool:
    """Whether it is a day, a month and a year, or a year first."""
    parts = _DATE.fullmatch(text)
    if not parts:
        return False
    first, middle, last = (int(parts[group]) for group in (1, 3, 4))
    if len(parts[1]) == 4:
        return 1 <= middle <= 12 and 1 <= last <= 31
    is_year = len(parts[4]) in {2, 4}
    return (
        is_year
        and min(first, middle) >= 1
        and max(first, middle) <= 31
        and (min(first, middle) <= 12)
    )
