"""What a person gave is theirs: nobody else opens its link, and it goes when they say so."""

from __future__ import annotations

from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.person import give, number_read
from tests.journeys.pictures import photo_of
from tests.journeys.site import RunningSite

pytestmark = pytest.mark.journey


def test_a_link_opens_for_its_giver_alone(page: Page, browser: Browser) -> None:
    give(page, photo_of("7"))
    expect(number_read(page)).to_have_text("7")

    stranger = browser.new_page()
    answer = stranger.goto(page.url)

    assert answer is not None
    assert answer.status == 404
    stranger.close()


def test_all_is_taken_along_and_then_deleted_without_javascript(
    page_without_javascript: Page, running_site: RunningSite
) -> None:
    page = page_without_javascript
    give(page, photo_of("7"))
    expect(number_read(page)).to_have_text("7")
    first = page.url
    page.goto(running_site.address)
    give(page, photo_of("3"))
    expect(number_read(page)).to_have_text("3")

    page.get_by_role("link", name="Delete this picture").click()
    expect(page.get_by_role("heading", name="Delete this picture?")).to_be_visible()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.get_by_text("are deleted.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)

    page.get_by_role("link", name="Your data").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()
    with ZipFile(download.value.path()) as archive:
        assert sum(name.startswith("pictures/") for name in archive.namelist()) == 1

    page.get_by_role("link", name="Delete everything").click()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_text("Your picture is deleted.")).to_be_visible()
    expect(page.get_by_text("There is nothing yet.")).to_be_visible()
    gone = page.goto(first)
    assert gone is not None
    assert gone.status == 404
