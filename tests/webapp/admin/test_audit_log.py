"""The audit log's page: filtered by action, person and day; one press of a button is one row."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.webapp.factories import PASSWORD, admin, sign_in
from webapp.models import AuditAction, AuditEntry, User, utc_now
from webapp.platform.database import writing

ANA, BOB = "ana@example.org", "bob@example.org"


def rows_of(page: str) -> int:
    return page.count('class="audit__when"')


def entry(app: Flask, action: AuditAction, subject: str, *, days_ago: int = 0) -> None:
    with app.app_context(), writing() as session:
        ana = session.scalars(select(User).where(User.email == ANA)).one()
        one = AuditEntry.of(action, subject, by=ana, address="127.0.0.1", note=None)
        one.at = utc_now() - timedelta(days=days_ago)
        session.add(one)


def test_it_shows_each_sign_in_with_its_address(app: Flask, client: FlaskClient) -> None:
    command = ["users", "create-admin", "--email", ANA, "--password", PASSWORD]
    app.test_cli_runner().invoke(args=command)
    sign_in(client)

    page = client.get("/admin/audit").text

    assert rows_of(page) == 2
    assert "signed in" in page
    assert ANA in page
    assert "127.0.0.1" in page
    assert "made an admin of" in page
    assert "a command" in page


@pytest.mark.usefixtures("signed_in_admin")
def test_it_is_filtered_by_action_person_and_day(app: Flask, client: FlaskClient) -> None:
    entry(app, AuditAction.PUBLISHED, "version 7", days_ago=10)
    entry(app, AuditAction.PINNED, "version 8")
    admin(app, BOB)
    sign_in(app.test_client(), BOB)
    day = (utc_now() - timedelta(days=10)).date().isoformat()

    def subjects(query: str) -> list[str]:
        page = client.get(f"/admin/audit?{query}").text
        return re.findall(r"version \d", page) + re.findall(rf"<span>({BOB})", page)

    assert subjects("action=published") == ["version 7"]
    assert subjects(f"person={BOB}") == [BOB]
    assert subjects(f"from={day}&to={day}") == ["version 7"]
    assert subjects(f"from={day}&action=pinned") == ["version 8"]
    assert "No entry matches" in client.get("/admin/audit?action=deleted").text


@pytest.mark.usefixtures("signed_in_admin")
@pytest.mark.parametrize("query", ["action=magic", "from=tomorrow", "before=x", "before=0"])
def test_a_filter_that_means_nothing_is_not_found(query: str, client: FlaskClient) -> None:
    assert client.get(f"/admin/audit?{query}").status_code == 404


@pytest.mark.usefixtures("signed_in_admin")
def test_one_press_on_many_corrections_is_one_row_that_lists_them(
    app: Flask, client: FlaskClient
) -> None:
    for number in range(1, 6):
        entry(app, AuditAction.APPROVED, f"correction {number}: 7")
    entry(app, AuditAction.REJECTED, "correction 6: 7")

    page = client.get("/admin/audit").text

    assert rows_of(page) == 3, "the rejection, the approvals, the sign-in"
    assert "5 subjects" in page
    assert "correction 3: 7" in page


@pytest.mark.usefixtures("signed_in_admin")
def test_older_entries_follow_on_further_pages(app: Flask, client: FlaskClient) -> None:
    for number in range(1, 6):
        entry(app, AuditAction.PUBLISHED, f"version {number}", days_ago=20 - number)

    seen, address = [], "/admin/audit?action=published"
    while address:
        page = client.get(address).text
        seen += re.findall(r"version (\d)", page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        address = older[1].replace("&amp;", "&") if older else ""

    assert seen == ["5", "4", "3", "2", "1"], "a page has three rows in these tests"


def test_it_is_for_admins_and_cannot_be_changed(app: Flask, client: FlaskClient) -> None:
    assert client.get("/admin/audit").status_code == 302
    client.post("/account", data={"email": BOB, "password": PASSWORD})
    assert client.get("/admin/audit").status_code == 403
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.open("/admin/audit", method=method).status_code == 405
