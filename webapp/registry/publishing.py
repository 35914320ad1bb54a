"""Publishing: the only code that decides which model version is live.

Every change takes the publication lock, compares the live version with the one that the caller
knows, and writes the publication and the audit entry in the caller's transaction.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Session

from webapp.models import (
    AuditAction,
    Evaluation,
    ModelVersion,
    Publication,
    PublicationTrigger,
    User,
)
from webapp.platform.audit import record

UNCHECKED = -1  # as `expected_live_id`: publish whatever is live


class PublishingError(Exception):
    """A change of the live version that was not made. The text is a sentence for the admin."""

    def __init__(self, sentence: str, *, version_id: int | None = None) -> None:
        super().__init__(sentence)
        self.version_id = version_id  # the version that it is about


class UnknownVersionError(PublishingError):
    """There is no version with this id."""

    def __init__(self, version_id: int) -> None:
        super().__init__(f"There is no version {version_id}.")


class NotEvaluatedError(PublishingError):
    """An imported network is evaluated before it can be published."""

    def __init__(self, version: ModelVersion) -> None:
        super().__init__(
            f"{version.name.capitalize()} was imported and has not been evaluated. "
            f"Evaluate it on the server: flask model evaluate-version {version.id}",
            version_id=version.id,
        )


class FailedEvaluationError(PublishingError):
    """A version that failed its evaluation is published by an override alone."""

    def __init__(self, version: ModelVersion) -> None:
        super().__init__(
            f"{version.name.capitalize()} did not pass its evaluation. "
            "Only an override with a reason publishes it.",
            version_id=version.id,
        )


class LiveVersionChangedError(PublishingError):
    """Another version was published since the caller looked."""

    def __init__(self, live: ModelVersion | None) -> None:
        now = live.name if live else "no version"
        super().__init__(
            f"Meanwhile {now} was published, so nothing was changed. Look again, then decide."
        )


class NothingToRollBackError(PublishingError):
    """No other version was ever published."""

    def __init__(self) -> None:
        super().__init__("There is no earlier version to roll back to.")


class NothingPublishedError(PublishingError):
    """No version is live yet."""

    def __init__(self) -> None:
        super().__init__("No model is published yet.")


class Promotion(StrEnum):
    """The result of offering a newly trained version for publication."""

    PUBLISHED = "published"
    FAILED_EVALUATION = "failed evaluation"
    PINNED = "pinned"  # the live version is pinned, so the new one waits
    CHAMPION_CHANGED = "champion changed"  # another version was published during the evaluation


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
    expected_live_id: int | None = UNCHECKED,
) -> ModelVersion:
    """Publish the version that was live before the present one.

    Raises NothingToRollBackError or LiveVersionChangedError.
    """
    _lock(session, expected_live_id)
    version = session.scalar(ModelVersion.before_current())
    if version is None:
        raise NothingToRollBackError
    _add(session, version, PublicationTrigger.ROLLED_BACK, by=by, reason=reason)
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


def promote(session: Session, version: ModelVersion, evaluation: Evaluation) -> Promotion:
    """Publish a newly trained version, if it passed against the version that is still live."""
    _lock(session, UNCHECKED)
    publication = session.scalar(Publication.current())
    if not evaluation.passed:
        return Promotion.FAILED_EVALUATION
    if publication and publication.pinned:
        return Promotion.PINNED
    if evaluation.champion_id and _live_id(session) != evaluation.champion_id:
        return Promotion.CHAMPION_CHANGED
    _add(session, version, PublicationTrigger.PASSED)
    return Promotion.PUBLISHED


def install(session: Session, version: ModelVersion, *, is_new: bool) -> bool:
    """Publish the model that ships, unless an admin's choice is live; returns whether it was."""
    _lock(session, UNCHECKED)
    live = session.scalar(ModelVersion.current())
    if live is not None and not (is_new and live.origin == "shipped"):
        return False
    _add(session, version, PublicationTrigger.INSTALLED)
    return True


def _lock(session: Session, expected_live_id: int | None) -> None:
    """Let no other process publish until this transaction ends, and compare the live version."""
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
    session.flush()
