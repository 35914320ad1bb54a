"""The catalogues of translations: `make translations` brings them in step with the code.

Each area of the code has a file of its own, sorted and without line numbers, so that two people
who add sentences seldom change the same lines:

    webapp/predictions/, webapp/templates/predictions/   translations/es/predictions.po
    webapp/static/js/                                    translations/es/javascript.po
    webapp/*.py, webapp/templates/*.html                 translations/es/site.po
    worker/, scripts/                                    translations/es/worker.po, scripts.po
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from webapp.platform.languages import DEFAULT, JAVASCRIPT, LANGUAGES, TRANSLATIONS, read_catalogue
from webapp.settings import ROOT

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "Message": None,
}
EXTRACTORS = {".py": "python", ".html": "jinja2.ext:babel_extract", ".js": "javascript"}
OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
HEADER = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {language}\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""

Key = str | tuple[str, str]  # a sentence, or its singular and plural


def main() -> None:
    sources = extracted()
    for language in LANGUAGES:
        if language != DEFAULT:
            update(language, sources)


def extracted() -> dict[str, set[Key]]:
    """The marked sentences in the code, by area."""
    areas: dict[str, set[Key]] = {}
    for path in source_files():
        keys = set(_marked_in(path))
        if keys:
            areas.setdefault(area_of(path), set()).update(keys)
    return areas


def source_files() -> Iterator[Path]:
    for folder in ("webapp", "worker", "scripts"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in EXTRACTORS:
                yield path


def area_of(path: Path) -> str:
    """The name of the catalogue that holds a file's sentences."""
    package, *parts = path.relative_to(ROOT).parts
    if package != "webapp":
        return package
    if parts[0] == "static":
        return JAVASCRIPT
    if parts[0] == "templates":
        parts = parts[1:]
    return parts[0] if len(parts) > 1 else "site"


def update(language: str, sources: dict[str, set[Key]]) -> None:
    """Write every area's file: its sentences with the translations that any area has of them.

    A sentence without a translation is left empty and printed.
    """
    folder = TRANSLATIONS / language
    folder.mkdir(parents=True, exist_ok=True)
    known = translations_in(folder)
    missing = 0
    for area, keys in sorted(sources.items()):
        catalogue = Catalog(locale=language)
        for key in keys:
            catalogue.add(key, known.get(key, "" if isinstance(key, str) else ("", "")))
            if key not in known:
                missing += 1
                _say(f"{area}: {key if isinstance(key, str) else key[0]}")
        with (folder / f"{area}.po").open("wb") as file:
            file.write(HEADER.format(language=language).encode() + b"\n")
            write_po(file, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    for path in folder.glob("*.po"):
        if path.stem not in sources:
            path.unlink()
    _say(f"{language}: {missing} sentences have no translation yet." if missing else "Complete.")


def translations_in(folder: Path) -> dict[Key, Any]:
    """Every finished translation in the files of a language."""
    return {
        message.id: message.string
        for path in sorted(folder.glob("*.po"))
        for message in read_catalogue(path)
        if message.id and is_translated(message.string)
    }


def is_translated(translation: str | tuple[str, ...] | list[str]) -> bool:
    return bool(translation) if isinstance(translation, str) else all(translation)


def _marked_in(path: Path) -> Iterator[Key]:
    if path.suffix == ".py":
        yield from _helps_of_commands(ast.parse(path.read_text()))
    for _, key, _, _ in extract_from_file(EXTRACTORS[path.suffix], path, KEYWORDS, (), OPTIONS):
        yield key if isinstance(key, str) else (key[0], key[1])


def _helps_of_commands(tree: ast.Module) -> Iterator[str]:
    """The docstrings of commands, which click shows as their help."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        calls = [one.func for one in node.decorator_list if isinstance(one, ast.Call)]
        if any(isinstance(call, ast.Attribute) and call.attr == "command" for call in calls):
            yield ast.get_docstring(node) or ""


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")


if __name__ == "__main__":
    main()
