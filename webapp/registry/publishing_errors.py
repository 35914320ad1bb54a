"""The errors of publishing: each says in a sentence why the live version was not changed."""

from __future__ import annotations

from webapp.models import ModelVersion


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
    """Another version was published since the caller read which one is live."""

    def __init__(self, live: ModelVersion | None) -> None:
        now = live.name if live else "no version"
        super().__init__(
            f"Meanwhile {now} was published, so nothing was changed. "
            "Check what is live now, then decide."
        )


class NothingToRollBackError(PublishingError):
    """No earlier version is left in the deployment history."""

    def __init__(self) -> None:
        super().__init__("There is no earlier version to roll back to.")


class NothingPublishedError(PublishingError):
    """No version is live yet."""

    def __init__(self) -> None:
        super().__init__("No model is published yet.")
