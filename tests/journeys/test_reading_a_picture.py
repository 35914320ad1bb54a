"""A person uploads a picture and gets its reading: on a phone, without JavaScript, by drawing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.person import A_PREDICTION, give, number_read
from tests.journeys.pictures import blank_photo, photo_of
from tests.journeys.site import RunningSite

pytestmark = pytest.mark.journey


def test_a_photo_becomes_a_number_on_its_own_page(page: Page) -> None:
    give(page, photo_of("7"))

    expect(number_read(page)).to_have_text("7")
    expect(page).to_have_url(A_PREDICTION)
    expect(page).to_have_title(re.compile("^7"))
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(1 + 10)  # with the header
    expect(page.get_by_alt_text("The 28 by 28 picture that was read as 7")).to_be_visible()
    expect(page.get_by_alt_text("Your picture")).to_be_visible()
    expect(page.get_by_text("model version 1")).to_be_visible()


def test_the_reading_shows_the_step_pictures(page: Page) -> None:
    give(page, photo_of("3"))
    expect(number_read(page)).to_be_visible()

    steps = page.get_by_role("region", name="From your picture to 28×28").get_by_role("listitem")

    assert steps.count() >= 3
    for number in range(3):  # once they are drawn, those that changed nothing are left out
        step = steps.nth(number)
        step.scroll_into_view_if_needed()
        picture = step.locator("img")
        expect(picture).to_be_visible()
        page.wait_for_function("picture => picture.naturalWidth > 0", arg=picture.element_handle())


def test_a_whole_number_is_read_in_order(page: Page) -> None:
    give(page, photo_of("42"))

    expect(number_read(page)).to_have_text("42")


def test_no_page_is_wider_than_a_phone(page: Page) -> None:
    def overflow() -> int:
        width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return width

    assert overflow() <= 0
    give(page, photo_of("7"))
    expect(number_read(page)).to_be_visible()
    assert overflow() <= 0
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="Your readings")).to_be_visible()
    assert overflow() <= 0


def test_without_javascript_the_page_refreshes_until_it_shows_the_reading(
    page_without_javascript: Page,
) -> None:
    page = page_without_javascript

    give(page, photo_of("7"))

    expect(number_read(page)).to_have_text("7")
    expect(page).to_have_url(A_PREDICTION)


def test_a_drawing_is_read_like_a_photo(page: Page) -> None:
    canvas = page.get_by_label("Canvas to draw a number on")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    middle, top, bottom = box["x"] + box["width"] / 2, box["y"] + 30, box["y"] + box["height"] - 30

    page.mouse.move(middle, top)
    page.mouse.down()
    page.mouse.move(middle - 6, bottom, steps=20)
    page.mouse.up()
    page.get_by_role("button", name="Read this drawing").click()

    expect(number_read(page)).to_have_text("1")


def test_blank_paper_is_refused_with_its_reason(page: Page) -> None:
    give(page, blank_photo())

    expect(page.get_by_role("heading", name="Cifra can't read this picture")).to_be_visible()
    expect(page.get_by_role("status").first).to_contain_text("No digit found")


def test_a_bad_file_is_refused_with_its_reason_and_its_name(page_without_javascript: Page) -> None:
    page = page_without_javascript

    give(page, b"a letter, not a picture", filename="letter.jpg")

    expect(page.get_by_role("alert")).to_contain_text("not a picture that Cifra can read")
    expect(page.get_by_role("alert")).to_contain_text("letter.jpg")
    expect(page.get_by_role("button", name="Read this picture")).to_be_visible()


def test_an_unknown_address_gets_a_page_of_its_own(page: Page, running_site: RunningSite) -> None:
    answer = page.goto(f"{running_site.address}/predictions/nobody-was-given-this")

    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
