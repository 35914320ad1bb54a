"""The app factory: settings in, a Flask app out."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import accounts, cli, routes
from webapp.platform import (
    compression,
    cross_origin,
    errors,
    languages,
    rate_limits,
    request_guards,
    request_log,
    security_headers,
    static_files,
    stored_sentences,
    template_filters,
    url_converters,
)
from webapp.platform.database import init_database
from webapp.platform.extensions import Extensions
from webapp.platform.notifications import Notifications
from webapp.platform.storage import Storage
from webapp.platform.task_queue import TaskQueue
from webapp.settings import Settings

LOCAL_HOSTS = ("localhost", "127.0.0.1")  # for health checks from the same machine or container
PARTS = (
    url_converters,
    languages,
    request_log,
    request_guards,
    accounts,
    security_headers,
    errors,
    cross_origin,
    template_filters,
    stored_sentences,
    static_files,
    compression,
    routes,
    cli,
)
FORM_OVERHEAD_BYTES = 64 * 1024  # of a multipart form around the largest file


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app. It imports no TensorFlow; only the workers do."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, instance_path=str(settings.data_dir))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=[*settings.trusted_hosts, *LOCAL_HOSTS] if settings.trusted_hosts else None,
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes + FORM_OVERHEAD_BYTES,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_NAME="__Host-session" if settings.secure_cookies else "session",
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open as long as its session
    )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    init_database(app, settings)
    for part in PARTS:
        part.init_app(app)
    app.extensions["cifra"] = Extensions(
        settings=settings,
        storage=Storage(settings.uploads_dir),
        queue=TaskQueue(settings),
        counters=rate_limits.init_app(app, settings.redis_url),
        notifications=Notifications(settings.redis_url),
    )
    return app
