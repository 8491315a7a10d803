"""What a command writes, held against each other and against what it reads, before any work.

The parsers say which arguments name files or folders, and for what.
"""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple, cast

from auditor.cli.arguments import Place, Use
from auditor.cli.output import Refused
from auditor.files.atomic import can_be_name, check_name, input_at
from auditor.files.names import loose_name

__all__ = ["check_places"]


class _Named(NamedTuple):
    """A file or folder that an argument names."""

    argument: str
    path: Path
    use: Use


def check_places(arguments: Namespace) -> None:
    """Raise Refused or UnwritableFile where no file can have a name, and where a file that is to be
    written is read, or is, holds or lies in something else that is to be written.
    """
    items = [*_named(arguments.places, arguments)]
    for item in items:
        if item.use == "read" and not can_be_name(item.path):
            raise Refused(
                f"{item.path} can't be read: no file can have such a name",
                f"{item.path} を開けません（ファイル名として使えない文字があります）",
            )
    outputs = [item for item in items if item.use != "read"]
    if not outputs:
        return
    for item in outputs:
        check_name(item.path)
    for first, second in combinations(outputs, 2):
        _check_apart(first, second)
    inputs = [item.path for item in items if item.use == "read"]
    for item in outputs:
        if item.use == "written":
            _check_unread(item.path, [*inputs, *_of_settings(arguments)])


def _named(places: Iterable[Place], arguments: Namespace) -> Iterator[_Named]:
    for place in places:
        value: object = getattr(arguments, place.dest, None)
        values = cast("Sequence[object]", value) if isinstance(value, list | tuple) else [value]
        for path in values:
            if isinstance(path, str | Path) and str(path):
                yield _Named(place.name, Path(path), place.use)


def _of_settings(arguments: Namespace) -> Iterator[Path]:
    """The settings file, and what it names beside the values of arguments."""
    if arguments.settings_file is not None:
        yield arguments.settings_file.path
    template: str | None = arguments.settings.letter.template
    if template:
        yield Path(template)


def _check_apart(first: _Named, second: _Named) -> None:
    """Raise Refused where two outputs would get into each other's way."""
    names = f"{first.argument}, {second.argument}", f"{first.argument} と {second.argument}"
    if _is_same(first.path, second.path):
        raise Refused(
            f"{names[0]}: both would be written to {second.path}; name two places",
            f"{names[1]} の書き出し先が同じです（{second.path}）。別の場所を指定してください",
        )
    for outer, inner in ((first, second), (second, first)):
        if _is_in(inner.path, outer.path):
            raise Refused(
                f"{names[0]}: {inner.path} would lie in {outer.path}, which is written, too; name "
                "a place elsewhere",
                f"{names[1]}：{inner.path} が、同じく書き出す {outer.path} の中になります。"
                "別の場所を指定してください",
            )


def _check_unread(path: Path, inputs: Iterable[Path]) -> None:
    if input_at(path, inputs) is not None:
        raise Refused(
            f"{path} is one of the input files and is not written over",
            f"{path} は入力ファイルです。上書きしません",
        )


def _is_same(path: Path, other: Path) -> bool:
    """Whether two paths are one file, on whatever system: names that differ only in case, or in how
    Unicode writes them, are one name on some.
    """
    try:
        if path.samefile(other):
            return True
    except (OSError, ValueError):  # one of them does not exist
        pass
    return _folded(path) == _folded(other)


def _is_in(inner: Path, outer: Path) -> bool:
    return Path(_folded(inner)).is_relative_to(_folded(outer))


def _folded(path: Path) -> str:
    return loose_name(os.path.realpath(path))
