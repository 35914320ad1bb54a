"""Evaluation: honest counts, and a report that shows every miss."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.pictures import blank_paper, photo_of
from worker.recognition.evaluation.metrics import (
    Outcome,
    calibration_error,
    read_all,
    refusal_auroc,
    score,
    summarise,
)
from worker.recognition.evaluation.photo_sets import LabelledPicture, as_png, read_photo_sets
from worker.recognition.evaluation.report import Report
from worker.recognition.network.classifier import Classifier, Scores
from worker.recognition.reader import Reader
from worker.recognition.reading import Box, DigitReading, Glyph, Reading, Refusal
from worker.serving.pixels import stored_pixels


def outcome(
    label: str | None, number: str | None, *, in_distribution_score: float = 0.9
) -> Outcome:
    glyph = Glyph(Box(0, 0, 1, 1), 0, np.zeros((28, 28), np.float32))
    rows = (number or "0").split("|")
    digits = tuple(
        DigitReading(
            Glyph(glyph.box, row, glyph.ink), int(figure), 0.8, (0.1,) * 10, in_distribution_score
        )
        for row, text in enumerate(rows)
        for figure in text
    )
    refusal = Refusal.UNSURE if number is None else None
    reading = Reading(digits, refusal, size=(1, 1))
    return Outcome(LabelledPicture("set", "a.png", "someone", label, b""), reading, 5.0)


def test_whole_numbers_are_counted_by_digit_and_by_row() -> None:
    summary = summarise("multi", [outcome("12|34", "12|35"), outcome("7", "7")])
    assert summary.right == 0.5
    assert summary.digits_right == pytest.approx(4 / 5)
    assert summary.rows_right == pytest.approx(2 / 3)


def test_refused_is_not_wrong_and_an_answered_non_digit_is() -> None:
    summary = summarise("letters", [outcome(None, None), outcome(None, "4")])
    assert summary.right is None
    assert (summary.refused, summary.wrong) == (0.5, 0.5)


def test_auroc_is_one_when_the_score_separates_digits_and_half_when_it_is_the_same() -> None:
    apart = [
        outcome("1", "1", in_distribution_score=0.9),
        outcome(None, None, in_distribution_score=0.2),
    ]
    alike = [
        outcome("1", "1", in_distribution_score=0.5),
        outcome(None, None, in_distribution_score=0.5),
    ]
    assert refusal_auroc(apart) == 1.0
    assert refusal_auroc(alike) == 0.5


def test_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    confidences = np.full(100, 0.9)
    assert calibration_error(confidences, np.arange(100) < 90) == pytest.approx(0, abs=1e-9)
    assert calibration_error(confidences, np.arange(100) < 50) == pytest.approx(0.4)


def test_a_scorecard_counts_what_was_read_as_what() -> None:
    class AlwaysThree:
        def classify(self, inks: np.ndarray) -> Scores:
            shares = np.zeros((len(inks), 10), np.float32)
            shares[:, 3] = 1
            return Scores(shares, np.ones(len(inks), np.float32))

    images, labels = np.zeros((4, 28, 28), np.uint8), np.array([3, 3, 5, 8], np.uint8)
    card = score(AlwaysThree(), images, labels)  # type: ignore[arg-type]
    assert card.accuracy == 0.5
    assert card.confusion[5, 3] == 1
    assert card.accuracy_by_digit[3] == 1.0
    assert card.accuracy_by_digit[5] == 0.0


def test_a_folder_with_a_manifest_is_read_whole_and_reported_with_its_misses(
    tmp_path: Path, network: Path
) -> None:
    (tmp_path / "numbers").mkdir()
    (tmp_path / "numbers" / "42.png").write_bytes(photo_of("42"))
    (tmp_path / "numbers" / "blank.png").write_bytes(blank_paper())
    np.savez(tmp_path / "numbers" / "more.npz", x=np.zeros((2, 28, 28), np.uint8))
    with (tmp_path / "manifest.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["set", "file", "label", "kind", "source_repo"])
        rows.writerow(["numbers", "42.png", "99", "multi", "us"])
        rows.writerow(["numbers", "blank.png", "blank", "ood", "us"])
        rows.writerow(["numbers", "more.npz", "array", "ood", "us"])
    pictures = list(read_photo_sets(tmp_path))
    assert [picture.label for picture in pictures] == ["99", None, None, None]

    outcomes = read_all(Reader(Classifier.load(network)), pictures, stored_pixels)
    report = Report.of("tiny.keras", None, outcomes)
    assert "numbers" in report.table()
    assert "42.png: 99 →" in report.page(stored_pixels)
    assert "blank.png" not in report.page(stored_pixels)


def test_sources_are_parted_in_two_halves_and_stay_where_they_are() -> None:
    def is_kept_apart(source: str) -> bool:
        return LabelledPicture("set", "a.png", source, "1", b"").is_kept_apart

    apart = [is_kept_apart(f"person {number}") for number in range(1000)]
    assert 400 < sum(apart) < 600
    assert is_kept_apart("person 7") == is_kept_apart("person 7")


def test_the_report_counts_the_sources_by_which_nothing_was_chosen_on_their_own() -> None:
    def of(source: str, label: str | None, number: str | None) -> Outcome:
        picture = LabelledPicture("set", "a.png", source, label, b"")
        return replace(outcome(label, number), picture=picture)

    sources = [f"person {number}" for number in range(20)]
    apart = [s for s in sources if LabelledPicture("", "", s, "1", b"").is_kept_apart]
    outcomes = [of(s, "1", "1" if s in apart else "7") for s in sources]
    outcomes.append(of(apart[0], None, None))
    halves = {half.name: half for half in Report.of("tiny.keras", None, outcomes).halves}
    assert set(halves) == {"one digit, chosen by", "one digit, kept apart", "no digit, kept apart"}
    assert halves["one digit, kept apart"].right == 1.0
    assert halves["one digit, chosen by"].right == 0.0


def test_a_png_keeps_the_picture_to_the_bit() -> None:
    assert as_png(np.eye(28, dtype=np.uint8) * 255).startswith(b"\x89PNG")
