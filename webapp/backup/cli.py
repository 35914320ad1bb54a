"""`flask backup create` and `flask backup restore`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import click
from flask.cli import AppGroup
from flask_babel import gettext

from webapp.backup.archive import BackupError, create_backup, restore_backup
from webapp.messages import gettext_noop
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate

backup = AppGroup(
    "backup", help=gettext_noop("Everything that an installation keeps, in one file.")
)


@backup.command("create")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
def create(file: Path) -> None:
    """Write a backup to FILE, or to the standard output for `-`. Cifra may run meanwhile."""
    storage, models_dir = extensions.storage, extensions.settings.models_dir
    try:
        if str(file) == "-":
            summary = create_backup(sys.stdout.buffer, storage, models_dir)
        else:
            part = file.with_name(f"{file.name}.part")
            part.touch(mode=0o600)
            with part.open("wb") as target:
                summary = create_backup(target, storage, models_dir)
            part.replace(file)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        gettext("The backup holds %(summary)s.", summary=translate(summary.message)), err=True
    )


@backup.command("restore")
@click.argument("file", type=click.File("rb"))
def restore(file: IO[bytes]) -> None:
    """Restore FILE, or the standard input for `-`, into an empty installation."""
    storage, models_dir = extensions.storage, extensions.settings.models_dir
    try:
        summary = restore_backup(file, storage, models_dir)
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(gettext("Restored: %(summary)s.", summary=translate(summary.message)))
