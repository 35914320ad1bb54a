"""The chapters, in their order. Their texts are templates/learn/chapters/NAME.LANGUAGE.html."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.messages import gettext_noop


@dataclass(frozen=True)
class Chapter:
    """One chapter; title and summary are marked for translation."""

    name: str
    title: str
    summary: str


CHAPTERS: Sequence[Chapter] = (
    Chapter(
        "examples",
        gettext_noop("Learning from examples"),
        gettext_noop("Nobody writes down what a 7 looks like. A network finds it out."),
    ),
    Chapter(
        "prediction",
        gettext_noop("Training and prediction"),
        gettext_noop("Two different things, at two different times."),
    ),
    Chapter(
        "neuron",
        gettext_noop("A neuron"),
        gettext_noop("Products, a sum, a bias and an activation: nothing else."),
    ),
    Chapter(
        "layers",
        gettext_noop("Layers"),
        gettext_noop("What one layer finds, the next one puts together."),
    ),
    Chapter(
        "mlp",
        gettext_noop("The multilayer perceptron"),
        gettext_noop("Every pixel has a weight to every unit, and no pixel has neighbours."),
    ),
    Chapter(
        "convolution",
        gettext_noop("Convolution"),
        gettext_noop("A small filter that slides over the picture."),
    ),
    Chapter(
        "recurrence",
        gettext_noop("Recurrence"),
        gettext_noop("Reading row by row, with a memory."),
    ),
    Chapter(
        "attention",
        gettext_noop("Attention"),
        gettext_noop("Every patch looks at all others."),
    ),
    Chapter(
        "loss",
        gettext_noop("Loss and gradient descent"),
        gettext_noop("A number for how wrong it is, and a way downhill."),
    ),
    Chapter(
        "overfitting",
        gettext_noop("Overfitting and dropout"),
        gettext_noop("Learning by heart is not understanding."),
    ),
    Chapter(
        "confusion",
        gettext_noop("The confusion matrix"),
        gettext_noop("Not only how often it errs, but with what."),
    ),
    Chapter(
        "bias",
        gettext_noop("Data and bias"),
        gettext_noop("A network knows the handwriting that it was shown."),
    ),
)
BY_NAME = {chapter.name: chapter for chapter in CHAPTERS}


def neighbours(chapter: Chapter) -> tuple[Chapter | None, Chapter | None]:
    """The chapters before and after."""
    index = CHAPTERS.index(chapter)
    before = CHAPTERS[index - 1] if index else None
    after = CHAPTERS[index + 1] if index + 1 < len(CHAPTERS) else None
    return before, after
