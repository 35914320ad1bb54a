"""Advice for a picture without a number: what helps against the reason of its refusal."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import ngettext

from webapp.messages import gettext_noop
from webapp.models import Prediction, Reason
from webapp.platform.languages import translate

pages = Blueprint("advice", __name__)

CLOSER = gettext_noop("Fill most of the picture with the number and leave some paper around it.")
PLAIN = gettext_noop("Use a dark pen on plain paper in even light.")
STRAIGHT = gettext_noop("Hold your phone straight above the paper.")
DARKER = gettext_noop("Write with a darker or thicker pen.")
LIGHT = gettext_noop("Take the photo in brighter, even light, and without flash.")
PAPER_AROUND = gettext_noop("Take the photo from further away, so that paper is on all four sides.")
ONE_NUMBER = gettext_noop("Photograph one number at a time; cover what is around it.")
APART = gettext_noop("Write the digits apart from each other, without joining them.")
CLEARER = gettext_noop("Write it again more clearly, or type the number below: Cifra keeps it.")
NO_WORDS = gettext_noop("Cifra reads digits only: no words, letters or sums.")
SHARP = gettext_noop("Check that the number is sharp and large enough to read it yourself.")

BY_REASON: dict[str, tuple[str, ...]] = {
    Reason.BLANK: (SHARP, CLOSER, DARKER),
    Reason.TOO_FAINT: (DARKER, LIGHT),
    Reason.CUT_OFF: (PAPER_AROUND,),
    Reason.TOO_MANY: (ONE_NUMBER, CLOSER),
    Reason.UNLIKE_DIGITS: (NO_WORDS, APART, CLOSER),
    Reason.UNSURE: (CLEARER, APART),
}
OTHERWISE = (CLOSER, PLAIN, STRAIGHT)


@pages.app_template_filter("advice")
def advice(prediction: Prediction) -> list[str]:
    """Sentences that fit the reason, the most useful first."""
    return list(map(translate, BY_REASON.get(prediction.reason or "", OTHERWISE)))


@pages.app_template_filter("seen")
def seen(prediction: Prediction) -> str:
    """What was seen in a picture without a number."""
    return ngettext(
        "Cifra found %(num)s shape that could be a digit; it is marked in the picture.",
        "Cifra found %(num)s shapes that could be digits; they are marked in the picture.",
        len(prediction.digits),
    )
