"""Every address, every method, every role: who_may_do_what.txt says what is answered."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.databases import Databases
from tests.webapp.factories import (
    PASSWORD,
    admin,
    evaluated_version,
    evaluation_with,
    given_prediction,
    picture,
    published_version,
    settle,
    sign_in,
)
from webapp.app import create_app
from webapp.corrections.review import revision
from webapp.models import Correction, SignIn, TrainingRun, User, utc_now
from webapp.models.evaluation import VALIDATION_CORRECTIONS
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.settings import Settings

TABLE = Path(__file__).with_name("who_may_do_what.txt")
ROLES = ("nobody", "other", "owner", "admin", "tired")
PAGES = {"/session/new": "sign-in", "/session/renewal": "password"}
ANSWERED_BY_FLASK = {"HEAD", "OPTIONS"}  # as GET, and from the address map alone

# What fills the addresses; furnish() makes the records.
EXAMPLES = {
    "position": 0,
    "name": "preview",
    "version_id": 3,
    "number": 0,
    "run_id": 1,
    "filename": "cifra.css",
}
OWN_EXAMPLES = {"/admin/models/<int:version_id>/override": {"version_id": 4}}

# What fills the forms, so that nobody is refused for another reason than who they are.
FORMS: dict[str, dict[str, Any]] = {
    "POST /predictions/<prediction_id>/digits/<int:position>/correction": {"label": "9"},
    "POST /account": {"email": "new@example.org", "password": PASSWORD},
    "POST /account/password": {"present": PASSWORD, "new": f"{PASSWORD} and another"},
    "POST /account/deletion": {"password": PASSWORD},
    "POST /session": {"email": "other@example.org", "password": PASSWORD},
    "POST /session/renewal": {"password": PASSWORD},
    "POST /admin/models/<int:version_id>/override": {"reason": "Why not", "understood": "yes"},
    "POST /admin/training-runs": {"recipe": "fine-tune", "architecture": "cnn"},
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    method: str
    rule: str
    chosen: dict[str, str]  # other examples than the usual ones
    expected: dict[str, str]  # by role

    def __str__(self) -> str:
        return " ".join([self.method, self.rule, *map("=".join, self.chosen.items())])


def read_table() -> list[Row]:
    lines = (line.split() for line in TABLE.read_text().splitlines())
    return [_row(line) for line in lines if line and not line[0].startswith("#")]


def _row(line: list[str]) -> Row:
    method, rule, *chosen = line[: -len(ROLES)]
    expected = dict(zip(ROLES, line[-len(ROLES) :], strict=True))
    return Row(method, rule, dict(one.split("=") for one in chosen), expected)


ROWS = read_table()
LOOKS = [row for row in ROWS if row.method == "GET"]
DEEDS = [row for row in ROWS if row.method != "GET"]


@dataclass(frozen=True)
class RunningSite:
    """An app with real records of everything, and the cookies of each role."""

    settings: Settings
    examples: dict[str, Any]
    cookies: dict[str, dict[str, str]]
    pristine: str = ""  # the URL of a database that is copied and never connected to

    def open(self) -> Flask:
        app = create_app(self.settings)
        app.config["WTF_CSRF_ENABLED"] = False
        return app

    def copy_to(self, folder: Path, databases: Databases) -> RunningSite:
        shutil.copytree(self.settings.data_dir, folder)
        url = databases.create(copy_of=self.pristine)
        return replace(self, settings=replace(self.settings, data_dir=folder, database_url=url))

    def owner_id(self, app: Flask, role: str) -> FlaskClient:
        client = app.test_client()
        for name, value in self.cookies[role].items():
            client.set_cookie(name, value)
        return client


@pytest.fixture(scope="module")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> RunningSite:
    settings = Settings(
        secret_key="a secret for the tests",
        data_dir=tmp_path_factory.mktemp("house") / "data",
        database_url=databases.create(),
        redis_url="redis://127.0.0.1:1/0",  # nobody listens there
        uploads_per_person=0,
        uploads_per_address=0,
        sign_ins_per_address=0,
        sign_ups_per_address=0,
        retrains_per_person=0,
        exports_per_person=0,
    )
    empty = RunningSite(settings, EXAMPLES, {role: {} for role in ROLES})
    app = empty.open()
    with app.app_context():
        db.create_all()
    furnished = furnish(app, empty)
    close(app)
    return replace(furnished, pristine=databases.create(copy_of=settings.database_url))


@pytest.fixture(scope="module")
def app_to_look_at(house: RunningSite) -> Iterator[Flask]:
    app = house.open()
    yield app
    close(app)


def furnish(app: Flask, house: RunningSite) -> RunningSite:
    """People who are signed in, and one record at least of each kind."""
    cookies = {"nobody": {}} | {role: cookies_of(app, role) for role in ROLES[1:]}
    house = replace(house, cookies=cookies)
    given_prediction(house.owner_id(app, "other"))
    owner = house.owner_id(app, "owner")
    prediction_id = given_prediction(owner)
    settle(app, prediction_id, "47")  # by version 1
    owner.post(f"/predictions/{prediction_id}/digits/0/correction", data={"label": "9"})
    storage = Extensions.of(app).storage
    storage.put(prediction_id, "step-0-photo.png", picture())
    published_version(app)
    evaluated_version(app, evaluation_with())
    evaluated_version(app, evaluation_with(passed=False, misread=3))
    evaluated_version(app, evaluation_with(dataset=VALIDATION_CORRECTIONS))
    with app.app_context(), writing() as session:
        session.add(TrainingRun(recipe="fine-tune", architecture="cnn", epochs_planned=1))
        FORMS["POST /admin/corrections/approvals"] = FORMS["POST /admin/corrections/rejections"] = {
            "only": revision(session.scalars(select(Correction)).one())
        }
    return replace(house, examples={**house.examples, "prediction_id": prediction_id})


def cookies_of(app: Flask, role: str) -> dict[str, str]:
    """Those of somebody who signed in; one who is tired did so an hour ago."""
    email = f"{role}@example.org"
    if role in ("admin", "tired"):
        admin(app, email)
    else:
        with app.app_context(), writing() as session:
            session.add(User.create(email=email, password=PASSWORD))
    client = app.test_client()
    sign_in(client, email)
    if role == "tired":
        with app.app_context(), writing() as session:
            tired = select(User.id).where(User.email == email).scalar_subquery()
            long_ago = utc_now() - timedelta(hours=1)
            session.execute(update(SignIn).where(SignIn.user_id == tired).values(began_at=long_ago))
    cookie = client.get_cookie("session")
    assert cookie
    return {"session": cookie.value}


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_table_has_every_address_and_no_other(house: RunningSite) -> None:
    app = house.open()
    written = {(row.method, row.rule) for row in ROWS}

    there = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - ANSWERED_BY_FLASK
    }

    assert there - written == set(), "these have no row in the table"
    assert written - there == set(), "these rows have no address"


@pytest.mark.parametrize("row", LOOKS, ids=str)
def test_who_may_look(row: Row, house: RunningSite, app_to_look_at: Flask) -> None:
    answered = {
        role: outcome(ask(app_to_look_at, house, house.owner_id(app_to_look_at, role), row))
        for role in ROLES
    }

    assert answered == row.expected


@pytest.mark.parametrize("row", DEEDS, ids=str)
def test_who_may_act(row: Row, house: RunningSite, databases: Databases, tmp_path: Path) -> None:
    """Each role in a copy of the house, as what one does would change the answer to the next."""
    answered = {}
    for role in ROLES:
        copy = house.copy_to(tmp_path / role, databases)
        app = copy.open()
        answered[role] = outcome(ask(app, copy, copy.owner_id(app, role), row))
        close(app)
        databases.drop(copy.settings.database_url)

    assert answered == row.expected


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_without_its_token_no_form_does_anything(
    role: str, house: RunningSite, app_to_look_at: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app_to_look_at.config, "WTF_CSRF_ENABLED", True)
    client = house.owner_id(app_to_look_at, role)
    before = everything(house)

    forms = [row for row in DEEDS if not row.rule.startswith("/api/")]
    answered = {str(row): ask(app_to_look_at, house, client, row) for row in forms}

    assert {row: response.status_code for row, response in answered.items()} == dict.fromkeys(
        answered, 400
    )
    assert not any(sets_visitor_cookie(response) for response in answered.values())
    assert everything(house) == before


@pytest.mark.parametrize(
    "told",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://other.localhost", "Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda told: " ".join(told.values()),
)
@pytest.mark.parametrize("role", ["nobody", "owner"])
def test_another_sites_page_does_nothing_over_the_api(
    role: str, told: dict[str, str], house: RunningSite, app_to_look_at: Flask
) -> None:
    client = house.owner_id(app_to_look_at, role)
    before = everything(house)

    for row in (row for row in DEEDS if row.rule.startswith("/api/")):
        response = ask(app_to_look_at, house, client, row, headers=told)
        assert response.status_code == 403
        assert "Another site's page" in response.get_json()["error"]
        assert not sets_visitor_cookie(response), "it would take the place of the visitor's own"
    assert everything(house) == before


@pytest.mark.parametrize(
    "told",
    [
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=lambda told: " ".join(told.values()) or "a program",
)
def test_programs_and_our_own_pages_use_the_api(
    told: dict[str, str], house: RunningSite, databases: Databases, tmp_path: Path
) -> None:
    copy = house.copy_to(tmp_path / "copy", databases)
    app = copy.open()

    response = app.test_client().post(
        "/api/predictions", data=picture(), content_type="image/png", headers=told
    )

    close(app)
    assert response.status_code == 202


def ask(
    app: Flask,
    house: RunningSite,
    client: FlaskClient,
    row: Row,
    headers: dict[str, str] | None = None,
) -> TestResponse:
    rule = next(rule for rule in app.url_map.iter_rules() if rule.rule == row.rule)
    address = address_of(app, rule, house.examples | OWN_EXAMPLES.get(row.rule, {}) | row.chosen)
    return client.open(address, method=row.method, headers=headers, **body_of(row))


def address_of(app: Flask, rule: Rule, examples: dict[str, Any]) -> str:
    values = {name: examples[name] for name in rule.arguments}
    query = {"truth": 4, "read": 9} if rule.endpoint == "evaluations.show" else {}
    return app.url_map.bind("localhost").build(rule.endpoint, {**values, **query})


def body_of(row: Row) -> dict[str, Any]:
    if row.rule in ("/predictions", "/api/predictions") and row.method == "POST":
        return {"data": {"image": (io.BytesIO(picture()), "seven.png")}}
    if row.rule.startswith("/api/") and row.method == "POST":
        return {"json": {"label": 9}}
    return {"data": FORMS.get(f"{row.method} {row.rule}", {})}


def outcome(response: TestResponse) -> str:
    """The status, or the name of the page to which somebody is sent who may not, or not yet."""
    page = urlsplit(response.location or "").path
    return PAGES.get(page, str(response.status_code))


def sets_visitor_cookie(response: TestResponse) -> bool:
    return any("cifra_visitor" in cookie for cookie in response.headers.getlist("Set-Cookie"))


def everything(house: RunningSite) -> tuple[list[str], list[tuple[Path, bytes]]]:
    """All rows, and all files of the storage."""
    app = house.open()
    with app.app_context():
        with db.engine.connect() as connection:
            rows = [
                repr(row)
                for table in db.metadata.sorted_tables
                for row in connection.execute(table.select().order_by(*table.primary_key))
            ]
        db.engine.dispose()
    uploads = house.settings.uploads_dir
    files = [(path, path.read_bytes()) for path in sorted(uploads.rglob("*")) if path.is_file()]
    return rows, files
