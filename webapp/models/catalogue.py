"""The catalogue: the architectures and the training recipes that Cifra knows by name.

The networks are built in `worker.recognition.network.architectures`, the recipes are defined in
`worker.recognition.training`; `tests/worker/training/test_catalogue.py` compares both with this
catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.messages import gettext_noop

FINE_TUNE = "fine-tune"
QUICK = "quick"  # it also replaces a fine-tuning where no network can be fine-tuned
ORIGIN = "origin"  # the recipe that the project began with, for its dense network


@dataclass(frozen=True)
class Architecture:
    """A family of networks."""

    name: str
    idea: str  # how it reads a picture, for people who have never built a network
    default_recipe: str = QUICK
    relative_cost: float = 1.0  # the CPU time of a training step, measured as a share of the cnn's


@dataclass(frozen=True)
class TrainingRecipe:
    """A training recipe by its name."""

    name: str
    estimated_seconds: float  # on two cores, until anything was trained on this machine
    epochs: int
    steps: int  # an epoch, on all of MNIST
    pictures: int  # a step, without corrections
    tunes: bool = False  # whether it goes on training the live network
    architecture: str | None = None  # the only one that it trains

    @property
    def pictures_an_epoch(self) -> int:
        return self.steps * self.pictures


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            "cnn",
            gettext_noop(
                "Small filters slide over the picture and find strokes, "
                "then shapes made of strokes."
            ),
        ),
        Architecture(
            "small-cnn",
            gettext_noop(
                "The same with fewer filters, so that a browser can compute it while you draw."
            ),
            relative_cost=0.29,
        ),
        Architecture(
            "mlp",
            gettext_noop(
                "Gives every pixel a weight of its own, and ignores which pixels are neighbours."
            ),
            default_recipe=ORIGIN,
            relative_cost=0.08,
        ),
        Architecture(
            "rnn",
            gettext_noop(
                "Reads the picture row by row, from the top and from the bottom, and remembers the "
                "rows before."
            ),
            relative_cost=0.36,
        ),
        Architecture(
            "transformer",
            gettext_noop("Cuts the picture into 49 patches, and compares each with all others."),
            relative_cost=0.67,
        ),
    )
}
RECIPES = {
    recipe.name: recipe
    for recipe in (
        TrainingRecipe(FINE_TUNE, 90, epochs=4, steps=40, pictures=144, tunes=True),
        TrainingRecipe(QUICK, 300, epochs=5, steps=453, pictures=168),
        TrainingRecipe("full", 3600, epochs=64, steps=453, pictures=168),
        TrainingRecipe(ORIGIN, 150, epochs=10, steps=1812, pictures=32, architecture="mlp"),
    )
}
RECIPES_FROM_SCRATCH = tuple(recipe.name for recipe in RECIPES.values() if not recipe.tunes)


def idea_of(architecture: str) -> str:
    """The architecture's idea in one sentence, also for an imported network."""
    known = ARCHITECTURES.get(architecture)
    return known.idea if known else gettext_noop("A network that was imported.")


def estimated_seconds(recipe: str) -> float:
    """The duration to expect of a recipe that has never run here, in seconds."""
    return RECIPES.get(recipe, RECIPES[QUICK]).estimated_seconds
