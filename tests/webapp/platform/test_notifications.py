"""Notifications: a request that waits notices at once, or looks for itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import RedisServer, wait_until
from webapp.platform import notifications
from webapp.platform.notifications import MAX_WAITING, Notifications

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


def in_a_thread(waiting: Notifications, name: str, ready: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=waiting.wait, args=(name, ready.is_set, 30))
    thread.start()
    return thread


def test_a_waiting_request_learns_that_its_thing_is_ready(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "LOOK_SECONDS", 60)
    ready, others = threading.Event(), threading.Event()
    waiting, worker = Notifications(redis_server.url), Notifications(redis_server.url)
    thread, other = in_a_thread(waiting, "one", ready), in_a_thread(waiting, "two", others)
    wait_until(lambda: bool(redis_server.client.pubsub_numsub(notifications.CHANNEL)[0][1]))
    time.sleep(0.3)  # for its first look, which may be one without Redis

    ready.set()
    worker.send(["one"])
    thread.join(5)

    assert not thread.is_alive()
    assert other.is_alive()
    waiting.close()
    other.join(5)


def test_without_redis_a_request_looks_for_itself() -> None:
    ready = threading.Event()
    waiting = Notifications(NOBODY)
    thread = in_a_thread(waiting, "one", ready)

    time.sleep(0.2)
    ready.set()
    thread.join(2)

    assert not thread.is_alive()
    waiting.close()


def test_waiting_ends_after_the_given_time() -> None:
    waiting = Notifications(NOBODY)
    began = time.monotonic()

    assert not waiting.wait("one", lambda: False, 0.3)

    assert 0.3 <= time.monotonic() - began < 2
    waiting.close()


def test_only_so_many_requests_wait_at_once_and_others_are_answered_now() -> None:
    waiting = Notifications(NOBODY)
    ready = threading.Event()
    threads = [in_a_thread(waiting, str(number), ready) for number in range(MAX_WAITING)]
    wait_until(lambda: len(waiting._waiting) == MAX_WAITING)
    began = time.monotonic()

    assert not waiting.wait("one more", lambda: False, 30)

    assert time.monotonic() - began < 1
    ready.set()
    for thread in threads:
        thread.join(5)
    assert waiting.wait("one more", lambda: True, 30)
    waiting.close()


def test_a_process_that_ends_lets_no_request_wait() -> None:
    waiting = Notifications(NOBODY)
    thread = in_a_thread(waiting, "one", threading.Event())
    wait_until(lambda: bool(waiting._waiting))

    waiting.close()
    thread.join(2)

    assert not thread.is_alive()
    assert not waiting.wait("another", lambda: False, 30)


def test_a_notification_that_cannot_be_sent_is_no_error(tmp_path: Path) -> None:
    Notifications(NOBODY).send(["one"])
