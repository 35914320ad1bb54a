"""`flask model …`: train, evaluate, list, export and install models from the terminal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask_babel import gettext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from webapp.messages import gettext_noop
from webapp.models import ModelVersion
from webapp.models.catalogue import ARCHITECTURES, QUICK, RECIPES_FROM_SCRATCH
from webapp.platform.database import db
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate
from webapp.platform.template_filters import decimal, score, version_name
from worker.cli.group import model
from worker.cli.model_publishing import publish_chosen
from worker.model_files import store as model_store

if TYPE_CHECKING:
    from worker.recognition.evaluation.datasets import Mnist
    from worker.recognition.training.loop import Trained
    from worker.recognition.training.recipes import Recipe

COMBINED = gettext_noop("--all-architectures combines with --recipe and --epochs only.")
MODEL_FILE = click.Path(path_type=Path, dir_okay=False)


@model.command()
@click.option(
    "--architecture",
    type=click.Choice([*ARCHITECTURES]),
    help=gettext_noop("Default: the recipe's."),
)
@click.option(
    "--recipe",
    type=click.Choice(RECIPES_FROM_SCRATCH),
    help=gettext_noop("Default: quick; origin for mlp."),
)
@click.option("--epochs", type=click.IntRange(min=1), help=gettext_noop("Default: the recipe's."))
@click.option(
    "--output", type=MODEL_FILE, help=gettext_noop("Write the network to a .keras or .h5 file.")
)
@click.option(
    "--float16", is_flag=True, help=gettext_noop("Round the weights to what float16 holds exactly.")
)
@click.option("--publish", is_flag=True, help=gettext_noop("Publish it as the live version."))
@click.option(
    "--all-architectures",
    is_flag=True,
    help=gettext_noop("Train one network of each, for the comparison."),
)
def train(
    *,
    architecture: str | None,
    recipe: str | None,
    epochs: int | None,
    output: Path | None,
    float16: bool,
    publish: bool,
    all_architectures: bool,
) -> None:
    """Train a network on MNIST; without --output it becomes a model version."""
    from worker.recognition.training.recipes import RECIPES  # noqa: PLC0415 (TensorFlow)
    from worker.training.trained_version import save_trained, store_version  # noqa: PLC0415

    if all_architectures:
        if architecture or output or publish or float16:
            raise click.UsageError(translate(COMBINED))
        _train_all_architectures(recipe or QUICK, epochs)
        return
    name = recipe or (ARCHITECTURES[architecture].default_recipe if architecture else QUICK)
    mnist = load_mnist_or_fail()
    trained = _train(RECIPES[name].adapted(architecture=architecture, epochs=epochs), mnist)
    if float16:
        trained = trained.rounded_to_float16(mnist)
    click.echo(
        gettext(
            "It reads %(share)s of MNIST's test set right, after %(seconds)s s.",
            share=score(trained.accuracy),
            seconds=decimal(trained.seconds),
        )
    )
    if output:
        save_trained(trained, output)
        click.echo(gettext("Written to %(path)s.", path=output))
    if publish or not output:
        version = store_version(trained, extensions.settings.models_dir)
        click.echo(gettext("Kept as %(version)s.", version=version_name(version)))
        if publish:
            publish_chosen(version)


def _train(recipe: Recipe, mnist: Mnist) -> Trained:
    """Train, and show the progress."""
    # TensorFlow reads this at its import; training is three times as quick with oneDNN.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    from worker.recognition.training.loop import train  # noqa: PLC0415
    from worker.recognition.training.progress import EpochRecord  # noqa: PLC0415

    with _progress() as progress:
        task = f"{recipe.architecture}, {recipe.name}"
        bar = progress.add_task(task, total=recipe.epochs, measures="")

        def show(record: EpochRecord) -> None:
            measures = gettext(
                "loss %(loss)s, validation accuracy %(share)s",
                loss=decimal(record.loss, 4),
                share=score(record.accuracy),
            )
            progress.update(bar, advance=1, measures=measures)

        return train(recipe, mnist, on_epoch=show)


def _train_all_architectures(recipe: str, epochs: int | None) -> None:
    """One version of each architecture, and the pictures on which they disagree."""
    from worker.recognition.training.recipes import RECIPES  # noqa: PLC0415 (TensorFlow)
    from worker.training.comparison import TrainedVersion, compare_versions  # noqa: PLC0415
    from worker.training.trained_version import store_version  # noqa: PLC0415

    mnist = load_mnist_or_fail()
    trained_versions = []
    for architecture in ARCHITECTURES:
        trained = _train(RECIPES[recipe].adapted(architecture=architecture, epochs=epochs), mnist)
        version = store_version(trained, extensions.settings.models_dir)
        click.echo(
            gettext(
                "Version %(number)s is %(architecture)s: %(share)s.",
                number=version.id,
                architecture=architecture,
                share=score(trained.accuracy),
            )
        )
        trained_versions.append(TrainedVersion(version.id, trained))
    disagreements = compare_versions(trained_versions, mnist, extensions.settings.models_dir)
    click.echo(
        gettext(
            "They disagree on %(count)s of %(all)s test pictures.",
            count=decimal(disagreements),
            all=decimal(len(mnist.test_labels)),
        )
    )


def load_mnist_or_fail() -> Mnist:
    """Raises ClickException where MNIST is not to be had."""
    from worker.recognition.evaluation.datasets import MissingDataError, load_mnist  # noqa: PLC0415

    try:
        return load_mnist(extensions.settings.mnist_path)
    except MissingDataError as error:
        raise click.ClickException(str(error)) from error


@model.command("list")
def list_versions() -> None:
    """List the model versions, newest first."""
    table = Table(
        gettext("version"),
        gettext("origin"),
        gettext("architecture"),
        gettext("parameters"),
        gettext("accuracy"),
        gettext("publication"),
    )
    live = db.session.scalar(ModelVersion.current())
    for version in db.session.scalars(ModelVersion.newest_first()):
        published = f"{version.published_at:%Y-%m-%d %H:%M}" if version.published_at else ""
        table.add_row(
            str(version.id),
            translate(version.origin),
            version.architecture,
            decimal(version.parameters),
            "" if version.accuracy is None else score(version.accuracy),
            gettext("%(time)s (live)", time=published)
            if live and version.id == live.id
            else published,
        )
    Console().print(table)


@model.command()
@click.argument("path", metavar="FILE", type=MODEL_FILE)
@click.option("--version", "version_id", type=int, help=gettext_noop("Default: the live one."))
def export(path: Path, version_id: int | None) -> None:
    """Write a version's network to FILE, as .keras or .h5 by its ending."""
    from worker.recognition.network.files import ModelFileError, load, save  # noqa: PLC0415
    from worker.recognition.network.model_card import read_card  # noqa: PLC0415

    version = _version(version_id)
    try:
        source = model_store.verified_file(extensions.settings.models_dir, version)
        network, calibration = load(source)
        card = read_card(source)
        save(network, path, calibration, scores=card.scores if card else None)
    except (model_store.WrongFileError, ModelFileError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(gettext("Version %(number)s is written to %(path)s.", number=version.id, path=path))


@model.command()
def install() -> None:
    """Make the model that ships a version, and publish it where no other is."""
    try:
        version = model_store.install_shipped(extensions.settings.models_dir)
    except (OSError, model_store.UnknownFileError) as error:
        raise click.ClickException(
            gettext("The model that ships cannot be installed: %(error)s", error=error)
        ) from error
    click.echo(
        gettext("Installed as %(version)s.", version=version_name(version))
        if version
        else gettext("The shipped model is installed.")
    )


def _version(version_id: int | None) -> ModelVersion:
    if version_id is None:
        version = db.session.scalar(ModelVersion.current())
    else:
        version = db.session.get(ModelVersion, version_id)
    if version is None:
        raise click.ClickException(gettext("There is no such version; see: flask model list"))
    return version


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[measures]}"),
    )
