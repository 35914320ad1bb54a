"""The catalogue: the architectures and the training recipes that Cifra knows by name.

The networks are built in `worker.recognition.network.architectures`, the recipes are defined in
`worker.recognition.training.recipes`; a test holds both to this catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass

FINE_TUNE = "fine-tune"


@dataclass(frozen=True)
class Architecture:
    """A family of networks."""

    name: str
    idea: str  # how it looks at a picture, for somebody who never built a network


@dataclass(frozen=True)
class TrainingRecipe:
    """A training recipe by its name."""

    name: str
    estimated_seconds: float  # on two cores, until a run of it has shown better


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            "cnn",
            "Small filters slide over the picture and find strokes, then shapes made of strokes.",
        ),
        Architecture(
            "mlp", "Weighs every pixel by itself, blind to which pixels lie side by side."
        ),
        Architecture(
            "rnn", "Reads the picture row by row, from the top and from the bottom, and remembers."
        ),
        Architecture(
            "transformer",
            "Cuts the picture into 49 patches, and lets each patch look at all the others.",
        ),
    )
}
# The recipes of the Retrain page, and the one that only the command line offers.
WEB_RECIPES = {
    recipe.name: recipe
    for recipe in (
        TrainingRecipe(FINE_TUNE, 90),
        TrainingRecipe("quick", 300),
        TrainingRecipe("full", 3600),
    )
}
RECIPES_FROM_SCRATCH = ("quick", "full", "origin")


def idea_of(architecture: str) -> str:
    """The architecture's idea in one sentence, also for an imported network."""
    known = ARCHITECTURES.get(architecture)
    return known.idea if known else "A network that was imported."


def estimated_seconds(recipe: str) -> float:
    """The duration to expect of a recipe that has never run here, in seconds."""
    return WEB_RECIPES.get(recipe, WEB_RECIPES["quick"]).estimated_seconds
