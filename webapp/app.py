"""The app factory: settings in, a Flask app out."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

from webapp.database import db, init_database
from webapp.queue import Queue
from webapp.settings import ROOT, Settings
from webapp.storage import Storage


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app. It imports no TensorFlow: reading is the worker's work."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, instance_path=str(settings.data_dir))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
    )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app.extensions["cifra_settings"] = settings
    app.extensions["cifra_storage"] = Storage(settings.uploads_dir)
    app.extensions["cifra_queue"] = Queue(settings)
    init_database(app)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    return app
