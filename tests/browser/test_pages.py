"""The pages that compute in the browser, in a real one: the playground and the course."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE
from webapp.learn.chapters import CHAPTERS


def open_playground(page: Page, address: str = "/networks/play") -> None:
    page.goto(address)
    page.locator("[data-playground][data-ready]").wait_for()
    expect(page.locator("[data-answer]").first).not_to_have_text("–")


def probabilities_of(page: Page) -> list[str]:
    return page.locator("[data-probability]").all_inner_texts()


def test_sliders_move_the_probabilities_of_all_four_networks(phone: Page) -> None:
    open_playground(phone)
    before = probabilities_of(phone)
    expect(phone.locator("[data-answer]")).to_have_text(["7", "7", "7", "7"])

    phone.get_by_label("Turn").focus()
    for _ in range(3):
        phone.keyboard.press("PageUp")  # the keyboard is enough

    expect(phone.locator("[data-tally]")).not_to_contain_text(" 0 % of the ink")
    assert probabilities_of(phone) != before
    phone.get_by_role("button", name="Undo all changes").click()
    expect(phone.locator("[data-tally]")).to_contain_text(" 0 % of the ink")
    assert probabilities_of(phone) == before


def test_a_digit_is_read_while_the_pen_moves(phone: Page) -> None:
    open_playground(phone)
    pad = phone.locator("[data-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2

    phone.mouse.move(middle, box["y"] + 30)
    phone.mouse.down()
    phone.mouse.move(middle, box["y"] + box["height"] - 30, steps=12)

    expect(phone.locator("[data-answer]")).to_have_text(["1", "1", "1", "1"])  # still drawing
    phone.mouse.up()


def test_a_shared_link_shows_the_same_picture(phone: Page) -> None:
    open_playground(phone)
    phone.get_by_role("button", name="A sample of 3").click()
    phone.get_by_label("Add a bar").fill("2")
    phone.get_by_role("button", name="Copy a link to this picture").click()
    link = phone.locator("[data-link]").input_value()
    picture = phone.locator("[data-picture]").evaluate("canvas => canvas.toDataURL()")

    phone.goto("/learn")
    open_playground(phone, link)

    linked = phone.locator("[data-picture]").evaluate("canvas => canvas.toDataURL()")
    expect(phone.get_by_label("Add a bar")).to_have_value("0")
    assert len(linked) > 300
    assert linked == picture  # sixteen grey levels, as the samples have


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_chapter_runs_and_checks_its_questions(
    language: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue("phone" if language == "en" else "spanish_phone")
    page.goto(f"/learn/{CHAPTERS[0].name}")
    for number, _ in enumerate(CHAPTERS, start=1):
        page.locator("[data-live-part][data-ready]").wait_for()
        question = page.locator(".question").first
        right = question.get_attribute("data-right")
        question.locator(f"input[value='{right}']").check()
        expect(question.locator("[data-verdict]")).to_have_class("is-right")
        question.locator(f"input:not([value='{right}'])").first.check()
        expect(question.locator("[data-verdict]")).not_to_have_class("is-right")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        if number < len(CHAPTERS):
            page.locator("[rel=next]").click()


def test_a_network_learns_in_the_browser(phone: Page) -> None:
    phone.goto("/learn/examples")
    phone.locator("[data-live-part][data-ready]").wait_for()
    before = float(phone.locator("[data-figure-test]").inner_text().split()[0])

    phone.get_by_role("button", name="Train").click()

    epoch = phone.locator("[data-figure-epoch]")
    phone.wait_for_function(
        "element => Number(element.textContent) >= 15", arg=epoch.element_handle()
    )
    phone.get_by_role("button", name="Pause").click()
    after = float(phone.locator("[data-figure-test]").inner_text().split()[0])
    assert before < 30
    assert after > 70


def test_the_networks_page_works_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site)
    page = context.new_page()
    page.goto("/networks")

    expect(page.get_by_role("table").first).to_contain_text("Transformer")
    page.goto("/learn/neuron")
    page.get_by_text("Show the answer").first.click()
    expect(page.locator(".question details p").first).to_be_visible()
    context.close()
