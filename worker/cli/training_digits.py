"""`flask model sample-training-digits`: the digits of MNIST that explanations compare with."""

from __future__ import annotations

from pathlib import Path

import click
from flask_babel import gettext

from webapp.explanations.files import training_digits_sample
from webapp.messages import gettext_noop
from webapp.platform.extensions import extensions
from webapp.platform.template_filters import decimal, file_size
from worker.cli.group import model
from worker.cli.model import load_mnist_or_fail


@model.command("sample-training-digits")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help=gettext_noop("Where to write it. Default: where explanations look for it."),
)
def sample_training_digits(output: Path | None) -> None:
    """Write a sample of MNIST's training set, as many digits of each label."""
    from worker.recognition.explanation.nearest import choose_training_digits  # noqa: PLC0415

    digits = choose_training_digits(load_mnist_or_fail())
    output = output or training_digits_sample(extensions.settings.models_dir)
    output.parent.mkdir(parents=True, exist_ok=True)
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
