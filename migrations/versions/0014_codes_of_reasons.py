"""The reason of a prediction as a code, so that pages show it in the language of the reader"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SENTENCES = {
    "blank": "No digit found: the picture looks blank.",
    "too_faint": "No digit found: the writing is too faint to read. Try a darker pen or more light.",
    "cut_off": "Cifra can't tell: the writing runs over the edge of the picture. "
    "Leave some paper around it.",
    "too_many": "Cifra can't tell: this picture has too many separate shapes to be a number. "
    "Try a closer photo.",
    "unlike_digits": "Cifra can't tell: the picture shows nothing that looks like a digit.",
    "unsure": "Cifra can't tell: it could be more than one digit.",
    "file_missing": "The picture's file is missing, so it could not be read. "
    "Please upload it again.",
    "file_damaged": "Cifra couldn't open the stored picture. Please upload it again.",
    "broke_reader": "Something went wrong while reading this picture. Please try another one.",
    "ended_worker": "Cifra stopped several times while reading this picture. "
    "Please try another one.",
}
# Of earlier versions of Cifra. A downgrade writes the sentences above.
EARLIER = {
    "too_faint": "No digit found: what is written is too faint to read. "
    "Try a darker pen or more light.",
    "ended_worker": "This picture stopped its reader several times, so it was given up. "
    "Please try another.",
}

predictions = sa.table("predictions", sa.column("reason", sa.Text))


def upgrade() -> None:
    for sentences in (SENTENCES, EARLIER):
        for code, sentence in sentences.items():
            _replace(sentence, code)


def downgrade() -> None:
    for code, sentence in SENTENCES.items():
        _replace(code, sentence)


def _replace(old: str, new: str) -> None:
    op.execute(predictions.update().where(predictions.c.reason == old).values(reason=new))
