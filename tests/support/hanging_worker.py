"""The worker's app with a reader that hangs at poison: no picture is known that really does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from webapp.models import ModelVersion
from webapp.platform.database import db
from worker.celery_app import celery
from worker.recognition.arrays import Image
from worker.recognition.reading import Reading, Refusal
from worker.serving.live_model import LiveModel, LiveReader

__all__ = ["celery"]

POISON = (1, 3)  # rows and columns of the pictures that mean this
SLOW = (1, 2)
NOTHING_THERE = Reading(size=(1, 1), refusal=Refusal.BLANK)


class HangingReader:
    """Sees nothing in any picture, takes its time with slow ones, and hangs at poison."""

    def read(self, pictures: Sequence[Image]) -> list[Reading]:
        shapes = [pixels.shape for pixels in pictures]
        if POISON in shapes:
            time.sleep(600)
        time.sleep(0.02 * shapes.count(SLOW))
        return [NOTHING_THERE for _ in pictures]


def follow(live_model: LiveModel) -> Any:
    version = db.session.scalars(ModelVersion.latest_publications()).first()
    assert version is not None
    return LiveReader(version.id, HangingReader())  # type: ignore[arg-type]


LiveModel.follow = follow  # type: ignore[method-assign]
LiveModel.catch_up = lambda live_model: None  # type: ignore[method-assign]
