"""The backlog: uploads are refused at the limit, and are rarely counted."""

from __future__ import annotations

import pytest

from webapp.platform import backlog
from webapp.platform.backlog import Backlog


def test_uploads_pass_up_to_the_limit_and_are_counted_again_before_one_is_refused() -> None:
    counts = iter([1, 3, 2])
    waiting = Backlog()

    assert [waiting.let_pass(3, lambda: next(counts)) for _ in range(4)] == [None, None, 3, None]


def test_many_uploads_take_one_count() -> None:
    counts: list[int] = []
    waiting = Backlog()

    for _ in range(50):
        assert waiting.let_pass(1000, lambda: counts.append(1) or 0) is None

    assert len(counts) == 1


def test_a_count_is_used_for_a_second_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "COUNT_SECONDS", 0.0)
    counts = iter([0, 5])
    waiting = Backlog()

    assert waiting.let_pass(5, lambda: next(counts)) is None
    assert waiting.let_pass(5, lambda: next(counts)) == 5
