"""Where a server, or the flask command, finds the app."""

import os
from importlib.util import find_spec

from webapp.app import create_app

app = create_app()

if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
    # Only the flask command needs migrations and the worker's commands; serving stays light.
    # The web image carries no worker at all.
    from webapp.cli import add_migrations

    add_migrations(app)
    if find_spec("worker.cli"):
        from worker.cli import add_commands

        add_commands(app)
