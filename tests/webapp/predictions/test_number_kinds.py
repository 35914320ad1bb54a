"""The kind and the value of a number as it is written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from webapp.predictions.number_kinds import NumberKind, interpret, interpret_rows


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("42", "number", "42"),
        ("0", "number", "0"),
        ("-42", "number", "-42"),
        ("+5", "number", "5"),
        ("5.23", "number", "5.23"),
        ("5,5", "number", "5.5"),
        (".86", "number", "0.86"),
        ("-.5", "number", "-0.5"),
        ("0.125", "number", "0.125"),
        ("1250.125", "number", "1250.125"),
        ("1,250,000", "number", "1250000"),
        ("1.250.000", "number", "1250000"),
        ("1.250,75", "number", "1250.75"),
        ("1,250.75", "number", "1250.75"),
        ("1.250", "number", None),  # thousands in Spain, a decimal in England
        ("1,250", "number", None),
        ("007", "code", None),
        ("404-1000", "code", None),
        ("12/345/6", "code", None),
        ("12/04/2023", "date", None),
        ("1-2-99", "date", None),
        ("31.12.1999", "date", None),
        ("2023/04/12", "date", None),
        ("45/45/2023", "code", None),
        ("12:30", "time", None),
        ("23:59:59", "time", None),
        ("25:99", "code", None),
        ("3/4", "fraction", "0.75"),
        ("1/3", "fraction", "0.333333"),
        ("½", "fraction", "0.5"),
        ("4½", "fraction", "4.5"),
        ("-4½", "fraction", "-4.5"),
        ("45%", "percentage", "45"),
        ("4.5%", "percentage", "4.5"),
        ("3+4", "sum", None),
        ("3+4=7", "sum", None),
        ("4?2", "incomplete", None),
        ("?1,250", "incomplete", None),
        ("(42)", "other", None),
        ("1/0", "code", None),
    ],
)
def test_a_text_has_a_kind_and_a_value(text: str, kind: str, value: str | None) -> None:
    meaning = interpret(text)

    assert meaning.kind == NumberKind(kind)
    assert meaning.value == (None if value is None else Decimal(value))


def test_each_row_of_a_reading_has_its_own_meaning() -> None:
    first, second = interpret_rows("5.23|12:30")

    assert (first.kind, first.value) == (NumberKind.NUMBER, Decimal("5.23"))
    assert second.kind == NumberKind.TIME
