"""Numbers as people write them in their language."""

from __future__ import annotations

from flask_babel import format_decimal

MINUS = "\N{MINUS SIGN}"


def decimal(value: float, digits: int = 0) -> str:
    """A number with so many decimal places, and a real minus sign."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    rounded = round(value, digits) + 0.0  # no "-0"
    return str(format_decimal(rounded, format=pattern)).replace("-", MINUS)
