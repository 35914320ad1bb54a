"""The digits of the person who looks at a page, for the networks to read."""

from __future__ import annotations

from webapp.accounts.ownership import visible_prediction, visible_predictions
from webapp.models import Digit, Prediction
from webapp.platform.database import db

LATEST_PREDICTIONS = 6
MAX_DIGITS = 12


def digits_of(prediction_id: str) -> tuple[Prediction, list[Digit]]:
    """A prediction with its first digits. Aborts with 404 for one of somebody else."""
    prediction = visible_prediction(prediction_id)
    return prediction, list(prediction.digits)[:MAX_DIGITS]


def latest_digits() -> list[Digit]:
    """The digits of one's own latest predictions, newest first."""
    latest = db.session.scalars(visible_predictions(everyone=False).limit(LATEST_PREDICTIONS))
    return [digit for prediction in latest for digit in prediction.digits][:MAX_DIGITS]
