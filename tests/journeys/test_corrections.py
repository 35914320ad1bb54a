"""A person corrects a digit, changes the correction, and an admin approves it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.person import give, number_read
from tests.journeys.pictures import photo_of
from tests.journeys.site import RunningSite

pytestmark = pytest.mark.journey

EMAIL, PASSWORD = "grace@example.org", "a long enough password"


def test_a_correction_is_made_withdrawn_made_again_and_approved(
    page: Page, running_site: RunningSite
) -> None:
    give(page, photo_of("42"))
    expect(number_read(page)).to_have_text("42")
    prediction = page.url
    page.evaluate("window.isStillThisPage = true")

    press(page.locator("#correction-number"), "This is right")
    expect(page.get_by_text("You confirmed this number.")).to_be_visible()
    press(page.locator("#correction-number"), "Undo")
    expect(page.get_by_text("You confirmed this number.")).to_have_count(0)

    second = page.get_by_role("group", name="The right label of digit 2")
    press(second, "7")
    expect(page.get_by_text("You corrected this digit to 7.")).to_be_visible()
    expect(second.get_by_role("button", name="7")).to_be_focused()
    press(second, "9")
    expect(page.locator("#correction-number")).to_contain_text("49")
    expect(number_read(page)).to_have_text("42")
    assert page.evaluate("window.isStillThisPage")

    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("main").get_by_role("listitem").first).to_contain_text(
        re.compile(r"42\s*corrected to 49")
    )

    running_site.flask("users", "create-admin", "--email", EMAIL, "--password", PASSWORD)
    sign_in(page)
    page.get_by_role("link", name="Review the corrections").click()
    page.get_by_role("button", name="Approve 9, read as 2").click()
    expect(page.get_by_text("Approved: 1 correction.")).to_be_visible()
    expect(page.get_by_text("No corrections are waiting.")).to_be_visible()

    page.goto(f"{running_site.address}/admin/models")
    page.get_by_role("link", name="Read corrected pictures again").click()
    page.get_by_role("button", name="Read them").click()
    expect(page.get_by_text("as many as when they were first read.")).to_be_visible()

    page.goto(prediction)
    expect(
        page.get_by_text("An admin approved it, and the next training will use it.")
    ).to_be_visible()
    expect(second).to_have_count(0)


def test_without_the_network_a_correction_shows_a_problem_and_can_be_repeated(
    page: Page, running_site: RunningSite
) -> None:
    give(page, photo_of("7"))
    expect(number_read(page)).to_have_text("7")

    page.context.set_offline(True)
    press(page.get_by_role("group"), "1")
    expect(page.get_by_role("alert")).to_contain_text("Cifra can't be reached.")
    page.context.set_offline(False)
    press(page.get_by_role("group"), "1")

    expect(page.get_by_text("You corrected this digit to 1.")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_corrections_work_without_javascript(page_without_javascript: Page) -> None:
    page = page_without_javascript
    give(page, photo_of("7"))
    expect(number_read(page)).to_have_text("7")

    press(page.get_by_role("group"), "Not a digit")

    expect(page).to_have_url(re.compile(r"/predictions/[\w-]+#digit-0$"))
    expect(page.get_by_text("You marked this as not a digit.")).to_be_visible()
    press(page.locator("#correction-0"), "Undo")
    expect(page.get_by_text("Is this right?")).to_be_visible()


def press(within: Locator, name: str) -> None:
    within.get_by_role("button", name=name, exact=True).click()


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
