"""The string network that ships, which reads beside every version of the digit classifier."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from webapp.settings import ROOT

if TYPE_CHECKING:
    from worker.recognition.strings.recogniser import StringRecogniser

SHIPPED_STRINGS = ROOT / "models" / "strings.keras"

log = logging.getLogger(__name__)


@cache
def shipped_strings(path: Path = SHIPPED_STRINGS) -> StringRecogniser | None:
    """The string network, loaded and warmed once a process; None where it does not load.

    Without it, pictures are read digit by digit, and signs stay unread.
    """
    from worker.recognition.strings.recogniser import StringRecogniser  # noqa: PLC0415 (TensorFlow)

    try:
        recogniser = StringRecogniser.load(path)
        recogniser.warm_up()
    except Exception:  # whatever error a damaged file causes, single digits are still read
        log.exception("Whole numbers are read digit by digit.")
        return None
    return recogniser
