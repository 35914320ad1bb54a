"""No request that anybody can send is answered with 500: properties over all routes."""

from __future__ import annotations

import errno
import io
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as examples
from hypothesis import strategies as st
from werkzeug.routing import Rule

from tests.webapp.factories import admin, given_prediction, picture, post_api, settle, sign_in
from webapp.platform.storage import Storage

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
NASTY = ["\0", "a\0b", "1\n2", "\r\nX-Injected: 1", "'", '"><', "../..", "%00", "%zz", "\u202e"]
NUMBERS = ["-1", "0", "1", str(2**31), str(2**63), str(2**64), "9" * 400, "1e999", "nan", "٣", "²"]
texts = st.one_of(st.sampled_from(NASTY + NUMBERS), st.text(max_size=40))
fields = [
    *("email", "password", "next", "new_password", "current_password", "token", "label", "reason"),
    *("recipe", "note", "number", "digits", "page", "before", "after", "from", "confirm", "image"),
    *("corrections", "status", "query", "version", "position", "ids", "override", "action"),
]
forms = st.dictionaries(st.sampled_from(fields), texts, max_size=6)
documents = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(fields), inner),
    max_leaves=8,
)
header_texts = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60
)
headers = st.dictionaries(
    st.sampled_from(
        [
            *("Cookie", "Range", "If-None-Match", "If-Modified-Since", "Accept-Language", "Host"),
            *("Content-Length", "Accept", "Origin", "Referer", "X-Forwarded-For", "If-Range"),
            *("Content-Encoding", "Authorization", "Content-Type", "Sec-Fetch-Site", "Forwarded"),
        ]
    ),
    header_texts,
    max_size=3,
)
ROUTES_TOGETHER = 20
EFFORT = examples(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)


