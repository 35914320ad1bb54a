"""An index for fair claims, and ink hashes of pixels instead of PNG files"""

import io
from hashlib import sha256

import sqlalchemy as sa
from alembic import op
from PIL import Image

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

digits = sa.table("digits", sa.column("id"), sa.column("ink_png", sa.LargeBinary))
corrections = sa.table(
    "corrections", sa.column("id"), sa.column("digit_id"), sa.column("ink_sha256")
)
pictures = sa.table("evaluation_pictures", sa.column("ink_sha256"))


def upgrade() -> None:
    op.create_index(
        "ix_predictions_status_owner_id_created_at",
        "predictions",
        ["status", "owner_id", "created_at"],
    )
    _rehash(_hash_of_pixels)


def downgrade() -> None:
    _rehash(lambda png: sha256(png).hexdigest())
    op.drop_index("ix_predictions_status_owner_id_created_at", "predictions")


def _rehash(hash_of) -> None:
    """Give each correction, and the evaluation pictures made from it, the hash of its ink."""
    connection = op.get_bind()
    stored = connection.execute(
        sa.select(corrections.c.id, corrections.c.ink_sha256, digits.c.ink_png).join_from(
            corrections, digits, corrections.c.digit_id == digits.c.id
        )
    ).all()
    hashes = {}
    for correction_id, old, png in stored:
        hashes[old] = new = hash_of(png)
        connection.execute(
            corrections.update()
            .where(corrections.c.id == correction_id)
            .values(ink_sha256=new)
        )
    for old, new in hashes.items():
        connection.execute(
            pictures.update().where(pictures.c.ink_sha256 == old).values(ink_sha256=new)
        )


def _hash_of_pixels(png: bytes) -> str:
    try:
        with Image.open(io.BytesIO(png)) as image:
            return sha256(image.convert("L").tobytes()).hexdigest()
    except OSError:  # damaged; its own hash still tells it from every other
        return sha256(png).hexdigest()
