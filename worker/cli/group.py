"""The group of the `flask model …` commands."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy.exc import OperationalError, ProgrammingError

from webapp.messages import gettext_noop
from webapp.platform.languages import translate
from webapp.registry.publishing_errors import PublishingError


class ModelGroup(AppGroup):
    """Prints a sentence where the database is not ready, or a change is refused."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(
                gettext(
                    "The database is not ready; run `flask db upgrade` first. (%(cause)s)",
                    cause=error.orig,
                )
            ) from error
        except PublishingError as error:
            raise click.ClickException(translate(error.sentence)) from error


model = ModelGroup("model", help=gettext_noop("Networks: training, evaluation and publication."))
