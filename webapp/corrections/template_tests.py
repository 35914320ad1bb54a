"""Template tests about digits and corrections: `digit is unsure`, `correction is trained_on`."""

from __future__ import annotations

from flask import Blueprint, g

from webapp.models import Correction, Digit, Verdict
from webapp.platform.database import db

UNSURE_BELOW = 0.9  # of the confidence: a person had better look at such a digit

pages = Blueprint("correction_tests", __name__)


@pages.app_template_test("unsure")
def is_unsure(digit: Digit) -> bool:
    return digit.confidence < UNSURE_BELOW


@pages.app_template_test("trained_on")
def is_trained_on(correction: Correction) -> bool:
    """Whether the next training learns from an approved correction.

    It does not where the correction is for validation, or where another one of the same pixels has
    a different label.
    """
    if "validation_hashes" not in g:
        g.validation_hashes = Correction.validation_hashes(db.session())
    if correction.ink_sha256 in g.validation_hashes:
        return False
    same = db.session.scalars(Correction.of_ink({correction.ink_sha256}))
    return len({one.label for one in same if one.verdict == Verdict.APPROVED}) == 1
