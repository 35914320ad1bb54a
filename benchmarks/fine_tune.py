"""A fine-tuning with 200 corrections: its duration, and the accuracy before and after.

Run it with `MNIST_PATH=… python -m benchmarks.fine_tune [STYLE]`. The shipped model is the
champion, and all corrections are of one style of writing that it misreads.
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

from benchmarks.styles import STYLES, drawn, hardest_style, share_right
from webapp.app import create_app
from webapp.models import (
    Correction,
    Digit,
    Evaluation,
    ModelVersion,
    Prediction,
    TrainingRun,
    Verdict,
)
from webapp.platform.database import db, writing
from webapp.settings import Settings
from worker.model_files.store import install_shipped
from worker.recognition.network.classifier import Classifier
from worker.training import runner
from worker.training.correction_dataset import load_corrections

TRAINING_CORRECTIONS = 200  # one in five more is for validation


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
    training, validation = add_corrections(style, random)
    unseen = drawn(style, 500, random)
    run_id = queue_run()
    began = time.process_time()
    runner.carry_out(run_id, settings, threading.Event())
    processor_seconds = time.process_time() - began

    with Session(db.engine) as session:
        run = session.get_one(TrainingRun, run_id)
        print(f"The style: {style}. {training} training and {validation} validation corrections.")
        print_run(run, processor_seconds)
        if not run.versions:
            return
        [version] = run.versions
        assert version.evaluation
        print_evaluation(Evaluation.from_json(version.evaluation))
        challenger = classifier_of(version.id, settings)
        print(f"Published: {bool(version.publications)}")
    print(
        f"500 unseen pictures of the style: {share_right(champion, style, unseen):.1%} to "
        f"{share_right(challenger, style, unseen):.1%}"
    )
    for other in STYLES:
        pictures = drawn(other, 200, random)
        before, after = (share_right(one, other, pictures) for one in (champion, challenger))
        print(f"  {other}: {before:.1%} to {after:.1%}")


def print_run(run: TrainingRun, processor_seconds: float) -> None:
    if run.started_at is None or run.finished_at is None or not run.versions:
        print(f"The run ended as {run.status}: {run.reason}")
        return
    seconds = (run.finished_at - run.started_at).total_seconds()
    print(f"From start to end: {seconds:.1f} s (at most 90); {processor_seconds:.1f} s of CPU")
    print("  epochs: " + ", ".join(f"{epoch['seconds']:.1f} s" for epoch in run.epochs))


def print_evaluation(evaluation: Evaluation) -> None:
    for result in evaluation.results:
        before, after = result.champion, result.challenger
        assert before is not None
        print(
            f"{result.name}, {result.count:,}: {before.accuracy:.2%} to {after.accuracy:.2%}, "
            f"calibration error {before.calibration_error:.4f} to {after.calibration_error:.4f}"
        )
    print(" ".join(evaluation.summary))


def add_corrections(style: str, random: np.random.Generator) -> tuple[int, int]:
    """Add approved corrections of a style; returns how many are for training and validation."""
    label, _ = STYLES[style]
    training = validation = 0
    while training < TRAINING_CORRECTIONS:
        with writing() as session:
            for image in drawn(style, 50, random):
                correction = corrected(session, image, label)
                if correction.is_validation:
                    validation += 1
                elif training < TRAINING_CORRECTIONS:
                    training += 1
                else:
                    session.delete(correction)
    with Session(db.engine) as session:
        assert len(load_corrections(session).training_part) == training
    return training, validation


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
