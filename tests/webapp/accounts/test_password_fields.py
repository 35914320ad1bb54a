"""Passwords are masked, can be pasted or filled in by a manager, and are taken as typed."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import admin, sign_in

LONG = " Ünïcode and spaces, " + "x" * 180 + "Z "


@pytest.mark.parametrize("address", ["/session/new", "/account/new", "/account"])
def test_a_password_is_masked_and_can_be_filled_in_by_the_browser(
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
    created = client.post("/account", data={"email": "ana@example.org", "password": LONG})
    assert created.status_code == 303
    client.post("/session/end")

    for password, status in ((typed, 422), (LONG, 303)):
        response = client.post("/session", data={"email": "ana@example.org", "password": password})
        assert response.status_code == status
