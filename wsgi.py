"""Where a server, or the flask command, finds the app."""

import os
import secrets
from importlib.util import find_spec

from webapp.app import create_app

is_command = os.environ.get("FLASK_RUN_FROM_CLI") == "true"
if is_command:
    # A command signs no cookie that outlives it, so reading a file needs no settings at all.
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(32))

app = create_app()

if is_command:
    # Only the flask command needs migrations and the worker's commands; serving stays light.
    # The web image carries no worker at all.
    from webapp.cli import add_migrations

    add_migrations(app)
    if find_spec("worker"):
        from worker.cli import add_commands

        add_commands(app)
