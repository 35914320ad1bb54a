"""A correction: beside the reading, one a person and digit, gone with its picture."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from tests.webapp.factories import given_prediction, settle
from webapp.models import Correction, Digit, Owner, Prediction
from webapp.platform.database import db, writing


def test_the_reading_stays_as_it_was(app: Flask, client: FlaskClient) -> None:
    corrected(app, client, number="1", label=7)

    with app.app_context():
        correction = db.session.scalars(select(Correction)).one()
        assert (correction.label, correction.read_as, correction.digit.label) == (7, 1, 1)
        assert not correction.confirms


def test_approved_ones_come_with_their_ink(app: Flask, client: FlaskClient) -> None:
    corrected(app, client, number="1", label=None)
    with app.app_context():
        assert db.session.scalars(Correction.approved()).all() == []

    with app.app_context(), writing() as session:
        session.scalars(select(Correction)).one().approve(by=None)

    with app.app_context():
        correction = db.session.scalars(Correction.approved()).one()
        assert correction.digit.ink_png.startswith(b"\x89PNG")
        assert correction.label is None
        assert correction.decided_at


def test_what_is_held_out_is_decided_by_the_ink_alone() -> None:
    inks = [bytes([number]) for number in range(200)]
    ana = [Correction.of(Digit(label=1, ink_png=ink), 7, owner_id="ana") for ink in inks]
    bo = [Correction.of(Digit(label=4, ink_png=ink), None, owner_id="bo") for ink in inks]

    assert [one.is_validation for one in ana] == [one.is_validation for one in bo]
    assert 20 < sum(one.is_validation for one in ana) < 60


def test_a_person_has_one_word_on_a_digit(app: Flask, client: FlaskClient) -> None:
    corrected(app, client, number="1", label=7)

    with app.app_context(), pytest.raises(IntegrityError), writing() as session:
        digit = session.scalars(select(Digit)).one()
        session.add(Correction.of(digit, 2, owner_id=Owner.lock(session, "ana").id))


@pytest.mark.parametrize("how", ["row by row", "in one statement"])
def test_a_deleted_prediction_takes_its_corrections_along(
    app: Flask, client: FlaskClient, how: str
) -> None:
    prediction_id = corrected(app, client, number="1", label=7)

    with app.app_context(), writing() as session:
        if how == "row by row":
            session.delete(session.get_one(Prediction, prediction_id))
        else:
            session.execute(delete(Prediction))

    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Correction)) == 0


def corrected(app: Flask, client: FlaskClient, *, number: str, label: int | None) -> str:
    """A prediction of one digit, with ana's word on it; returns its id."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id, number)
    with app.app_context(), writing() as session:
        digit = session.scalars(select(Digit)).one()
        session.add(Correction.of(digit, label, owner_id=Owner.lock(session, "ana").id))
    return prediction_id
