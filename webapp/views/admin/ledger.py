"""The ledger: which version was live from when to when, who decided it, and why."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.auth import admin_required
from webapp.database import db
from webapp.models import read_ledger

pages = Blueprint("ledger", __name__, url_prefix="/admin/ledger")


@pages.get("")
@admin_required
def index() -> str:
    return render_template("admin/ledger.html", spans=read_ledger(db.session()))
