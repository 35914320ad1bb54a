"""Sheets: photographed pages of numbers"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheets",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("owner_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.String(64)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("claim_count", sa.Integer, nullable=False),
        sa.Column("progress", sa.Integer, nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text),
        sa.Column("rows", sa.Integer),
        sa.Column("columns", sa.Integer),
        sa.Column("page_width", sa.Integer),
        sa.Column("page_height", sa.Integer),
        sa.Column("is_complete", sa.Boolean),
        sa.Column("cells", sa.JSON),
        sa.Column("model_version_id", sa.Integer),
        sa.Column("edits", sa.JSON),
        sa.Column("mark_values", sa.JSON),
        sa.Column("checks", sa.JSON),
        sa.CheckConstraint(
            "status in ('pending', 'reading', 'done', 'failed')",
            name=op.f("ck_sheets_known_status"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["owners.id"], name=op.f("fk_sheets_owner_id_owners")
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_versions.id"],
            name=op.f("fk_sheets_model_version_id_model_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
    )
    op.create_index("ix_sheets_owner_id_created_at", "sheets", ["owner_id", "created_at"])
    op.create_index("ix_sheets_status_created_at", "sheets", ["status", "created_at"])


def downgrade() -> None:
    op.drop_table("sheets")
