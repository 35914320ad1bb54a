"""The pages: one file a resource."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from webapp.views import (
    accounts,
    attempts,
    confirmations,
    corrections,
    data,
    deletions,
    home,
    images,
    meta,
    predictions,
    renewals,
    sessions,
    versions,
    words,
)
from webapp.views.admin import (
    audit,
    cancellations,
    exams,
    ledger,
    models,
    overrides,
    pins,
    publications,
    rereadings,
    rollbacks,
    training_runs,
)
from webapp.views.admin import corrections as review


def init_app(app: Flask) -> None:
    CSRFProtect(app)
    words.init_app(app)
    for resource in (
        home,
        predictions,
        attempts,
        corrections,
        confirmations,
        images,
        data,
        deletions,
        sessions,
        renewals,
        accounts,
        meta,
        versions,
        models,
        publications,
        overrides,
        rollbacks,
        pins,
        ledger,
        audit,
        exams,
        training_runs,
        cancellations,
        review,
        rereadings,
    ):
        app.register_blueprint(resource.pages)
