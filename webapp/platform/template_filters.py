"""Template filters: numbers, sizes and times as text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from flask_babel import format_datetime, format_decimal, gettext, ngettext

from webapp.messages import gettext_noop
from webapp.models import ModelVersion, utc_now
from webapp.models.reason import sentence_for
from webapp.platform.languages import translate

NARROW_SPACE = "\u202f"  # without a line break
LONG_WAIT_SECONDS = 20


def init_app(app: Flask) -> None:
    app.add_template_filter(decimal)
    app.add_template_filter(percent)
    app.add_template_filter(reason)
    app.add_template_filter(sureness)
    app.add_template_filter(rows)
    app.add_template_filter(version_name)
    app.add_template_filter(moment)
    app.add_template_filter(file_size)
    app.add_template_filter(score)
    app.add_template_filter(duration)
    app.add_template_test(waits_long, "waiting_long")


def decimal(number: float, places: int = 0) -> str:
    """1234.5 with one place as "1,234.5", or as "1234,5" in Spanish."""
    return format_decimal(number, f"#,##0.{'0' * places}" if places else "#,##0")


def percent(share: float) -> str:
    """0.1234 as "12.3 %"; never 100 %, because no reading is certain."""
    if share >= 0.9995:
        return gettext("over %(share)s", share=f"{decimal(99.9, 1)}{NARROW_SPACE}%")
    return f"{decimal(share * 100, 1)}{NARROW_SPACE}%"


def sureness(confidence: float) -> str:
    """A confidence in plain words."""
    levels = (
        (0.99, gettext_noop("almost certain")),
        (0.95, gettext_noop("very sure")),
        (0.80, gettext_noop("fairly sure")),
        (0.60, gettext_noop("not very sure")),
    )
    words = (text for least, text in levels if confidence >= least)
    return translate(next(words, gettext_noop("only guessing")))


def reason(stored: str | None) -> str:
    """The sentence for the reason why a prediction has no number."""
    return translate(sentence_for(stored))


def rows(number: str) -> list[str]:
    """The rows of a reading: "12|34" is ["12", "34"]; a minus is as long as a plus."""
    return [f"−{row[1:]}" if row.startswith("-") else row for row in number.split("|")]


def version_name(version: ModelVersion) -> str:
    """The name of a model version: "version 3"."""
    return gettext("version %(number)s", number=version.id)


def moment(time: datetime) -> str:
    text = format_datetime(time, "d MMM y, HH:mm")  # type: ignore[no-untyped-call]
    return f"{text} UTC"


def file_size(size: int) -> str:
    if size < 1024 * 1024:
        return f"{decimal(size / 1024)} KB"
    if size < 1024**3:
        return f"{decimal(size / 1024**2, 1)} MB"
    return f"{decimal(size / 1024**3, 1)} GB"


def score(share: float) -> str:
    """0.99624 as "99.62 %": a counted share, as exact as an evaluation."""
    return f"{decimal(share * 100, 2)}{NARROW_SPACE}%"


def duration(seconds: float) -> str:
    """200 as "3 minutes", 4000 as "1 hour 7 min": in one or two units."""
    if seconds < 119.5:
        return ngettext("%(num)s second", "%(num)s seconds", max(round(seconds), 1))
    minutes = round(seconds / 60)
    if minutes < 60:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        text = ngettext("%(num)s hour", "%(num)s hours", hours)
        return f"{text} {minutes} min" if minutes else text
    days, hours = divmod(hours, 24)
    text = ngettext("%(num)s day", "%(num)s days", days)
    return f"{text} {hours} h" if hours else text


def waits_long(prediction: Any) -> bool:
    """Whether a prediction has waited so long that the page says so."""
    waited: float = (utc_now() - prediction.created_at).total_seconds()
    return waited > LONG_WAIT_SECONDS
