"""The shared kernel: plain SQLAlchemy records with their own verbs. No Flask here."""

from webapp.models.audit_entry import AuditAction, AuditEntry
from webapp.models.base import Base, UtcDateTime, new_token, utc_now
from webapp.models.correction import Correction, Verdict
from webapp.models.deployment import Deployment, deployment_history, rollback_target
from webapp.models.digit import Digit
from webapp.models.evaluation import Evaluation
from webapp.models.evaluation_picture import EvaluationPicture
from webapp.models.explanation import Explanation, ExplanationStatus
from webapp.models.filter_snapshot import FilterSnapshot
from webapp.models.missed_digit import MissedDigit
from webapp.models.model_version import ModelVersion
from webapp.models.owner import Owner, OwnerDeletedError
from webapp.models.prediction import Prediction
from webapp.models.publication import Publication, PublicationTrigger
from webapp.models.reason import Reason
from webapp.models.sheet import Sheet, SheetCell
from webapp.models.sign_in import SignIn
from webapp.models.status import Status
from webapp.models.training_run import RunStatus, TrainingRun
from webapp.models.user import Role, User
from webapp.models.worker import Rollout, Worker

__all__ = [
    "AuditAction",
    "AuditEntry",
    "Base",
    "Correction",
    "Deployment",
    "Digit",
    "Evaluation",
    "EvaluationPicture",
    "Explanation",
    "ExplanationStatus",
    "FilterSnapshot",
    "MissedDigit",
    "ModelVersion",
    "Owner",
    "OwnerDeletedError",
    "Prediction",
    "Publication",
    "PublicationTrigger",
    "Reason",
    "Role",
    "Rollout",
    "RunStatus",
    "Sheet",
    "SheetCell",
    "SignIn",
    "Status",
    "TrainingRun",
    "User",
    "UtcDateTime",
    "Verdict",
    "Worker",
    "deployment_history",
    "new_token",
    "rollback_target",
    "utc_now",
]
