"""Pictures that came together, and digits that segmentation missed"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("predictions", sa.Column("batch_id", sa.String(22), nullable=True))
    op.create_index(
        "ix_predictions_owner_id_batch_id", "predictions", ["owner_id", "batch_id"]
    )
    op.create_table(
        "missed_digits",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "prediction_id",
            sa.String(22),
            sa.ForeignKey(
                "predictions.id",
                ondelete="CASCADE",
                name=op.f("fk_missed_digits_prediction_id_predictions"),
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("label", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=True),
        sa.Column("y", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.CheckConstraint("label between 0 and 9", name="known_label"),
    )
    op.create_index(
        "ix_missed_digits_prediction_id", "missed_digits", ["prediction_id"]
    )


def downgrade() -> None:
    op.drop_table("missed_digits")
    op.drop_index("ix_predictions_owner_id_batch_id", "predictions")
    op.drop_column("predictions", "batch_id")
