"""The reasons why there is no number are stored as codes, and told in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from tests.support.every_table import fill, reflected
from tests.webapp.factories import given_prediction
from webapp.app import create_app
from webapp.cli import add_migrations
from webapp.models import Prediction, Reason
from webapp.models.reason import sentence_for
from webapp.platform.database import db, writing
from webapp.settings import Settings
from worker.recognition.reading import Refusal

FAINT = "No digit found: the writing is too faint to read. Try a darker pen or more light."
FAINT_BEFORE = FAINT.replace("the writing", "what is written")


@pytest.fixture
def unmigrated(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    add_migrations(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def reasons() -> list[str | None]:
    with db.engine.connect() as connection:
        return list(connection.scalars(text("select reason from predictions order by id")))


def test_every_refusal_of_the_recogniser_has_a_sentence() -> None:
    assert {refusal.value for refusal in Refusal} <= set(Reason)
    for reason in Reason:
        assert sentence_for(reason).endswith(".")


def test_sentences_of_earlier_versions_become_codes_and_sentences_again(unmigrated: Flask) -> None:
    upgrade(revision="0013")
    with db.engine.begin() as connection:
        fill(connection, reflected(connection), {})
        stored = connection.scalars(text("select id from predictions order by id")).all()
        for prediction_id, sentence in zip(stored, (FAINT_BEFORE, "Typed by nobody."), strict=True):
            connection.execute(
                text("update predictions set reason = :reason where id = :id"),
                {"reason": sentence, "id": prediction_id},
            )

    upgrade()
    assert reasons() == [Reason.TOO_FAINT, "Typed by nobody."]

    downgrade(revision="0013")
    assert reasons() == [FAINT, "Typed by nobody."]


def test_history_speaks_the_language_of_the_reader(app: Flask, client: FlaskClient) -> None:
    prediction_id = given_prediction(client)
    with app.app_context(), writing() as session:
        session.get_one(Prediction, prediction_id).refuse(Reason.TOO_FAINT)

    english = client.get(f"/predictions/{prediction_id}")
    spanish = client.get(f"/predictions/{prediction_id}", headers={"Accept-Language": "es"})
    over_api = client.get(f"/api/predictions/{prediction_id}", headers={"Accept-Language": "es"})

    assert FAINT in english.text
    assert "demasiado débil" in spanish.text
    assert FAINT not in spanish.text
    assert over_api.json
    assert over_api.json["reason_code"] == "too_faint"
    assert "demasiado débil" in over_api.json["reason"]
