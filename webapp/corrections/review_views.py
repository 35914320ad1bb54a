"""The pages of the review: list, approve and reject corrections."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.accounts.guards import admin_required
from webapp.corrections.forms import LABEL_NAMES, DecisionForm, ReviewFilterForm
from webapp.corrections.review import (
    ReviewDecision,
    counts_by_label,
    counts_by_verdict,
    decide,
    review_page,
)
from webapp.models import Verdict
from webapp.platform.extensions import extensions

pages = Blueprint("review", __name__, url_prefix="/admin/corrections")


@pages.get("")
@admin_required
def index() -> str:
    filters = ReviewFilterForm(request.args)
    if not filters.validate():
        abort(404)
    verdict, label = Verdict(str(filters.verdict.data)), filters.label.data or None
    page_size = extensions.settings.page_size
    number = request.args.get("page", 1, type=int)
    return render_template(
        "corrections/review.html",
        page=review_page(verdict, label, number=number, page_size=page_size),
        verdict=verdict,
        label=label,
        label_names=LABEL_NAMES,
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
    form = DecisionForm()
    if not form.validate():
        abort(400)
    if form.revisions:
        flash(_summary(decide(form.revisions, verdict, by=current_user), verdict))
    else:
        flash(gettext("Select at least one correction first."))
    return redirect(url_for(".index", **_current_filters()), 303)


def _summary(decision: ReviewDecision, verdict: Verdict) -> str:
    count, missed = decision.decided, decision.missed
    if verdict == Verdict.APPROVED:
        summary = ngettext("Approved: %(num)s correction.", "Approved: %(num)s corrections.", count)
    else:
        summary = ngettext("Rejected: %(num)s correction.", "Rejected: %(num)s corrections.", count)
    if not missed:
        return summary
    left = ngettext(
        "%(num)s was changed or withdrawn in the meantime and is left as it is.",
        "%(num)s were changed or withdrawn in the meantime and are left as they are.",
        missed,
    )
    return f"{summary} {left}"


def _current_filters() -> dict[str, Any]:
    """The filters and the page of the review that the button is on."""
    names = ("verdict", "label", "page")
    return {name: request.args[name] for name in names if name in request.args}
