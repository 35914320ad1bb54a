"""Static files are kept for a year, imports included, and text is sent compressed."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from tests.webapp.factories import picture
from webapp.platform.static_files import with_versions

GZIP = {"Accept-Encoding": "gzip, br"}
SCRIPT = re.compile(r'<script type="module" src="([^"]+)"')
IMPORT = re.compile(r'from "\./([^"]+)"')
FRONT_PAGE_BYTES = 60_000  # all that the first visit transfers


def test_a_script_imports_others_under_addresses_that_are_kept(client: FlaskClient) -> None:
    addresses = SCRIPT.findall(client.get("/").text)
    assert addresses

    for address in addresses:
        script = client.get(address)
        assert "immutable" in script.headers["Cache-Control"]
        for imported in IMPORT.findall(script.text):
            response = client.get(f"/static/js/{imported}")
            assert response.status_code == 200
            assert "immutable" in response.headers["Cache-Control"]


def test_imports_of_every_form_get_the_version() -> None:
    script = (
        'import { a } from "./one.js";\nimport "./two-parts.js";\n'
        'import { b } from "../folder/three.js";\nconst text = "./no.js";'
    )

    assert with_versions(script, "abc") == (
        'import { a } from "./one.js?v=abc";\nimport "./two-parts.js?v=abc";\n'
        'import { b } from "../folder/three.js?v=abc";\nconst text = "./no.js";'
    )


def test_a_changed_script_in_a_folder_changes_the_addresses_of_all(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(str(app.static_folder)) / "js", tmp_path / "js")
    monkeypatch.setattr(app, "static_folder", str(tmp_path))

    def address() -> str:
        with app.test_request_context():
            return url_for("static", filename="js/learn/chapter.js")

    before = address()
    with (tmp_path / "js" / "networks" / "forward.js").open("a") as script:
        script.write("// changed")

    assert address() != before


@pytest.mark.parametrize("address", ["/", "/static/cifra.css", "/static/js/file_picker.js"])
def test_text_is_compressed_for_those_who_accept_it(client: FlaskClient, address: str) -> None:
    plain, packed = client.get(address), client.get(address, headers=GZIP)

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(gzip.decompress(packed.data)) == pytest.approx(len(plain.data), abs=200)
    assert len(packed.data) < len(plain.data) / 2
    refused = client.get(address, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_pictures_and_exports_are_not_compressed_again(client: FlaskClient) -> None:
    client.post("/predictions", data={"image": (io.BytesIO(picture()), "seven.png")})

    for address in ("/static/samples/seven.png", "/account/data/export"):
        response = client.get(address, headers=GZIP)
        assert response.status_code == 200
        assert "Content-Encoding" not in response.headers


def test_a_known_file_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/cifra.css", headers=GZIP)
    again = client.get(
        "/static/cifra.css", headers={**GZIP, "If-None-Match": first.headers["ETag"]}
    )

    assert again.status_code == 304
    assert not again.data


def test_nothing_outside_of_the_folder_is_served(client: FlaskClient) -> None:
    for name in ("../app.py", "js/../../settings.py", "%2e%2e/app.py", "nothing.css", "js"):
        assert client.get(f"/static/{name}").status_code == 404


def test_the_manifest_names_icons_that_exist(client: FlaskClient) -> None:
    response = client.get("/static/manifest.webmanifest")

    assert response.mimetype == "application/manifest+json"
    for icon in json.loads(response.data)["icons"]:
        assert client.get(f"/static/{icon['src']}").status_code == 200


def test_the_front_page_is_light(app: Flask, client: FlaskClient) -> None:
    """The page, its styles, its scripts with all that they import, and its pictures."""
    page = client.get("/", headers=GZIP)
    text = gzip.decompress(page.data).decode()
    waiting = re.findall(r'(?:src|href)="(/static/[^"]+)"', text)
    seen: set[str] = set()
    total = len(page.data)
    while waiting:
        address = waiting.pop()
        if address in seen or "icon-" in address:
            continue
        seen.add(address)
        response = client.get(address, headers=GZIP)
        total += len(response.data)
        if "/js/" in address:
            is_packed = response.headers.get("Content-Encoding") == "gzip"
            script = gzip.decompress(response.data) if is_packed else response.data
            waiting += [f"/static/js/{name}" for name in IMPORT.findall(script.decode())]

    assert total <= FRONT_PAGE_BYTES
