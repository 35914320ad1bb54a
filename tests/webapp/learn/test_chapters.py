"""The course: every chapter in both languages, with its depths, questions and live part."""

from __future__ import annotations

import re
from itertools import product

from flask.testing import FlaskClient

from webapp.learn.chapters import CHAPTERS, Chapter
from webapp.platform.languages import LANGUAGES

RIGHT_ANSWER = re.compile(r'data-right="(\d)"')
LIVE_PART = re.compile(r'data-live-part="(\w+)"')


def test_the_course_lists_its_twelve_chapters(client: FlaskClient) -> None:
    page = client.get("/learn").text

    assert len(CHAPTERS) == 12
    for chapter in CHAPTERS:
        assert f'href="/learn/{chapter.name}"' in page


def test_every_chapter_has_three_depths_three_questions_and_a_live_part_in_both_languages(
    client: FlaskClient,
) -> None:
    for chapter, language in product(CHAPTERS, LANGUAGES):
        page = page_of(client, chapter, language)
        assert f'<html lang="{language}"' in page
        assert page.count('<details class="depth">') == 2  # the first look is always open
        assert page.count('<fieldset class="question"') == 3
        assert page.count('type="radio"') == 9
        assert len(LIVE_PART.findall(page)) == 1
        assert "<noscript>" in page


def test_both_languages_ask_the_same_with_the_same_answers(client: FlaskClient) -> None:
    for chapter in CHAPTERS:
        english, spanish = (page_of(client, chapter, language) for language in LANGUAGES)
        assert RIGHT_ANSWER.findall(english) == RIGHT_ANSWER.findall(spanish)
        assert set(RIGHT_ANSWER.findall(english)) <= {"1", "2", "3"}
        assert LIVE_PART.findall(english) == LIVE_PART.findall(spanish)


def page_of(client: FlaskClient, chapter: Chapter, language: str) -> str:
    response = client.get(f"/learn/{chapter.name}", headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.text


def test_teachers_have_a_plan_of_45_minutes_and_a_worksheet(client: FlaskClient) -> None:
    for language, title in (("en", "Worksheet"), ("es", "Hoja de trabajo")):
        page = client.get("/learn/teaching", headers={"Accept-Language": language}).text
        assert "42–45" in page
        assert title in page
        assert "/networks/play" in page


def test_an_unknown_chapter_is_not_found(client: FlaskClient) -> None:
    assert client.get("/learn/alchemy").status_code == 404
