"""A history for every account, sign-ins that can be ended, and the audit log"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _give_every_account_a_history()
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("deed", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    _refuse_to_change_the_audit_log()
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_sign_ins_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_ins_user_id"), ["user_id"], unique=False)


def _give_every_account_a_history() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("visitor", sa.String(length=64), nullable=True))
    connection = op.get_bind()
    users = sa.table("users", sa.column("id", sa.Integer), sa.column("visitor", sa.String))
    for user_id in connection.scalars(sa.select(users.c.id)).all():
        token = secrets.token_urlsafe(16)
        connection.execute(users.update().where(users.c.id == user_id).values(visitor=token))
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.alter_column("visitor", existing_type=sa.String(length=64), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("uq_users_visitor"), ["visitor"])


def _refuse_to_change_the_audit_log() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f"create trigger audit_entries_no_{deed} before {deed} on audit_entries begin"
                " select raise(abort, 'The audit log is never changed.'); end"
            )
        return
    op.execute(
        "create function refuse_to_change_the_audit_log() returns trigger language plpgsql as"
        " $$ begin raise exception 'The audit log is never changed.'; end $$"
    )
    op.execute(
        "create trigger audit_entries_no_change before update or delete or truncate"
        " on audit_entries for each statement execute function refuse_to_change_the_audit_log()"
    )


def downgrade() -> None:
    op.drop_table("sign_ins")
    op.drop_table("audit_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function refuse_to_change_the_audit_log()")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_users_visitor"), type_="unique")
        batch_op.drop_column("visitor")
