"""`flask model …`: train, evaluate, list, export and install models from the terminal."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from webapp.models import ModelVersion
from webapp.models.catalogue import ARCHITECTURES, QUICK, RECIPES_FROM_SCRATCH
from webapp.platform.database import db
from webapp.platform.extensions import extensions
from worker.cli.group import model
from worker.cli.model_publishing import publish_chosen
from worker.model_files import store as model_store

if TYPE_CHECKING:
    from worker.recognition.evaluation.datasets import Mnist
    from worker.recognition.training.loop import Trained
    from worker.recognition.training.recipes import Recipe

REPORT = "reports/evaluation.html"
MODEL_FILE = click.Path(path_type=Path, dir_okay=False)


@model.command()
@click.option("--architecture", type=click.Choice([*ARCHITECTURES]), help="Default: the recipe's.")
@click.option(
    "--recipe", type=click.Choice(RECIPES_FROM_SCRATCH), help="Default: quick; origin for mlp."
)
@click.option("--epochs", type=click.IntRange(min=1), help="Default: the recipe's.")
@click.option("--output", type=MODEL_FILE, help="Write the network to a .keras or .h5 file.")
@click.option("--float16", is_flag=True, help="Round the weights to what float16 holds exactly.")
@click.option("--publish", is_flag=True, help="Publish it as the live version.")
@click.option(
    "--all-architectures", is_flag=True, help="Train one network of each, for the comparison."
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
            raise click.UsageError("--all-architectures combines with --recipe and --epochs only.")
        _train_all_architectures(recipe or QUICK, epochs)
        return
    name = recipe or (ARCHITECTURES[architecture].default_recipe if architecture else QUICK)
    mnist = load_mnist_or_fail()
    trained = _train(RECIPES[name].adapted(architecture=architecture, epochs=epochs), mnist)
    if float16:
        trained = trained.rounded_to_float16(mnist)
    click.echo(
        f"It reads {trained.accuracy:.2%} of MNIST's test set right, after {trained.seconds:.0f} s."
    )
    if output:
        save_trained(trained, output)
        click.echo(f"Written to {output}.")
    if publish or not output:
        version = store_version(trained, extensions.settings.models_dir)
        click.echo(f"Kept as {version.name}.")
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
            measures = f"loss {record.loss:.4f}, validation accuracy {record.accuracy:.2%}"
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
        click.echo(f"{version.name.capitalize()} is {architecture}: {trained.accuracy:.2%}.")
        trained_versions.append(TrainedVersion(version.id, trained))
    disagreements = compare_versions(trained_versions, mnist, extensions.settings.models_dir)
    click.echo(f"They disagree on {disagreements:,} of {len(mnist.test_labels):,} test pictures.")


def load_mnist_or_fail() -> Mnist:
    """Raises ClickException where MNIST is not to be had."""
    from worker.recognition.evaluation.datasets import MissingDataError, load_mnist  # noqa: PLC0415

    try:
        return load_mnist(extensions.settings.mnist_path)
    except MissingDataError as error:
        raise click.ClickException(str(error)) from error


@model.command()
@click.argument("path", metavar="[FILE]", type=MODEL_FILE, required=False)
@click.option(
    "--photos",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="PHOTOS_PATH",
    help="Labelled photos with their manifest.csv. Default: PHOTOS_PATH.",
)
@click.option("--report", "page", type=MODEL_FILE, default=REPORT, show_default=True)
def evaluate(path: Path | None, photos: Path | None, page: Path) -> None:
    """Score a model file (default: the live version, or the one that ships) on MNIST and photos."""
    from worker.model_files.inspection import SuspectFileError, inspect  # noqa: PLC0415
    from worker.recognition.evaluation.datasets import MissingDataError, load_mnist  # noqa: PLC0415
    from worker.recognition.evaluation.metrics import read_all, score  # noqa: PLC0415
    from worker.recognition.evaluation.photo_sets import read_photo_sets  # noqa: PLC0415
    from worker.recognition.evaluation.report import Report  # noqa: PLC0415
    from worker.recognition.network.classifier import Classifier  # noqa: PLC0415 - TensorFlow takes seconds
    from worker.recognition.network.files import ModelFileError  # noqa: PLC0415
    from worker.recognition.reader import Reader  # noqa: PLC0415
    from worker.serving.pixels import foreign_pixels  # noqa: PLC0415

    try:
        if path:
            inspect(path)
        else:
            path = model_store.files_to_read_with(extensions.settings.models_dir)[0]
        classifier = Classifier.load(path)
    except (OSError, SuspectFileError, ModelFileError) as error:
        raise click.ClickException(str(error)) from error
    try:
        mnist = load_mnist(extensions.settings.mnist_path)
        scorecard = score(classifier, mnist.test_images, mnist.test_labels)
    except MissingDataError as error:
        click.echo(str(error), err=True)
        scorecard = None
    pictures = read_photo_sets(photos) if photos else ()
    decode = partial(foreign_pixels, max_pixels=extensions.settings.max_pixels)
    outcomes = read_all(Reader(classifier), pictures, decode)
    report = Report.of(path.name, scorecard, outcomes)
    click.echo(report.table())
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(report.page(decode), encoding="utf-8")
    click.echo(f"The report with every error is {page}.")


@model.command("list")
def list_versions() -> None:
    """List the model versions, newest first."""
    table = Table("version", "origin", "architecture", "parameters", "accuracy", "published")
    live = db.session.scalar(ModelVersion.current())
    for version in db.session.scalars(ModelVersion.newest_first()):
        published = f"{version.published_at:%Y-%m-%d %H:%M}" if version.published_at else ""
        table.add_row(
            str(version.id),
            version.origin,
            version.architecture,
            f"{version.parameters:,}",
            "" if version.accuracy is None else f"{version.accuracy:.2%}",
            f"{published} (live)" if live and version.id == live.id else published,
        )
    Console().print(table)


@model.command()
@click.argument("path", metavar="FILE", type=MODEL_FILE)
@click.option("--version", "version_id", type=int, help="Default: the live one.")
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
    click.echo(f"{version.name.capitalize()} is written to {path}.")


@model.command()
def install() -> None:
    """Make the model that ships a version, and publish it where no other is."""
    try:
        version = model_store.install_shipped(extensions.settings.models_dir)
    except (OSError, model_store.UnknownFileError) as error:
        raise click.ClickException(f"The model that ships cannot be installed: {error}") from error
    click.echo(f"Installed as {version.name}." if version else "The shipped model is installed.")


def _version(version_id: int | None) -> ModelVersion:
    if version_id is None:
        version = db.session.scalar(ModelVersion.current())
    else:
        version = db.session.get(ModelVersion, version_id)
    if version is None:
        raise click.ClickException("There is no such version; see: flask model list")
    return version


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[measures]}"),
    )
