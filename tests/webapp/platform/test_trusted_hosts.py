"""A site with a list of its names answers under no other one."""

from __future__ import annotations

import pytest

from tests.support.sites import site_with
from webapp.settings import Settings

NAMES = ("cifra.example", ".digits.example")


@pytest.mark.parametrize("host", ["cifra.example", "cifra.example:8000", "a.digits.example"])
def test_its_names_are_answered(host: str, settings: Settings) -> None:
    with site_with(settings, trusted_hosts=NAMES) as app:
        assert app.test_client().get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["other.example", "cifra.example.other.example", "", "a b", "["])
@pytest.mark.parametrize("path", ["/", "/api/predictions", "/healthz", "/nowhere"])
def test_any_other_name_is_refused(host: str, path: str, settings: Settings) -> None:
    with site_with(settings, trusted_hosts=NAMES) as app:
        response = app.test_client().get(path, headers={"Host": host})

        assert response.status_code == 400
        assert "other.example" not in response.text


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1"])
def test_a_health_check_of_the_same_machine_is_answered(host: str, settings: Settings) -> None:
    with site_with(settings, trusted_hosts=NAMES) as app:
        assert app.test_client().get("/healthz", headers={"Host": host}).status_code == 200


def test_without_a_list_any_name_is_answered(settings: Settings) -> None:
    with site_with(settings) as app:
        assert app.test_client().get("/", headers={"Host": "other.example"}).status_code == 200
