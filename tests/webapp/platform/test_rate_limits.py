"""How often is too often, on a real Redis and while it is away or frozen."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.servers import RedisServer
from tests.support.sites import site_with
from tests.webapp.factories import (
    admin,
    age_the_sign_ins,
    given_prediction,
    picture,
    post_api,
    post_page,
    sign_in,
)
from webapp.platform.counters import ABSENCE_SECONDS
from webapp.platform.rate_limits import client_address
from webapp.settings import Settings


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    redis = RedisServer(tmp_path)
    redis.start()
    yield redis
    redis.kill()


def test_a_person_who_gives_too_many_pictures_is_asked_to_wait(
    settings: Settings, redis: RedisServer
) -> None:
    with site_with(settings, redis_url=redis.url, uploads_per_person=3) as app:
        client, other = app.test_client(), app.test_client()
        given_prediction(client)  # the first one brings the cookie, and counts for nobody
        for _ in range(3):
            given_prediction(client)

        refused, page = post_api(client, picture()), post_page(client, picture())

        assert refused.status_code == page.status_code == 429
        assert refused.headers["Retry-After"] == page.headers["Retry-After"] == "60"
        assert refused.get_json()["error"].startswith("You have sent too many requests.")
        assert "Wait a minute" in page.text
        assert "Too many requests</h1>" in page.text
        given_prediction(other)


def test_an_address_counts_for_all_behind_it_with_and_without_a_cookie(
    settings: Settings, redis: RedisServer
) -> None:
    with site_with(settings, redis_url=redis.url, uploads_per_address=3) as app:
        for _ in range(3):
            given_prediction(app.test_client())

        elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
        client = app.test_client()
        assert post_api(client, picture()).status_code == 429
        there = client.post(
            "/api/predictions", data=picture(), content_type="image/png", environ_base=elsewhere
        )
        assert there.status_code == 202


def test_a_second_web_process_counts_with_the_first(settings: Settings, redis: RedisServer) -> None:
    limits = {"redis_url": redis.url, "uploads_per_address": 2}
    with site_with(settings, **limits) as one, site_with(settings, **limits) as other:
        given_prediction(one.test_client())
        given_prediction(other.test_client())

        assert post_api(one.test_client(), picture()).status_code == 429


@pytest.mark.parametrize(
    ("limit", "method", "button", "form"),
    [
        ("sign_ins_per_address", "POST", "/session", {"email": "who@example.org"}),
        ("sign_ups_per_address", "POST", "/account", {"email": "nobody"}),
        ("retrains_per_person", "POST", "/admin/training-runs", {"recipe": "unknown"}),
        ("exports_per_person", "GET", "/account/data/export", {}),
    ],
)
def test_sign_ins_sign_ups_retrains_and_exports_have_limits_too(
    limit: str, method: str, button: str, form: dict[str, str], settings: Settings
) -> None:
    with site_with(settings, **{limit: 2}) as app:
        client = app.test_client()
        if limit == "retrains_per_person":
            admin(app)
            sign_in(client)
        if limit == "exports_per_person":
            given_prediction(client)
        first = [client.open(button, method=method, data=form).status_code for _ in range(2)]

        assert 429 not in first
        assert client.open(button, method=method, data=form).status_code == 429


def test_giving_the_password_anywhere_counts_as_a_sign_in(settings: Settings) -> None:
    with site_with(settings, sign_ins_per_address=4) as app:
        client = app.test_client()
        admin(app)
        sign_in(client)
        age_the_sign_ins(app)
        buttons = ["/admin/pin", "/account/password", "/account/deletion"]
        wrong = {"confirmation_password": "wrong"}
        first = [client.post(button, data=wrong).status_code for button in buttons]

        assert first == [422] * 3
        assert [client.post(button, data=wrong).status_code for button in buttons] == [429] * 3
        assert sign_in(client).status_code == 429


def test_the_limits_are_held_by_each_process_while_redis_is_away(settings: Settings) -> None:
    with site_with(settings, uploads_per_address=2) as app:  # nobody listens at its Redis's address
        client = app.test_client()
        for _ in range(2):
            given_prediction(client)

        assert post_api(client, picture()).status_code == 429


def test_uploads_are_taken_in_at_once_while_redis_is_frozen_and_counted_when_it_is_back(
    settings: Settings, redis: RedisServer
) -> None:
    limits = {"uploads_per_person": 100, "uploads_per_address": 100}
    with site_with(settings, redis_url=redis.url, **limits) as app:
        client = app.test_client()
        given_prediction(client)
        redis.process.send_signal(signal.SIGSTOP)
        waits = []
        for _ in range(3):
            began = time.monotonic()
            assert post_api(client, picture()).status_code == 202
            waits.append(time.monotonic() - began)
        redis.process.send_signal(signal.SIGCONT)

        assert max(waits) < 3, "one second on an idle machine"
        time.sleep(ABSENCE_SECONDS)
        given_prediction(client)
        keys = redis.client.keys("*uploads*")
        counted = [int(redis.client.get(key)) for key in keys]
        assert max(counted) == 2, "the first, and the one after it was back"


def test_an_ipv6_network_counts_as_one_address(app: Flask) -> None:
    def counted(remote: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": remote}):
            return client_address()

    assert counted("2001:db8:1:2:aaaa::1") == counted("2001:db8:1:2:bbbb::2")
    assert counted("2001:db8:1:2::1") != counted("2001:db8:1:3::1")
    assert counted("192.0.2.7") == "192.0.2.7"
    assert counted("") == "unknown"
