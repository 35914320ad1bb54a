"""Guards of every request: text that no database stores, and JSON too deep to read, are refused."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from flask import Flask, Request, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest


class GuardedRequest(Request):
    """A request whose form is refused with 400 where a field holds a NUL character."""

    def _load_form_data(self) -> None:
        """Check the form where Werkzeug parses it: once, and only if a view reads it."""
        super()._load_form_data()
        refuse_unstorable(chain.from_iterable(self.form.items(multi=True)))


class GuardedJSONProvider(DefaultJSONProvider):
    """JSON whose strings a database can store; anything else is as invalid as broken JSON."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Raises ValueError for broken JSON, nesting that is too deep, NULs and surrogates."""
        try:
            value = super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("The JSON is nested too deeply.") from None
        if not all(map(_is_storable, _strings_of(value))):
            raise ValueError("The JSON holds characters that cannot be stored.")
        return value


def init_app(app: Flask) -> None:
    app.request_class = GuardedRequest
    app.json = GuardedJSONProvider(app)
    app.before_request(_refuse_unstorable_query)


def refuse_unstorable(texts: Iterable[str]) -> None:
    """Raises BadRequest (400) for a text with a NUL or an unpaired surrogate."""
    if not all(map(_is_storable, texts)):
        raise BadRequest


def _refuse_unstorable_query() -> None:
    """Of a path, the converters of the rules find nothing instead."""
    refuse_unstorable(chain.from_iterable(request.args.items(multi=True)))


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _strings_of(value: Any) -> Iterable[str]:
    """All strings in a value of JSON, its keys too."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
