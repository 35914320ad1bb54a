"""The evaluation of a stored version against the live one, as an imported version needs it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.models import Evaluation, ModelVersion
from webapp.platform.database import db, writing
from webapp.settings import Settings
from worker.model_files.store import verified_file
from worker.recognition.evaluation.datasets import load_mnist
from worker.recognition.evaluation.metrics import milliseconds_a_picture
from worker.recognition.network.classifier import Classifier
from worker.recognition.network.self_test import require_reading
from worker.training.champion import load_champion
from worker.training.correction_dataset import load_corrections
from worker.training.evaluation_sets import evaluation_sets
from worker.training.promotion_gate import evaluate_challenger


def evaluate_version(version_id: int, settings: Settings) -> Evaluation:
    """Evaluate a version against the live one, and keep the result with it.

    Raises MissingDataError where MNIST is not available, SelfTestError, or WrongFileError.
    """
    mnist = load_mnist(settings.mnist_path)
    with Session(db.engine) as session:  # a short one: nobody waits while networks are loaded
        version = session.get_one(ModelVersion, version_id)
        live = session.scalar(ModelVersion.current())
        corrections = load_corrections(session)
    challenger = Classifier.load(verified_file(settings.models_dir, version))
    champion = load_champion(live, settings.models_dir) if live else None
    evaluated = evaluate_challenger(
        evaluation_sets(mnist, corrections),
        challenger,
        Classifier(champion.model, champion.calibration) if champion else None,
        live.id if live and champion else None,
    )
    evaluation = evaluated.evaluation
    accuracy = evaluation.results[0].challenger.accuracy
    require_reading(challenger, accuracy)  # as every worker will, before it answers
    with writing() as session:
        version = session.get_one(ModelVersion, version_id)
        version.record_evaluation(evaluation, evaluated.pictures)
        version.parent_id = evaluation.champion_id
        version.accuracy = accuracy
        milliseconds = round(milliseconds_a_picture(challenger), 3)
        version.scores = {**version.scores, "accuracy": accuracy, "milliseconds": milliseconds}
    return evaluation
