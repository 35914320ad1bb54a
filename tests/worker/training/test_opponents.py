"""The opponents of a challenger: the live version, and the best one that was ever published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from tests.support.records import stored_version
from webapp.models import ModelVersion
from webapp.platform.database import writing
from webapp.settings import Settings
from worker.recognition.evaluation.datasets import VALIDATION_PICTURES, Mnist
from worker.recognition.network import files as model_file
from worker.recognition.training.recipes import RECIPES
from worker.training import opponents
from worker.training.opponents import load_opponents


@pytest.fixture(scope="module")
def worse_network(network: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The network with two digits mixed up."""
    model, calibration = model_file.load(network)
    *layers, last, bias = model.get_weights()
    order = [1, 0, *range(2, 10)]
    model.set_weights([*layers, last[:, order], bias[order]])
    path = tmp_path_factory.mktemp("network") / "worse.keras"
    model_file.save(model, path, calibration, scores={"accuracy": 0.8})
    return path


def test_the_best_version_ever_published_stays_an_opponent(
    app: Flask, network: Path, worse_network: Path, mnist: Mnist, settings: Settings
) -> None:
    best = stored_version(network)
    worse = stored_version(worse_network)

    loaded = load_opponents(mnist, settings.models_dir)

    assert loaded.live_id == worse.id
    assert loaded.champion is not None and loaded.champion.version_id == worse.id
    assert loaded.best is not None and loaded.best.version_id == best.id


def test_a_live_version_that_is_the_best_is_the_only_opponent(
    app: Flask, network: Path, worse_network: Path, mnist: Mnist, settings: Settings
) -> None:
    stored_version(worse_network)
    best = stored_version(network)

    loaded = load_opponents(mnist, settings.models_dir)

    assert loaded.champion is not None and loaded.champion.version_id == best.id
    assert loaded.best is None


def test_a_version_that_was_never_published_is_no_opponent(
    app: Flask, network: Path, mnist: Mnist, settings: Settings
) -> None:
    stored_version(network, published=False)

    loaded = load_opponents(mnist, settings.models_dir)

    assert (loaded.live_id, loaded.champion, loaded.best) == (None, None, None)


def test_a_network_from_elsewhere_is_never_the_best(
    app: Flask, network: Path, worse_network: Path, mnist: Mnist, settings: Settings
) -> None:
    imported = stored_version(network)
    with writing() as session:
        session.get_one(ModelVersion, imported.id).origin = "imported"
    stored_version(worse_network)

    assert load_opponents(mnist, settings.models_dir).best is None


def test_a_published_version_is_scored_once(
    app: Flask,
    network: Path,
    another_network: Path,
    mnist: Mnist,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored_version(network)
    stored_version(another_network)
    load_opponents(mnist, settings.models_dir)

    def fail(*_: object) -> None:
        raise AssertionError("It is scored again.")

    monkeypatch.setattr(opponents, "predict_labels", fail)
    load_opponents(mnist, settings.models_dir)


def test_no_recipe_trains_on_the_validation_pictures() -> None:
    images = np.zeros((60_000, 1, 1), np.uint16)
    images[:, 0, 0] = np.arange(60_000)
    mnist = Mnist(images, np.zeros(60_000, np.uint8), images[:0], np.zeros(0, np.uint8))

    for recipe in RECIPES.values():
        trained_on, _, _ = mnist.validation_split(min(recipe.validation_split, len(mnist) // 5))
        assert not np.isin(mnist.validation_images, trained_on.train_images).any()
    assert len(mnist.validation_images) == VALIDATION_PICTURES
