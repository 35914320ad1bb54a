"""The shared kernel: plain SQLAlchemy records with their own verbs. No Flask here."""

from webapp.models.audit import AuditEntry, Deed
from webapp.models.base import Base, UtcDateTime, new_token, utc_now
from webapp.models.correction import Correction, Verdict
from webapp.models.digit import Digit
from webapp.models.exam import Exam
from webapp.models.ledger import Span, read_ledger
from webapp.models.model_version import ModelVersion
from webapp.models.prediction import Prediction, Status
from webapp.models.publication import Occasion, Publication
from webapp.models.sign_in import SignIn
from webapp.models.training_run import RunStatus, TrainingRun
from webapp.models.user import Role, User

__all__ = [
    "AuditEntry",
    "Base",
    "Correction",
    "Deed",
    "Digit",
    "Exam",
    "ModelVersion",
    "Occasion",
    "Prediction",
    "Publication",
    "Role",
    "RunStatus",
    "SignIn",
    "Span",
    "Status",
    "TrainingRun",
    "User",
    "UtcDateTime",
    "Verdict",
    "new_token",
    "read_ledger",
    "utc_now",
]
