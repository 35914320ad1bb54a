"""The public pages of the models: one version, and the architectures side by side."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import (
    evaluated_version,
    evaluation_with,
    given_prediction,
    published_version,
    settle,
)


def test_a_prediction_leads_to_the_version_that_answered_it(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    settle(app, prediction_id)

    assert 'href="/models/1"' in client.get(f"/predictions/{prediction_id}").text
    page = client.get("/models/1").text
    assert "Model version 1" in page
    assert "published by an admin" in page


def test_anyone_sees_when_a_version_was_live_but_not_who_published_it(
    app: Flask, client: FlaskClient
) -> None:
    champion = published_version(app)
    version = evaluated_version(app, evaluation_with(champion_id=champion))

    page = client.get(f"/models/{version}").text

    assert "It has never been live" in page
    assert "A picture of 7" in page, "which it misreads"
    assert "A picture of 4" not in page
    assert "Publish" not in page
    assert client.get("/models/99").status_code == 404


def test_the_best_version_of_each_architecture_is_compared_with_the_others(
    app: Flask, client: FlaskClient
) -> None:
    assert "There is no network with a score" in client.get("/models").text
    champion = published_version(app)
    worse = evaluated_version(app, evaluation_with(misread=4), architecture="mlp")
    better = evaluated_version(app, evaluation_with(misread=3), architecture="mlp")

    page = client.get("/models").text

    assert f'href="/models/{champion}"' in page
    assert f'href="/models/{better}"' in page
    assert f'href="/models/{worse}"' not in page
    assert "97.00\u202f%" in page


def test_the_front_page_leads_to_the_networks_and_on_to_their_versions(
    client: FlaskClient,
) -> None:
    assert 'href="/networks"' in client.get("/").text
    assert 'href="/models"' in client.get("/networks").text


def test_the_pictures_that_networks_read_differently_are_shown(
    app: Flask, client: FlaskClient
) -> None:
    published_version(app)
    evaluated_version(app, evaluation_with(), architecture="mlp")

    page = client.get("/models").text

    # The champion, a cnn, read the 4 as a 9; the challenger, an mlp, the 7 as a 1.
    four, seven = (page.index(f"A picture of {digit}") for digit in (4, 7))
    assert 'cnn: <strong class="is-wrong">9</strong><br>mlp: 4' in page[four:seven]
    assert 'cnn: 7<br>mlp: <strong class="is-wrong">1</strong>' in page[seven:]
