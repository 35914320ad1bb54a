"""What axe-core finds on a page, in light and in dark, on a phone, a desktop and zoomed in."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450}  # what a desktop shows at 200 % (WCAG 2.2, 1.4.4 and 1.4.10)
LOOKS = [("light", PHONE), ("dark", DESKTOP)]


def check(page: Page, name: str) -> None:
    """Fails with what axe found, and where the page is wider than its window."""
    for scheme, window in LOOKS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(window)  # type: ignore[arg-type]
        found = [
            (violation["id"], [node["html"] for node in violation["nodes"]])
            for violation in Axe().run(page).response["violations"]
        ]
        assert (found, _overflow(page)) == ([], 0), f"{name}, {scheme}, {window['width']} px"
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    assert _overflow(page) == 0, f"{name}, at 200 %"


def _overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
