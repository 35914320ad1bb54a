"""The catalogue names exactly the architectures and recipes that there are."""

from __future__ import annotations

from webapp.models.catalogue import ARCHITECTURES, QUICK, RECIPES, RECIPES_FROM_SCRATCH, WEB_RECIPES
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


def test_the_page_and_the_command_line_offer_recipes_of_the_catalogue() -> None:
    assert QUICK in RECIPES_FROM_SCRATCH
    assert {*WEB_RECIPES, *RECIPES_FROM_SCRATCH} == set(RECIPES)
