"""The people: an admin disables accounts and gives the admin role; one admin is always left."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.webapp.factories import PASSWORD, admin, sign_in
from webapp.accounts import administration
from webapp.accounts.administration import LastAdminError
from webapp.models import AuditEntry, Role, User
from webapp.platform.database import db, writing

ANA, BOB = "ana@example.org", "bob@example.org"

pytestmark = pytest.mark.usefixtures("signed_in_admin")


def account(app: Flask, email: str = BOB) -> int:
    with app.app_context(), writing() as session:
        user = User.create(email=email, password=PASSWORD)
        session.add(user)
        session.flush()
        return user.id


def user_of(app: Flask, email: str) -> User:
    with app.app_context(), writing() as session:
        return session.scalars(User.with_email(email)).one()


def last_entry(app: Flask) -> tuple[str | None, str, str, str | None]:
    with app.app_context():
        entry = db.session.scalars(AuditEntry.newest_first().limit(1)).one()
        return entry.email, entry.action, entry.subject, entry.note


def test_a_disabled_account_is_signed_out_at_once_and_cannot_sign_in(
    app: Flask, client: FlaskClient
) -> None:
    bob = account(app)
    browser = app.test_client()
    sign_in(browser, BOB)

    client.post(f"/admin/people/{bob}/disabling", data={"reason": "Left the school"})

    assert browser.get("/account").status_code == 302
    refused = sign_in(browser, BOB)
    assert refused.status_code == 422
    assert "An admin has disabled this account" in refused.text
    wrong = browser.post("/session", data={"email": BOB, "password": "a wrong password"})
    assert "disabled" not in wrong.text, "only who knows the password is told"
    assert last_entry(app) == (ANA, "disabled the account of", BOB, "Left the school")


def test_an_enabled_account_is_used_with_the_same_password(app: Flask, client: FlaskClient) -> None:
    bob = account(app)
    client.post(f"/admin/people/{bob}/disabling")

    client.post(f"/admin/people/{bob}/disabling/removal")

    assert sign_in(app.test_client(), BOB).status_code == 303
    with app.app_context():
        actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert "enabled the account of" in actions


def test_the_admin_role_is_given_and_taken(app: Flask, client: FlaskClient) -> None:
    bob = account(app)
    browser = app.test_client()
    sign_in(browser, BOB)

    client.post(f"/admin/people/{bob}/admin-role")
    assert browser.get("/admin").status_code == 200

    client.post(f"/admin/people/{bob}/admin-role/removal")
    assert browser.get("/admin").status_code == 403
    assert last_entry(app) == (ANA, "took the admin role from", BOB, None)


def test_admins_do_not_change_their_own_account(app: Flask, client: FlaskClient) -> None:
    ana = user_of(app, ANA).id

    for action in ("disabling", "admin-role/removal"):
        page = client.post(f"/admin/people/{ana}/{action}", follow_redirects=True).text
        assert "your own account" in page

    assert user_of(app, ANA).role == Role.ADMIN
    assert client.get("/admin").status_code == 200


def test_of_two_admins_who_disable_each_other_one_is_left(app: Flask) -> None:
    """The second of them acts on a page from before the first one's press."""
    admin(app, BOB)
    ana, bob = user_of(app, ANA), user_of(app, BOB)

    with app.app_context():
        administration.disable(ana.id, by=bob, note=None)
        with pytest.raises(LastAdminError):
            administration.disable(bob.id, by=ana, note=None)

    assert user_of(app, ANA).is_disabled
    assert not user_of(app, BOB).is_disabled


def test_a_disabled_admin_does_not_count_as_the_one_who_is_left(
    app: Flask, client: FlaskClient
) -> None:
    admin(app, BOB)
    client.post(f"/admin/people/{user_of(app, BOB).id}/disabling")

    client.post("/account/deletion", data={"password": PASSWORD})

    assert user_of(app, ANA).role == Role.ADMIN, "the last admin's account stays"


def test_people_are_found_by_a_part_of_their_address(app: Flask, client: FlaskClient) -> None:
    for name in ("carmen", "carlos", "carla", "carol", "100%"):
        account(app, f"{name}@example.org")

    first = client.get("/admin/people?email=car").text
    second = client.get("/admin/people?email=car&after=carmen@example.org").text

    assert [
        f"<strong>{name}@" in first for name in ("carla", "carlos", "carmen", "carol", "ana")
    ] == [
        *(True, True, True),
        *(False, False),
    ], "a page has three accounts in these tests"
    assert "carol@example.org" in second
    assert "carol" not in client.get("/admin/people?email=0%25@").text
    assert "No account matches" in client.get("/admin/people?email=nobody").text
