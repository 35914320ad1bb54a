"""Marks: the signs and names under which the pages show them."""

from __future__ import annotations

from flask_babel import gettext, ngettext

SIGNS = {"dash": "–", "box": "□", "tick": "✓", "cross": "×", "slash": "/", "mark": "?"}
STROKES = "strokes "  # followed by their count


def sign_of(mark: str) -> str:
    """The sign that stands for a mark; strokes are drawn, up to nine of them."""
    if mark.startswith(STROKES):
        return "|" * min(9, int(mark.removeprefix(STROKES)))
    return SIGNS.get(mark, "?")


def name_of(mark: str) -> str:
    """The name of a mark in the language of the request."""
    if mark.startswith(STROKES):
        count = int(mark.removeprefix(STROKES))
        return ngettext("%(num)s stroke", "%(num)s strokes", count)
    names = {
        "dash": gettext("dash"),
        "box": gettext("box"),
        "tick": gettext("tick"),
        "cross": gettext("cross"),
        "slash": gettext("slash"),
    }
    return names.get(mark, gettext("another mark"))