def every_rule(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def parts_of(rules: list[Rule]) -> Iterator[list[Rule]]:
    """The routes a few at a time: for all at once, Hypothesis would have to draw too much."""
    for start in range(0, len(rules), ROUTES_TOGETHER):
        yield rules[start : start + ROUTES_TOGETHER]


@pytest.fixture(params=["nobody", "an owner", "an admin"])
def client(app: Flask, request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    """A client with no rights, with a picture of its own, or with all rights."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = app.test_client()
    if request.param != "nobody":
        settle(app, given_prediction(client))
    if request.param == "an admin":
        admin(app)
        sign_in(client)
    yield client


def address(draw: st.DataObject, rule: Rule) -> str:
    """An address of the rule, its parts drawn: ordinary numbers, or anything."""
    path = rule.rule
    for name in rule.arguments:
        converter = rule._converters[name]
        kind = type(converter).__name__.removesuffix("Converter").lower()
        part = draw.draw(st.sampled_from(NUMBERS) | texts, label=name) or "x"
        for written in (f"<{name}>", f"<{kind}:{name}>", f"<int:{name}>", f"<path:{name}>"):
            path = path.replace(written, quote(part, safe="", errors="replace"))
    assert "<" not in path, path
    return path


def test_no_form_on_any_route_is_answered_with_500(app: Flask, client: FlaskClient) -> None:
    for rules in parts_of(every_rule(app)):
        send_forms(client, rules)


@seed(20)
@EFFORT
@given(draw=st.data())
def send_forms(client: FlaskClient, rules: list[Rule], draw: st.DataObject) -> None:
    for rule in rules:
        method = draw.draw(st.sampled_from([*METHODS, *sorted(rule.methods or [])]))
        response = client.open(
            address(draw, rule),
            method=method,
            query_string=draw.draw(forms),
            data=draw.draw(forms),
            headers=draw.draw(headers),
        )

        assert response.status_code != 500, (method, rule.rule)
        response.close()


def test_no_json_on_any_route_is_answered_with_500(app: Flask, client: FlaskClient) -> None:
    for rules in parts_of(every_rule(app)):
        send_json(client, rules)


@seed(21)
@EFFORT
@given(draw=st.data())
def send_json(client: FlaskClient, rules: list[Rule], draw: st.DataObject) -> None:
    for rule in rules:
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}):
            body = draw.draw(
                documents.map(json.dumps)
                | st.sampled_from(["[" * 100_000, '{"label":' * 50_000, "9" * 5000, '"\\ud800"'])
                | st.binary(max_size=30)
            )
            response = client.open(
                address(draw, rule), method=method, data=body, content_type="application/json"
            )

            assert response.status_code != 500, (method, rule.rule)


@seed(22)
@EFFORT
@given(
    body=st.binary(max_size=200)
    | st.sampled_from(
        [
            b"--b\r\n",
            b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
            b'--b\r\nContent-Disposition: form-data; name="image"; filename="\0"\r\n\r\nx\r\n--b--',
            b'--b\r\nContent-Disposition: form-data; name="next"\r\n\r\n\xff\0\r\n--b--',
            b"--b\r\n" + b"X: y\r\n" * 2000 + b"\r\n--b--",
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 1500 + b"--b--",
        ]
    ),
    content_type=st.sampled_from(
        [
            *("multipart/form-data; boundary=b", "multipart/form-data", "image/png", ""),
            *("multipart/form-data; boundary=", "a/b; c=\xff"),
            "application/x-www-form-urlencoded; charset=nonsense",
        ]
    ),
    length=st.sampled_from([None, "-1", "0", "1", "abc", str(10**30)]),
)
def test_no_broken_body_is_answered_with_500(
    app: Flask, client: FlaskClient, body: bytes, content_type: str, length: str | None
) -> None:
    for rule in every_rule(app):
        if "POST" in (rule.methods or set()):
            extra = {} if length is None else {"CONTENT_LENGTH": length}
            path = rule.rule.replace("<int:", "<").replace("<path:", "<")
            for name in rule.arguments:
                path = path.replace(f"<{name}>", "1")
            response = client.post(
                path,
                input_stream=io.BytesIO(body),
                content_type=content_type,
                environ_overrides=extra,
            )

            assert response.status_code != 500, rule.rule


@pytest.mark.parametrize("path", ["/%", "/%zz", "/%00", "/\xff", "//", "/..", "/" + "a" * 9000])
def test_no_broken_path_is_answered_with_500(path: str, client: FlaskClient) -> None:
    for prefix in ("", "/predictions", "/api/predictions", "/static"):
        assert client.get(prefix + path).status_code < 500


def test_long_headers_and_cookies_are_harmless(client: FlaskClient) -> None:
    for name in ("Cookie", "Accept-Language", "If-None-Match", "X-Anything"):
        assert client.get("/", headers={name: "a=b;" * 20_000}).status_code < 500


def test_a_body_that_is_not_json_is_refused_with_a_sentence(app: Flask) -> None:
    client = app.test_client()
    for body in ("[" * 100_000, '{"label": "\\u0000"}', "{"):
        path = f"/api/predictions/{given_prediction(client)}/corrections"
        response = client.post(path, data=body, content_type="application/json")

        assert 400 <= response.status_code < 500


@pytest.mark.parametrize(
    "number", [errno.EPERM, errno.EACCES, errno.EROFS, errno.EIO, errno.ENOSPC, errno.EMFILE]
)
@pytest.mark.parametrize("use", ["write", "read"])
def test_a_storage_that_refuses_is_a_503_with_a_sentence(
    number: int, use: str, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    prediction_id = given_prediction(client)

    def refuse(*_: object, **__: object) -> bytes:
        raise OSError(number, "refused")

    for method in ("put", "read", "read_picture", "names"):
        monkeypatch.setattr(Storage, method, refuse)
    if use == "write":
        response = post_api(client, picture())
        assert response.get_json()["error"]
    else:
        response = client.get(f"/predictions/{prediction_id}/preview.jpg")

    assert response.status_code in (404, 503, 507)
    assert response.status_code != 404 or use == "read"


def test_too_many_fields_are_called_that_and_not_a_large_picture(app: Flask) -> None:
    client = app.test_client()

    many = client.post(
        "/session",
        data={f"field{number}": "x" for number in range(2000)},
        content_type="multipart/form-data",
    )
    large = post_api(client, bytes(400_000))

    assert many.status_code == large.status_code == 413
    assert "fields" in many.text
    assert "MB" not in many.text
    assert "too large" in large.get_json()["error"]
