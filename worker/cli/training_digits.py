"""`flask model sample-training-digits`: the digits of MNIST that explanations compare with."""

from __future__ import annotations

from pathlib import Path

import click
from flask_babel import gettext

from webapp.platform.template_filters import decimal, file_size
from worker.cli.group import model
from worker.cli.model import load_mnist_or_fail
from worker.model_files.store import TRAINING_DIGITS


@model.command("sample-training-digits")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=TRAINING_DIGITS,
    show_default=True,
)
def sample_training_digits(output: Path) -> None:
    """Write a sample of MNIST's training set, as many digits of each label."""
    from worker.recognition.explanation.nearest import choose_training_digits  # noqa: PLC0415

    digits = choose_training_digits(load_mnist_or_fail())
    digits.save(output)
    size = output.stat().st_size
    click.echo(
        gettext(
            "%(count)s digits, %(size)s, written to %(path)s.",
            count=decimal(len(digits.labels)),
            size=file_size(size),
            path=output,
        )
    )
