"""Sentences of evaluations and training runs, which rows hold in English, in Spanish."""

from __future__ import annotations

import pytest
from flask import Flask

from webapp.platform.stored_sentences import translate_stored


@pytest.mark.parametrize(
    ("stored", "spanish"),
    [
        ("It passed its evaluation.", "Ha superado su evaluación."),
        (
            "MNIST validation set: it reads 1,234 of 2,000 right, the live model 1,990.",
            "Conjunto de validación de MNIST: lee bien 1.234 de 2.000; el modelo en uso, 1.990.",
        ),
        (
            "Never again: it misreads 1 picture that version 4, the best ever published, "
            "reads right.",
            "Nunca más: lee mal 1 imagen que la versión 4, la mejor publicada, lee bien.",
        ),
        (
            "MNIST validation set: it reads 93.5% right; at least 95% are required.",
            "Conjunto de validación de MNIST: lee bien el 93,5\u202f%; "
            "hace falta al menos el 95\u202f%.",
        ),
        ("A sentence of somebody else.", "A sentence of somebody else."),
    ],
)
def test_a_stored_sentence_is_shown_in_spanish(app: Flask, stored: str, spanish: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "es"}):
        assert translate_stored(stored) == spanish


@pytest.mark.parametrize("stored", ["It passed its evaluation.", "Cancelled by an admin."])
def test_it_stays_as_it_is_in_english(app: Flask, stored: str) -> None:
    with app.test_request_context():
        assert translate_stored(stored) == stored
