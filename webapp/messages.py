"""Sentences that are marked for translation where they are written, and translated where shown.

Records, uploads and errors know no request, and so no language. They hold the English sentence,
which names its translation in the catalogues; `platform.languages.translate` finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the catalogues; it is translated later, where it is shown."""
    return sentence


@dataclass(frozen=True)
class Message:
    """A sentence with values in it, such as "The limit is %(limit)s MB."; str() is the English.

    A value may be a Message itself.
    """

    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        if not self.values:
            return self.sentence
        return self.sentence % {name: _shown(value) for name, value in self.values.items()}


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
