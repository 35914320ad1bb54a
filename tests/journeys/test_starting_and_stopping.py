"""The house starts with one command, stops with Ctrl-C, and remembers when it starts again."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.person import A_PREDICTION, give, number_read
from tests.journeys.pictures import photo_of
from tests.journeys.site import ROOT, RunningSite, free_port

pytestmark = pytest.mark.journey


@pytest.fixture
def new_house(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("new-house")
    house = RunningSite(folder, free_port(), {"DATABASE_URL": database_url})
    house.start()
    yield house
    house.stop()


def test_the_history_outlives_a_stop_and_no_process_does(
    new_house: RunningSite, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(new_house.address)
    give(page, photo_of("7"))
    expect(page).to_have_url(A_PREDICTION)
    address = page.url

    running = new_house.processes
    new_house.stop()

    assert len(running) >= 6  # this one, Redis, web, two workers, the sweep
    _, left = psutil.wait_procs(running, timeout=5)
    assert left == []
    new_house.start()
    page.goto(address)
    expect(number_read(page)).to_have_text("7")


def test_a_taken_port_is_told_with_a_way_out(house: RunningSite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody_else:
        port = somebody_else.getsockname()[1]
        words = what_it_says({**house.environment, "PORT": str(port)})

    assert f"Port {port} is taken" in words
    assert "make run PORT=" in words


def test_a_second_start_on_the_same_data_is_refused(house: RunningSite) -> None:
    words = what_it_says({**house.environment, "PORT": str(free_port())})

    assert "already running" in words


def test_without_a_secret_key_a_server_refuses_to_start(house: RunningSite) -> None:
    environment = house.environment
    del environment["SECRET_KEY"]

    words = what_it_says(environment, "-c", "import wsgi")

    assert "SECRET_KEY" in words


def what_it_says(environment: dict[str, str], *start: str) -> str:
    """The words of a start that does not come about."""
    done = subprocess.run(
        [sys.executable, *(start or ("-m", "scripts.run"))],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    return done.stderr
