"""The headers of every response, and pages that keep a strict policy."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.support.cookies import owner_cookies
from tests.webapp.factories import given_prediction


@pytest.mark.parametrize("address", ["/", "/predictions", "/session/new", "/nowhere", "/healthz"])
def test_a_strict_policy_goes_with_every_page(address: str, client: FlaskClient) -> None:
    headers = client.get(address).headers

    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    keeping = "no-store" if address == "/nowhere" else "private, no-cache"
    assert headers["Cache-Control"] == keeping


def test_pages_hold_no_script_or_style_of_their_own(client: FlaskClient) -> None:
    addresses = ("/", "/predictions", "/session/new", f"/predictions/{given_prediction(client)}")

    for page in (client.get(address).text for address in addresses):
        assert not re.search(r"<style|\sstyle=|\son\w+=", page)
        # A block of JSON is data, which no browser runs.
        assert not re.search(r"<script(?![^>]*\s(src=|type=.application/json))", page)


def test_static_files_are_kept_for_a_year_under_the_hash_of_their_content(
    client: FlaskClient,
) -> None:
    address = re.search(r'href="(/static/cifra\.css\?v=\w+)"', client.get("/").text)

    assert address
    assert "immutable" in client.get(address[1]).headers["Cache-Control"]
    assert "no-cache" in client.get("/static/cifra.css").headers["Cache-Control"]


def test_the_owner_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient) -> None:
    given_prediction(client)

    (name,) = owner_cookies(client)
    cookie = client.get_cookie(name)
    assert cookie
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.max_age == 400 * 24 * 3600


def test_no_other_origin_may_read_an_answer(client: FlaskClient) -> None:
    for address in ("/", "/api/predictions", "/static/cifra.css"):
        response = client.get(address, headers={"Origin": "https://elsewhere.example"})
        assert not [name for name, _ in response.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("address", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/predictions/none", "text/html; charset=utf-8"),
        ("/api/predictions", "application/json"),
        ("/api/predictions/none", "application/json"),
        ("/static/cifra.css", "text/css; charset=utf-8"),
    ],
)
def test_every_kind_of_answer_names_its_type(
    client: FlaskClient, address: str, media_type: str
) -> None:
    assert client.get(address).headers["Content-Type"] == media_type
