"""Behind TLS the cookies stay there, and only a proxy that is configured is believed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.sites import site_with
from tests.webapp.factories import PASSWORD, picture
from webapp.settings import Settings

FORWARDED = {
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "cifra.example",
}


@contextmanager
def site(settings: Settings, **differing: object) -> Iterator[FlaskClient]:
    with site_with(settings, **differing) as app:
        yield app.test_client()


def upload(client: FlaskClient, **more: object) -> TestResponse:
    return client.post("/api/predictions", data=picture(), content_type="image/png", **more)  # type: ignore[arg-type]


def sign_up(client: FlaskClient, **more: object) -> TestResponse:
    form = {"email": "bea@example.org", "password": PASSWORD}
    return client.post("/account", data=form, **more)  # type: ignore[arg-type]


def test_over_tls_every_cookie_is_secure_and_the_browser_is_told_to_stay(
    settings: Settings,
) -> None:
    with site(settings) as client:
        over_tls = {"base_url": "https://localhost"}
        for response in (upload(client, **over_tls), sign_up(client, **over_tls)):
            cookies = [
                one
                for one in response.headers.getlist("Set-Cookie")
                if "Expires=Thu, 01" not in one
            ]
            assert cookies
            assert all("; Secure" in cookie and "; HttpOnly" in cookie for cookie in cookies)
            assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_without_tls_cookies_work_and_nothing_is_claimed(settings: Settings) -> None:
    with site(settings) as client:
        response = upload(client)

        assert "Secure" not in response.headers["Set-Cookie"]
        assert "Strict-Transport-Security" not in response.headers


def test_secure_cookies_can_be_asked_for(settings: Settings) -> None:
    with site(settings, secure_cookies=True) as client:
        uploaded = upload(client).headers["Set-Cookie"]
        signed_up = sign_up(client).headers.getlist("Set-Cookie")

        assert "; Secure" in uploaded
        session = next(cookie for cookie in signed_up if cookie.startswith("__Host-session="))
        assert "; Secure" in session
        assert "; Path=/" in session
        assert "Domain" not in session


def test_a_proxy_that_is_configured_is_believed(settings: Settings) -> None:
    with site(settings, trusted_proxies=1) as client:
        response = upload(client, headers=FORWARDED)

        assert response.get_json()["url"].startswith("https://cifra.example/")
        assert "Strict-Transport-Security" in response.headers
        assert "; Secure" in response.headers["Set-Cookie"]


def test_nobody_else_is(settings: Settings) -> None:
    with site(settings, uploads_per_address=1) as client:
        response = upload(client, headers=FORWARDED)

        assert response.get_json()["url"].startswith("http://localhost/")
        assert "Strict-Transport-Security" not in response.headers
        other = FORWARDED | {"X-Forwarded-For": "192.0.2.8"}
        assert upload(client, headers=other).status_code == 429, "still the same address"
