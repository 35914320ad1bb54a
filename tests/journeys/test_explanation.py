"""A person asks how Cifra read a digit, and watches the page become the explanation."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.person import give, number_read
from tests.journeys.pictures import photo_of
from tests.journeys.site import RunningSite

pytestmark = pytest.mark.journey


def test_an_explanation_appears_by_itself(page: Page, running_site: RunningSite) -> None:
    give(page, photo_of("7"))
    expect(number_read(page)).to_have_text("7")

    page.get_by_role("link", name="How Cifra read this digit").click()

    expect(page.get_by_role("heading", name="Through the network, layer by layer")).to_be_visible(
        timeout=120_000
    )
    expect(page.get_by_text("Cifra answers: this digit is a 7.")).to_be_visible()


def test_a_person_looks_inside_and_asks_why(page: Page, running_site: RunningSite) -> None:
    give(page, photo_of("4"))
    expect(number_read(page)).to_have_text("4")
    page.get_by_role("link", name="How Cifra read this digit").click()

    page.get_by_role("link", name="Convolution 1", exact=True).click(timeout=120_000)
    page.locator("input[type=image]").click(position={"x": 145, "y": 95})  # 10 pixels a point
    expect(page.get_by_text("Row 9, column 14, counted from 0")).to_be_visible()

    page.get_by_role("link", name="All steps").click()
    page.get_by_role("link", name="Why 4 and not").click()
    expect(page.get_by_role("heading", name="How it would become a")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("There was no sample of training digits")).to_be_visible()
