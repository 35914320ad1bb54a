"""An imported model on the admin's pages: it is not published before its evaluation."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.factories import (
    EvaluatedVersion,
    evaluation_with,
    live_version_id,
    new_version,
    published_version,
)
from webapp.platform.database import writing

pytestmark = pytest.mark.usefixtures("signed_in_admin")


def imported_version(app: Flask, evaluated: EvaluatedVersion | None = None) -> int:
    with app.app_context(), writing() as session:
        version = new_version(session, origin="imported", architecture="mlp")
        if evaluated:
            version.record_evaluation(evaluated.evaluation, evaluated.pictures)
        return version.id


@pytest.mark.parametrize(
    ("action", "form"),
    [("publication", {}), ("override", {"understood": "yes", "reason": "I like it"})],
)
def test_without_an_evaluation_nothing_publishes_it_and_its_page_says_what_to_do(
    app: Flask, client: FlaskClient, action: str, form: dict[str, str]
) -> None:
    live, imported = published_version(app), imported_version(app)

    response = client.post(f"/admin/models/{imported}/{action}", data=form, follow_redirects=True)

    assert live_version_id(app) == live
    assert f"flask model evaluate-version {imported}" in response.text
    assert "has not been evaluated" in response.text
    assert f'action="/admin/models/{imported}/publication"' not in response.text
    index = client.get("/admin/models").text
    assert "not evaluated yet" in index
    assert f"/admin/models/{imported}/publication" not in index


def test_after_an_evaluation_it_is_published_as_any_other(app: Flask, client: FlaskClient) -> None:
    published_version(app)
    imported = imported_version(app, evaluation_with(passed=True))

    client.post(f"/admin/models/{imported}/publication")

    assert live_version_id(app) == imported
