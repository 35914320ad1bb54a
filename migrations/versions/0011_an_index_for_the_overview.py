"""An index that holds what the admin's overview counts"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_predictions_settled_at", "predictions", ["settled_at", "status", "confidence"]
    )


def downgrade() -> None:
    op.drop_index("ix_predictions_settled_at", "predictions")
