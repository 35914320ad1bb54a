"""`flask model publish|rollback|unpin|history|reread`: which version is live, and since when."""

from __future__ import annotations

import click

from webapp.models import ModelVersion, Publication, deployment_history
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.registry import publishing
from webapp.registry.publishing_errors import FailedEvaluationError, UnknownVersionError
from worker.cli.group import model
from worker.serving.live_model import LiveModel

REASON = click.option("--reason", help="Why; the deployment history keeps it.")
OVERRIDE = click.option(
    "--override", is_flag=True, help="Even though the version did not pass its evaluation."
)


@model.command()
@click.argument("version_id", metavar="VERSION", type=int)
@click.option("--pin", is_flag=True, help="No training run replaces it until it is unpinned.")
@OVERRIDE
@REASON
def publish(version_id: int, pin: bool, override: bool, reason: str | None) -> None:
    """Make a version the live one."""
    with writing() as session:
        try:
            version = publishing.publish(session, version_id, reason=reason, pinned=pin)
        except UnknownVersionError as error:
            raise click.ClickException(f"{str(error)[:-1]}; see: flask model list") from error
        except FailedEvaluationError as error:
            if not (override and reason):
                raise _override_required(error, "publish it") from error
            version = publishing.override(session, version_id, reason=reason, pinned=pin)
    announce(version)


@model.command()
@click.option("--unpin", is_flag=True, help="Lift the pin of the live version as well.")
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
        raise _override_required(error, "roll back to it") from error
    announce(version)


@model.command()
@REASON
def unpin(reason: str | None) -> None:
    """Let the next version that passes its evaluation replace the live one."""
    with writing() as session:
        publication = session.scalar(Publication.current())
        if publication is None or not publication.pinned:
            raise click.ClickException("No version is pinned.")
        version = publishing.set_pin(session, pinned=False, reason=reason)
    click.echo(f"{version.name.capitalize()} is no longer pinned.")


@model.command()
def history() -> None:
    """Print the deployment history, one line for each publication, the latest first."""
    for deployment in deployment_history(db.session()):
        publication = deployment.publication
        until = f"{deployment.until:%Y-%m-%d %H:%M:%S}" if deployment.until else "now"
        line = f"{deployment.since:%Y-%m-%d %H:%M:%S} to {until}: {deployment.version.name}"
        line += f", {publication.trigger}"
        if publication.published_by:
            line += f" by {publication.published_by.email}"
        if publication.pinned:
            line += ", pinned"
        click.echo(f"{line}: {publication.reason}" if publication.reason else line)


@model.command()
def reread() -> None:
    """Let the live version read all corrected pictures again, and print how many are right."""
    from worker.training.rereading import reread_corrections  # noqa: PLC0415 (TensorFlow)

    result = reread_corrections(LiveModel(extensions.settings.models_dir))
    click.echo(result.sentence if result else "No published model loads.")


def _override_required(error: FailedEvaluationError, action: str) -> click.ClickException:
    return click.ClickException(
        f"Version {error.version_id} did not pass its evaluation. To {action} all the same: "
        "--override --reason WHY"
    )


def publish_chosen(version: ModelVersion) -> None:
    """Publish a version that the person at the terminal chose."""
    with writing() as session:
        publishing.publish(session, version.id)
    announce(version)


def announce(version: ModelVersion) -> None:
    """Print the change, and notify workers that have not loaded a model yet."""
    extensions.queue.enqueue_prediction()
    click.echo(f"{version.name.capitalize()} answers from now on.")
