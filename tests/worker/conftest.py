"""What the worker's tests share: a tiny real network, an app with a real database, a real Redis."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.support.networks import tiny_mnist, train_tiny_network, write_mnist
from tests.support.servers import RedisServer
from webapp.app import create_app
from webapp.platform.database import db
from webapp.settings import Settings
from worker.recognition.evaluation.datasets import Mnist
from worker.serving.live_model import LiveModel


@pytest.fixture(scope="session")
def mnist() -> Mnist:
    return tiny_mnist()


@pytest.fixture(scope="session")
def mnist_file(mnist: Mnist, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mnist(mnist, tmp_path_factory.mktemp("mnist") / "mnist.npz")


@pytest.fixture(scope="session")
def network(mnist: Mnist, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_tiny_network(mnist, tmp_path_factory.mktemp("network") / "one.keras")


@pytest.fixture(scope="session")
def another_network(mnist: Mnist, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("network") / "another.keras"
    return train_tiny_network(mnist, path, seed=2)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def settings(
    tmp_path: Path, database_url: str, redis_server: RedisServer, mnist_file: Path
) -> Settings:
    return Settings(
        secret_key="a secret for the tests",
        data_dir=tmp_path,
        database_url=database_url,
        redis_url=redis_server.url,
        lease=timedelta(seconds=60),  # a busy machine takes long for a batch
        mnist_path=mnist_file,
    )


@pytest.fixture
def app(settings: Settings, redis_server: RedisServer) -> Iterator[Flask]:
    """An app with an empty database and an empty queue, and its context."""
    redis_server.client.flushall()
    app = create_app(settings)
    app.extensions["cifra_live_model"] = LiveModel(settings.models_dir)
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()
