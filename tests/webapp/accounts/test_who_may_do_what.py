"""Access by address, method and role, as who_may_do_what.txt lists it."""

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
from tests.support.explanations import keep_explanation
from tests.webapp.factories import (
    PASSWORD,
    admin,
    evaluated_version,
    evaluation_with,
    given_prediction,
    given_sheet,
    picture,
    published_version,
    settle,
    settle_sheet,
    sign_in,
)
from webapp.app import create_app
from webapp.corrections.review import revision
from webapp.models import Correction, FilterSnapshot, SignIn, TrainingRun, User, utc_now
from webapp.models.evaluation import VALIDATION_CORRECTIONS
from webapp.platform.database import db, writing
from webapp.platform.extensions import Extensions
from webapp.settings import Settings

TABLE = Path(__file__).with_name("who_may_do_what.txt")
ROLES = ("nobody", "other", "owner", "admin", "stale")
PAGES = {"/session/new": "sign-in"}
ANSWERED_BY_FLASK = {"HEAD", "OPTIONS"}  # as GET, and from the address map alone

# The values in the addresses; add_records() stores the records.
EXAMPLES = {
    "batch_id": "a-batch-of-one-picture",
    "missed_id": 1,
    "position": 0,
    "name": "preview",
    "version_id": 3,
    "number": 0,
    "run_id": 1,
    "user_id": 1,
    "epoch": 0,
    "layer": 0,
    "filename": "cifra.css",
    "kind": "xlsx",
    "chapter": "neuron",
}
UPLOADS = ("/predictions", "/api/predictions", "/sheets", "/api/sheets")
WITHOUT_TOKEN = "/language"  # its form changes the language of one browser, and nothing else
OWN_EXAMPLES: dict[str, dict[str, Any]] = {
    "/sheets/<sheet_id>/images/<name>": {"name": "picture"},
    "/admin/models/<int:version_id>/override": {"version_id": 4},
}

BOX = {"x": 10, "y": 10, "width": 20, "height": 20}

