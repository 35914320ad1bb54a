"""An action of consequence needs a password entered lately, and is recorded in the audit log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.webapp.factories import (
    PASSWORD,
    admin,
    evaluated_version,
    evaluation_with,
    given_prediction,
    published_version,
    settle,
    sign_in,
)
from webapp.models import (
    AuditAction,
    AuditEntry,
    Correction,
    ModelVersion,
    SignIn,
    TrainingRun,
    utc_now,
)
from webapp.models.sign_in import FRESH_FOR
from webapp.platform.database import db, writing

NEEDS_A_FRESH_SIGN_IN = [
    "/admin/models/1/publication",
    "/admin/models/1/override",
    "/admin/rollbacks",
    "/admin/pin",
    "/admin/pin/removal",
    "/admin/training-runs",
]


def age_the_sign_in(app: Flask) -> None:
    with app.app_context(), writing() as session:
        long_ago = utc_now() - FRESH_FOR - timedelta(seconds=1)
        session.execute(update(SignIn).values(began_at=long_ago))


def actions(app: Flask) -> list[tuple[str | None, str, str, str | None]]:
    """Admin, action, subject and note of each entry in order, without the sign-ins."""
    with app.app_context():
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        return [
            (entry.email, entry.action, entry.subject, entry.note)
            for entry in entries
            if entry.action != AuditAction.SIGNED_IN
        ]


def test_an_admins_changed_password_is_recorded(app: Flask, client: FlaskClient) -> None:
    admin(app)
    sign_in(client)

    for present, new in (("wrong", "another long password"), (PASSWORD, "another long password")):
        client.post("/account/password", data={"present": present, "new": new})

    assert actions(app) == [
        ("ana@example.org", AuditAction.CHANGED_PASSWORD, "ana@example.org", None)
    ]


@pytest.mark.parametrize("button", NEEDS_A_FRESH_SIGN_IN)
def test_with_an_old_sign_in_the_action_waits_until_the_password_is_entered_again(
    button: str, app: Flask, client: FlaskClient
) -> None:
    published_version(app)
    admin(app)
    sign_in(client)
    age_the_sign_in(app)

    pressed = client.post(button, headers={"Referer": "http://localhost/admin/models/1"})

    assert pressed.status_code == 303
    assert pressed.location == "/session/renewal?next=/admin/models/1"
    assert actions(app) == []
    with app.app_context():
        assert db.session.scalars(select(TrainingRun)).all() == []

    assert client.get("/admin").status_code == 200, (
        "a page that changes nothing needs no fresh sign-in"
    )
    wrong = client.post("/session/renewal", data={"password": "wrong", "next": "/admin/models/1"})
    assert wrong.status_code == 422
    right = client.post("/session/renewal", data={"password": PASSWORD, "next": "/admin/models/1"})
    assert right.location == "/admin/models/1", (
        "back to the page with the button, which is not pressed automatically"
    )
    assert [action for _, action, _, _ in actions(app)] == [AuditAction.CONFIRMED]
    with app.app_context():
        assert len(db.session.scalars(select(SignIn)).all()) == 1, "a new sign-in for the old"
    assert not client.post(button).location.startswith("/session/renewal")


@pytest.mark.parametrize("referrer", ["https://evil.example/admin", "", "http://localhost:81/x"])
def test_confirming_never_leads_to_another_site(
    referrer: str, app: Flask, client: FlaskClient
) -> None:
    admin(app)
    sign_in(client)
    age_the_sign_in(app)

    pressed = client.post("/admin/rollbacks", headers={"Referer": referrer})

    assert pressed.location == "/session/renewal"


def test_cancelling_a_training_run_needs_no_fresh_sign_in(app: Flask, client: FlaskClient) -> None:
    admin(app)
    sign_in(client)
    client.post("/admin/training-runs", data={"recipe": "quick"})
    age_the_sign_in(app)

    client.post("/admin/training-runs/1/cancellation")

    assert [entry[1:] for entry in actions(app)] == [
        (AuditAction.RETRAINED, "run 1", "quick, cnn"),
        (AuditAction.CANCELLED, "run 1", None),
    ]


def test_every_action_on_models_is_recorded(app: Flask, client: FlaskClient) -> None:
    first, second = published_version(app), published_version(app)
    refused = evaluated_version(app, evaluation_with(passed=False))
    admin(app)
    sign_in(client)

    client.post(f"/admin/models/{first}/publication", data={"reason": "It reads sevens better."})
    client.post("/admin/rollbacks", data={"reason": "No, it doesn't."})
    client.post("/admin/pin")
    client.post("/admin/pin/removal")
    client.post(f"/admin/models/{refused}/publication")  # refused, so nothing is recorded
    form = {"reason": "I know better.", "understood": "yes"}
    client.post(f"/admin/models/{refused}/override", data=form)

    ana = "ana@example.org"
    assert actions(app) == [
        (ana, AuditAction.PUBLISHED, f"version {first}", "It reads sevens better."),
        (ana, AuditAction.ROLLED_BACK, f"to version {second}", "No, it doesn't."),
        (ana, AuditAction.PINNED, f"version {second}", None),
        (ana, AuditAction.UNPINNED, f"version {second}", None),
        (ana, AuditAction.OVERRODE, f"version {refused}", "I know better."),
    ]
    with app.app_context():
        current = db.session.scalar(ModelVersion.current())
        assert current
        assert current.id == refused


def test_decisions_on_corrections_are_recorded(app: Flask, client: FlaskClient) -> None:
    uploader = app.test_client()
    prediction_id = given_prediction(uploader)
    settle(app, prediction_id, "78")
    for position in (0, 1):
        address = f"/predictions/{prediction_id}/digits/{position}/correction"
        uploader.post(address, data={"label": "1"})
    admin(app)
    sign_in(client)

    client.post("/admin/corrections/approvals", data={"only": "1=1"})
    client.post("/admin/corrections/rejections", data={"only": "2=1"})

    assert [entry[1:3] for entry in actions(app)] == [
        (AuditAction.APPROVED, "correction 1: 1"),
        (AuditAction.REJECTED, "correction 2: 1"),
    ]
    with app.app_context():
        assert len(db.session.scalars(select(Correction)).all()) == 2
