"""Training runs: one at a time, and every end is final and has its reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.models import Base, RunStatus, TrainingRun


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = create_engine(database_url or "sqlite://")
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
