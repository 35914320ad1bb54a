"""A person corrects a digit, changes the correction, and an admin approves it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.person import delete_reading, give, number_read
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
    press(page.locator("#correction-number"), "Undo all")
    expect(page.get_by_text("You confirmed this number.")).to_have_count(0)

    second = page.get_by_role("group", name="The right label of digit 2")
    page.get_by_role("link", name="Digit 2:").click()
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
    page.goto(f"{running_site.address}/admin/corrections")
    page.get_by_role("button", name="Approve 9, read as 2").click()
    expect(page.get_by_text("Approved: 1 correction.")).to_be_visible()
    expect(page.get_by_text("No corrections are waiting.")).to_be_visible()

    page.goto(f"{running_site.address}/admin/models/1")
    page.get_by_role("button", name="Read them again").click()
    expect(page.get_by_text("As many as when they were first read.")).to_be_visible()

    page.goto(prediction)
    page.get_by_role("link", name="Digit 2:").click()
    expect(page.get_by_text("An admin approved it")).to_be_visible()
    expect(second).to_have_count(0)


def test_without_the_network_a_correction_shows_a_problem_and_can_be_repeated(
    page: Page, running_site: RunningSite
) -> None:
    give(page, photo_of("7"))
    expect(number_read(page)).to_have_text("7")
    page.wait_for_load_state("load")  # its scripts too, which a slow machine loads later

    page.context.set_offline(True)
    press(page.get_by_role("group", name="The right label"), "1")
    expect(page.get_by_role("alert")).to_contain_text("Cifra can't be reached.")
    page.context.set_offline(False)
    press(page.get_by_role("group", name="The right label"), "1")

    expect(page.get_by_text("You corrected this digit to 1.")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    delete_reading(page)


def test_corrections_work_without_javascript(page_without_javascript: Page) -> None:
    page = page_without_javascript
    give(page, photo_of("7"))
    expect(number_read(page)).to_have_text("7")

    press(page.get_by_role("group", name="The right label"), "Not a digit")

    expect(page).to_have_url(re.compile(r"/predictions/[\w-]+#digit-0$"))
    expect(page.get_by_text("You marked this as not a digit.")).to_be_visible()
    press(page.locator("#correction-0"), "Undo")
    expect(page.get_by_text("If it is wrong, choose the right one.")).to_be_visible()


def test_twenty_digits_with_three_mistakes_are_corrected_in_few_keys(page: Page) -> None:
    """Under 15 s: at three keys a second, 45 keys."""
    number = "31415926535897932384"
    give(page, photo_of(number))
    expect(number_read(page)).to_have_text(number)
    tiles = page.get_by_role("list", name="The digits in reading order").get_by_role("link")
    expect(tiles).to_have_count(20)
    keys = Keys(page)

    keys.press("Home")
    keys.press(*["ArrowRight"] * 3, "7")  # the fourth; the next one is chosen by itself
    keys.press(*["ArrowRight"] * 5, "x")
    keys.press(*["ArrowRight"] * 8, "0")
    keys.press("z", "1", "Enter")

    expect(page.locator("#correction-number")).to_contain_text("3147592655897932314")
    expect(page.get_by_role("button", name="The rest is right")).to_have_count(0)
    assert keys.count <= 45
    delete_reading(page)


def test_a_whole_number_is_typed_in_place_of_what_was_read(page: Page) -> None:
    give(page, photo_of("42"))
    expect(number_read(page)).to_have_text("42")

    page.get_by_label("The right number").fill("472")
    page.keyboard.press("Enter")

    expect(page.locator("#correction-number")).to_contain_text("472")
    expect(page.get_by_role("list", name="The digits in reading order")).to_contain_text("7")
    press(page.locator("#correction-number"), "Undo all")
    expect(page.locator("#correction-number")).not_to_contain_text("472")


def test_the_page_of_one_digit_fits_a_phones_screen(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    give(page, photo_of("7"))
    expect(number_read(page)).to_have_text("7")

    for part in (
        number_read(page),
        page.get_by_text("over 99.9").first,
        page.get_by_alt_text("Your picture"),
        page.get_by_role("button", name="This is right"),
        page.get_by_role("button", name="Not a digit"),
    ):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 740


class Keys:
    """The keyboard, which counts the keys that are pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def press(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.count += 1


def press(within: Locator, name: str) -> None:
    within.get_by_role("button", name=name, exact=True).click()


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
