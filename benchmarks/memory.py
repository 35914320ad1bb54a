"""The memory of a worker over ten swaps. Run it with `python -m benchmarks.memory`."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.stream import publish, second_version
from webapp.app import create_app
from webapp.models import PublicationTrigger
from webapp.platform.database import db
from webapp.settings import Settings
from worker.model_files.store import install_shipped
from worker.serving.live_model import LiveModel

SWAPS = 10


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings(secret_key="only for this benchmark"), data_dir=Path(folder))
        with create_app(settings).app_context():
            db.create_all()
            install_shipped(settings.models_dir)
            versions = 1, second_version(settings).id
            live_model = LiveModel(settings.models_dir)
            megabytes = [swap(live_model, versions[number % 2]) for number in range(SWAPS + 2)]
    after_second = megabytes[1]
    print("MB after each swap: " + ", ".join(f"{size:.0f}" for size in megabytes))
    print(f"From the second on: {megabytes[-1] / after_second - 1:+.1%} (at most +5 %)")


def swap(live_model: LiveModel, version_id: int) -> float:
    """Publish, follow, read a little; the resident memory then, in MB."""
    publish(version_id, PublicationTrigger.CHOSEN)
    live_model.catch_up()
    live = live_model.follow()
    assert live is not None and live.version_id == version_id
    live.reader.classifier.classify(np.zeros((32, 28, 28), np.float32))
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return resident * 4096 / 1e6


if __name__ == "__main__":
    main()
