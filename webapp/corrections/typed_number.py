"""A typed number: the text of a person as rows of digits."""

from __future__ import annotations

import re

from webapp.messages import gettext_noop
from webapp.user_errors import UserError

MAX_DIGITS = 200  # as many as a reading may have
ROW_ENDS = re.compile(r"[|/\s]+")
SIGNS = str.maketrans("", "", ".,-+'’·:()%=½¼¾?−")  # they belong to a number and are no digits
DIGITS = re.compile(r"[0-9]+")


class BadNumberError(UserError):
    """The text is not a number in digits."""

    sentence = gettext_noop("Type the right number in digits, at most 200. A space separates rows.")


def rows_of(text: str) -> list[list[int]]:
    """The digits of each row; a bar, a slash or a space separates rows.

    Raises BadNumberError for a text without digits, with letters, or with too many digits.
    """
    rows = [row for row in ROW_ENDS.split(text.translate(SIGNS)) if row]
    if not rows or not all(DIGITS.fullmatch(row) for row in rows):
        raise BadNumberError
    if sum(map(len, rows)) > MAX_DIGITS:
        raise BadNumberError
    return [[int(digit) for digit in row] for row in rows]
