"""The fixtures for the code that runs in browsers: a real Chromium, and the static files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from tests.support.sites import site_with
from webapp.settings import Settings

STATIC = Path(__file__).parents[2] / "webapp" / "static"
PHONE = {"width": 390, "height": 844}
WAIT_MILLISECONDS = 60_000  # the machine may be busy


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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The web without a queue: these pages need none."""
    settings = Settings(
        secret_key="a secret for the tests",
        data_dir=tmp_path_factory.mktemp("site"),
        redis_url="redis://127.0.0.1:1/0",
    )
    with site_with(settings) as app:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="en", base_url=site)
    yield from opened(context)


@pytest.fixture
def spanish_phone(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="es", base_url=site)
    yield from opened(context)


def opened(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when a script of it fails."""
    context.set_default_timeout(WAIT_MILLISECONDS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors
