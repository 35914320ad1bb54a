"""axe-core finds nothing on the pages for everybody, in both languages, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import WAIT_MILLISECONDS
from tests.journeys.pictures import blank_photo, photo_of
from tests.journeys.site import RunningSite

pytestmark = pytest.mark.journey

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
LOOKS = [("light", PHONE), ("dark", DESKTOP)]

PASSWORD = "a long enough password"
ADMIN_PAGES = [
    *("/admin", "/admin/models", "/admin/models/1", "/admin/training-runs", "/admin/people"),
    *("/admin/audit", "/admin/corrections"),
]


@pytest.fixture(params=["en", "es"])
def page(
    browser: Browser, running_site: RunningSite, request: pytest.FixtureRequest
) -> Iterator[Page]:
    context = browser.new_context(locale=request.param)
    context.set_default_timeout(WAIT_MILLISECONDS)
    page = context.new_page()
    page.goto(running_site.address)
    expect(page.locator("html")).to_have_attribute("lang", request.param)
    yield page
    context.close()


def test_nothing_is_found_on_any_page_from_a_photo_to_the_history(
    page: Page, running_site: RunningSite
) -> None:
    check(page, "the front page")
    choose(page, photo_of("42"), b"a letter")
    expect(page.locator(".is-refused")).to_be_visible()
    check(page, "chosen pictures")

    send(page)
    page.locator("[data-result] a").click()
    expect(page.locator("h1.number")).to_be_visible()
    check(page, "a reading")
    expect(page.locator(".tile.is-chosen")).to_have_count(1)
    page.keyboard.press("7")
    expect(page.locator(".tile--corrected")).to_have_count(1)
    check(page, "a corrected reading")
    page.locator("#correction-number [data-undo]").click()
    expect(page.locator(".tile--corrected")).to_have_count(0)

    page.goto(running_site.address)
    choose(page, photo_of("7"), blank_photo())
    send(page)
    expect(page.locator(".tag--refused")).to_be_visible()
    check(page, "a batch")
    page.locator(".card", has=page.locator(".tag--refused")).locator("a").click()
    check(page, "a refusal")

    page.goto(f"{running_site.address}/predictions")
    check(page, "the history")
    page.locator("[name=selected]").first.check()
    page.locator("[formaction$=deletion]").click()
    check(page, "the question before a deletion")
    page.goto(f"{running_site.address}/nowhere")
    check(page, "an error")


def test_nothing_is_found_on_the_pages_for_admins(page: Page, running_site: RunningSite) -> None:
    email = f"{page.locator('html').get_attribute('lang')}@example.org"
    running_site.flask("users", "create-admin", "--email", email, "--password", PASSWORD)
    page.goto(f"{running_site.address}/session/new")
    page.locator("[type=email]").fill(email)
    page.locator("[type=password]").fill(PASSWORD)
    page.locator("main button").click()
    expect(page.locator(".figures")).to_be_visible()
    for address in ADMIN_PAGES:
        page.goto(running_site.address + address)
        check(page, address)


def check(page: Page, name: str) -> None:
    """Fails with what axe found, and where the page is wider than its window."""
    for scheme, window in LOOKS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(window)  # type: ignore[arg-type]
        found = [
            (violation["id"], [node["html"] for node in violation["nodes"]])
            for violation in Axe().run(page).response["violations"]
        ]
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert (found, overflow) == ([], 0), f"{name}, {scheme}, {window['width']} px"


def choose(page: Page, *pictures: bytes) -> None:
    page.locator("#image").set_input_files(
        files=[
            {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": content}
            for number, content in enumerate(pictures)
        ]
    )
    expect(page.locator(".chosen__row")).to_have_count(len(pictures))
    expect(page.locator("[data-file-picker] [data-send]")).to_be_enabled()


def send(page: Page) -> None:
    page.locator("[data-file-picker] [data-send]").click()
