"""The audit log's page: the actions of admins, newest first. Nothing changes them."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.accounts.guards import admin_required
from webapp.models import AuditEntry
from webapp.platform.database import db
from webapp.platform.extensions import extensions

pages = Blueprint("audit", __name__, url_prefix="/admin/audit")


@pages.get("")
@admin_required
def index() -> str:
    page_size = extensions.settings.page_size
    last = max(1, -(-db.session.scalars(AuditEntry.count()).one() // page_size))
    number = min(max(request.args.get("page", 1, type=int), 1), last)
    entries = AuditEntry.newest_first().limit(page_size).offset((number - 1) * page_size)
    return render_template(
        "admin/audit_log.html", entries=db.session.scalars(entries).all(), number=number, last=last
    )
