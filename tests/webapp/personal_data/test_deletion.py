"""Deletion: it is confirmed first, and then removes rows, files and copies of one owner alone."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.support.publishing import publish
from tests.webapp.factories import (
    PASSWORD,
    EvaluatedVersion,
    admin,
    evaluated_version,
    evaluation_with,
    given_prediction,
    picture,
    post_page,
    published_version,
    settle,
    sign_in,
)
from webapp.models import (
    AuditEntry,
    Base,
    Correction,
    Digit,
    EvaluationPicture,
    Prediction,
    PublicationTrigger,
    User,
)
from webapp.models.evaluation import VALIDATION_CORRECTIONS
from webapp.personal_data.deletion import OnlyAdminError, delete_account
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.platform.storage import Storage


def test_a_picture_is_deleted_with_its_files_digits_and_corrections(
    app: Flask, client: FlaskClient
) -> None:
    kept, deleted = corrected(app, client), corrected(app, client)
    page = client.get(f"/predictions/{deleted}").text
    assert f'href="/predictions/{deleted}/deletion"' in page
    assert "Delete this picture?" in client.get(f"/predictions/{deleted}/deletion").text
    assert counted(app, Prediction) == 2, "the page that asks deletes nothing"

    response = client.post(f"/predictions/{deleted}/deletion")

    assert response.location == "/predictions"
    assert "are deleted" in client.get("/predictions").text
    assert client.get(f"/predictions/{deleted}").status_code == 404
    assert [counted(app, table) for table in (Prediction, Digit, Correction)] == [1, 1, 1]
    assert not storage_of(app).folder(deleted).exists()
    assert storage_of(app).names(kept)


@pytest.mark.sqlite
def test_the_database_file_holds_nothing_of_a_deleted_picture(
    app: Flask, client: FlaskClient
) -> None:
    address = post_page(client, picture(), "a-telling-name.png").location
    assert b"a-telling-name" in database_file(app)

    client.post(f"{address}/deletion")

    assert b"a-telling-name" not in database_file(app)


def test_a_picture_is_deleted_over_the_api(app: Flask, client: FlaskClient) -> None:
    prediction_id = corrected(app, client)

    assert client.delete(f"/api/predictions/{prediction_id}").status_code == 204

    assert counted(app, Prediction) == 0
    assert client.delete(f"/api/predictions/{prediction_id}").status_code == 404


def test_all_data_of_one_owner_is_deleted_and_of_no_other(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.predictions.deletion.BATCH_SIZE", 2)
    for _ in range(5):
        corrected(app, client)
    another = corrected(app, app.test_client())
    assert "all 5 pictures" in client.get("/account/data/deletion").text

    response = client.post("/account/data/deletion")

    assert "Your 5 pictures are deleted." in client.get(response.location).text
    assert rows(app) == [another]
    assert [counted(app, table) for table in (Digit, Correction)] == [1, 1]
    assert [path.name for path in storage_of(app).root.glob("*/*")] == [another]


def test_an_admin_may_delete_any_picture_and_the_audit_log_records_it(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = given_prediction(client)
    reviewer = app.test_client()
    admin(app)
    sign_in(reviewer)
    assert (
        "recorded in the audit log" in reviewer.get(f"/predictions/{prediction_id}/deletion").text
    )

    response = reviewer.post(f"/predictions/{prediction_id}/deletion")

    assert response.location == "/predictions?whose=all"
    assert rows(app) == []
    with app.app_context():
        entry = db.session.scalars(AuditEntry.newest_first()).first()
    assert entry
    assert (entry.email, entry.subject) == ("ana@example.org", f"prediction {prediction_id}")


def test_evaluations_lose_deleted_pictures_and_keep_their_metrics(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = corrected(app, client)
    champion = published_version(app)
    version = evaluated_version(app, evaluated_on_corrections(app, champion))
    reviewer = app.test_client()
    admin(app)
    sign_in(reviewer)
    pictures = f"/models/{version}/exam/pictures"
    assert reviewer.get(f"{pictures}/0").status_code == 200
    before = reviewer.get(f"/admin/models/{version}").text

    client.post(f"/predictions/{prediction_id}/deletion")

    assert reviewer.get(f"{pictures}/0").status_code == 404
    assert reviewer.get(f"{pictures}/1").status_code == 200, "another owner's, at the same address"
    after = reviewer.get(f"/admin/models/{version}").text
    assert (f"{pictures}/0" in before, f"{pictures}/0" in after) == (True, False)
    assert "Validation corrections" in after


def test_an_evaluation_that_was_running_loses_a_deleted_picture_later(
    app: Flask, client: FlaskClient
) -> None:
    prediction_id = corrected(app, client)
    evaluation = evaluated_on_corrections(app, published_version(app))
    client.post(f"/predictions/{prediction_id}/deletion")
    version = evaluated_version(app, evaluation)

    with app.app_context(), writing() as session:
        EvaluationPicture.delete_orphans(session)

    with app.app_context():
        left = db.session.scalars(EvaluationPicture.of_version(version))
        assert [picture.position for picture in left] == [1]


def test_an_account_is_deleted_with_all_its_data(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), writing() as session:
        session.add(User.create(email="bob@example.org", password=PASSWORD))
    sign_in(client, "bob@example.org")
    corrected(app, client)
    another = corrected(app, app.test_client())

    with app.app_context():
        delete_account(db.session.scalars(User.with_email("bob@example.org")).one())

    assert rows(app) == [another]
    assert counted(app, User) == 0
    assert "Sign in" in client.get("/").text, "the old session is not valid"


def test_the_last_admin_stays_and_publications_of_a_former_one_too(
    app: Flask, client: FlaskClient
) -> None:
    for email in ("ana@example.org", "eva@example.org"):
        admin(app, email)
    version_id = published_version(app)
    with app.app_context(), writing() as session:
        eva = session.scalars(User.with_email("eva@example.org")).one()
        publish(session, version_id, PublicationTrigger.CHOSEN, by=eva)

    with app.app_context():
        delete_account(db.session.scalars(User.with_email("eva@example.org")).one())
        ana = db.session.scalars(User.with_email("ana@example.org")).one()
        with pytest.raises(OnlyAdminError):
            delete_account(ana)

    sign_in(client)
    assert client.get("/admin/ledger").status_code == 200
    assert counted(app, User) == 1


def corrected(app: Flask, client: FlaskClient) -> str:
    """An answered prediction of one digit, which its owner confirmed; returns its id."""
    prediction_id = given_prediction(client)
    settle(app, prediction_id, "7")
    client.post(f"/predictions/{prediction_id}/confirmation")
    return prediction_id


def evaluated_on_corrections(app: Flask, champion: int) -> EvaluatedVersion:
    """An evaluation whose first picture comes from the only correction."""
    evaluated = evaluation_with(champion_id=champion, dataset=VALIDATION_CORRECTIONS)
    with app.app_context():
        evaluated.pictures[0].ink_sha256 = db.session.scalars(select(Correction.ink_sha256)).one()
    return evaluated


def counted(app: Flask, table: type[Base]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def database_file(app: Flask) -> bytes:
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Extensions.of(app).settings.data_dir / "cifra.db"
    return path.read_bytes()


def rows(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Prediction.id)))


def storage_of(app: Flask) -> Storage:
    return Extensions.of(app).storage
