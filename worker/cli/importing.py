"""`flask model import|examine`: a stranger's file becomes a version, and sits its exam."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.database import db
from webapp.models import Exam, ModelVersion
from webapp.services import services
from worker.cli.group import model
from worker.cli.ledger import publish_chosen
from worker.conversion import ConversionError
from worker.model_store import AlreadyStoredError, WrongFileError

MODEL_FILE = click.Path(path_type=Path, dir_okay=False)


@model.command("import")
@click.argument("path", metavar="FILE", type=MODEL_FILE)
@click.option("--publish", is_flag=True, help="Let it answer from now on, if it passes its exam.")
def import_file(path: Path, publish: bool) -> None:
    """Make a .keras or .h5 file a model version, and let it sit its exam."""
    from worker.importing import import_model  # noqa: PLC0415 - h5py takes a second

    try:
        version = import_model(path, services.settings)
    except (ConversionError, AlreadyStoredError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Kept as {version.name}.")
    exam = _examine(version)
    if publish:
        _publish(version, exam)


@model.command()
@click.argument("version_id", metavar="VERSION", type=int)
def examine(version_id: int) -> None:
    """Let a version sit its exam against the live one, as an imported one must."""
    version = db.session.get(ModelVersion, version_id)
    if version is None:
        raise click.ClickException(f"There is no version {version_id}; see: flask model list")
    _examine(version)


def _examine(version: ModelVersion) -> Exam:
    from worker.digits.datasets import MissingDataError  # noqa: PLC0415 - TensorFlow takes seconds
    from worker.digits.self_test import SelfTestError  # noqa: PLC0415
    from worker.importing import examine as sit_exam  # noqa: PLC0415

    try:
        exam = sit_exam(version.id, services.settings)
    except (MissingDataError, SelfTestError, WrongFileError, OSError) as error:
        raise click.ClickException(
            f"{version.name.capitalize()} has no exam, and cannot be published: {error}"
        ) from error
    for sentence in exam.verdict:
        click.echo(sentence)
    return exam


def _publish(version: ModelVersion, exam: Exam) -> None:
    if not exam.passed:
        raise click.ClickException(f"So {version.name} is not published.")
    publish_chosen(version)
