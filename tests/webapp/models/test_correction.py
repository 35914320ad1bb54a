"""A correction: it keeps the reading, is one for each owner and digit, and may be validation."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.webapp.factories import digit, given_prediction, picture, settle
from webapp.models import Correction, Digit, Owner, Prediction
from webapp.platform.database import db, writing


def test_a_correction_does_not_change_the_reading(app: Flask, client: FlaskClient) -> None:
    corrected(app, client, number="1", label=7)

    with app.app_context():
        correction = db.session.scalars(select(Correction)).one()
        assert (correction.label, correction.read_as, correction.digit.label) == (7, 1, 1)
        assert not correction.confirms


def test_approved_corrections_have_their_ink(app: Flask, client: FlaskClient) -> None:
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


def test_the_same_pixels_in_another_png_have_the_same_hash() -> None:
    pixels = Image.effect_noise((28, 28), 80)
    small = picture(pixels, optimize=True, compress_level=9)
    large = picture(pixels, compress_level=0)
    other = picture(Image.effect_noise((28, 28), 80))

    one, two, three = (
        Correction.of(Digit(label=1, ink_png=png), 7, owner_id="ana")
        for png in (small, large, other)
    )

    assert small != large
    assert one.ink_sha256 == two.ink_sha256 != three.ink_sha256


def test_about_one_writer_in_five_is_for_validation_with_all_corrections(app: Flask) -> None:
    with app.app_context(), writing() as session:
        inks = {
            f"owner {number}": [approved(session, f"owner {number}") for _ in range(3)]
            for number in range(60)
        }
        validation = Correction.validation_hashes(session)

    counts = [len(validation.intersection(hashes)) for hashes in inks.values()]
    assert set(counts) == {0, 3}
    assert 4 <= counts.count(3) <= 24


def test_a_single_writers_corrections_are_split_by_picture(app: Flask) -> None:
    with app.app_context(), writing() as session:
        pictures = [approved(session, "ana", digits=2) for _ in range(100)]
        validation = Correction.validation_hashes(session)

    counts = [len(validation.intersection(picture.split())) for picture in pictures]
    assert set(counts) == {0, 2}, "the digits of a picture are on the same side"
    assert 5 <= counts.count(2) <= 40


def test_the_same_pixels_are_never_in_both_parts(app: Flask) -> None:
    with app.app_context(), writing() as session:
        ink = noise()
        for number in range(20):
            approved(session, f"owner {number}")
            approved(session, f"owner {number}", ink=ink)
        validation = Correction.validation_hashes(session)
        shared = Digit(label=1, ink_png=ink).ink_sha256

    assert shared in validation, "some of its writers are for validation"


def test_an_owner_has_at_most_one_correction_of_a_digit(app: Flask, client: FlaskClient) -> None:
    corrected(app, client, number="1", label=7)

    with app.app_context(), pytest.raises(IntegrityError), writing() as session:
        found = session.scalars(select(Digit)).one()
        session.add(Correction.of(found, 2, owner_id=Owner.lock(session, "ana").id))


@pytest.mark.parametrize("how", ["row by row", "in one statement"])
def test_a_deleted_prediction_deletes_its_corrections(
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
    """A prediction of one digit, corrected by ana; returns its id."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id, number)
    with app.app_context(), writing() as session:
        found = session.scalars(select(Digit)).one()
        session.add(Correction.of(found, label, owner_id=Owner.lock(session, "ana").id))
    return prediction_id


def noise() -> bytes:
    return picture(Image.effect_noise((28, 28), 80))


def approved(session: Session, owner_id: str, *, digits: int = 1, ink: bytes | None = None) -> str:
    """An approved correction of each digit of a picture; returns the hashes of their inks."""
    found = [digit(1, position=position) for position in range(digits)]
    for one in found:
        one.ink_png = ink or noise()
    prediction = Prediction(
        owner_id=Owner.lock(session, owner_id).id,
        filename="a.png",
        media_type="image/png",
        width=28,
        height=28,
    )
    prediction.refuse("It could be more than one digit.", digits=found)
    session.add(prediction)
    session.flush()
    for one in found:
        correction = Correction.of(one, 7, owner_id=owner_id)
        correction.approve(by=None)
        session.add(correction)
    session.flush()
    return " ".join(one.ink_sha256 for one in found)
