"""Cifra starts with one command, stops with Ctrl-C, keeps its history, and leaves no process."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.person import A_PREDICTION, give, number_read
from tests.journeys.pictures import photo_of
from tests.journeys.site import ROOT, RunningSite, free_port
from tests.support.servers import wait_until

pytestmark = pytest.mark.journey


@pytest.fixture
def new_site(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("new-site")
    site = RunningSite(folder, free_port(), {"DATABASE_URL": database_url})
    site.start()
    yield site
    site.stop()


def test_the_history_stays_after_a_stop_and_no_process_does(
    new_site: RunningSite, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(new_site.address)
    give(page, photo_of("7"))
    expect(page).to_have_url(A_PREDICTION)
    address = page.url

    running = new_site.processes
    new_site.stop()

    assert len(running) >= 6  # this one, Redis, web, two workers, the sweep
    _, left = psutil.wait_procs(running, timeout=5)
    assert left == []
    new_site.start()
    page.goto(address)
    expect(number_read(page)).to_have_text("7")


def test_a_redis_that_ends_is_started_again_at_its_address(new_site: RunningSite) -> None:
    redis = redis_of(new_site)
    assert redis is not None

    redis.kill()
    wait_until(lambda: redis_of(new_site) not in (None, redis), seconds=30)

    wait_until(lambda: readiness(new_site) == 200, seconds=30)


def test_no_process_outlives_a_killed_supervisor_and_the_next_start_works(
    new_site: RunningSite,
) -> None:
    running = new_site.processes

    new_site.process.kill()

    _, left = psutil.wait_procs(running, timeout=5)
    assert left == []
    new_site.process.wait()
    new_site.start()
    assert readiness(new_site) == 200


def redis_of(site: RunningSite) -> psutil.Process | None:
    """The Redis that a site started by itself, while there is one."""
    for process in site.processes:
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if process.name() in ("redis-server", "valkey-server"):
                return process
    return None


def readiness(site: RunningSite) -> int:
    """The status of the page that asks the database and the queue."""
    try:
        return int(urlopen(f"{site.address}/readyz", timeout=10).status)
    except HTTPError as error:
        return error.code


def test_a_taken_port_is_reported_with_another_one(running_site: RunningSite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        output = output_of({**running_site.environment, "PORT": str(port)})

    assert f"Port {port} is taken" in output
    assert "make run PORT=" in output


def test_a_start_in_a_spanish_terminal_speaks_spanish(running_site: RunningSite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        spanish = {"LC_MESSAGES": "es_ES.UTF-8", "PORT": str(port)}
        output = output_of(running_site.environment | spanish)

    assert f"El puerto {port} está ocupado" in output


def test_a_second_start_on_the_same_data_is_refused(running_site: RunningSite) -> None:
    output = output_of({**running_site.environment, "PORT": str(free_port())})

    assert "already running" in output


def test_without_a_secret_key_a_server_refuses_to_start(running_site: RunningSite) -> None:
    environment = running_site.environment
    del environment["SECRET_KEY"]

    output = output_of(environment, "-c", "import wsgi")

    assert "SECRET_KEY" in output


def output_of(environment: dict[str, str], *start: str) -> str:
    """The error output of a start that fails."""
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
