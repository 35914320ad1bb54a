"""While somebody draws, a small network in the browser says what it reads; nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Page, Request, expect

Points = Sequence[tuple[float, float]]  # shares of the canvas

SEVEN: Points = [(0.15, 0.2), (0.35, 0.2), (0.22, 0.8)]
ONE: Points = [(0.55, 0.2), (0.55, 0.8)]
DASH: Points = [(0.7, 0.5), (0.9, 0.5)]


def draw(page: Page, points: Points) -> None:
    canvas = page.locator("[data-canvas]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=12)
    page.mouse.up()


def test_a_first_look_appears_after_each_stroke(phone: Page) -> None:
    requests: list[Request] = []
    phone.on("request", lambda request: requests.append(request))  # noqa: PLW0108 (Playwright sets an attribute on it)
    phone.goto("/")
    look = phone.locator("[data-first-look]")
    expect(look).to_be_empty()
    assert not any("weights.bin" in request.url for request in requests)

    draw(phone, SEVEN)
    expect(look).to_contain_text("First look: 7 (")
    draw(phone, ONE)
    expect(look).to_contain_text("First look: 71 (")

    weights = next(request for request in requests if "weights.bin" in request.url)
    response = weights.response()
    assert response
    assert response.status == 206  # the small network's part alone
    assert {request.method for request in requests} == {"GET"}


def test_no_first_look_is_given_at_what_may_be_no_digit(phone: Page) -> None:
    phone.goto("/")
    look = phone.locator("[data-first-look]")
    draw(phone, SEVEN)
    expect(look).to_contain_text("7")

    draw(phone, DASH)
    expect(look).to_be_empty()
    phone.get_by_role("button", name="Undo").click()
    expect(look).to_contain_text("First look: 7 (")
    phone.get_by_role("button", name="Clear").click()
    expect(look).to_be_empty()


def test_the_first_look_speaks_spanish(spanish_phone: Page) -> None:
    spanish_phone.goto("/")
    draw(spanish_phone, SEVEN)
    expect(spanish_phone.locator("[data-first-look]")).to_contain_text("A primera vista: 7 (")
