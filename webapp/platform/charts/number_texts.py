"""Numbers of a chart as text, in the language of the request."""

from __future__ import annotations

from collections.abc import Callable

from webapp.platform.template_filters import NARROW_SPACE, decimal

Text = Callable[[float], str]


def number(decimals: int = 0, *, unit: str = "") -> Text:
    """1234.5 as "1,234.5", with a unit behind it where there is one."""
    ending = f"{NARROW_SPACE}{unit}" if unit else ""
    return lambda value: decimal(value, decimals) + ending


def percent(decimals: int = 1) -> Text:
    """0.1234 as "12.3 %"."""
    of_hundred = number(decimals, unit="%")
    return lambda share: of_hundred(share * 100)
