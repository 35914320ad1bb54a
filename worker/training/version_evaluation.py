"""The evaluation of a stored version against the live one, as an imported version needs it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.models import Evaluation, ModelVersion
from webapp.models.evaluation import MNIST
from webapp.platform.database import db, writing
from webapp.settings import Settings
from worker.model_files.store import verified_file
from worker.recognition.evaluation.datasets import load_mnist
from worker.recognition.evaluation.metrics import milliseconds_a_picture
from worker.recognition.network.classifier import Classifier
from worker.recognition.network.self_test import require_reading
from worker.training.correction_dataset import load_corrections
from worker.training.evaluation_sets import evaluation_sets
from worker.training.opponents import UNCERTAIN_SCORE, load_opponents
from worker.training.promotion_gate import evaluate_challenger


def evaluate_version(version_id: int, settings: Settings) -> Evaluation:
    """Evaluate a version against the live one, and keep the result with it.

    Raises MissingDataError where MNIST is not available, SelfTestError, or WrongFileError.
    """
    mnist = load_mnist(settings.mnist_path)
    with Session(db.engine) as session:  # a short one: networks are loaded after it has ended
        version = session.get_one(ModelVersion, version_id)
        corrections = load_corrections(session)
    challenger = Classifier.load(verified_file(settings.models_dir, version))
    opponents = load_opponents(mnist, settings.models_dir)
    remarks = list(opponents.remarks)
    if version.may_know_validation_set:
        remarks.append(UNCERTAIN_SCORE.format(version=version.name.capitalize()))
    evaluated = evaluate_challenger(
        evaluation_sets(mnist, corrections), challenger, opponents.champion, opponents.best
    ).with_remarks(remarks)
    evaluation = evaluated.evaluation
    on_test_set = evaluation.result_on(MNIST)
    assert on_test_set is not None  # a set with pictures is part of every evaluation
    accuracy = on_test_set.challenger.accuracy
    require_reading(challenger, accuracy)  # as every worker will, before it answers
    milliseconds = round(milliseconds_a_picture(challenger), 3)
    with writing() as session:
        version = session.get_one(ModelVersion, version_id, with_for_update={"of": ModelVersion})
        version.record_evaluation(evaluation, evaluated.pictures)
        version.parent_id = evaluation.champion_id
        version.accuracy = accuracy
        version.scores = {**version.scores, "accuracy": accuracy, "milliseconds": milliseconds}
    return evaluation
