"""Sentences that rows hold in English, with values in them, shown in the reader's language.

An evaluation and a training run keep their sentences as they were written, so that old rows need
no change. A stored sentence is recognised by the sentence that is marked here.
"""

from __future__ import annotations

import re
from functools import cache

from flask import Flask
from flask_babel import format_decimal

from webapp.messages import Message, gettext_noop
from webapp.platform.languages import translate

SENTENCES = (
    # of an evaluation (worker.training.promotion_gate)
    gettext_noop("It passed its evaluation."),
    gettext_noop("It did not pass its evaluation."),
    gettext_noop("%(dataset)s: it reads %(share)s right; at least %(least)s are required."),
    gettext_noop("%(dataset)s: it misreads %(count)s picture that %(opponent)s reads right."),
    gettext_noop("%(dataset)s: it misreads %(count)s pictures that %(opponent)s reads right."),
    gettext_noop(
        "%(dataset)s: of the %(all)s pictures of a %(digit)s it reads %(count)s right, "
        "%(opponent)s %(before)s."
    ),
    gettext_noop("%(dataset)s: it reads %(count)s of %(all)s right, %(opponent)s %(before)s."),
    gettext_noop(
        "%(dataset)s: its confidence is off by %(share)s on average, "
        "that of %(opponent)s by %(before)s."
    ),
    gettext_noop("%(dataset)s: %(count)s of %(all)s read right."),
    gettext_noop(
        "%(dataset)s: %(count)s of %(all)s read right; %(before)s by the live model. "
        "%(gained)s gained, %(lost)s lost."
    ),
    gettext_noop(
        "Version %(number)s was trained elsewhere, perhaps on the validation pictures too, "
        "so that its score on them may be too high."
    ),
    gettext_noop("the live model"),
    gettext_noop("version %(number)s, the best ever published,"),
    # of a version that waits, and of a training run (worker.training, webapp.sweep)
    gettext_noop(
        "Publishing it failed with an unexpected error, which is in the trainer's log. "
        "It waits until an admin publishes it."
    ),
    gettext_noop(
        "There was nothing to learn: no approved correction is there to train on, so a fine-tuning "
        "would only copy the live version. No new version was made."
    ),
    gettext_noop("The trainer was stopped before the training was done."),
    gettext_noop("The training ended with an unexpected error, which is in the trainer's log."),
    gettext_noop("The trainer ended each time that it tried to start this run (%(count)s times)."),
    gettext_noop("The trainer could not start this run in %(count)s attempts: %(error)s"),
    gettext_noop("The trainer stopped unexpectedly. Start the training again."),
    gettext_noop("Cancelled by an admin."),
    gettext_noop("Cancelled before it started."),
)
NARROW_SPACE = "\u202f"  # without a line break
TEXTS = ("dataset", "opponent", "error")  # any other value is a number or a share
FIGURE = r"\d[\d,.]*%?"
NUMBER = re.compile(r"\d{1,3}(,\d{3})*")
SHARE = re.compile(r"(\d+)\.(\d+)%|(\d+)%")


def init_app(app: Flask) -> None:
    app.add_template_filter(translate_stored)


def translate_stored(sentence: str) -> str:
    """A stored sentence in the current language; one that is not known, as it is."""
    for pattern, marked in _patterns():
        if match := pattern.fullmatch(sentence):
            values = {name: _value(text) for name, text in match.groupdict().items()}
            return translate(Message(marked, values))
    return translate(sentence)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(_pattern_of(sentence), re.DOTALL), sentence) for sentence in SENTENCES]


def _pattern_of(sentence: str) -> str:
    parts = re.split(r"%\((\w+)\)s", sentence)
    fixed = [re.escape(part) for part in parts[::2]]
    names = [f"(?P<{name}>{'.+?' if name in TEXTS else FIGURE})" for name in parts[1::2]] + [""]
    return "".join(f"{text}{name}" for text, name in zip(fixed, names, strict=True))


def _value(text: str) -> object:
    """A number as such, a share for its language, and a text that is marked itself."""
    if NUMBER.fullmatch(text):
        return int(text.replace(",", ""))
    if SHARE.fullmatch(text):
        share = float(text.removesuffix("%"))
        return f"{format_decimal(share)}{NARROW_SPACE}%"
    return translate_stored(text)
