"""The deployment history: which version was live and when, who decided it, and why."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.accounts.guards import admin_required
from webapp.models import deployment_history
from webapp.platform.database import db

pages = Blueprint("deployments", __name__, url_prefix="/admin/ledger")


@pages.get("")
@admin_required
def index() -> str:
    return render_template(
        "registry/deployments.html", deployments=deployment_history(db.session())
    )
