"""`flask model publish|rollback|unpin|history|reread`: which version is live, and since when."""

from __future__ import annotations

import click
from flask_babel import gettext

from webapp.messages import Message, gettext_noop
from webapp.models import ModelVersion, Publication, PublicationTrigger, deployment_history
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.platform.languages import translate
from webapp.platform.template_filters import version_name
from webapp.registry import publishing
from webapp.registry.publishing_errors import FailedEvaluationError, UnknownVersionError
from worker.cli.group import model
from worker.serving.live_model import LiveModel

REASON = click.option("--reason", help=gettext_noop("Why; the deployment history keeps it."))
OVERRIDE = click.option(
    "--override",
    is_flag=True,
    help=gettext_noop("Even though the version did not pass its evaluation."),
)

PUBLISH_ANYWAY = gettext_noop(
    "Version %(number)s did not pass its evaluation. To publish it all the same: "
    "--override --reason WHY"
)
ROLL_BACK_ANYWAY = gettext_noop(
    "Version %(number)s did not pass its evaluation. To roll back to it all the same: "
    "--override --reason WHY"
)
TRIGGERS: dict[str, str] = {
    PublicationTrigger.INSTALLED: gettext_noop("installed"),
    PublicationTrigger.PASSED: gettext_noop("passed"),
    PublicationTrigger.CHOSEN: gettext_noop("chosen"),
    PublicationTrigger.ROLLED_BACK: gettext_noop("rolled back to"),
    PublicationTrigger.OVERRIDDEN: gettext_noop("overridden"),
}


@model.command()
@click.argument("version_id", metavar="VERSION", type=int)
@click.option(
    "--pin", is_flag=True, help=gettext_noop("No training run replaces it until it is unpinned.")
)
@OVERRIDE
@REASON
def publish(version_id: int, pin: bool, override: bool, reason: str | None) -> None:
    """Make a version the live one."""
    with writing() as session:
        try:
            version = publishing.publish(session, version_id, reason=reason, pinned=pin)
        except UnknownVersionError as error:
            raise click.ClickException(
                gettext("There is no version %(number)s; see: flask model list", number=version_id)
            ) from error
        except FailedEvaluationError as error:
            if not (override and reason):
                raise _override_required(error, PUBLISH_ANYWAY) from error
            version = publishing.override(session, version_id, reason=reason, pinned=pin)
    announce(version)


@model.command()
@click.option(
    "--unpin", is_flag=True, help=gettext_noop("Lift the pin of the live version as well.")
)
@OVERRIDE
@REASON
def rollback(unpin: bool, override: bool, reason: str | None) -> None:
    """Go one step back in the deployment history. A pin stays unless it is lifted."""
    try:
        with writing() as session:
            version = publishing.roll_back(
                session, reason=reason, unpin=unpin, despite_evaluation=override
            )
    except FailedEvaluationError as error:
        raise _override_required(error, ROLL_BACK_ANYWAY) from error
    announce(version)


@model.command()
@REASON
def unpin(reason: str | None) -> None:
    """Let the next version that passes its evaluation replace the live one."""
    with writing() as session:
        publication = session.scalar(Publication.current())
        if publication is None or not publication.pinned:
            raise click.ClickException(gettext("No version is pinned."))
        version = publishing.set_pin(session, pinned=False, reason=reason)
    click.echo(gettext("Version %(number)s is no longer pinned.", number=version.id))


@model.command()
def history() -> None:
    """Print the deployment history, one line for each publication, the latest first."""
    for deployment in deployment_history(db.session()):
        publication = deployment.publication
        until = f"{deployment.until:%Y-%m-%d %H:%M:%S}" if deployment.until else gettext("now")
        line = gettext(
            "%(since)s to %(until)s: %(version)s, %(trigger)s",
            since=f"{deployment.since:%Y-%m-%d %H:%M:%S}",
            until=until,
            version=version_name(deployment.version),
            trigger=translate(TRIGGERS[publication.trigger]),
        )
        if publication.published_by:
            line += " " + gettext("by %(email)s", email=publication.published_by.email)
        if publication.pinned:
            line += ", " + gettext("with a pin")
        click.echo(f"{line}: {publication.reason}" if publication.reason else line)


@model.command()
def reread() -> None:
    """Let the live version read all corrected pictures again, and print how many are right."""
    from worker.training.rereading import reread_corrections  # noqa: PLC0415 (TensorFlow)

    result = reread_corrections(LiveModel(extensions.settings.models_dir))
    click.echo(translate(result.sentence) if result else gettext("No published model loads."))


def _override_required(error: FailedEvaluationError, sentence: str) -> click.ClickException:
    return click.ClickException(translate(Message(sentence, {"number": str(error.version_id)})))


def publish_chosen(version: ModelVersion) -> None:
    """Publish a version that the person at the terminal chose."""
    with writing() as session:
        publishing.publish(session, version.id)
    announce(version)


def announce(version: ModelVersion) -> None:
    """Print the change, and notify workers that have not loaded a model yet."""
    extensions.queue.enqueue_prediction()
    click.echo(gettext("Version %(number)s answers from now on.", number=version.id))