# The values in the forms, so that nobody is refused for a reason other than the role.
FORMS: dict[str, dict[str, Any]] = {
    "POST /predictions/<prediction_id>/correction": {"number": "49"},
    "POST /predictions/<prediction_id>/missed-digits": BOX | {"label": "9"},
    "POST /predictions/<prediction_id>/digits/<int:position>/correction": {"label": "9"},
    "POST /language": {"language": "es"},
    "POST /sheets/<sheet_id>/review": {"cell-0-0": "8"},
    "POST /account": {"email": "new@example.org", "password": PASSWORD},
    "POST /account/password": {"present": PASSWORD, "new": f"{PASSWORD} and another"},
    "POST /account/deletion": {"password": PASSWORD},
    "POST /session": {"email": "other@example.org", "password": PASSWORD},
    "POST /admin/models/<int:version_id>/override": {"reason": "Why not", "understood": "yes"},
    "POST /admin/training-runs": {"recipe": "fine-tune", "architecture": "cnn"},
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    method: str
    rule: str
    chosen: dict[str, str]  # examples that differ from the usual ones
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
READS = [row for row in ROWS if row.method == "GET"]
WRITES = [row for row in ROWS if row.method != "GET"]


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

    def client(self, app: Flask, role: str) -> FlaskClient:
        client = app.test_client()
        for name, value in self.cookies[role].items():
            client.set_cookie(name, value)
        return client


@pytest.fixture(scope="module")
def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> RunningSite:
    settings = Settings(
        secret_key="a secret for the tests",
        data_dir=tmp_path_factory.mktemp("site") / "data",
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
    filled = add_records(app, empty)
    close(app)
    return replace(filled, pristine=databases.create(copy_of=settings.database_url))


@pytest.fixture(scope="module")
def read_only_app(site: RunningSite) -> Iterator[Flask]:
    app = site.open()
    yield app
    close(app)


def add_records(app: Flask, site: RunningSite) -> RunningSite:
    """People who are signed in, and at least one record of each kind."""
    cookies = {"nobody": {}} | {role: cookies_of(app, role) for role in ROLES[1:]}
    site = replace(site, cookies=cookies)
    given_prediction(site.client(app, "other"))
    owner = site.client(app, "owner")
    prediction_id = given_prediction(owner, batch=EXAMPLES["batch_id"])
    settle(app, prediction_id, "47")  # by version 1
    owner.post(f"/predictions/{prediction_id}/digits/0/correction", data={"label": "9"})
    owner.post(f"/predictions/{prediction_id}/missed-digits", data=BOX | {"label": "9"})
    storage = Extensions.of(app).storage
    storage.put(prediction_id, "step-0-photo.png", picture())
    keep_explanation(app, prediction_id, picture())
    sheet_id = given_sheet(owner)
    settle_sheet(app, sheet_id, [["7"]])
    published_version(app)
    evaluated_version(app, evaluation_with())
    evaluated_version(app, evaluation_with(passed=False, misread=3))
    evaluated_version(app, evaluation_with(dataset=VALIDATION_CORRECTIONS))
    with app.app_context(), writing() as session:
        run = TrainingRun(recipe="fine-tune", architecture="cnn", epochs_planned=1)
        session.add(run)
        session.flush()
        FilterSnapshot.keep(session, run.id, epoch=0, shape=(1, 3, 3), weights=bytes(9))
        FORMS["POST /admin/corrections/approvals"] = FORMS["POST /admin/corrections/rejections"] = {
            "only": revision(session.scalars(select(Correction)).one())
        }
    own = {"prediction_id": prediction_id, "sheet_id": sheet_id}
    return replace(site, examples={**site.examples, **own})


def cookies_of(app: Flask, role: str) -> dict[str, str]:
    """The cookies of an account that signed in, for the role `stale` an hour ago."""
    email = f"{role}@example.org"
    if role in ("admin", "stale"):
        admin(app, email)
    else:
        with app.app_context(), writing() as session:
            session.add(User.create(email=email, password=PASSWORD))
    client = app.test_client()
    sign_in(client, email)
    if role == "stale":
        with app.app_context(), writing() as session:
            stale = select(User.id).where(User.email == email).scalar_subquery()
            long_ago = utc_now() - timedelta(hours=1)
            session.execute(update(SignIn).where(SignIn.user_id == stale).values(began_at=long_ago))
    cookie = client.get_cookie("session")
    assert cookie
    return {"session": cookie.value}


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_table_has_every_address_and_no_other(site: RunningSite) -> None:
    app = site.open()
    listed = {(row.method, row.rule) for row in ROWS}

    registered = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - ANSWERED_BY_FLASK
    }

    assert registered - listed == set(), "addresses without a row in the table"
    assert listed - registered == set(), "rows without an address"


@pytest.mark.parametrize("row", READS, ids=str)
def test_who_may_read(row: Row, site: RunningSite, read_only_app: Flask) -> None:
    answered = {
        role: outcome(ask(read_only_app, site, site.client(read_only_app, role), row))
        for role in ROLES
    }

    assert answered == row.expected


@pytest.mark.parametrize("row", WRITES, ids=str)
def test_who_may_write(row: Row, site: RunningSite, databases: Databases, tmp_path: Path) -> None:
    """Each role uses a copy of the site, as its action would change the next answer."""
    answered = {}
    for role in ROLES:
        copy = site.copy_to(tmp_path / role, databases)
        app = copy.open()
        answered[role] = outcome(ask(app, copy, copy.client(app, role), row))
        close(app)
        databases.drop(copy.settings.database_url)

    assert answered == row.expected


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_a_form_without_its_csrf_token_changes_nothing(
    role: str, site: RunningSite, read_only_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(read_only_app.config, "WTF_CSRF_ENABLED", True)
    client = site.client(read_only_app, role)
    before = everything(site)

    forms = [row for row in WRITES if not row.rule.startswith(("/api/", WITHOUT_TOKEN))]
    answered = {str(row): ask(read_only_app, site, client, row) for row in forms}

    assert {row: response.status_code for row, response in answered.items()} == dict.fromkeys(
        answered, 400
    )
    assert not any(sets_owner_cookie(response) for response in answered.values())
    assert everything(site) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://other.localhost", "Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
@pytest.mark.parametrize("role", ["nobody", "owner"])
def test_another_sites_page_changes_nothing_over_the_api(
    role: str, headers: dict[str, str], site: RunningSite, read_only_app: Flask
) -> None:
    client = site.client(read_only_app, role)
    before = everything(site)

    for row in (row for row in WRITES if row.rule.startswith("/api/")):
        response = ask(read_only_app, site, client, row, headers=headers)
        assert response.status_code == 403
        assert "A page of another site" in response.get_json()["error"]
        assert not sets_owner_cookie(response), "it would add an owner to the browser"
    assert everything(site) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=lambda headers: " ".join(headers.values()) or "a program",
)
def test_programs_and_pages_of_the_site_use_the_api(
    headers: dict[str, str], site: RunningSite, databases: Databases, tmp_path: Path
) -> None:
    copy = site.copy_to(tmp_path / "copy", databases)
    app = copy.open()

    response = app.test_client().post(
        "/api/predictions", data=picture(), content_type="image/png", headers=headers
    )

    close(app)
    assert response.status_code == 202


def ask(
    app: Flask,
    site: RunningSite,
    client: FlaskClient,
    row: Row,
    headers: dict[str, str] | None = None,
) -> TestResponse:
    rule = next(rule for rule in app.url_map.iter_rules() if rule.rule == row.rule)
    address = address_of(app, rule, site.examples | OWN_EXAMPLES.get(row.rule, {}) | row.chosen)
    return client.open(address, method=row.method, headers=headers, **body_of(row))


def address_of(app: Flask, rule: Rule, examples: dict[str, Any]) -> str:
    values = {name: examples[name] for name in rule.arguments}
    query = {"truth": 4, "read": 9} if rule.endpoint == "evaluations.show" else {}
    if rule.endpoint == "sheet_files.export_several":
        query = {"id": examples["sheet_id"]}
    return app.url_map.bind("localhost").build(rule.endpoint, {**values, **query})


def body_of(row: Row) -> dict[str, Any]:
    if row.rule in UPLOADS and row.method == "POST":
        return {"data": {"image": (io.BytesIO(picture()), "seven.png")}}
    if row.rule.startswith("/api/") and row.method == "POST":
        return {"json": {"label": 9, "number": "49"}}
    return {"data": FORMS.get(f"{row.method} {row.rule}", {})}


def outcome(response: TestResponse) -> str:
    """The status, or the name of the page that asks the role for more."""
    if response.status_code == 403 and 'name="confirmation_password"' in response.text:
        return "password"
    page = urlsplit(response.location or "").path
    return PAGES.get(page, str(response.status_code))


def sets_owner_cookie(response: TestResponse) -> bool:
    return any("cifra_owner" in cookie for cookie in response.headers.getlist("Set-Cookie"))


def everything(site: RunningSite) -> tuple[list[str], list[tuple[Path, bytes]]]:
    """All rows of the database, and all files of the storage."""
    app = site.open()
    with app.app_context():
        with db.engine.connect() as connection:
            rows = [
                repr(row)
                for table in db.metadata.sorted_tables
                for row in connection.execute(table.select().order_by(*table.primary_key))
            ]
        db.engine.dispose()
    uploads = site.settings.uploads_dir
    files = [(path, path.read_bytes()) for path in sorted(uploads.rglob("*")) if path.is_file()]
    return rows, files
