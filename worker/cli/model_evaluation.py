"""`flask model evaluate`: the scores of a model file, and a report with every error."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click
from flask_babel import gettext

from webapp.messages import gettext_noop
from webapp.platform.extensions import extensions
from worker.cli.group import model
from worker.model_files import store as model_store
from worker.model_files.strings import shipped_strings

REPORT = "reports/evaluation.html"
MODEL_FILE = click.Path(path_type=Path, dir_okay=False)


@model.command()
@click.argument("path", metavar="[FILE]", type=MODEL_FILE, required=False)
@click.option(
    "--photos",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    envvar="PHOTOS_PATH",
    help=gettext_noop("Labelled photos with their manifest.csv. Default: PHOTOS_PATH."),
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
    outcomes = read_all(Reader(classifier, shipped_strings()), pictures, decode)
    report = Report.of(path.name, scorecard, outcomes)
    click.echo(report.table())
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(report.page(decode), encoding="utf-8")
    click.echo(gettext("The report with every error is %(path)s.", path=page))
