"""The cookies that a test client holds."""

from __future__ import annotations

from flask.testing import FlaskClient


def owner_cookies(client: FlaskClient) -> dict[str, str]:
    """The owner cookies of this client, by name."""
    return cookies_of(client, "cifra_owner_")


def cookies_of(client: FlaskClient, prefix: str = "") -> dict[str, str]:
    """The cookies of this client whose names begin with a prefix, by name."""
    cookies = {cookie.key: cookie.value for cookie in client._cookies.values()}
    return {name: value for name, value in cookies.items() if name.startswith(prefix)}


def copy_cookies(source: FlaskClient, target: FlaskClient) -> FlaskClient:
    """Give another client all cookies that this one has now; returns the other client."""
    for name, value in cookies_of(source).items():
        target.set_cookie(name, value)
    return target
