"""Values: a text is a number only where it has one value."""

from __future__ import annotations

from decimal import Decimal

import pytest

from webapp.sheets.values import value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", "7"),
        ("0", "0"),
        ("-42", "-42"),
        ("−42", "-42"),
        ("7.5", "7.5"),
        ("7,5", "7.5"),
        ("3·96", "3.96"),
        (".56", "0.56"),
        ("0.125", "0.125"),
        ("1234.125", "1234.125"),
        ("1.234.567", "1234567"),
        ("1 234 567", "1234567"),
        ("4½", "4.5"),
        ("½", "0.5"),
        ("4 1/2", "4.5"),
        ("12345678901", "12345678901"),
    ],
)
def test_a_written_number_has_its_value(text: str, value: str) -> None:
    assert value_of(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "013",  # a code
        "123456789012",  # an account
        "1.234",  # thousands in one country, a decimal in another
        "1,234",
        "18/12/23",
        "12:30",
        "1/2",
        "4?2",
        "404-1000",
        "3 1/0",
        "abc",
    ],
)
def test_a_text_without_one_clear_value_has_none(text: str) -> None:
    assert value_of(text) is None
