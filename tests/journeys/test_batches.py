"""A person sends several pictures at once, draws, tries a sample, and sends while offline."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.person import A_PREDICTION, give, number_read
from tests.journeys.pictures import photo_of
from tests.journeys.site import RunningSite

pytestmark = pytest.mark.journey

A_BATCH = re.compile(r"/batches/[\w-]{22}$")


def test_several_pictures_are_sent_together_and_each_refusal_stays_with_its_file(
    page: Page, running_site: RunningSite
) -> None:
    choose(page, {"one.jpg": photo_of("12"), "letter.jpg": b"a letter", "two.jpg": photo_of("34")})
    rows = page.get_by_role("list", name="The pictures you chose").get_by_role("listitem")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("This is not a picture that Cifra can read.")

    page.get_by_role("button", name="Read 2 pictures").click()
    page.get_by_role("link", name="See the 2 readings").click()

    expect(page).to_have_url(A_BATCH)
    expect(page.get_by_role("status").first).to_contain_text("2 read")
    page.get_by_role("link", name="Check them one after another").click()
    expect(number_read(page)).to_be_visible()
    expect(page.locator(".tile.is-chosen")).to_have_count(1)  # the script has started
    page.keyboard.press("Enter")
    expect(page.get_by_text("You confirmed this number.")).to_be_visible()
    page.get_by_role("button", name="Undo all").click()  # other journeys count the waiting ones
    expect(page.get_by_text("You confirmed this number.")).to_have_count(0)
    first = page.url
    page.keyboard.press("n")
    expect(page).not_to_have_url(first)
    expect(number_read(page)).to_be_visible()


def test_a_part_of_a_picture_is_chosen_with_the_keyboard_and_by_dragging(page: Page) -> None:
    choose(page, {"two.jpg": photo_of("42")})
    crop = page.get_by_role("button", name="Crop two.jpg")
    whole = crop.locator("canvas").evaluate("canvas => canvas.width")
    crop.click()
    corner = page.get_by_role("button", name="Top left corner")
    corner.focus()
    for _ in range(25):  # steps of 2 % of the width
        page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Use this part").click()
    expect(page.locator("dialog")).to_be_hidden()
    assert crop.locator("canvas").evaluate("canvas => canvas.width") < whole

    crop.click()
    place = page.get_by_role("button", name="Bottom right corner").bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 20, place["y"] + 20)
    page.mouse.down()
    page.mouse.move(place["x"] + 5, place["y"] + 10, steps=3)
    page.mouse.up()
    page.get_by_role("button", name="Use this part").click()
    page.get_by_role("button", name="Read this picture").click()

    expect(number_read(page)).to_have_text("2")


def test_a_crop_that_is_cancelled_changes_nothing(page: Page) -> None:
    choose(page, {"two.jpg": photo_of("42")})
    page.get_by_role("button", name="Crop two.jpg").click()
    page.get_by_role("button", name="Bottom right corner").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()

    page.get_by_role("button", name="Read this picture").click()

    expect(number_read(page)).to_have_text("42")


def test_a_large_photo_is_reduced_and_a_small_one_is_not(page: Page) -> None:
    sizes = []

    def accept(route: Route) -> None:
        sizes.append(len(route.request.post_data_buffer or b""))
        route.fulfill(status=422, json={"error": "Not kept."})

    page.route("**/api/predictions", accept)
    small, large = photo_of("7"), photo_of("314159265358979")  # the large one has 3,300 pixels
    choose(page, {"small.jpg": small, "large.jpg": large})
    page.get_by_role("button", name="Read 2 pictures").click()

    expect(page.get_by_text("Not kept.")).to_have_count(2)
    assert any(len(small) < size < len(small) + 1000 for size in sizes)
    assert min(abs(size - len(large)) for size in sizes) > 5000


def test_pictures_are_sent_when_the_server_is_back(page: Page) -> None:
    choose(page, {"seven.jpg": photo_of("7")})
    page.context.set_offline(True)

    page.get_by_role("button", name="Read this picture").click()
    expect(page.get_by_text("This is sent as soon as it can be.")).to_be_visible()
    page.context.set_offline(False)

    expect(page).to_have_url(A_PREDICTION)
    expect(number_read(page)).to_have_text("7")


def test_a_sample_is_read_with_one_tap(page: Page) -> None:
    page.get_by_role("button", name="Read the sample 591").click()

    expect(number_read(page)).to_have_text("591")


def test_a_missed_digit_is_added_by_drawing_a_box(page: Page) -> None:
    give(page, photo_of("42"))
    expect(number_read(page)).to_have_text("42")

    page.get_by_role("button", name="Add a missed digit").click()
    box = page.locator(".photo__frame").bounding_box()
    assert box is not None
    right = box["x"] + box["width"]
    page.mouse.move(right - 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(right - 5, box["y"] + 80, steps=4)
    page.mouse.up()
    page.keyboard.press("5")

    expect(page.locator("#correction-number")).to_contain_text("425")
    page.get_by_role("button", name="Remove the added digit 5").click()
    expect(page.locator("#correction-number")).not_to_contain_text("425")


def test_a_drawing_is_erased_and_undone_with_the_keyboard(page: Page) -> None:
    canvas = page.get_by_label("Canvas to draw a number on")
    canvas.scroll_into_view_if_needed()
    send = page.get_by_role("button", name="Read this drawing")
    stroke(page, 0.3)
    stroke(page, 0.6)
    inked = ink(page)

    page.keyboard.press("Control+z")
    assert 0 < ink(page) < inked
    page.get_by_label("Eraser").check(force=True)
    page.get_by_label("Thick").check(force=True)
    stroke(page, 0.3)
    assert ink(page) < inked / 10
    page.get_by_role("button", name="Clear").click()
    expect(send).to_be_disabled()
    page.keyboard.press("Control+z")
    expect(send).to_be_enabled()


def choose(page: Page, pictures: dict[str, bytes]) -> None:
    page.get_by_label("Choose pictures of numbers").set_input_files(
        files=[
            {"name": name, "mimeType": "image/jpeg", "buffer": content}
            for name, content in pictures.items()
        ]
    )


def stroke(page: Page, share: float) -> None:
    """A vertical stroke at a share of the canvas's width."""
    box = page.get_by_label("Canvas to draw a number on").bounding_box()
    assert box is not None
    x = box["x"] + share * box["width"]
    page.mouse.move(x, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(x, box["y"] + box["height"] - 30, steps=5)
    page.mouse.up()


def ink(page: Page) -> int:
    """The number of dark pixels on the canvas."""
    count: int = page.evaluate(
        """() => {
          const canvas = document.querySelector("[data-canvas]");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((level, at) => at % 4 === 0 && level < 128).length;
        }"""
    )
    return count
