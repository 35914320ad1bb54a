"""The progress of a training within an epoch, and the first filters as they form"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("training_runs") as table:
        table.add_column(sa.Column("step", sa.Integer))
        table.add_column(sa.Column("steps", sa.Integer))
        table.add_column(sa.Column("step_seconds", sa.Float))
    op.create_table(
        "filter_snapshots",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("training_run_id", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("weights", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_filter_snapshots"),
        sa.ForeignKeyConstraint(
            ["training_run_id"],
            ["training_runs.id"],
            name="fk_filter_snapshots_training_run_id_training_runs",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "training_run_id", "epoch", name="uq_filter_snapshots_training_run_id"
        ),
    )


def downgrade() -> None:
    op.drop_table("filter_snapshots")
    with op.batch_alter_table("training_runs") as table:
        table.drop_column("step_seconds")
        table.drop_column("steps")
        table.drop_column("step")
