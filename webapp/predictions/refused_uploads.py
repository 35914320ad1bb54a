"""Pictures of a form that were not accepted, each with its name and its reason."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.imaging.uploads import UploadError, display_name


@dataclass(frozen=True)
class RefusedUpload:
    """A file that was not accepted."""

    filename: str | None  # for display; None where no file came
    error: UploadError

    @classmethod
    def of(cls, error: UploadError, filename: str | None = None) -> RefusedUpload:
        return cls(display_name(filename) if filename else None, error)
