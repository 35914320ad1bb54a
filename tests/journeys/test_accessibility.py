"""axe-core finds nothing on the pages for everybody, in both languages, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import WAIT_MILLISECONDS
from tests.journeys.pictures import blank_photo, photo_of
from tests.journeys.sheet_pages import upload_sheet
from tests.journeys.site import RunningSite
from tests.support.accessibility import check

pytestmark = pytest.mark.journey

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
    page.locator("[data-picture]:enabled").click()
    check(page, "a picture that is cropped")
    page.keyboard.press("Escape")

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


def test_nothing_is_found_on_the_pages_that_explain_a_reading(
    page: Page, running_site: RunningSite
) -> None:
    choose(page, photo_of("4"))
    send(page)
    expect(page.locator("h1.number")).to_be_visible()
    page.route("**/explanation/status?*", lambda route: route.abort())
    page.goto(f"{page.url}/explanation")
    check(page, "an explanation that is computed")
    page.unroute("**/explanation/status?*")
    page.locator("a[href*='/explanation/layers/']").first.wait_for(timeout=120_000)
    check(page, "an explanation")
    layers = page.locator("a[href*='/explanation/layers/']").evaluate_all(
        "links => [...new Set(links.map(link => link.href))]"
    )
    comparison = page.locator("a[href*='/explanation/comparison']").first.get_attribute("href")
    for address in layers:
        page.goto(address)
        check(page, address)
    page.goto(running_site.address + str(comparison))
    page.locator("main h2").nth(1).wait_for(timeout=120_000)
    check(page, "a comparison")


def test_nothing_is_found_on_the_pages_of_sheets(page: Page, running_site: RunningSite) -> None:
    page.goto(f"{running_site.address}/sheets")
    check(page, "the sheets")
    page.route("**/api/sheets/*", lambda route: route.abort())
    upload_sheet(page, [["7", "12"], ["", "305"]])
    page.wait_for_url("**/sheets/*")
    check(page, "a sheet that is waiting")
    page.unroute("**/api/sheets/*")
    page.reload()
    page.locator("[data-grid]").wait_for()
    check(page, "a sheet")
    page.goto(f"{running_site.address}/sheets/printable")
    check(page, "a sheet to print")


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
