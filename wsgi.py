"""The entry point: a server, or the flask command, finds the app here."""

import os
import secrets
import sys
from importlib.util import find_spec

from webapp.app import create_app
from webapp.platform.database import UnsuitableDatabaseError, require_suitable_database
from webapp.platform.request_log import configure_logging
from webapp.settings import Settings, SettingsError

is_command = os.environ.get("FLASK_RUN_FROM_CLI") == "true"
if is_command:
    # A command signs no cookie that outlives it, so it needs no key of the installation.
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(32))

try:
    settings = Settings.from_environment()
    app = create_app(settings)
    require_suitable_database(app)
except (SettingsError, UnsuitableDatabaseError) as error:
    sys.exit(f"Cifra cannot start. {error}")

if is_command:
    # Only the flask command needs migrations and the worker's commands; serving stays light.
    # The web image holds no worker.
    from webapp.cli import add_migrations

    add_migrations(app)
    if find_spec("worker"):
        from worker.cli import add_commands

        add_commands(app)
else:
    configure_logging(settings.log_level)
