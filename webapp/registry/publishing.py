"""Publishing: the only code that decides which model version is live.

Every change takes the publication lock, compares the live version with the one that the caller
knows, and writes the publication and the audit entry in the caller's transaction.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Session

from webapp.messages import gettext_noop
from webapp.models import (
    AuditAction,
    Evaluation,
    ModelVersion,
    Publication,
    PublicationTrigger,
    User,
    rollback_target,
)
from webapp.platform.audit import record
from webapp.registry.publishing_errors import (
    FailedEvaluationError,
    LiveVersionChangedError,
    NotEvaluatedError,
    NothingPublishedError,
    NothingToRollBackError,
    UnknownVersionError,
)

UNCHECKED = -1  # as `expected_live_id`: publish whatever is live


class Promotion(StrEnum):
    """The result of offering a newly trained version for publication."""

    PUBLISHED = "published"
    FAILED_EVALUATION = "failed evaluation"
    PINNED = "pinned"  # the live version is pinned, so the new one waits
    CHAMPION_CHANGED = "champion changed"  # another version was published during the evaluation
    NO_CHAMPION = "no champion"  # the live version did not load, so there was no comparison


# The reason why a newly trained version waits; its page shows it until the version is published.
WAITING_BECAUSE = {
    Promotion.FAILED_EVALUATION: gettext_noop("Not published: it did not pass its evaluation."),
    Promotion.PINNED: gettext_noop(
        "The live version is pinned, so this one waits until an admin publishes it."
    ),
    Promotion.CHAMPION_CHANGED: gettext_noop(
        "Other versions were published while this one was evaluated, so it waits until an admin "
        "publishes it."
    ),
    Promotion.NO_CHAMPION: gettext_noop(
        "The live version could not be loaded, so this one was compared with nothing. It waits "
        "until an admin publishes it."
    ),
}


def publish(
    session: Session,
    version_id: int,
    *,
    by: User | None = None,
    reason: str | None = None,
    pinned: bool = False,
    expected_live_id: int | None = UNCHECKED,
) -> ModelVersion:
    """Publish a version that an admin chose.

    Raises UnknownVersionError, NotEvaluatedError, FailedEvaluationError or
    LiveVersionChangedError.
    """
    _lock(session, expected_live_id)
    version = _find(session, version_id)
    if version.failed_evaluation:
        raise FailedEvaluationError(version)
    _add(session, version, PublicationTrigger.CHOSEN, by=by, reason=reason, pinned=pinned)
    record(session, AuditAction.PUBLISHED, version.name, note=reason, by=by)
    return version


def override(
    session: Session,
    version_id: int,
    *,
    reason: str,
    by: User | None = None,
    pinned: bool = False,
    expected_live_id: int | None = UNCHECKED,
) -> ModelVersion:
    """Publish a version although it failed its evaluation.

    Raises UnknownVersionError, NotEvaluatedError or LiveVersionChangedError.
    """
    _lock(session, expected_live_id)
    version = _find(session, version_id)
    _add(session, version, PublicationTrigger.OVERRIDDEN, by=by, reason=reason, pinned=pinned)
    record(session, AuditAction.OVERRODE, version.name, note=reason, by=by)
    return version


def roll_back(
    session: Session,
    *,
    by: User | None = None,
    reason: str | None = None,
    unpin: bool = False,
    despite_evaluation: bool = False,
    expected_live_id: int | None = UNCHECKED,
) -> ModelVersion:
    """Go one step back in the deployment history. The pin stays unless the caller lifts it.

    A version that failed its evaluation is returned to only `despite_evaluation` and with a
    reason, as an override publishes it.
    Raises NothingToRollBackError, FailedEvaluationError or LiveVersionChangedError.
    """
    _lock(session, expected_live_id)
    version = rollback_target(session)
    if version is None:
        raise NothingToRollBackError
    if version.failed_evaluation and not (despite_evaluation and reason):
        raise FailedEvaluationError(version)
    publication = session.scalars(Publication.current()).one()
    pinned = publication.pinned and not unpin
    _add(session, version, PublicationTrigger.ROLLED_BACK, by=by, reason=reason, pinned=pinned)
    record(session, AuditAction.ROLLED_BACK, f"to {version.name}", note=reason, by=by)
    return version


def set_pin(
    session: Session,
    *,
    pinned: bool,
    by: User | None = None,
    reason: str | None = None,
    expected_live_id: int | None = UNCHECKED,
) -> ModelVersion:
    """Pin or unpin the live version, by a new publication of it.

    Raises NothingPublishedError or LiveVersionChangedError.
    """
    _lock(session, expected_live_id)
    version = session.scalar(ModelVersion.current())
    if version is None:
        raise NothingPublishedError
    _add(session, version, PublicationTrigger.CHOSEN, by=by, reason=reason, pinned=pinned)
    action = AuditAction.PINNED if pinned else AuditAction.UNPINNED
    record(session, action, version.name, note=reason, by=by)
    return version


def promote(
    session: Session,
    version: ModelVersion,
    evaluation: Evaluation,
    *,
    evaluated_against: int | None,
) -> Promotion:
    """Publish a newly trained version if it passed against the version that is live now.

    `evaluated_against` is the id of the version that was live at the evaluation; None: there was
    none. A version that is not published keeps the reason in its notes.
    """
    _lock(session, UNCHECKED)
    promotion = _promotion(session, evaluation, evaluated_against)
    if promotion == Promotion.PUBLISHED:
        _add(session, version, PublicationTrigger.PASSED)
    else:
        version.notes = WAITING_BECAUSE[promotion]
    return promotion


def _promotion(
    session: Session, evaluation: Evaluation, evaluated_against: int | None
) -> Promotion:
    publication = session.scalar(Publication.current())
    live_id = publication.model_version_id if publication else None
    if live_id != evaluated_against:
        return Promotion.CHAMPION_CHANGED
    if not evaluation.passed:
        return Promotion.FAILED_EVALUATION
    if publication and publication.pinned:
        return Promotion.PINNED
    if live_id is not None and evaluation.champion_id is None:
        return Promotion.NO_CHAMPION
    return Promotion.PUBLISHED


def install(session: Session, version: ModelVersion, *, is_new: bool) -> bool:
    """Publish the model that ships, unless an admin's choice is live; returns whether it was.

    A new one replaces an older one that shipped, unless an admin has pinned that.
    """
    _lock(session, UNCHECKED)
    live = session.scalar(ModelVersion.current())
    publication = session.scalar(Publication.current())
    if live is not None and not (is_new and live.origin == "shipped"):
        return False
    if publication is not None and publication.pinned:
        return False
    _add(session, version, PublicationTrigger.INSTALLED)
    return True


def _lock(session: Session, expected_live_id: int | None) -> None:
    """Keep others from publishing until this transaction ends, and compare the live version."""
    Publication.lock(session)
    if expected_live_id != UNCHECKED and _live_id(session) != expected_live_id:
        raise LiveVersionChangedError(session.scalar(ModelVersion.current()))


def _live_id(session: Session) -> int | None:
    live = session.scalar(ModelVersion.current())
    return live.id if live else None


def _find(session: Session, version_id: int) -> ModelVersion:
    version = session.get(ModelVersion, version_id)
    if version is None:
        raise UnknownVersionError(version_id)
    return version


def _add(
    session: Session,
    version: ModelVersion,
    trigger: PublicationTrigger,
    *,
    by: User | None = None,
    reason: str | None = None,
    pinned: bool = False,
) -> None:
    if version.needs_evaluation:
        raise NotEvaluatedError(version)
    version.publications.append(
        Publication(
            trigger=trigger,
            published_by_id=by.id if by else None,
            reason=reason,
            pinned=pinned,
        )
    )
    version.notes = None  # they said why it waited
    session.flush()
