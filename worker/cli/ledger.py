"""`flask model publish|rollback|unpin|history|reread`: which version answers, and since when."""

from __future__ import annotations

import click

from webapp.audit import record
from webapp.database import db, writing
from webapp.models import Deed, ModelVersion, Occasion, Publication, read_ledger
from webapp.services import services
from worker.cli.group import model
from worker.live_model import LiveModel

REASON = click.option("--reason", help="Why; the ledger keeps it.")


@model.command()
@click.argument("version_id", metavar="VERSION", type=int)
@click.option("--pin", is_flag=True, help="No training takes over until it is unpinned.")
@click.option("--override", is_flag=True, help="Even though it did not pass its exam.")
@REASON
def publish(version_id: int, pin: bool, override: bool, reason: str | None) -> None:
    """Let a version answer from now on."""
    with writing() as session:
        version = session.get(ModelVersion, version_id)
        if version is None:
            raise click.ClickException(f"There is no version {version_id}; see: flask model list")
        if version.was_refused and not (override and reason):
            raise click.ClickException(
                f"{version.name.capitalize()} did not pass its exam. To publish it all the same: "
                "--override --reason WHY"
            )
        occasion = Occasion.OVERRIDDEN if version.was_refused else Occasion.CHOSEN
        version.publish(occasion, reason=reason, pinned=pin)
        deed = Deed.OVERRODE if occasion == Occasion.OVERRIDDEN else Deed.PUBLISHED
        record(session, deed, version.name, note=reason)
    announce(version)


@model.command()
@REASON
def rollback(reason: str | None) -> None:
    """Let the version that answered before the live one answer again."""
    with writing() as session:
        version = session.scalar(ModelVersion.before_current())
        if version is None:
            raise click.ClickException("There is no earlier published version to go back to.")
        version.publish(Occasion.ROLLED_BACK, reason=reason)
        record(session, Deed.ROLLED_BACK, f"to {version.name}", note=reason)
    announce(version)


@model.command()
@REASON
def unpin(reason: str | None) -> None:
    """Let the next version that passes its exam take over from the live one."""
    with writing() as session:
        line = session.scalar(Publication.current())
        if line is None or not line.pinned:
            raise click.ClickException("No version is pinned.")
        version = session.get_one(ModelVersion, line.model_version_id)
        version.publish(Occasion.CHOSEN, reason=reason)  # lines of the ledger are never changed
        record(session, Deed.UNPINNED, version.name, note=reason)
    click.echo(f"{version.name.capitalize()} is pinned no longer.")


@model.command()
def history() -> None:
    """Print the ledger, a line a publication, the present one first."""
    for span in read_ledger(db.session()):
        until = f"{span.until:%Y-%m-%d %H:%M:%S}" if span.until else "now"
        told = f"{span.since:%Y-%m-%d %H:%M:%S} to {until}: {span.version.name}"
        told += f", {span.line.occasion}"
        if span.line.published_by:
            told += f" by {span.line.published_by.email}"
        if span.line.pinned:
            told += ", pinned"
        click.echo(f"{told}: {span.line.reason}" if span.line.reason else told)


@model.command()
def reread() -> None:
    """Let the live version read all corrected pictures again, and tell how many it gets right."""
    from worker.rereading import reread_corrections  # noqa: PLC0415 - TensorFlow takes seconds

    told = reread_corrections(LiveModel(services.settings.models_dir))
    click.echo(told.sentence if told else "No published model loads.")


def publish_chosen(version: ModelVersion) -> None:
    """Let a version answer from now on, as whoever typed the command chose."""
    with writing() as session:
        session.get_one(ModelVersion, version.id).publish(Occasion.CHOSEN)
        record(session, Deed.PUBLISHED, version.name)
    announce(version)


def announce(version: ModelVersion) -> None:
    """Say it, and ring for workers without a live model; the others follow by themselves."""
    services.queue.predict_later()
    click.echo(f"{version.name.capitalize()} answers from now on.")
