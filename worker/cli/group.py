"""The group of the `flask model …` commands."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from webapp.registry.publishing_errors import PublishingError


class ModelGroup(AppGroup):
    """Prints a sentence where the database is not ready, or a change is refused."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(
                f"The database is not ready; run `flask db upgrade` first. ({error.orig})"
            ) from error
        except PublishingError as error:
            raise click.ClickException(str(error)) from error


model = ModelGroup("model", help="Networks: training, evaluation and publication.")
