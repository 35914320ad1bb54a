"""The samples: six pictures that Cifra drew itself, to try it without a picture of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import current_app


@dataclass(frozen=True)
class Sample:
    """A picture among the static files; `scripts.draw_samples` draws it."""

    name: str
    number: str  # that it shows

    @property
    def file(self) -> str:
        """The path of its file in the folder of static files."""
        return f"samples/{self.name}.png"


SAMPLES = (
    Sample("seven", "7"),
    Sample("year", "2026"),
    Sample("squared", "358"),
    Sample("shadow", "64"),
    Sample("board", "591"),
    Sample("rows", "17 / 40"),
)


def sample_named(name: str | None) -> tuple[bytes, str] | None:
    """The content and the file name of a sample; None for any other name."""
    for sample in SAMPLES:
        if sample.name == name:
            path = Path(current_app.static_folder or "") / sample.file
            return path.read_bytes(), path.name
    return None
