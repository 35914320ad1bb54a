"""An action of consequence needs a password entered lately, and is recorded in the audit log."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.webapp.factories import (
    PASSWORD,
    admin,
    age_the_sign_ins,
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
    Role,
    SignIn,
    TrainingRun,
    User,
)
from webapp.platform.database import db, writing

NEEDS_A_FRESH_SIGN_IN = [
    "/admin/models/1/publication",
    "/admin/models/1/override",
    "/admin/rollbacks",
    "/admin/pin",
    "/admin/pin/removal",
    "/admin/training-runs",
]


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
    age_the_sign_ins(app)

    pressed = client.post(button, headers={"Referer": "http://localhost/admin/models/1"})

    assert pressed.status_code == 403
    assert 'href="/admin/models/1">Cancel' in pressed.text
    assert actions(app) == []
    with app.app_context():
        assert db.session.scalars(select(TrainingRun)).all() == []

    assert client.get("/admin").status_code == 200, (
        "a page that changes nothing needs no fresh sign-in"
    )
    wrong = client.post(button, data={"confirmation_password": "wrong"})
    assert wrong.status_code == 422
    assert actions(app) == []

    right = client.post(button, data={"confirmation_password": PASSWORD})

    assert right.status_code == 303
    assert actions(app)[0][1] == AuditAction.CONFIRMED
    with app.app_context():
        assert len(db.session.scalars(select(SignIn)).all()) == 1, "a new sign-in for the old"
    assert client.post(button).status_code == 303, "it is not asked for again"


def test_the_typed_reason_and_the_tick_are_kept_and_the_action_is_carried_out(
    app: Flask, client: FlaskClient
) -> None:
    published_version(app)
    refused = evaluated_version(app, evaluation_with(passed=False))
    admin(app)
    sign_in(client)
    age_the_sign_ins(app)
    reason = "It reads <sevens> & “ones” better"

    form = {"reason": reason, "understood": "yes"}
    page = client.post(f"/admin/models/{refused}/override", data=form).text

    assert "It reads &lt;sevens&gt; &amp; “ones” better</q>" in page
    action, sent = form_of(page)
    assert sent == {**form, "csrf_token": sent["csrf_token"]}
    done = client.post(action, data={**sent, "confirmation_password": PASSWORD})

    assert done.location == f"/admin/models/{refused}"
    assert actions(app)[-1][1:] == (AuditAction.OVERRODE, f"version {refused}", reason)


def test_a_wrong_password_keeps_what_was_typed_too(app: Flask, client: FlaskClient) -> None:
    published_version(app)
    admin(app)
    sign_in(client)
    age_the_sign_ins(app)

    form = {"reason": "Sevens", "confirmation_password": "wrong"}
    page = client.post("/admin/pin", data=form).text

    _, sent = form_of(page)
    assert sent["reason"] == "Sevens"
    assert "confirmation_password" not in sent, "the password itself is not sent back"


def test_the_password_of_somebody_who_is_no_admin_any_more_carries_nothing_out(
    app: Flask, client: FlaskClient
) -> None:
    published_version(app)
    admin(app)
    sign_in(client)
    age_the_sign_ins(app)
    with app.app_context(), writing() as session:
        session.execute(update(User).values(role=Role.PERSON))

    pressed = client.post("/admin/pin", data={"confirmation_password": PASSWORD})

    assert pressed.status_code == 403
    assert actions(app) == []


@pytest.mark.parametrize("referrer", ["https://evil.example/admin", "", "http://localhost:81/x"])
def test_the_page_never_leads_to_another_site(
    referrer: str, app: Flask, client: FlaskClient
) -> None:
    admin(app)
    sign_in(client)
    age_the_sign_ins(app)

    page = client.post("/admin/rollbacks", headers={"Referer": referrer}).text

    assert 'href="/admin/models">Cancel' in page
    assert form_of(page)[0] == "/admin/rollbacks"


def test_cancelling_a_training_run_needs_no_fresh_sign_in(app: Flask, client: FlaskClient) -> None:
    admin(app)
    sign_in(client)
    client.post("/admin/training-runs", data={"recipe": "quick"})
    age_the_sign_ins(app)

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


def form_of(page: str) -> tuple[str, dict[str, str]]:
    """Where the page's form is sent to, and its hidden fields."""
    (action,) = re.findall(r'<form class="stack sheet" method="post" action="([^"]+)"', page)
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return unescape(action), {name: unescape(value) for name, value in fields if name != "next"}
