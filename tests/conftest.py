"""The databases of the tests: whatever touches one runs on SQLite and on PostgreSQL.

`CIFRA_TEST_DATABASE=sqlite` (or `postgresql`) chooses one of the two.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.databases import Databases, SqliteDatabases
from tests.support.postgresql import PostgresqlServer

os.environ["LANGUAGE"] = "en"  # commands answer the tests in English, whatever the terminal speaks
CHOSEN = os.environ.get("CIFRA_TEST_DATABASE")
KINDS = [CHOSEN] if CHOSEN else ["sqlite", "postgresql"]


@pytest.fixture(scope="session", params=KINDS)
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """For fixtures that many tests share. PostgreSQL's server ends with the session."""
    if request.param == "sqlite":
        yield SqliteDatabases()
        return
    server = PostgresqlServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """An empty database for one test; an empty URL chooses SQLite in the test's data folder."""
    url = databases.create()
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; one for all tests of a process, since Playwright starts once in a thread."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)))
    # Chromium's sandbox refuses to run as root, which is what containers are.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test about SQLite itself does not run on PostgreSQL."""
    kept, left_out = [], []
    for item in items:
        parameters = getattr(item, "callspec", None)
        database = parameters.params.get("databases") if parameters else None
        is_about_another = item.get_closest_marker("sqlite") and database != "sqlite"
        (left_out if is_about_another else kept).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)
