"""The review of a sheet: the form's texts, values of marks and checks, kept in its row."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.models import Sheet
from webapp.sheets.grid import MAX_TEXT, Grid, as_decimal

MARK = "mark-"  # the prefix of the fields with the values of marks
NUMBERS = ("minimum", "maximum")
SWITCHES = ("last_row_is_sum", "last_column_is_sum")
CHECK_ALL = "all"  # the value of the button that says that every cell is right


def save_review(sheet: Sheet, form: Mapping[str, str]) -> None:
    """Keep what a person changed on the form. Texts that stay as they were are no changes.

    A cell named by the field `checked`, or every cell where the button says so, counts as looked
    at. Nothing that was read is overwritten.
    """
    grid = Grid.of(sheet)
    checked = set(form.get("checked", "").split())
    edits = dict(sheet.edits or {})
    for cell in grid.cells:
        if cell.name not in form:
            continue
        typed = _clean(form[cell.name])
        is_confirmed = cell.is_unsure and (cell.name in checked or form.get("save") == CHECK_ALL)
        if typed != cell.text or is_confirmed:
            edits[cell.key] = typed
    sheet.edits = edits
    sheet.mark_values = _mark_values(grid, form)
    sheet.checks = _checks(form)


def _mark_values(grid: Grid, form: Mapping[str, str]) -> dict[str, str]:
    values = {name: _clean(form.get(f"{MARK}{name}", "")) for name in grid.marks}
    if form.get(f"{MARK}strokes"):
        values["strokes"] = "count"
    return {name: value for name, value in values.items() if value}


def _checks(form: Mapping[str, str]) -> dict[str, str]:
    numbers = {
        name: str(value)
        for name in NUMBERS
        if (value := as_decimal(form.get(name, "")[:20])) is not None
    }
    return numbers | {name: "yes" for name in SWITCHES if form.get(name)}


def _clean(text: str) -> str:
    """One line without control characters, which no spreadsheet and not every database takes."""
    return "".join(character for character in text if character.isprintable()).strip()[:MAX_TEXT]
