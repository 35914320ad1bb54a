"""The fixtures of the journeys: one running site, and a browser."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.pictures import tiny_mnist
from tests.journeys.site import RunningSite, free_port
from tests.support.databases import Databases

PHONE = {"width": 390, "height": 844}
WAIT_MILLISECONDS = 60_000  # the first answer waits for TensorFlow, and the machine may be busy

expect.set_options(timeout=WAIT_MILLISECONDS)


@pytest.fixture(scope="session")
def running_site(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("running_site")
    np.savez(folder / "mnist.npz", **tiny_mnist())
    settings = {"MNIST_PATH": str(folder / "mnist.npz"), "DATABASE_URL": databases.create()}
    running_site = RunningSite(folder, free_port(), settings)
    running_site.start()
    yield running_site
    running_site.stop()


@pytest.fixture
def page(browser: Browser, running_site: RunningSite) -> Iterator[Page]:
    """The front page on a phone."""
    yield from _open_front_page(browser, running_site, javascript=True)


@pytest.fixture
def page_without_javascript(browser: Browser, running_site: RunningSite) -> Iterator[Page]:
    yield from _open_front_page(browser, running_site, javascript=False)


def _open_front_page(
    browser: Browser, running_site: RunningSite, *, javascript: bool
) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, java_script_enabled=javascript)  # type: ignore[arg-type]
    context.set_default_timeout(WAIT_MILLISECONDS)
    page = context.new_page()
    page.goto(running_site.address)
    yield page
    context.close()
