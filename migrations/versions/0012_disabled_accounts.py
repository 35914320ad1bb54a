"""Accounts can be disabled; indexes for the filters of the audit log"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_audit_entries_at": ["at"],
    "ix_audit_entries_action": ["action", "id"],
    "ix_audit_entries_email": ["email", "id"],
}


def upgrade() -> None:
    op.add_column("users", sa.Column("disabled_at", sa.DateTime(timezone=True)))
    for name, columns in INDEXES.items():
        op.create_index(name, "audit_entries", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "audit_entries")
    with op.batch_alter_table("users") as table:
        table.drop_column("disabled_at")
