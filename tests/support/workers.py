"""A crew: real workers on a Redis of their own, and the app whose pictures they read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask

from tests.support.servers import RedisServer, Worker, wait_until
from webapp.app import create_app
from webapp.platform.database import db
from webapp.platform.extensions import Extensions
from webapp.platform.task_queue import TaskQueue
from webapp.settings import Settings


@dataclass
class Workers:
    """Prediction workers, and the Redis between them and us."""

    app: Flask
    redis: RedisServer
    workers: list[Worker]
    ends: ExitStack  # what is undone when the crew goes home

    @property
    def settings(self) -> Settings:
        return Extensions.of(self.app).settings

    @property
    def queue(self) -> TaskQueue:
        return Extensions.of(self.app).queue

    def start(self) -> None:
        """Start the workers, and wait until all answer with what is published."""
        for worker in self.workers:
            worker.start()
            self.ends.callback(worker.stop)
        wait_until(lambda: all("Answering with" in worker.words for worker in self.workers))


@contextmanager
def workers_in(folder: Path, *, workers: int, **changes: Any) -> Iterator[Workers]:
    """A crew yet to be started, in the app's context; in the end its processes are stopped."""
    redis = RedisServer(folder)
    settings = replace(
        Settings(secret_key="only for tests and benchmarks"),
        data_dir=folder,
        redis_url=redis.url,
        **changes,
    )
    app = create_app(settings)
    names = [f"worker-{number}" for number in range(workers)]
    with ExitStack() as ends:
        redis.start()
        ends.callback(redis.kill)
        ends.enter_context(app.app_context())
        db.create_all()
        ends.callback(db.engine.dispose)
        ends.callback(db.session.remove)
        yield Workers(app, redis, [Worker(settings, name) for name in names], ends)
