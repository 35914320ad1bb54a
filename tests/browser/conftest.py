"""The fixtures for the code that runs in browsers: a real Chromium, and the static files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

STATIC = Path(__file__).parents[2] / "webapp" / "static"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def static_files() -> Iterator[str]:
    """The address of a server of the static files, without the app."""
    handler = partial(QuietHandler, directory=str(STATIC))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def page(browser: Browser, static_files: str) -> Page:
    """A page of the server of static files, in which scripts import the modules."""
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{static_files}/networks/")
    return page
