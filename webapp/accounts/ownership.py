"""Access to predictions: the one place that decides. Another owner's prediction is a 404."""

from __future__ import annotations

from flask import abort
from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import ForUpdateParameter

from webapp.accounts.authentication import is_admin
from webapp.accounts.current_owner import current_owner_id
from webapp.models import Prediction
from webapp.platform.database import db


def visible_prediction(prediction_id: str) -> Prediction:
    """One's own prediction, or anybody's for an admin. Aborts with 404 for any other."""
    prediction = _find(db.session(), prediction_id)
    if prediction is None or not (is_own(prediction) or is_admin()):
        abort(404)
    return prediction


def own_prediction(session: Session, prediction_id: str) -> Prediction:
    """One's own prediction, locked in the caller's transaction. Aborts with 404 for any other.

    Another owner's prediction is refused to an admin too, who must not correct in their name.
    The lock keeps the prediction from moving to another owner meanwhile.
    """
    prediction = _find(session, prediction_id, lock={"of": Prediction})
    if prediction is None or not is_own(prediction):
        abort(404)
    return prediction


def is_own(prediction: Prediction) -> bool:
    """Whether the prediction belongs to the owner of this request."""
    return prediction.owner_id == current_owner_id()


def count_own_pictures() -> int:
    own = visible_predictions(everyone=False).subquery()
    return db.session.scalar(select(func.count()).select_from(own)) or 0


def visible_predictions(*, everyone: bool) -> Select[tuple[Prediction]]:
    """One's own predictions, newest first; everybody's for an admin who asks for them."""
    if everyone and is_admin():
        return Prediction.newest_first()
    owner = current_owner_id()
    return Prediction.newest_first().where(false()) if owner is None else Prediction.of_owner(owner)


def _find(
    session: Session, prediction_id: str, lock: ForUpdateParameter = None
) -> Prediction | None:
    """None also for a text that cannot be an id: PostgreSQL refuses one that contains NUL."""
    if not (prediction_id.isascii() and prediction_id.isprintable()):
        return None
    return session.get(Prediction, prediction_id, with_for_update=lock)
