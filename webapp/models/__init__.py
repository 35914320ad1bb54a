"""The shared kernel: plain SQLAlchemy records with their own verbs. No Flask here."""

from webapp.models.base import Base, UtcDateTime, new_token, utc_now
from webapp.models.digit import Digit
from webapp.models.model_version import ModelVersion
from webapp.models.prediction import Prediction, Status
from webapp.models.training_run import RunStatus, TrainingRun
from webapp.models.user import Role, User

__all__ = [
    "Base",
    "Digit",
    "ModelVersion",
    "Prediction",
    "Role",
    "RunStatus",
    "Status",
    "TrainingRun",
    "User",
    "UtcDateTime",
    "new_token",
    "utc_now",
]
