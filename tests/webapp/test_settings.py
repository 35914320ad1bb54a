"""Settings are declared once: a variable, a default, a range, and a sentence for a wrong value."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import make_url

from webapp.settings import Settings, SettingsError, declared_variables, read_environment

KEY = {"SECRET_KEY": "a secret for the tests"}
WRONG = {
    "SECRET_KEY": "short",
    "PAGE_SIZE": "0",
    "MAX_PIXELS": "many",
    "LEASE_SECONDS": "-5",
    "SWEEP_SECONDS": "soon",
    "BUSY_SECONDS": "1e9",
    "RETENTION_DAYS": "1.5",
    "DATABASE_PORT": "70000",
    "TRUSTED_PROXIES": "-1",
    "SECURE_COOKIES": "perhaps",
    "LOG_LEVEL": "loud",
}


@pytest.mark.parametrize("variable", WRONG)
def test_a_wrong_value_is_named_in_a_sentence_that_does_not_show_it(variable: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_environment(Settings, KEY | {variable: WRONG[variable]})

    sentence = str(error.value)
    assert sentence.startswith(f"{variable} should ")
    assert sentence.endswith(".")
    assert variable != "SECRET_KEY" or "short" not in sentence


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as error:
        read_environment(Settings, WRONG)

    assert {line.split()[0] for line in str(error.value).splitlines()} == set(WRONG)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY is not set"):
        read_environment(Settings, {})


def test_an_empty_variable_counts_as_unset() -> None:
    empty = dict.fromkeys(declared_variables(Settings), "")

    assert read_environment(Settings, empty | KEY) == read_environment(Settings, KEY)


def test_values_are_converted() -> None:
    settings = read_environment(
        Settings,
        KEY | {"LEASE_SECONDS": "7.5", "TRUSTED_HOSTS": "a.example, b.example", "MAX_WAITING": "3"},
    )

    assert settings.lease == timedelta(seconds=7.5)
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert settings.max_waiting == 3


def test_secrets_are_hidden_in_the_representation() -> None:
    settings = Settings(
        secret_key="hidden-hidden-hidden", database_password="hidden", database_url="x://:hidden@y"
    )

    assert "hidden" not in repr(settings)


def test_the_environment_changes_nothing_that_is_constructed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PAGE_SIZE", "7")

    settings = Settings(secret_key="a secret for the tests")

    assert settings.page_size == 24
    assert replace(settings, page_size=9).page_size == 9


@pytest.mark.parametrize("password", ["a@b/c#d", "100%", "with space", "a:b?c&d=e", "ключ"])
def test_a_database_password_may_hold_any_character(password: str) -> None:
    settings = Settings(
        secret_key="a secret for the tests",
        database_host="postgres",
        database_password=password,
    )

    url = make_url(settings.sqlalchemy_url)
    assert (url.password, url.host, url.database) == (password, "postgres", "cifra")


def test_a_database_url_takes_the_place_of_its_parts() -> None:
    settings = Settings(
        secret_key="a secret for the tests", database_url="sqlite://", database_host="postgres"
    )

    assert settings.sqlalchemy_url == "sqlite://"
