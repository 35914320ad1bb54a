"""Passwords are masked, may be pasted and kept by a manager, and are taken exactly as typed."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import admin, sign_in

LONG = " Ünïcode and spaces, " + "x" * 180 + "Z "


@pytest.mark.parametrize("address", ["/session/new", "/account/new", "/account"])
def test_a_password_is_masked_and_left_to_the_browsers_helpers(
    app: Flask, client: FlaskClient, address: str
) -> None:
    if address == "/account":
        admin(app)
        sign_in(client)

    fields = re.findall(r"<input[^>]*password[^>]*>", client.get(address).text)

    assert fields
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(current|new)-password"', field)
        assert "onpaste" not in field


@pytest.mark.parametrize("typed", [LONG.strip(), LONG.lower(), LONG[:-2] + "Y "])
def test_a_password_is_taken_exactly_as_it_was_typed(client: FlaskClient, typed: str) -> None:
    made = client.post("/account", data={"email": "ana@example.org", "password": LONG})
    assert made.status_code == 303
    client.post("/session/end")

    for password, status in ((typed, 422), (LONG, 303)):
        settle = client.post("/session", data={"email": "ana@example.org", "password": password})
        assert settle.status_code == status
