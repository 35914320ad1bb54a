"""How a migration runs: on the app's own engine, as one transaction that means to write."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

from webapp.models import UtcDateTime


def migrate() -> None:
    db = current_app.extensions["migrate"].db
    with db.engine.connect().execution_options(cifra_writes=True) as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _set_foreign_keys(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=is_sqlite,
            render_item=_render_item,
            transactional_ddl=True,
            process_revision_directives=_skip_an_empty_revision,
            **_options_of_the_command(),
        )
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite:
            connection.commit()
            _set_foreign_keys(connection, "ON")


def _set_foreign_keys(connection: Connection, state: Literal["ON", "OFF"]) -> None:
    """SQLite alters a table by dropping its old self, which would delete the rows that refer to it.

    The switch works outside of a transaction only, hence past SQLAlchemy.
    """
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA foreign_keys={state}")


def _render_item(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Migrations outlive our classes, so they name the plain type under UtcDateTime."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _skip_an_empty_revision(migration: Any, revision: Any, directives: list[Any]) -> None:
    command = context.config.cmd_opts
    if getattr(command, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()


def _options_of_the_command() -> dict[str, Any]:
    options = dict(current_app.extensions["migrate"].configure_args)
    for ours in ("render_as_batch", "process_revision_directives"):
        options.pop(ours, None)
    return options


migrate()
