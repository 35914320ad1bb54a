"""Uploads of photographed tables, as a person makes them."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page

from tests.worker.recognition.sheets.drawn_sheets import photographed, table


def photo_of_table(texts: Sequence[Sequence[str]], *, degrees: float = 0.0) -> bytes:
    """A JPEG of a ruled table of these numbers on a dark desk."""
    file = BytesIO()
    Image.fromarray(photographed(table(texts), degrees=degrees)).save(file, "JPEG", quality=90)
    return file.getvalue()


def upload_sheet(page: Page, texts: Sequence[Sequence[str]], *, degrees: float = 0.0) -> None:
    """Sends the photo from the page of sheets that is open."""
    content = photo_of_table(texts, degrees=degrees)
    page.locator("#image").set_input_files(
        files=[{"name": "marks.jpg", "mimeType": "image/jpeg", "buffer": content}]
    )
    page.locator(".sheet-upload button").click()
