"""Training runs: one at a time, and every end is final and has its reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.models import Base, ModelVersion, RunStatus, TrainingRun


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_the_database_allows_one_unfinished_run(session: Session) -> None:
    session.add(TrainingRun())
    session.commit()
    session.add(TrainingRun())

    with pytest.raises(IntegrityError):
        session.commit()


def test_after_a_run_has_ended_another_may_be_asked_for(session: Session) -> None:
    run = TrainingRun()
    session.add(run)
    session.commit()

    run.fail("There was nothing to train on.")
    session.add(TrainingRun())
    session.commit()

    assert run.is_finished


def test_a_queued_run_that_is_cancelled_ends_at_once(session: Session) -> None:
    run = TrainingRun()
    session.add(run)
    session.commit()

    run.request_cancel()

    assert run.status == RunStatus.CANCELLED


def test_a_running_one_that_is_cancelled_ends_when_its_trainer_hears_of_it(
    session: Session,
) -> None:
    run = TrainingRun()
    session.add(run)
    session.commit()
    run.start(epochs_planned=3)

    run.request_cancel()

    assert run.status == RunStatus.RUNNING
    assert run.cancel_requested_at is not None


@pytest.mark.parametrize(
    ("challenger", "champion", "may_replace"),
    [(0.996, 0.995, True), (0.994, 0.997, True), (0.97, 0.99, False), (0.5, None, True)],
)
def test_a_clearly_worse_version_may_not_replace_the_live_one(
    challenger: float, champion: float | None, may_replace: bool
) -> None:
    live = ModelVersion(accuracy=champion)

    assert ModelVersion(accuracy=challenger).may_replace(live) is may_replace


def test_the_first_version_may_always_be_published() -> None:
    assert ModelVersion(accuracy=0.1).may_replace(None)
