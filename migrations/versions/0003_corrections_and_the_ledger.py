"""People's corrections, and the ledger of what was live when"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_version_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("occasion", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "occasion in ('installed', 'passed', 'chosen', 'rolled back', 'overridden')",
            name=op.f("ck_publications_known_occasion"),
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_versions.id"],
            name=op.f("fk_publications_model_version_id_model_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_publications_published_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
    )
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_publications_model_version_id"), ["model_version_id"], unique=False
        )

    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digit_id", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Integer(), nullable=True),
        sa.Column("read_as", sa.Integer(), nullable=False),
        sa.Column("ink_sha256", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "verdict in ('waiting', 'approved', 'rejected')",
            name=op.f("ck_corrections_known_verdict"),
        ),
        sa.CheckConstraint(
            "label is null or label between 0 and 9", name=op.f("ck_corrections_known_label")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_corrections_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["digit_id"],
            ["digits.id"],
            name=op.f("fk_corrections_digit_id_digits"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("digit_id", "visitor", name=op.f("uq_corrections_digit_id")),
    )
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_corrections_ink_sha256"), ["ink_sha256"], unique=False)
        batch_op.create_index("ix_corrections_verdict", ["verdict"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrections_visitor"), ["visitor"], unique=False)

    op.execute(
        "insert into publications (model_version_id, published_at, occasion, pinned)"
        " select id, published_at, 'chosen', false from model_versions"
        " where published_at is not null order by published_at"
    )

    with op.batch_alter_table("model_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("exam", sa.JSON(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_model_versions_published_at"))
        batch_op.create_foreign_key(
            batch_op.f("fk_model_versions_parent_id_model_versions"),
            "model_versions",
            ["parent_id"],
            ["id"],
        )
        batch_op.drop_column("published_at")

    with op.batch_alter_table("training_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("provenance", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("training_runs", schema=None) as batch_op:
        batch_op.drop_column("provenance")

    with op.batch_alter_table("model_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(
            batch_op.f("fk_model_versions_parent_id_model_versions"), type_="foreignkey"
        )
        batch_op.create_index(
            batch_op.f("ix_model_versions_published_at"), ["published_at"], unique=False
        )
        batch_op.drop_column("exam")
        batch_op.drop_column("parent_id")

    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_corrections_visitor"))
        batch_op.drop_index("ix_corrections_verdict")
        batch_op.drop_index(batch_op.f("ix_corrections_ink_sha256"))

    op.drop_table("corrections")
    with op.batch_alter_table("publications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publications_model_version_id"))

    op.drop_table("publications")
