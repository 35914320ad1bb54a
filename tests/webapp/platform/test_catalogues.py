"""The catalogues: every marked sentence has one translation, and nothing else is in them."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Any

import pytest

from scripts.translations import Key, extracted, is_translated
from webapp.platform.languages import DEFAULT, LANGUAGES, TRANSLATIONS, read_catalogue

TRANSLATED = [language for language in LANGUAGES if language != DEFAULT]
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%|%")


@cache
def marked() -> dict[str, set[Key]]:
    return extracted()


@cache
def catalogues(language: str) -> dict[str, dict[Key, Any]]:
    """The translations by area, then by sentence."""
    return {
        path.stem: {message.id: message.string for message in read_catalogue(path) if message.id}
        for path in sorted((TRANSLATIONS / language).glob("*.po"))
    }


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogues_hold_the_sentences_of_the_code_and_no_others(language: str) -> None:
    """`make translations` repairs this; then translate the empty sentences."""
    found = {area: set(sentences) for area, sentences in catalogues(language).items()}
    assert found == marked()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str) -> None:
    untranslated = [
        (area, sentence)
        for area, sentences in catalogues(language).items()
        for sentence, translation in sentences.items()
        if not is_translated(translation)
    ]
    assert not untranslated


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_the_values_of_its_sentence(language: str) -> None:
    """Python, Jinja and the scripts fill in %(name)s; any other percent sign is doubled."""
    different = []
    for sentences in catalogues(language).values():
        for sentence, translation in sentences.items():
            originals = [sentence] if isinstance(sentence, str) else list(sentence)
            translations = [translation] if isinstance(translation, str) else list(translation)
            for original, translated in zip(originals, translations, strict=True):
                if values_in(original) != values_in(translated):
                    different.append((original, translated))
    assert not different


@pytest.mark.parametrize("language", TRANSLATED)
def test_areas_agree_on_the_translation_of_a_sentence(language: str) -> None:
    translations: dict[Key, set[Any]] = defaultdict(set)
    for sentences in catalogues(language).values():
        for sentence, translation in sentences.items():
            translations[sentence].add(translation)
    assert not {key: found for key, found in translations.items() if len(found) > 1}


def values_in(sentence: str) -> list[str]:
    return sorted(match[0] for match in PLACEHOLDER.finditer(sentence))
