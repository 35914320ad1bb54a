"""The workers, the attempts to start a run, and no "not published" on published versions"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# An older Cifra wrote this sentence into the summary of an evaluation, where it stayed.
PINNED = "The live version is pinned, so this one waits until somebody publishes it."


def upgrade() -> None:
    op.create_table(
        "workers",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("queue", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_version_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_versions.id"],
            name=op.f("fk_workers_model_version_id_model_versions"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workers")),
    )
    with op.batch_alter_table("training_runs") as table:
        table.add_column(sa.Column("start_count", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("training_runs") as table:
        table.alter_column("start_count", server_default=None)
    _correct_reasons()


def downgrade() -> None:
    with op.batch_alter_table("training_runs") as table:
        table.drop_column("start_count")
    op.drop_table("workers")


def _correct_reasons() -> None:
    connection = op.get_bind()
    versions = sa.table(
        "model_versions",
        sa.column("id", sa.Integer),
        sa.column("evaluation", sa.JSON),
        sa.column("notes", sa.Text),
    )
    publications = sa.table("publications", sa.column("model_version_id", sa.Integer))
    published = sa.select(publications.c.model_version_id)
    connection.execute(versions.update().where(versions.c.id.in_(published)).values(notes=None))
    stored = connection.execute(sa.select(versions.c.id, versions.c.evaluation)).all()
    for version_id, evaluation in stored:
        if evaluation and PINNED in evaluation["summary"]:
            summary = [sentence for sentence in evaluation["summary"] if sentence != PINNED]
            connection.execute(
                versions.update()
                .where(versions.c.id == version_id)
                .values(evaluation={**evaluation, "summary": summary})
            )
