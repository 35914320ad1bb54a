"""`make screenshots`: the pages at three widths in both languages, of a site with some readings.

python -m tests.screenshots.run [FOLDER]    (default: build/screenshots)

The pictures in docs/ that the README shows are made anew with it.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.pictures import blank_photo, photo_of
from tests.journeys.sheet_pages import upload_sheet
from tests.journeys.site import ROOT, RunningSite, free_port
from tests.screenshots.handwriting import handwriting
from webapp.learn.chapters import CHAPTERS
from webapp.platform.languages import LANGUAGES

WIDTHS = (360, 768, 1280)  # pixels
HEIGHT = 900
MAX_HEIGHT = 6000  # pixels of a picture; a longer page is cut off
PATIENCE = 120_000  # milliseconds for an answer, an explanation, a sheet
PASSWORD = "a password for pictures only"
MARKS = [["7", "12", "305"], ["9", "48", "6"], ["10", "33", "271"]]

ADDRESSES = {
    "front": "/",
    "history": "/predictions",
    "sheets": "/sheets",
    "sheet-to-print": "/sheets/printable",
    "networks": "/networks",
    "break-it": "/networks/play",
    "learn": "/learn",
    **{f"learn-{chapter.name}": f"/learn/{chapter.name}" for chapter in CHAPTERS},
    "teaching": "/learn/teaching",
    "versions": "/models",
    "your-data": "/account/data",
    "account": "/account",
    "overview": "/admin",
    "models": "/admin/models",
    "model": "/admin/models/1",
    "retrain": "/admin/training-runs",
    "corrections": "/admin/corrections",
    "people": "/admin/people",
    "audit-log": "/admin/audit",
    "not-found": "/nowhere",
}
SIGNED_OUT = {"sign-in": "/session/new", "sign-up": "/account/new"}
IN_README = ("reading", "explanation", "sheet")
README_WIDTH = 900  # pixels
COLOURS = 128  # of their palettes: small files, and nobody sees the difference


def main(folder: Path) -> None:
    with TemporaryDirectory() as place, sync_playwright() as playwright:
        site = RunningSite(Path(place), free_port())
        site.start()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        try:
            for language in LANGUAGES:
                _photograph(site, browser, language, folder)
        finally:
            browser.close()
            site.stop()


def _photograph(site: RunningSite, browser: Browser, language: str, folder: Path) -> None:
    """All pages in one language: a visitor's, then those of an admin with a few readings."""
    folder = folder / language
    with _opened(browser, language) as page:
        _photograph_pages(page, site.address, SIGNED_OUT, folder)
        _sign_in(site, page, f"{language}@example.org")
        addresses = ADDRESSES | _with_readings(page, site.address)
        _photograph_pages(page, site.address, addresses, folder)
        for name in IN_README:
            page.set_viewport_size({"width": README_WIDTH, "height": HEIGHT})
            _open(page, site.address + addresses[name])
            _save_small(page.screenshot(), ROOT / "docs" / f"{name}.{language}.png")


def _photograph_pages(page: Page, site: str, addresses: Mapping[str, str], folder: Path) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for name, address in addresses.items():
            _open(page, site + address)
            target = folder / str(width) / f"{name}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            height = min(MAX_HEIGHT, page.evaluate("document.documentElement.scrollHeight"))
            area = {"x": 0, "y": 0, "width": width, "height": height}
            page.screenshot(path=target, full_page=True, clip=area)  # type: ignore[arg-type]
            click.echo(target)


@contextmanager
def _opened(browser: Browser, language: str) -> Iterator[Page]:
    context = browser.new_context(locale=language)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def _sign_in(site: RunningSite, page: Page, email: str) -> None:
    site.flask("users", "create-admin", "--email", email, "--password", PASSWORD)
    page.goto(f"{site.address}/session/new")
    page.locator("[type=email]").fill(email)
    page.locator("[type=password]").fill(PASSWORD)
    page.locator("main button").click()
    page.locator(".figures").wait_for()


def _with_readings(page: Page, site: str) -> dict[str, str]:
    """Upload some pictures; the addresses of the pages that show what was read."""
    found = {}
    for name, content in (
        ("refusal", blank_photo()),
        ("long-number", photo_of("3141592653")),
        ("single-digit", photo_of("4")),
        ("reading", handwriting()),
    ):
        page.goto(site)
        _upload(page, name, content)
        page.wait_for_url("**/predictions/*")
        _wait_until_settled(page)
        found[name] = page.url.removeprefix(site)
    found["explanation"] = f"{found['reading']}/explanation"
    _open(page, site + found["explanation"])
    layer = page.locator("a[href*='/explanation/layers/']").first
    found["layer"] = str(layer.get_attribute("href"))
    comparison = page.locator("a[href*='/explanation/comparison']").first
    found["comparison"] = str(comparison.get_attribute("href"))
    page.goto(f"{site}/sheets")
    upload_sheet(page, MARKS, degrees=3)
    page.locator("[data-grid]").wait_for()
    found["sheet"] = page.url.removeprefix(site)
    return found


def _upload(page: Page, name: str, content: bytes) -> None:
    page.locator("#image").set_input_files(
        files=[{"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": content}]
    )
    page.locator("[data-file-picker] [data-send]").click()


def _wait_until_settled(page: Page) -> None:
    address = page.url.replace("/predictions/", "/api/predictions/")
    deadline = time.monotonic() + PATIENCE / 1000
    while page.request.get(address).json()["settled_at"] is None:
        if time.monotonic() > deadline:
            raise TimeoutError(address)
        page.wait_for_timeout(200)


def _open(page: Page, address: str) -> None:
    """The page when what it computes is there."""
    page.goto(address)
    if address.endswith("/explanation"):
        page.locator("a[href*='/explanation/layers/']").first.wait_for()
    if "/explanation/comparison" in address:
        page.locator("main h2").nth(1).wait_for()
    page.wait_for_load_state("networkidle")


def _save_small(png: bytes, target: Path) -> None:
    with Image.open(BytesIO(png)) as screenshot:
        screenshot.convert("RGB").quantize(COLOURS).save(target, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "screenshots")
