"""Every page in Spanish: no sentence of the catalogues is left in English."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser

import pytest
from flask import Flask

from tests.webapp.accounts.test_who_may_do_what import (
    READS,
    ROLES,
    Row,
    RunningSite,
    ask,
    read_only_app,
    site,
)
from webapp.platform.languages import TRANSLATIONS, read_catalogue

__all__ = ["read_only_app", "site"]  # the fixtures

READ_ALOUD = {"alt", "aria-label", "title", "placeholder", "data-label"}
NOT_READ = {"script", "style", "code", "pre", "q", "textarea"}
PLACEHOLDER = re.compile(r"%\(\w+\)s")
TAG = re.compile(r"<[^>]+>")


class Texts(HTMLParser):
    """The text nodes and the texts that are read aloud, each by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in NOT_READ
        if not self.hidden:
            self.texts += [value or "" for name, value in attrs if name in READ_ALOUD]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in NOT_READ

    def handle_data(self, data: str) -> None:
        if not self.hidden and self.get_starttag_text() != '<button class="link" lang="en">':
            self.texts.append(data)


@cache
def english_sentences() -> tuple[re.Pattern[str], ...]:
    """A pattern for each part of a sentence, between its tags, that Spanish says otherwise."""
    patterns = []
    for path in (TRANSLATIONS / "es").glob("*.po"):
        for message in read_catalogue(path):
            if not message.id:
                continue
            english = [message.id] if isinstance(message.id, str) else list(message.id)
            spanish = [message.string] if isinstance(message.string, str) else message.string
            in_spanish = {part for text in spanish for part in _parts(text)}
            for part in {part for text in english for part in _parts(text)} - in_spanish:
                fixed = PLACEHOLDER.sub("", part)
                if len(re.findall(r"[A-Za-z]{2,}", fixed)) >= (1 if fixed == part else 3):
                    gaps = map(re.escape, PLACEHOLDER.split(part))
                    patterns.append(re.compile(".+".join(gaps)))
    return tuple(patterns)


def _parts(sentence: str) -> set[str]:
    return {part.replace("%%", "%").strip() for part in TAG.split(sentence) if part.strip()}


@pytest.mark.parametrize("row", [row for row in READS if "/api/" not in row.rule], ids=str)
def test_a_page_in_spanish_has_no_english_sentence(
    row: Row, site: RunningSite, read_only_app: Flask
) -> None:
    for role in ("nobody", "owner", "admin"):
        assert role in ROLES
        client = site.client(read_only_app, role)
        client.set_cookie("language", "es")
        response = ask(read_only_app, site, client, row)
        if response.mimetype != "text/html" or not response.text:
            continue
        page = Texts()
        page.feed(response.text)
        texts = {" ".join(text.split()) for text in page.texts}
        left = {
            text for text in texts for sentence in english_sentences() if sentence.fullmatch(text)
        }
        assert left - {"English"} == set()
        assert '<html lang="es">' in response.text or response.status_code >= 300
