"""A web process starts light, and the database follows its migrations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from webapp.app import create_app
from webapp.cli import add_migrations
from webapp.settings import ROOT, Settings

HEAVY = ("tensorflow", "keras", "cv2", "celery", "alembic", "PIL", "worker")


def test_the_app_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys; from webapp.app import create_app; from webapp.settings import Settings;"
        f"from pathlib import Path; "
        f"create_app(Settings(secret_key='s' * 16, data_dir=Path({str(tmp_path)!r})));"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_the_migrations_lead_to_the_models_and_back(settings: Settings) -> None:
    app = create_app(settings)
    add_migrations(app)

    for command in ("upgrade", "check", "downgrade base", "upgrade"):
        done = app.test_cli_runner().invoke(args=["db", *command.split()])
        assert done.exit_code == 0, done.output
