"""axe-core finds nothing on the pages about networks, in both languages, in light and in dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.accessibility import check
from webapp.learn.chapters import CHAPTERS

LIVE = "[data-playground][data-ready], [data-live-part][data-ready]"


@pytest.fixture(params=["phone", "spanish_phone"])
def either_phone(request: pytest.FixtureRequest) -> Page:
    page: Page = request.getfixturevalue(request.param)
    return page


@pytest.mark.parametrize("address", ["/networks", "/learn", "/learn/teaching"])
def test_nothing_is_found_on_the_pages_about_networks(either_phone: Page, address: str) -> None:
    either_phone.goto(address)
    check(either_phone, address)


def test_nothing_is_found_on_the_page_to_change_a_digit(either_phone: Page) -> None:
    either_phone.goto("/networks/play")
    either_phone.locator(LIVE).wait_for()
    check(either_phone, "/networks/play")


@pytest.mark.parametrize("chapter", [chapter.name for chapter in CHAPTERS])
def test_nothing_is_found_in_a_chapter(either_phone: Page, chapter: str) -> None:
    either_phone.goto(f"/learn/{chapter}")
    either_phone.locator(LIVE).first.wait_for()
    for details in either_phone.locator("main details").all():
        details.evaluate("element => { element.open = true }")
    check(either_phone, chapter)
