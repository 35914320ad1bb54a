"""An imported model on the admin's pages: it answers nobody before it has sat its exam."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import admin, exam_with, new_version, published_version, sign_in
from webapp.database import db, writing
from webapp.models import Exam, ModelVersion


@pytest.fixture(autouse=True)
def signed_in(app: Flask, client: FlaskClient) -> None:
    admin(app)
    sign_in(client)


def imported_version(app: Flask, exam: Exam | None = None) -> int:
    with app.app_context(), writing() as session:
        sat = exam.to_json() if exam else None
        return new_version(session, origin="imported", architecture="mlp", exam=sat).id


def current(app: Flask) -> int | None:
    with app.app_context():
        version = db.session.scalar(ModelVersion.current())
        return version.id if version else None


@pytest.mark.parametrize(
    ("deed", "form"),
    [("publication", {}), ("override", {"understood": "yes", "reason": "I like it"})],
)
def test_without_an_exam_nothing_publishes_it_and_its_page_says_what_to_do(
    app: Flask, client: FlaskClient, deed: str, form: dict[str, str]
) -> None:
    live, imported = published_version(app), imported_version(app)

    answer = client.post(f"/admin/models/{imported}/{deed}", data=form, follow_redirects=True)

    assert current(app) == live
    assert f"flask model examine {imported}" in answer.text
    assert "has not sat its exam" in answer.text
    assert f'action="/admin/models/{imported}/publication"' not in answer.text
    index = client.get("/admin").text
    assert "no exam yet" in index
    assert f"/admin/models/{imported}/publication" not in index


def test_with_an_exam_it_is_published_as_any_other(app: Flask, client: FlaskClient) -> None:
    published_version(app)
    imported = imported_version(app, exam_with(passed=True))

    client.post(f"/admin/models/{imported}/publication")

    assert current(app) == imported
