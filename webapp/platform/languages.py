"""The languages of Cifra: which one a request asked for, and the translations into it.

The English sentence in the code is the key of its translation. The catalogues are the files
`translations/LANGUAGE/AREA.po`. They are read at the first use of their language, so that there
is nothing to compile and nothing that could be out of date.
"""

from __future__ import annotations

import io
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

import click
from babel.core import default_locale
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, Response, has_request_context, request
from flask.globals import request_ctx
from flask_babel import Babel, Domain, get_locale
from flask_babel import lazy_gettext as lazy

from webapp.messages import Message

LANGUAGES = {"en": "English", "es": "Español"}
DEFAULT = "en"  # the language of the code
COOKIE = "language"
COMMAND_LANGUAGE = "cifra_language"  # of `--language`, in the context of a click command
COOKIE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
JAVASCRIPT = "javascript"  # the catalogue of the strings in static/js


def init_app(app: Flask) -> None:
    app.jinja_env.policies["ext.i18n.trimmed"] = True  # line breaks in a template are no text
    babel = _Languages()  # type: ignore[no-untyped-call]
    babel.init_app(app, default_locale=DEFAULT, locale_selector=_select_language)  # type: ignore[no-untyped-call]
    app.jinja_env.globals.update(
        address_of_this_page=address_of_this_page,
        current_language=current_language,
        javascript_catalogue=javascript_catalogue,
        languages=LANGUAGES,
    )
    app.add_template_filter(translate)
    app.after_request(_name_language)


def current_language() -> str:
    """The language of this request, or of this command: "en" or "es"."""
    locale = get_locale()
    return str(locale.language) if locale else DEFAULT


def lazy_gettext(sentence: str, **values: object) -> str:
    """A marked sentence that each request translates anew, for the fields of forms.

    It is no str, but the stubs of WTForms ask for one, and it behaves as one where it is shown.
    """
    return cast("str", lazy(sentence, **values))


def translate(message: str | Message, language: str | None = None) -> str:
    """A marked sentence in a language, or else the current one, with its numbers formatted."""
    language = language or current_language()
    sentence, values = (
        (message, {}) if isinstance(message, str) else (message.sentence, message.values)
    )
    if not sentence:
        return ""
    text = _translations_into(language).gettext(sentence)
    return text % {n: _localised(v, language) for n, v in values.items()} if values else text


def javascript_catalogue() -> dict[str, str | list[str]]:
    """The translations for static/js: a sentence, or its singular and plural, by the English one.

    Empty in English.
    """
    return _javascript_catalogue(current_language())


def address_of_this_page() -> str:
    """The address to return to from the language switch; of a form's answer, if it has a page."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.removesuffix("?")
    adapter = request_ctx.url_adapter
    return request.path if adapter and adapter.test(method="GET") else "/"


def _localised(value: object, language: str) -> str:
    if isinstance(value, Message):
        return translate(value, language)
    return format_decimal(value, locale=language) if isinstance(value, int | float) else str(value)


def _select_language() -> str:
    """The language that the person chose, else one that the browser or terminal asks for."""
    if not has_request_context():
        command = click.get_current_context(silent=True)
        return (command and command.meta.get(COMMAND_LANGUAGE)) or language_of_terminal()
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    accepted = [tag for tag, quality in request.accept_languages if quality > 0]
    asked_for = (tag.split("-")[0].lower() for tag in accepted)
    return next((language for language in asked_for if language in LANGUAGES), DEFAULT)


def language_of_terminal() -> str:
    language = (default_locale("LC_MESSAGES") or DEFAULT).split("_")[0]
    return language if language in LANGUAGES else DEFAULT


def _name_language(response: Response) -> Response:
    """Tell caches and browsers the language, and that it depends on the choice."""
    if request.endpoint != "static" and response.mimetype in ("text/html", "application/json"):
        response.headers["Content-Language"] = current_language()
        response.vary.update(("Accept-Language", "Cookie"))
    return response


class _Languages(Babel):
    """Flask-Babel with catalogues that need no compiling."""

    @cached_property
    def domain_instance(self) -> Domain:
        return _Catalogues()  # type: ignore[no-untyped-call]


class _Catalogues(Domain):
    def get_translations(self) -> NullTranslations:
        return _translations_into(current_language())


@lru_cache
def _translations_into(language: str) -> NullTranslations:
    """All areas of a language, as gettext's own class holds them."""
    if not (TRANSLATIONS / language).is_dir():
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415 (English alone needs no catalogue)

    whole: Any = None
    for path in sorted((TRANSLATIONS / language).glob("*.po")):
        catalogue = read_catalogue(path)
        whole = whole or catalogue
        for message in catalogue:
            whole[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)


@lru_cache
def _javascript_catalogue(language: str) -> dict[str, str | list[str]]:
    path = TRANSLATIONS / language / f"{JAVASCRIPT}.po"
    if not path.is_file():
        return {}
    translations: dict[str, str | list[str]] = {}
    for message in read_catalogue(path):
        if not message.id:
            continue  # the header
        key = message.id if isinstance(message.id, str) else message.id[0]
        string = message.string
        translations[key] = string if isinstance(string, str) else list(string)
    return translations


def read_catalogue(path: Path) -> Any:
    """The babel.messages.catalog.Catalog in a .po file."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 (as above)

    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name)
