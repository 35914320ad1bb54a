"""A table of owners, to which users, predictions and corrections refer"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OWNED = ("users", "predictions", "corrections")


def upgrade() -> None:
    op.create_table(
        "owners",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_into_id", sa.String(length=64), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["owners.id"], name=op.f("fk_owners_merged_into_id_owners")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owners")),
    )
    owned_rows = " union all ".join(f"select owner_id, created_at from {name}" for name in OWNED)
    op.execute(
        "insert into owners (id, created_at)"
        f" select owner_id, min(created_at) from ({owned_rows}) as owned group by owner_id"
    )
    for name in OWNED:
        with op.batch_alter_table(name) as table:
            table.create_foreign_key(
                table.f(f"fk_{name}_owner_id_owners"), "owners", ["owner_id"], ["id"]
            )


def downgrade() -> None:
    for name in OWNED:
        with op.batch_alter_table(name) as table:
            table.drop_constraint(table.f(f"fk_{name}_owner_id_owners"), type_="foreignkey")
    op.drop_table("owners")
