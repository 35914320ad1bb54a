"""The actions of a person on the pages, and the places of the answers."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page

A_PREDICTION = re.compile(r"/predictions/[\w-]+$")


def give(page: Page, picture: bytes, *, filename: str = "photo.jpg") -> None:
    """Choose a picture on the front page and send it."""
    page.get_by_label("Choose pictures of numbers").set_input_files(
        files=[{"name": filename, "mimeType": "image/jpeg", "buffer": picture}]
    )
    page.get_by_role("button", name="Read this picture").click()


def number_read(page: Page) -> Locator:
    """The answer's headline; there is none while the picture waits, or after a refusal."""
    return page.locator("h1.number")


def delete_reading(page: Page) -> None:
    """Delete the reading of this page: other journeys count the corrections that wait."""
    site, prediction_id = page.url.split("#")[0].rsplit("/predictions/", 1)
    assert page.request.delete(f"{site}/api/predictions/{prediction_id}").ok
