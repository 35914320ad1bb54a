"""A teacher photographs a table, checks it with the keyboard, and takes a spreadsheet home."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.sheet_pages import upload_sheet
from tests.journeys.site import RunningSite

pytestmark = pytest.mark.journey


def test_a_photographed_table_becomes_a_spreadsheet(
    page: Page, running_site: RunningSite, tmp_path: Path
) -> None:
    page.goto(f"{running_site.address}/sheets")
    upload_sheet(page, [["7", "12", "305"], ["", "48", "9"]], degrees=4)
    expect(page.locator("[data-grid] input")).to_have_count(6)
    expect(page.get_by_label("Row 2, column 1")).to_have_value("")

    page.get_by_label("Row 1, column 2").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("13")
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Row 1, column 2")).to_have_value("13")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download XLSX").click()
    download.value.save_as(tmp_path / "marks.xlsx")
    with ZipFile(tmp_path / "marks.xlsx") as workbook:
        sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
    assert [f"<v>{value}</v>" in sheet for value in (7, 13, 305, 48, 9)] == [True] * 5
    assert "<v>12</v>" not in sheet
