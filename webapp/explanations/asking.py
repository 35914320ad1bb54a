"""Asking for an explanation: which digit a request means, and what is known about it by now."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, request

from webapp.accounts.ownership import visible_prediction
from webapp.explanations.files import open_explanation, open_network
from webapp.models import Digit, Explanation, ExplanationStatus, Prediction
from webapp.models.explanation import NETWORK
from webapp.platform.array_archive import ArrayArchive
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions

MAX_WAITING = 20  # explanations of one owner, so that nobody's many delay another's one


@dataclass(frozen=True)
class Asked:
    """A digit, one subject about it, and the computed numbers if they are there."""

    prediction: Prediction
    digit: Digit
    subject: str
    status: ExplanationStatus | None  # None: too many of this owner's wait already
    numbers: ArrayArchive | None = None  # of the explanation
    network: ArrayArchive | None = None  # the layers and weights


def digit_of_request(prediction: Prediction) -> Digit:
    """The digit that ?digit= names; the first one without it. Aborts with 404 for another."""
    position = request.args.get("digit", 0, type=int)
    found = next((digit for digit in prediction.digits if digit.position == position), None)
    return found or abort(404)


def ask(prediction: Prediction, digit: Digit, subject: str = NETWORK) -> Asked:
    """What is known; it is asked for, and computed later, where it is not there yet."""
    row = Explanation.find(db.session(), prediction.id, digit.position, subject)
    if row is not None and row.status == ExplanationStatus.DONE:
        numbers, network = _opened(prediction, row)
        if numbers is not None and network is not None:
            return Asked(prediction, digit, subject, ExplanationStatus.DONE, numbers, network)
    elif row is not None:
        return Asked(prediction, digit, subject, ExplanationStatus(row.status))
    return Asked(prediction, digit, subject, _ask_later(prediction, digit, subject))


def computed(prediction_id: str, subject: str = NETWORK) -> Asked:
    """An explanation that is there. Aborts with 404 where it is not, and asks for nothing."""
    prediction = visible_prediction(prediction_id)
    digit = digit_of_request(prediction)
    row = Explanation.find(db.session(), prediction.id, digit.position, subject)
    if row is None or row.status != ExplanationStatus.DONE:
        abort(404)
    numbers, network = _opened(prediction, row)
    if numbers is None or network is None:
        abort(404)
    return Asked(prediction, digit, subject, ExplanationStatus.DONE, numbers, network)


def _opened(
    prediction: Prediction, row: Explanation
) -> tuple[ArrayArchive | None, ArrayArchive | None]:
    version = prediction.model_version
    if version is None:
        return None, None
    network = open_network(extensions.settings.models_dir, version.sha256)
    return open_explanation(extensions.storage, row), network


def _ask_later(prediction: Prediction, digit: Digit, subject: str) -> ExplanationStatus | None:
    """Store or restart the row, and enqueue a task; None where too many wait."""
    key = (prediction.id, digit.position, subject)
    owner_id = prediction.owner_id
    db.session.rollback()  # before the write: SQLite has one writer at a time
    with writing() as session:
        if Explanation.count_waiting_of(session, owner_id) >= MAX_WAITING:
            return None
        Explanation.ask(session, *key)
        row = Explanation.find(session, *key)
        if row is not None:
            row.restart()
    extensions.queue.enqueue_explanation()
    return ExplanationStatus.PENDING
