"""Every accepted upload gets exactly one answer, whatever dies: `make chaos`, in short."""

from __future__ import annotations

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.run import Outcome, run
from tests.support.databases import Databases

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def outcome(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """At least 500 uploads, and every kind of fault once."""
    folder = tmp_path_factory.mktemp("chaos")
    url, faults = databases.create(), len(FAULTS)
    outcome = run(folder, database_url=url, uploads=500, faults=faults, rate=6, seed=1)
    print(outcome.table())  # noqa: T201 (told with a failure)
    return outcome


def test_every_accepted_upload_gets_exactly_one_answer_whatever_dies(outcome: Outcome) -> None:
    tally = outcome.tally

    assert tally.accepted >= 500
    assert outcome.faults == len(FAULTS)
    assert tally.lost == []
    assert tally.twice == []
    assert tally.unsettled == []
    assert tally.once == tally.rows


def test_every_answer_names_the_version_that_gave_it(outcome: Outcome) -> None:
    assert outcome.tally.wrong == []


def test_no_row_names_a_missing_file_and_the_database_is_whole(outcome: Outcome) -> None:
    assert outcome.tally.without_file == []
    assert outcome.tally.damage == ""


def test_nobody_was_told_anything_but_received_or_come_again_later(outcome: Outcome) -> None:
    assert outcome.mistakes == 0


def test_no_process_is_left_behind(outcome: Outcome) -> None:
    assert outcome.left_behind == []
