"""The language of commands: the one that `--language` names, else the terminal's."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import suppress

import click
from flask import has_app_context
from flask_babel import refresh

from webapp.messages import gettext_noop
from webapp.platform.languages import (
    COMMAND_LANGUAGE,
    LANGUAGES,
    language_of_terminal,
    translate,
)

OPTION_HELP = gettext_noop("The language of the output. Default: the terminal's.")


def speak_languages(command: click.Command) -> None:
    """Give a command, and all below it, the option `--language`, and a help that is translated."""
    for one in _with_subcommands(command):
        if any(parameter.name == COMMAND_LANGUAGE for parameter in one.params):
            continue  # made for an earlier app of this process
        option = click.Option(
            ["--language", COMMAND_LANGUAGE],
            type=click.Choice(list(LANGUAGES)),
            help=OPTION_HELP,
            is_eager=True,
            expose_value=False,
            callback=_choose,
        )
        one.params.append(option)
    _translate_help(command, language_of_terminal())


def _choose(context: click.Context, option: click.Parameter, value: str | None) -> None:  # noqa: ARG001
    if value:
        context.meta[COMMAND_LANGUAGE] = value
    if has_app_context():
        refresh()  # type: ignore[no-untyped-call]
    chosen = context.meta.get(COMMAND_LANGUAGE) or language_of_terminal()
    _translate_help(context.command, chosen)


def _translate_help(command: click.Command, language: str) -> None:
    """Replace the help of a command, of all below it and of their options."""
    for one in _with_subcommands(command):
        if one.help:
            one.help = translate(_english(one, one.help), language)
        for parameter in one.params:
            if isinstance(parameter, click.Option) and parameter.help:
                parameter.help = translate(_english(parameter, parameter.help), language)


def _english(part: click.Command | click.Parameter, help_text: str) -> str:
    """The help as it is written in the code."""
    with suppress(AttributeError):
        return str(part.help_in_english)  # type: ignore[union-attr]
    english = inspect.cleandoc(help_text)
    part.help_in_english = english  # type: ignore[union-attr]
    return english


def _with_subcommands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for one in command.commands.values():
            yield from _with_subcommands(one)
