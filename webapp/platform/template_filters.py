"""Template filters: numbers, sizes and times as text."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from webapp.models import utc_now

NARROW_SPACE = "\u202f"  # without a line break
LONG_WAIT_SECONDS = 20


def init_app(app: Flask) -> None:
    app.add_template_filter(percent)
    app.add_template_filter(sureness)
    app.add_template_filter(rows)
    app.add_template_filter(moment)
    app.add_template_filter(file_size)
    app.add_template_filter(score)
    app.add_template_filter(duration)
    app.add_template_test(waits_long, "waiting_long")
    app.url_defaults(_version_static_files)


def percent(share: float) -> str:
    """0.1234 as "12.3 %"; never 100 %, because no reading is certain."""
    if share >= 0.9995:
        return f"over 99.9{NARROW_SPACE}%"
    return f"{share * 100:.1f}{NARROW_SPACE}%"


def sureness(confidence: float) -> str:
    """A confidence in plain words."""
    levels = (
        (0.99, "almost certain"),
        (0.95, "very sure"),
        (0.80, "fairly sure"),
        (0.60, "not very sure"),
    )
    return next((text for least, text in levels if confidence >= least), "only guessing")


def rows(number: str) -> list[str]:
    """The rows of a reading: "12|34" is ["12", "34"]."""
    return number.split("|")


def moment(time: datetime) -> str:
    return f"{time.day} {time:%b %Y, %H:%M} UTC"


def file_size(size: int) -> str:
    return f"{size / 1024:.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def score(share: float) -> str:
    """0.99624 as "99.62 %": a counted share, as exact as an evaluation."""
    return f"{share * 100:.2f}{NARROW_SPACE}%"


def duration(seconds: float) -> str:
    """200 as "3 minutes", 4000 as "1 hour 7 min": in one or two units."""
    if seconds < 119.5:
        return _count(max(round(seconds), 1), "second")
    minutes = round(seconds / 60)
    if minutes < 60:
        return _count(minutes, "minute")
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return _count(hours, "hour") + (f" {minutes} min" if minutes else "")
    days, hours = divmod(hours, 24)
    return _count(days, "day") + (f" {hours} h" if hours else "")


def _count(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def waits_long(prediction: Any) -> bool:
    """Whether a prediction has waited so long that the page says so."""
    waited: float = (utc_now() - prediction.created_at).total_seconds()
    return waited > LONG_WAIT_SECONDS


def _version_static_files(endpoint: str, values: dict[str, Any]) -> None:
    """Add ?v=<hash> to the addresses of static files, so that browsers keep them for a year."""
    if endpoint == "static" and "v" not in values:
        path = Path(current_app.static_folder or "", values["filename"])
        values["v"] = _hash(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _hash(path: Path, changed_at: int) -> str:  # noqa: ARG001 (a changed file is hashed anew)
    return sha256(path.read_bytes()).hexdigest()[:12]
