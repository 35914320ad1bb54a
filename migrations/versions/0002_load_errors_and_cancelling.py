"""Why a model would not load, the wish to cancel a run, and one version a file"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("model_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("load_error", sa.Text(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_model_versions_sha256"), ["sha256"])

    with op.batch_alter_table("training_runs", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("training_runs", schema=None) as batch_op:
        batch_op.drop_column("cancel_requested_at")

    with op.batch_alter_table("model_versions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_model_versions_sha256"), type_="unique")
        batch_op.drop_column("load_error")
