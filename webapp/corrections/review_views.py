"""The review of people's corrections: look, approve, reject."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.accounts.identity import admin_required
from webapp.corrections.review import (
    Decision,
    counts_by_label,
    counts_by_verdict,
    decide,
    review_page,
)
from webapp.models import Verdict
from webapp.models.correction import NOT_A_DIGIT
from webapp.platform.extensions import extensions

pages = Blueprint("review", __name__, url_prefix="/admin/corrections")

LABELS = [*"0123456789", NOT_A_DIGIT]
REVISION = re.compile(r"[0-9]{1,9}=([0-9]|not a digit)")


@pages.get("")
@admin_required
def index() -> str:
    verdict, label = _verdict(), _label()
    page_size = extensions.settings.page_size
    number = request.args.get("page", 1, type=int)
    return render_template(
        "corrections/review.html",
        page=review_page(verdict, label, number=number, page_size=page_size),
        verdict=verdict,
        label=label,
        labels=LABELS,
        by_verdict=counts_by_verdict(),
        by_label=counts_by_label(verdict),
        Verdict=Verdict,
    )


@pages.post("/approvals")
@admin_required
def approve() -> Response:
    return _decide(Verdict.APPROVED)


@pages.post("/rejections")
@admin_required
def reject() -> Response:
    return _decide(Verdict.REJECTED)


def _decide(verdict: Verdict) -> Response:
    revisions = _chosen_ballots()
    if revisions:
        flash(_news(decide(revisions, verdict, by=current_user), verdict))
    else:
        flash("Tick at least one correction first.")
    return redirect(url_for(".index", **_place()), 303)


def _chosen_ballots() -> list[str]:
    """The one whose own button was pressed, or all that are shown, or those that are ticked."""
    form = request.form
    chosen = form.getlist("only") or form.getlist("shown" if "all" in form else "ticked")
    if not all(REVISION.fullmatch(revision) for revision in chosen):
        abort(400)
    return chosen


def _news(decision: Decision, verdict: Verdict) -> str:
    noun = "correction" if decision.decided == 1 else "corrections"
    news = f"{verdict.capitalize()}: {decision.decided} {noun}."
    if decision.missed:
        changed = "was" if decision.missed == 1 else "were"
        news += f" {decision.missed} {changed} changed or taken back meanwhile and left as it is."
    return news


def _place() -> dict[str, Any]:
    """Where in the review the button was pressed."""
    names = ("verdict", "label", "page")
    return {name: request.args[name] for name in names if name in request.args}


def _verdict() -> Verdict:
    try:
        return Verdict(request.args.get("verdict", Verdict.WAITING))
    except ValueError:
        abort(404)


def _label() -> str | None:
    label = request.args.get("label")
    return label if label is None or label in LABELS else abort(404)
