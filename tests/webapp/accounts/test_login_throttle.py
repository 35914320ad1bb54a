"""The login throttle: guessing passwords takes ever longer, with Redis and without."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.servers import RedisServer
from tests.support.sites import site_with
from tests.webapp.factories import (
    PASSWORD,
    admin,
    age_the_sign_ins,
)
from webapp.accounts import login_throttle
from webapp.accounts.device_cookie import Device, account_key
from webapp.accounts.login_throttle import (
    FREE_FROM_ANYWHERE,
    FREE_PER_ACCOUNT,
    FREE_PER_ADDRESS,
    MAX_WAIT,
    LoginThrottle,
    LoginThrottledError,
    wait_after,
)
from webapp.platform.extensions import Extensions
from webapp.settings import Settings

ANA = "ana@example.org"
LONG_WAIT = 600  # seconds
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture(params=["with Redis", "without Redis"])
def app(
    request: pytest.FixtureRequest,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Flask]:
    """Its waits are longer than any of these tests takes."""
    monkeypatch.setattr(login_throttle, "FIRST_WAIT", LONG_WAIT)
    redis = RedisServer(tmp_path)
    if request.param == "with Redis":
        redis.start()
    with site_with(settings, redis_url=redis.url) as app:
        yield app
    if request.param == "with Redis":
        redis.kill()


def sign_in(client: FlaskClient, email: str, password: str, **options: object) -> TestResponse:
    form = {"email": email, "password": password}
    return client.post("/session", data=form, **options)  # type: ignore[arg-type]


def throttle(
    app: Flask, *, address: str = "192.0.2.1", device: Device | None = None
) -> LoginThrottle:
    counters = Extensions.of(app).counters
    return LoginThrottle.of(counters, ANA, address, device or Device())


def guess_wrongly(app: Flask, times: int, *, address: str) -> None:
    for _ in range(times):
        throttle(app, address=address).begin()


def test_after_five_wrong_passwords_even_the_right_one_must_wait(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_throttle, "FIRST_WAIT", 5)
    admin(app)
    for _ in range(FREE_PER_ACCOUNT):
        assert sign_in(client, ANA, "wrong").status_code == 422

    refused = sign_in(app.test_client(), ANA, PASSWORD)

    assert refused.status_code == 429
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 5
    assert f"Wait {wait} seconds" in refused.text

    time.sleep(wait)
    assert sign_in(client, ANA, PASSWORD).status_code == 303
    assert sign_in(client, ANA, "wrong").status_code == 422, "earlier attempts are forgotten"


def test_wrong_passwords_of_another_browser_do_not_delay_a_browser_that_signed_in_before(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)
    sign_in(client, ANA, PASSWORD)
    client.post("/session/end")
    other = app.test_client()  # at the same address
    for _ in range(FREE_PER_ACCOUNT):
        sign_in(other, ANA, "wrong")
    assert sign_in(other, ANA, PASSWORD).status_code == 429

    assert sign_in(client, ANA, PASSWORD).status_code == 303
    assert sign_in(other, ANA, PASSWORD).status_code == 429, "the other browser goes on waiting"


def test_wrong_passwords_from_everywhere_do_not_delay_a_browser_that_signed_in_before(
    app: Flask,
) -> None:
    known = Device(accounts=(account_key(ANA),))
    for number in range(FREE_FROM_ANYWHERE):
        guess_wrongly(app, 1, address=f"192.0.2.{number}")
    with pytest.raises(LoginThrottledError):
        throttle(app, address="198.51.100.1").begin()

    throttle(app, address="198.51.100.1", device=known).begin()


def test_wrong_passwords_from_one_address_do_not_delay_another_address(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)
    for _ in range(FREE_PER_ACCOUNT + 1):
        refused = sign_in(client, ANA, "wrong")
    assert refused.status_code == 429

    assert sign_in(app.test_client(), ANA, PASSWORD, environ_base=ELSEWHERE).status_code == 303


def test_a_known_browser_must_wait_for_its_own_wrong_passwords(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)
    sign_in(client, ANA, PASSWORD)

    statuses = [sign_in(client, ANA, "wrong").status_code for _ in range(FREE_PER_ACCOUNT + 1)]

    assert statuses == [422] * FREE_PER_ACCOUNT + [429]


def test_a_browser_is_known_for_the_accounts_alone_that_it_signed_in_to(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)
    admin(app, "eva@example.org")
    sign_in(client, "eva@example.org", PASSWORD)
    for _ in range(FREE_PER_ACCOUNT):
        sign_in(app.test_client(), ANA, "wrong")

    assert sign_in(client, ANA, PASSWORD).status_code == 429


def test_of_attempts_at_the_same_time_no_more_than_the_free_ones_are_checked(app: Flask) -> None:
    together = threading.Barrier(20)

    def attempt(_: int) -> bool:
        together.wait()
        try:
            throttle(app).begin()
        except LoginThrottledError:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        outcomes = Counter(threads.map(attempt, range(20)))

    assert 1 <= outcomes[True] <= FREE_PER_ACCOUNT


def test_an_address_without_an_account_is_answered_alike(client: FlaskClient) -> None:
    statuses = [
        sign_in(client, "nobody@example.org", "wrong").status_code
        for _ in range(FREE_PER_ACCOUNT + 1)
    ]

    assert statuses == [422] * FREE_PER_ACCOUNT + [429]


def test_an_address_that_guesses_at_many_accounts_must_wait_too(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)
    for number in range(FREE_PER_ADDRESS):
        assert sign_in(client, f"{number}@example.org", "wrong").status_code == 422

    assert sign_in(client, ANA, PASSWORD).status_code == 429
    assert sign_in(client, ANA, PASSWORD, environ_base=ELSEWHERE).status_code == 303


def test_signing_in_to_an_own_account_gives_no_further_guesses(
    app: Flask, client: FlaskClient
) -> None:
    admin(app)
    for number in range(FREE_PER_ADDRESS - 1):
        sign_in(client, f"{number}@example.org", "wrong")
    assert sign_in(client, ANA, PASSWORD).status_code == 303

    assert sign_in(client, "who@example.org", "wrong").status_code == 422
    assert sign_in(client, "who@example.org", "wrong").status_code == 429


def test_an_attempt_that_must_wait_for_one_reason_does_not_count_for_another(app: Flask) -> None:
    guess_wrongly(app, FREE_PER_ACCOUNT, address="192.0.2.1")
    for _ in range(FREE_FROM_ANYWHERE):
        with pytest.raises(LoginThrottledError):
            throttle(app, address="192.0.2.1").begin()

    throttle(app, address="192.0.2.2").begin()


def test_each_wait_is_twice_the_last_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(waits) for waits in range(1000)]

    assert waits[:9] == [5, 10, 20, 40, 80, 160, 320, 640, 900]
    assert set(waits[9:]) == {MAX_WAIT}


def test_the_other_forms_with_a_password_are_throttled_too(app: Flask, client: FlaskClient) -> None:
    admin(app)
    sign_in(client, ANA, PASSWORD)
    age_the_sign_ins(app)
    forms = ("/admin/pin", "/account/deletion", "/account/password")
    fields = ("password", "present", "confirmation_password")
    for number in range(FREE_PER_ACCOUNT):
        client.post(forms[number % 3], data=dict.fromkeys(fields, "wrong"))

    for form in forms:
        refused = client.post(form, data=dict.fromkeys(fields, PASSWORD))
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
