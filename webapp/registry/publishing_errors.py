"""The errors of publishing: each says in a sentence why the live version was not changed."""

from __future__ import annotations

from webapp.messages import Message, gettext_noop
from webapp.models import ModelVersion


class PublishingError(Exception):
    """A change of the live version that was not made. Its sentence is marked for the admin."""

    def __init__(self, sentence: str | Message, *, version_id: int | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.version_id = version_id  # the version that it is about


class UnknownVersionError(PublishingError):
    """There is no version with this id."""

    def __init__(self, version_id: int) -> None:
        super().__init__(
            Message("There is no version %(number)s.", {"number": str(version_id)}),
        )


class NotEvaluatedError(PublishingError):
    """An imported network is evaluated before it can be published."""

    def __init__(self, version: ModelVersion) -> None:
        super().__init__(
            Message(
                "Version %(number)s was imported and has not been evaluated. "
                "Evaluate it on the server: flask model evaluate-version %(number)s",
                {"number": str(version.id)},
            ),
            version_id=version.id,
        )


class FailedEvaluationError(PublishingError):
    """A version that failed its evaluation is published by an override alone."""

    def __init__(self, version: ModelVersion) -> None:
        super().__init__(
            Message(
                "Version %(number)s did not pass its evaluation. "
                "Only an override with a reason publishes it.",
                {"number": str(version.id)},
            ),
            version_id=version.id,
        )


class LiveVersionChangedError(PublishingError):
    """Another version was published since the caller read which one is live."""

    def __init__(self, live: ModelVersion | None) -> None:
        super().__init__(
            Message(
                "Meanwhile version %(number)s was published, so nothing was changed. "
                "Check what is live now, then decide.",
                {"number": str(live.id)},
            )
            if live
            else gettext_noop(
                "Meanwhile no version is published any more, so nothing was changed. "
                "Check what is live now, then decide."
            )
        )


class NothingToRollBackError(PublishingError):
    """No earlier version is left in the deployment history."""

    def __init__(self) -> None:
        super().__init__(gettext_noop("There is no earlier version to roll back to."))


class NothingPublishedError(PublishingError):
    """No version is live yet."""

    def __init__(self) -> None:
        super().__init__(gettext_noop("No model is published yet."))
