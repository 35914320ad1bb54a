"""A person looks back: the history shows what they gave, newest first, and filters from its URL."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.person import give, number_read
from tests.journeys.pictures import blank_photo, photo_of
from tests.journeys.site import RunningSite

pytestmark = pytest.mark.journey


def test_the_history_shows_what_was_given_and_filters_it(
    page: Page, running_site: RunningSite
) -> None:
    for number in ("7", "3"):
        give(page, photo_of(number))
        expect(number_read(page)).to_have_text(number)
        page.goto(running_site.address)
    give(page, blank_photo())
    expect(page.get_by_role("heading", name="Cifra can't read this picture")).to_be_visible()

    page.get_by_role("link", name="History").click()
    cards = page.get_by_role("main").get_by_role("listitem")
    expect(cards).to_contain_text(["not read", "3", "7"])
    expect(cards.first).to_contain_text("version 1")
    expect(cards.nth(1)).not_to_contain_text("version 1")  # nothing is said twice

    page.get_by_label("Number").fill("7")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile("number=7"))
    expect(cards).to_have_count(1)

    page.get_by_label("Number").fill("")
    page.get_by_label("Status").select_option("not read")
    page.get_by_role("button", name="Filter").click()
    expect(cards).to_contain_text(["not read"])

    page.goto(f"{running_site.address}/predictions?from=2001-01-01&to=2001-12-31")
    expect(page.get_by_text("Nothing matches these filters.")).to_be_visible()


def test_nobody_sees_what_another_visitor_gave(page: Page, running_site: RunningSite) -> None:
    page.goto(f"{running_site.address}/predictions")

    expect(page.get_by_text("You have no readings yet.")).to_be_visible()
