"""A fine-tuning with 200 corrections: how long it takes, what it learns and what it forgets.

Run it with `MNIST_PATH=… python -m benchmarks.fine_tune [STYLE]`. The shipped model is the
champion; people correct a style of writing that it gets wrong; the trainer does the rest, as
it would for an admin.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

# As in the training worker; read by TensorFlow at its import.
os.environ.update(TF_ENABLE_ONEDNN_OPTS="1", TF_NUM_INTRAOP_THREADS="2")

import cv2
import numpy as np
from sqlalchemy.orm import Session

from benchmarks.styles import STYLES, hardest_style, share_right, written
from webapp.app import create_app
from webapp.models import Correction, Digit, ModelVersion, Prediction, TrainingRun, Verdict
from webapp.platform.database import db, writing
from webapp.settings import Settings
from worker.model_files.store import install_shipped
from worker.recognition.network.classifier import Classifier
from worker.training import runner
from worker.training.correction_dataset import load_corrections

TAUGHT = 200  # corrections that are trained on; as many again for each five are held out


def main(style: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(
            Settings(secret_key="only for this benchmark"),
            data_dir=Path(folder),
            mnist_path=Path(os.environ["MNIST_PATH"]),
        )
        with create_app(settings).app_context():
            db.create_all()
            install_shipped(settings.models_dir)
            measure(settings, style)


def measure(settings: Settings, style: str | None) -> None:
    random = np.random.default_rng(seed=11)
    champion = classifier_of(1, settings)
    style = style or hardest_style(champion, random)
    taught = teach(style, random)
    unseen = written(style, 500, random)
    run_id = queue_run()
    worked = time.process_time()
    runner.carry_out(run_id, settings, threading.Event())
    worked = time.process_time() - worked

    with Session(db.engine) as session:
        run = session.get_one(TrainingRun, run_id)
        if not run.versions:
            print(f"The run ended as {run.status}: {run.reason}")
            return
        assert run.started_at and run.finished_at
        seconds = (run.finished_at - run.started_at).total_seconds()
        [version] = run.versions
        assert version.evaluation
        summary, published = version.evaluation["summary"], bool(version.publications)
        results = {dataset["name"]: dataset for dataset in version.evaluation["results"]}
        epochs = run.epochs
    challenger = classifier_of(version.id, settings)
    print(f"The style: {style}. {taught}")
    print(f"From start to end: {seconds:.1f} s (at most 90); {worked:.1f} s of processor time")
    print("  epochs: " + ", ".join(f"{epoch['seconds']:.1f} s" for epoch in epochs))
    for name, dataset in results.items():
        before, after = dataset["champion"], dataset["challenger"]
        print(
            f"{name}, {dataset['count']:,}: {before['accuracy']:.2%} to {after['accuracy']:.2%}, "
            f"calibration error {before['calibration_error']:.4f} to "
            f"{after['calibration_error']:.4f}"
        )
    print(
        f"500 unseen pictures of the style: {share_right(champion, style, unseen):.1%} to "
        f"{share_right(challenger, style, unseen):.1%}"
    )
    for other in STYLES:
        pictures = written(other, 200, random)
        before, after = (share_right(one, other, pictures) for one in (champion, challenger))
        print(f"  {other}: {before:.1%} to {after:.1%}")
    print(f"Published: {published}. " + " ".join(summary))


def teach(style: str, random: np.random.Generator) -> str:
    """Approved corrections of a style, as people and an admin leave them; says how many."""
    label, _ = STYLES[style]
    used = validation = 0
    while used < TAUGHT:
        with writing() as session:
            for image in written(style, 50, random):
                correction = corrected(session, image, label)
                if correction.is_validation:
                    validation += 1
                elif used < TAUGHT:
                    used += 1
                else:
                    session.delete(correction)
    with Session(db.engine) as session:
        assert len(load_corrections(session).training_part) == used
    return f"{used} corrections to learn from, {validation} held out."


def corrected(session: Session, image: np.ndarray, label: int) -> Correction:
    """One picture that was read wrongly, corrected and approved."""
    digit = Digit(
        position=0, label=(label + 1) % 10, confidence=0.4, probabilities=[0.1] * 10,
        x=0, y=0, width=28, height=28, ink_png=cv2.imencode(".png", image)[1].tobytes(),
    )  # fmt: skip
    prediction = Prediction(
        owner_id="somebody", filename="a.png", media_type="image/png", width=28, height=28
    )
    prediction.succeed([digit], number=str(digit.label), by=session.get_one(ModelVersion, 1))
    session.add(prediction)
    session.flush()
    correction = Correction.of(digit, label, owner_id="somebody")
    correction.verdict = Verdict.APPROVED
    session.add(correction)
    session.flush()
    return correction


def queue_run() -> int:
    with writing() as session:
        run = TrainingRun(recipe="fine-tune")
        session.add(run)
        session.flush()
        return run.id


def classifier_of(version_id: int, settings: Settings) -> Classifier:
    with Session(db.engine) as session:
        version = session.get_one(ModelVersion, version_id)
        return Classifier.load(settings.models_dir / version.filename)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
