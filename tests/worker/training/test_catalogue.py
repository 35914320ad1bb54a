"""The catalogue names exactly the architectures and recipes that there are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from webapp.models.catalogue import ARCHITECTURES, QUICK, RECIPES, RECIPES_FROM_SCRATCH
from worker.recognition.evaluation.datasets import Mnist
from worker.recognition.network import architectures
from worker.recognition.training.recipes import RECIPES as DEFINED_RECIPES


def test_every_architecture_can_be_built_and_every_one_is_in_the_catalogue() -> None:
    assert set(ARCHITECTURES) == set(architectures.ARCHITECTURES)
    for name in ARCHITECTURES:
        assert architectures.build(name).name == name


def test_every_recipe_is_defined_and_every_one_is_in_the_catalogue() -> None:
    assert set(RECIPES) == set(DEFINED_RECIPES)
    for name, recipe in RECIPES.items():
        assert DEFINED_RECIPES[name].name == name
        assert DEFINED_RECIPES[name].tunes == recipe.tunes


def test_the_catalogue_knows_the_work_of_every_recipe(mnist: Mnist) -> None:
    """The estimates multiply it by the measured time of a picture."""
    trained_on = 58_000  # all of MNIST's training set but the validation pictures
    part = replace(
        mnist,
        train_images=np.zeros((trained_on, 1, 1), np.uint8),
        train_labels=np.zeros(trained_on, np.uint8),
    )
    for name, recipe in RECIPES.items():
        defined = DEFINED_RECIPES[name]
        assert recipe.epochs == sum(stage.epochs for stage in defined.stages())
        assert recipe.steps == defined.steps_on(part)
        shown = defined.batch + defined.outliers + defined.drawn + defined.varied
        assert recipe.pictures == shown


def test_the_command_line_offers_what_trains_from_random_weights() -> None:
    assert QUICK in RECIPES_FROM_SCRATCH
    assert set(RECIPES) - set(RECIPES_FROM_SCRATCH) == {"fine-tune"}


def test_a_recipe_of_one_architecture_is_its_default() -> None:
    for name, recipe in RECIPES.items():
        if recipe.architecture:
            assert DEFINED_RECIPES[name].architecture == recipe.architecture
            assert ARCHITECTURES[recipe.architecture].default_recipe == name
