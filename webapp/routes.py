"""The routes: every blueprint of the app, in one list."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from webapp.accounts import account_views, session_views
from webapp.admin import audit_log, dashboard, people
from webapp.corrections import api as corrections_api
from webapp.corrections import (
    confirmations,
    missed_views,
    number_api,
    number_views,
    review_views,
    template_tests,
)
from webapp.corrections import views as corrections
from webapp.explanations import comparison_views as explanation_comparisons
from webapp.explanations import layer_views as explanation_layers
from webapp.explanations import pictures as explanation_pictures
from webapp.explanations import views as explanations
from webapp.learn import views as learn
from webapp.networks import views as networks
from webapp.personal_data import deletion_views, selection_export
from webapp.personal_data import views as personal_data
from webapp.platform import health, language_views
from webapp.predictions import (
    advice,
    batch_api,
    batch_views,
    home,
    images,
    progress_api,
    retries,
    selections,
)
from webapp.predictions import api as predictions_api
from webapp.predictions import deletion_views as prediction_deletion
from webapp.predictions import views as predictions
from webapp.registry import (
    admin_views,
    deployment_views,
    evaluation_views,
    publishing_views,
    rereadings,
)
from webapp.registry import views as registry
from webapp.sheets import api as sheets_api
from webapp.sheets import files as sheet_files
from webapp.sheets import printable_views
from webapp.sheets import views as sheets
from webapp.training import api as training_api
from webapp.training import cancellations, filters
from webapp.training import views as training

PAGES = (
    home,
    predictions,
    retries,
    corrections,
    number_views,
    missed_views,
    template_tests,
    advice,
    batch_views,
    selections,
    selection_export,
    confirmations,
    images,
    explanations,
    explanation_layers,
    explanation_comparisons,
    explanation_pictures,
    personal_data,
    prediction_deletion,
    deletion_views,
    session_views,
    account_views,
    health,
    registry,
    networks,
    learn,
    admin_views,
    publishing_views,
    deployment_views,
    dashboard,
    audit_log,
    people,
    evaluation_views,
    training,
    cancellations,
    filters,
    review_views,
    rereadings,
    sheets,
    sheet_files,
    printable_views,
)
APIS = (
    predictions_api,
    batch_api,
    progress_api,
    corrections_api,
    number_api,
    training_api,
    sheets_api,
)


def init_app(app: Flask) -> None:
    """Register the pages with CSRF protection, and the API without form tokens."""
    csrf = CSRFProtect(app)
    for module in PAGES:
        app.register_blueprint(module.pages)
    # The choice of a language is nobody's data, so that its form needs no session for its token.
    csrf.exempt(language_views.pages)
    app.register_blueprint(language_views.pages)
    for module in APIS:
        csrf.exempt(module.resource)  # programs have no token; see platform.cross_origin
        app.register_blueprint(module.resource)
