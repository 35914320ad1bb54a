"""Limits of the work for one picture, counted on pictures that are meant to be expensive."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.adversarial_pictures import KINDS, picture_of
from tests.support.pictures import opened
from tests.worker.recognition.drawn_pages import blank_page, file_of, with_text
from worker.recognition import reader as reader_module
from worker.recognition.network.classifier import Classifier, Scores
from worker.recognition.page.binarisation import binarise
from worker.recognition.reader import (
    MAX_SIDEWAYS_GLYPHS,
    MAX_SPLIT_GLYPHS,
    SAMPLE_SIZE,
    SIDEWAYS,
    Reader,
)
from worker.recognition.reading import Glyph, Reading, Refusal
from worker.recognition.segmentation import fragments, grouping, touching_digits
from worker.recognition.segmentation.components import MAX_COMPONENTS, Component, find_components
from worker.recognition.segmentation.grouping import MAX_GLYPHS, MAX_WRITING_COMPONENTS
from worker.serving.pixels import stored_pixels

SHIPPED = Path(__file__).parents[3] / "models" / "cifra.keras"
MAX_PIECES = 3 * 2 + 3 * 3  # of one glyph: three splits in two and three splits in three
MAX_GLYPHS_CLASSIFIED = (
    MAX_GLYPHS + MAX_SPLIT_GLYPHS * MAX_PIECES + len(SIDEWAYS) * SAMPLE_SIZE + MAX_SIDEWAYS_GLYPHS
)
MAX_NETWORK_CALLS = 4  # upright glyphs, splits, samples of both sides, both sides
MAX_PASSES = (1 + len(SIDEWAYS)) * 2 * MAX_WRITING_COMPONENTS
MAX_COMPARISONS = (1 + len(SIDEWAYS)) * MAX_WRITING_COMPONENTS**2  # in passes over arrays


@dataclass
class Work:
    """The work that was done for one picture."""

    classified: list[int] = field(default_factory=list)  # glyphs of each call
    passes: int = 0  # of one component over all that wait for it
    comparisons: int = 0  # of two components by all rules
    splits: int = 0  # glyphs for which splits are searched
    cut_out: int = 0


class CountingClassifier(Classifier):
    """The shipped network; counts the glyphs of each call."""

    work: Work

    def classify(self, inks: NDArray[np.float32]) -> Scores:
        self.work.classified.append(len(inks))
        return super().classify(inks)


@pytest.fixture(scope="module")
def classifier() -> CountingClassifier:
    loaded = CountingClassifier.load(SHIPPED)
    assert isinstance(loaded, CountingClassifier)
    loaded.work = Work()
    return loaded


@pytest.fixture
def work(classifier: CountingClassifier, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Counts everything that the reader does from now on."""
    work = classifier.work = Work()
    first_fragment, are_fragments = fragments._first_fragment, fragments.are_fragments
    cut_out, propose_splits = grouping._cut_out, touching_digits.propose_splits

    def counted_pass(whole: Component, *arguments: object) -> int | None:
        work.passes += 1
        return first_fragment(whole, *arguments)  # type: ignore[arg-type]

    def counted_rules(one: Component, others: fragments.Boxes, height: float) -> object:
        work.comparisons += len(others)
        return are_fragments(one, others, height)

    def counted_cut(*arguments: object) -> Glyph:
        work.cut_out += 1
        return cut_out(*arguments)  # type: ignore[arg-type]

    def counted_splits(*arguments: object) -> list[tuple[Glyph, ...]]:
        work.splits += 1
        return propose_splits(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(fragments, "_first_fragment", counted_pass)
    monkeypatch.setattr(fragments, "are_fragments", counted_rules)
    monkeypatch.setattr(grouping, "_cut_out", counted_cut)
    monkeypatch.setattr(reader_module, "propose_splits", counted_splits)
    return work


def read(classifier: Classifier, data: bytes) -> Reading:
    return Reader(classifier).read([stored_pixels(data)])[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_work_for_any_picture_is_bounded(
    kind: str, classifier: CountingClassifier, work: Work
) -> None:
    reading = read(classifier, picture_of(kind))

    assert sum(work.classified) <= MAX_GLYPHS_CLASSIFIED
    assert len(work.classified) <= MAX_NETWORK_CALLS
    assert work.passes <= MAX_PASSES
    assert work.comparisons <= MAX_COMPARISONS
    assert work.splits <= MAX_SPLIT_GLYPHS
    assert work.cut_out <= MAX_GLYPHS_CLASSIFIED
    assert reading.number is not None or reading.refusal is not None


@pytest.mark.parametrize("grain", [1, 2, 3, 4])
def test_noise_is_refused_before_its_components_are_compared(
    grain: int, classifier: CountingClassifier, work: Work
) -> None:
    reading = read(classifier, picture_of(f"white noise, grain {grain}", 1280))

    assert reading.refusal is Refusal.TOO_MANY
    assert work == Work()


def test_a_page_with_too_many_components_is_refused_before_they_are_measured() -> None:
    page = binarise(opened(picture_of("white noise, grain 1", 1280)))

    assert find_components(page) is Refusal.TOO_MANY


def test_a_page_that_is_refused_upright_is_not_tried_sideways(
    classifier: CountingClassifier, work: Work
) -> None:
    reading = read(classifier, picture_of("400 strokes", 1280))

    assert reading.refusal is Refusal.TOO_MANY
    assert work.passes <= 2 * MAX_WRITING_COMPONENTS
    assert work.classified == []


def test_a_side_without_digits_is_only_sampled(classifier: CountingClassifier, work: Work) -> None:
    reading = read(classifier, picture_of("196 wide characters"))

    assert reading.refusal is Refusal.UNLIKE_DIGITS
    assert 0 < work.classified[-1] <= len(SIDEWAYS) * SAMPLE_SIZE


@pytest.mark.parametrize("row_of_digits", ["2345729", "23457237425"])
def test_a_sideways_page_of_many_digits_is_read(
    row_of_digits: str, classifier: CountingClassifier
) -> None:
    page = blank_page(1200, 1200)
    for row in range(13):
        page = with_text(page, row_of_digits, (60, 90 + 85 * row), scale=2, pen=6)

    reading = read(classifier, file_of(np.rot90(page)))

    assert reading.number == "|".join([row_of_digits] * 13)


def test_ordinary_pages_are_far_from_the_limits() -> None:
    page = blank_page(1200, 1200)
    for row in range(13):
        page = with_text(page, "0123456789", (60, 90 + 85 * row), scale=2, pen=6)

    found = find_components(binarise(opened(file_of(page))))

    assert not isinstance(found, Refusal)
    assert len(found.components) < MAX_WRITING_COMPONENTS / 4 < MAX_COMPONENTS / 4
