"""`flask model import|evaluate-version`: a file from elsewhere becomes an evaluated version."""

from __future__ import annotations

from pathlib import Path

import click
from flask_babel import gettext

from webapp.messages import gettext_noop
from webapp.models import Evaluation, ModelVersion
from webapp.platform.database import db
from webapp.platform.extensions import extensions
from webapp.platform.stored_sentences import translate_stored
from webapp.platform.template_filters import version_name
from worker.cli.group import model
from worker.cli.model_publishing import publish_chosen
from worker.model_files.conversion import ConversionError
from worker.model_files.store import AlreadyStoredError, WrongFileError

MODEL_FILE = click.Path(path_type=Path, dir_okay=False)


@model.command("import")
@click.argument("path", metavar="FILE", type=MODEL_FILE)
@click.option(
    "--publish", is_flag=True, help=gettext_noop("Publish it, if it passes its evaluation.")
)
def import_file(path: Path, publish: bool) -> None:
    """Make a .keras or .h5 file a model version, and evaluate it."""
    from worker.model_files.importing import import_model  # noqa: PLC0415 - h5py takes a second

    try:
        version = import_model(path, extensions.settings)
    except (ConversionError, AlreadyStoredError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(gettext("Kept as %(version)s.", version=version_name(version)))
    evaluation = _evaluate(version)
    if publish:
        if not evaluation.passed:
            raise click.ClickException(
                gettext("So %(version)s is not published.", version=version_name(version))
            )
        publish_chosen(version)


@model.command("evaluate-version")
@click.argument("version_id", metavar="VERSION", type=int)
def evaluate_version(version_id: int) -> None:
    """Evaluate a version against the live one, as an imported one needs it."""
    version = db.session.get(ModelVersion, version_id)
    if version is None:
        raise click.ClickException(
            gettext("There is no version %(number)s; see: flask model list", number=version_id)
        )
    _evaluate(version)


def _evaluate(version: ModelVersion) -> Evaluation:
    from worker.recognition.evaluation.datasets import MissingDataError  # noqa: PLC0415 (slow)
    from worker.recognition.network.self_test import SelfTestError  # noqa: PLC0415
    from worker.training import version_evaluation  # noqa: PLC0415

    try:
        evaluation = version_evaluation.evaluate_version(version.id, extensions.settings)
    except (MissingDataError, SelfTestError, WrongFileError, OSError) as error:
        raise click.ClickException(
            gettext(
                "Version %(number)s was not evaluated, and cannot be published: %(error)s",
                number=version.id,
                error=error,
            )
        ) from error
    for sentence in evaluation.summary:
        click.echo(translate_stored(sentence))
    return evaluation
