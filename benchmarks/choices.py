"""An ablation of the training recipe: one table, measured on MNIST and on photographs.

Run it with `MNIST_PATH=… PHOTOS_PATH=… python -m benchmarks.choices [epochs] [choice …]`.
Every row is trained from the same seed for the same few epochs, and differs from the row
above it by the choice it names; the last three are the other architectures. Photographs are
counted apart for the sources that nothing is chosen by, which come first.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from worker.recognition.evaluation.datasets import load_mnist
from worker.recognition.evaluation.metrics import Outcome, read_all, score
from worker.recognition.evaluation.photo_sets import read_photo_sets
from worker.recognition.network.classifier import Classifier
from worker.recognition.reader import Reader
from worker.recognition.training.augmentation import Strength
from worker.recognition.training.loop import train
from worker.recognition.training.recipes import RECIPES, Recipe
from worker.serving.pixels import stored_pixels

BASE = replace(RECIPES["quick"], strength=None, outliers=0, drawn=0)
WARPED = replace(BASE, strength=Strength(degraded=0.0))
DEGRADED = replace(WARPED, strength=Strength())
WITH_OUTLIERS = replace(DEGRADED, outliers=RECIPES["quick"].outliers)
CHOICES: dict[str, Recipe] = {
    "MNIST as it is": BASE,
    "+ warp": WARPED,
    "+ degradation": DEGRADED,
    "+ outliers": WITH_OUTLIERS,
    "+ synthetic digits": RECIPES["quick"],
    "mlp": replace(RECIPES["quick"], architecture="mlp"),
    "rnn": replace(RECIPES["quick"], architecture="rnn"),
    "transformer": replace(RECIPES["quick"], architecture="transformer"),
}


def main(epochs: int, names: list[str]) -> None:
    mnist = load_mnist(Path(os.environ["MNIST_PATH"]))
    pictures = list(read_photo_sets(Path(os.environ["PHOTOS_PATH"])))
    print(
        "| choice | parameters | seconds | MNIST | digits right | digits wrong "
        "| no digits refused | the same, chosen by | | |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in names:
        trained = train(CHOICES[name].adapted(epochs=epochs), mnist)
        classifier = Classifier(trained.model, trained.calibration)
        on_mnist = score(classifier, mnist.test_images, mnist.test_labels)
        outcomes = read_all(Reader(classifier), pictures, stored_pixels)
        cells = [
            name,
            f"{trained.model.count_params():,}",
            f"{trained.seconds:.0f}",
            f"{on_mnist.accuracy:.2%}",
            *_shares([outcome for outcome in outcomes if outcome.picture.is_kept_apart]),
            *_shares([outcome for outcome in outcomes if not outcome.picture.is_kept_apart]),
        ]
        print("| " + " | ".join(cells) + " |", flush=True)


def _shares(outcomes: list[Outcome]) -> list[str]:
    """Of single digits read right and read wrong, and of no digits refused."""
    digits = [outcome for outcome in outcomes if len(outcome.truth) == 1]
    others = [outcome for outcome in outcomes if not outcome.picture.is_digit]
    return [
        _share(digits, lambda outcome: outcome.is_right),
        _share(digits, lambda outcome: not outcome.is_right and not outcome.is_refused),
        _share(others, lambda outcome: outcome.is_refused),
    ]


def _share(outcomes: list[Outcome], question: Callable[[Outcome], bool]) -> str:
    return f"{sum(question(outcome) for outcome in outcomes) / len(outcomes):.1%}"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2:] or list(CHOICES))
