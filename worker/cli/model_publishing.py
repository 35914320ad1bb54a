"""`flask model publish|rollback|unpin|history|reread`: which version is live, and since when."""

from __future__ import annotations

import click

from webapp.models import ModelVersion, Publication, deployment_history
from webapp.platform.database import db, writing
from webapp.platform.extensions import extensions
from webapp.registry import publishing
from webapp.registry.publishing import FailedEvaluationError, UnknownVersionError
from worker.cli.group import model
from worker.serving.live_model import LiveModel

REASON = click.option("--reason", help="Why; the deployment history keeps it.")


@model.command()
@click.argument("version_id", metavar="VERSION", type=int)
@click.option("--pin", is_flag=True, help="No training run replaces it until it is unpinned.")
@click.option("--override", is_flag=True, help="Even though it did not pass its evaluation.")
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
                raise click.ClickException(
                    f"Version {version_id} did not pass its evaluation. To publish it all the "
                    "same: --override --reason WHY"
                ) from error
            version = publishing.override(session, version_id, reason=reason, pinned=pin)
    announce(version)


@model.command()
@REASON
def rollback(reason: str | None) -> None:
    """Publish the version that was live before the present one."""
    with writing() as session:
        version = publishing.roll_back(session, reason=reason)
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
    click.echo(f"{version.name.capitalize()} is pinned no longer.")


@model.command()
def history() -> None:
    """Print the deployment history, a line a publication, the present one first."""
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


def publish_chosen(version: ModelVersion) -> None:
    """Publish a version, as the person at the terminal chose."""
    with writing() as session:
        publishing.publish(session, version.id)
    announce(version)


def announce(version: ModelVersion) -> None:
    """Print the change, and notify workers that have no live model yet."""
    extensions.queue.enqueue_prediction()
    click.echo(f"{version.name.capitalize()} answers from now on.")
