"""The models page: which version answers, and publishing an earlier one."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import admin, published_version, sign_in
from webapp.database import db
from webapp.models import ModelVersion


def test_before_the_first_model_the_page_says_so(app: Flask, client: FlaskClient) -> None:
    admin(app)
    sign_in(client)

    assert "No model yet" in client.get("/admin").text


def test_an_earlier_version_is_published_again(app: Flask, client: FlaskClient) -> None:
    admin(app)
    sign_in(client)
    first, second = published_version(app), published_version(app)
    assert current(app) == second

    response = client.post(f"/admin/models/{first}/publication")

    assert response.status_code == 303
    assert "Version 1 answers from the next picture on." in client.get(response.location).text
    assert current(app) == first
    assert client.post("/admin/models/99/publication").status_code == 404


def current(app: Flask) -> int:
    with app.app_context():
        version = db.session.scalar(ModelVersion.current())
        assert version
        return version.id
