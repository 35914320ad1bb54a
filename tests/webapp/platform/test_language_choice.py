"""The language of a page: the remembered choice, else the browser's, else English."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.messages import Message
from webapp.platform import languages
from webapp.platform.languages import current_language, translate


def language_of(page: str) -> str:
    found = re.search(r'<html lang="(\w+)">', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("asked_for", "answered"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-GB,es;q=0.9", "en"),
        ("fr,es;q=0.5", "es"),
        ("fr", "en"),
        ("est,es;q=0", "en"),
        ("*", "en"),
        (";;;q=what", "en"),
    ],
)
def test_a_page_speaks_the_first_language_of_the_browser_that_cifra_knows(
    client: FlaskClient, asked_for: str, answered: str
) -> None:
    response = client.get("/models", headers={"Accept-Language": asked_for})
    assert language_of(response.text) == answered
    assert response.headers["Content-Language"] == answered


def test_the_chosen_language_is_remembered_and_the_same_page_is_shown(client: FlaskClient) -> None:
    response = client.post("/language", data={"language": "es", "next": "/predictions?q=7"})
    assert response.status_code == 303
    assert response.location == "/predictions?q=7"
    assert language_of(client.get("/models", headers={"Accept-Language": "en"}).text) == "es"
    client.post("/language", data={"language": "en"})
    assert language_of(client.get("/models", headers={"Accept-Language": "es"}).text) == "en"


@pytest.mark.parametrize("address", ["https://example.org/", "//example.org", "/\\example.org", ""])
def test_the_language_switch_never_leaves_this_site(client: FlaskClient, address: str) -> None:
    response = client.post("/language", data={"language": "es", "next": address})
    assert response.location == "/"


@pytest.mark.parametrize("language", ["fr", "", "../es"])
def test_an_unknown_language_is_refused(client: FlaskClient, language: str) -> None:
    assert client.post("/language", data={"language": language}).status_code == 400


def test_a_meddled_cookie_is_ignored(client: FlaskClient) -> None:
    client.set_cookie("language", "xx")
    assert language_of(client.get("/models", headers={"Accept-Language": "es"}).text) == "es"


def test_every_page_offers_the_other_language_and_leads_back_to_itself(client: FlaskClient) -> None:
    page = client.get("/predictions?page=1").text
    assert '<button class="link" name="language" value="es" lang="es">Español</button>' in page
    assert '<input type="hidden" name="next" value="/predictions?page=1">' in page
    assert 'lang="en">English</button>' in client.get("/", headers={"Accept-Language": "es"}).text


def test_the_answer_to_a_form_leads_back_to_a_page_that_exists(
    app: Flask, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    refused_picture = client.post("/predictions", data={})
    assert '<input type="hidden" name="next" value="/predictions">' in refused_picture.text
    refused_password = client.post("/session", data={"email": "a@example.org", "password": "x"})
    assert '<input type="hidden" name="next" value="/">' in refused_password.text


def test_caches_keep_the_languages_apart(client: FlaskClient) -> None:
    for address in ("/models", "/nowhere", "/api/predictions"):
        response = client.get(address)
        assert {"Accept-Language", "Cookie"} <= set(response.vary)
    assert "Accept-Language" not in client.get("/static/cifra.css").vary


def test_the_words_of_a_page_are_translated(client: FlaskClient) -> None:
    page = client.get("/models", headers={"Accept-Language": "es"}).text
    assert "Historial</a>" in page
    assert "History" not in page


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "es:en"}, "es"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "nonsense!"}, "en"),
    ],
)
def test_a_command_speaks_the_language_of_the_terminal(
    app: Flask, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with app.app_context():
        assert current_language() == language


def test_the_numbers_in_a_sentence_are_formatted_for_its_language(app: Flask) -> None:
    message = Message("The limit is %(limit)s MB.", {"limit": 12.5})
    with app.test_request_context(headers={"Accept-Language": "es"}):
        assert translate(message) == "The limit is 12,5 MB."
    with app.test_request_context():
        assert translate(message) == "The limit is 12.5 MB."


def test_scripts_find_their_sentences_in_the_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "javascript.po").write_text(
        'msgid "One </script> more"\nmsgstr "Uno </script> más"\n\n'
        'msgid "%(num)s file"\nmsgid_plural "%(num)s files"\n'
        'msgstr[0] "%(num)s archivo"\nmsgstr[1] "%(num)s archivos"\n'
    )
    monkeypatch.setattr(languages, "TRANSLATIONS", tmp_path)
    languages._javascript_catalogue.cache_clear()
    page = client.get("/models", headers={"Accept-Language": "es"}).text
    languages._javascript_catalogue.cache_clear()
    element = re.search(r'<script type="application/json" id="translations">(.*?)</script>', page)
    assert element
    assert json.loads(element[1]) == {
        "One </script> more": "Uno </script> más",
        "%(num)s file": ["%(num)s archivo", "%(num)s archivos"],
    }
