"""A rereading: the live version reads all corrected pictures again, and counts the right ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.accounts.guards import admin_required
from webapp.corrections.review import count_training_corrections
from webapp.models import ModelVersion, utc_now
from webapp.platform.database import db
from webapp.platform.extensions import extensions

pages = Blueprint("rereadings", __name__, url_prefix="/admin/rereading")

PATIENCE = timedelta(minutes=2)


@pages.post("")
@admin_required
def create() -> Response:
    asked = utc_now().isoformat(timespec="seconds")
    if not extensions.queue.enqueue_rereading():
        flash("The queue cannot be reached at the moment. Press again in a minute.")
        return redirect(url_for(".show"), 303)
    return redirect(url_for(".show", asked=asked), 303)


@pages.get("")
@admin_required
def show() -> str:
    current = db.session.scalar(ModelVersion.current())
    result = current.scores.get("reread") if current else None
    asked = _asked_at(request.args.get("asked", ""))
    finished_at = datetime.fromisoformat(result["at"]) if result else None
    is_awaited = asked is not None and (finished_at is None or finished_at < asked)
    return render_template(
        "registry/rereading.html",
        current=current,
        result=result,
        finished_at=finished_at,
        is_awaited=is_awaited,
        is_overdue=is_awaited and asked is not None and utc_now() - asked > PATIENCE,
        training_corrections=count_training_corrections(),
    )


def _asked_at(text: str) -> datetime | None:
    """When the button was pressed; None where the page is opened without a press."""
    try:
        asked = datetime.fromisoformat(text)
    except ValueError:
        return None
    return asked if asked.tzinfo else None
