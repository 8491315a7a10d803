"""Texts in several runs, each with a look of its own.

What is raised, lowered, struck out or not seen is no part of what the text says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from auditor.readers.workbook.looks import Colours, Look, Rgb, is_on, names_symbols, number_of

__all__ = ["PLAIN_RUN", "RUN_TAGS", "Run", "RunLook", "plain_text", "run_look"]

RUN_TAGS: Final = ("vertAlign", "strike", "color", "sz", "rFont", "charset")
"""The properties of a run that are looked at."""
_LAST_OF_A_BYTE: Final = "\xff"
_SMALL: Final = 0.7
"""Digits in a font as much smaller than that of others beside them are those of a note mark."""


class RunLook(NamedTuple):
    """How a run of a text looks: whether it is raised, lowered or struck out, its ink (None for
    what is written without a colour), the size of its font (0 for that of the cell), and whether
    that font prints signs in the place of digits and letters.
    """

    is_mark: bool = False
    ink: Rgb | None = None
    size: float = 0.0
    in_symbols: bool = False


PLAIN_RUN: Final = RunLook()
"""The look of a run that looks as its cell does."""


class Run(NamedTuple):
    """A piece of a text."""

    text: str
    look: RunLook


def run_look(look: RunLook, tag: str, attributes: Mapping[str, str], colours: Colours) -> RunLook:
    """The look with one more property of its run."""
    match tag:
        case "vertAlign":
            is_mark = attributes.get("val") in ("superscript", "subscript")
            return look._replace(is_mark=look.is_mark or is_mark)
        case "strike":
            return look._replace(is_mark=look.is_mark or is_on(attributes))
        case "color":
            return look._replace(ink=colours.colour(attributes))
        case "sz":
            return look._replace(size=number_of(attributes.get("val", "")))
        case "rFont" if names_symbols(attributes.get("val", "")):
            return look._replace(in_symbols=True)
        case "charset" if names_symbols("", attributes.get("val", "")):
            return look._replace(in_symbols=True)
        case _:
            return look


def plain_text(runs: Sequence[Run], cell: Look) -> str:
    """The text of a cell without its marks and what is not seen in it."""
    runs = [
        _without_symbols(run) for run in runs if not run.look.is_mark and _is_seen(run.look, cell)
    ]
    sizes = [run.look.size or cell.size for run in runs if _has_digits(run)]
    largest = max(sizes, default=0.0)
    return "".join(
        run.text
        for run in runs
        if not (_has_digits(run) and (run.look.size or cell.size) < _SMALL * largest)
    )


def _without_symbols(run: Run) -> Run:
    """A run without what its font prints as signs; a font of symbols has no kanji and no kana,
    which are printed in another one.
    """
    if not run.look.in_symbols:
        return run
    return run._replace(text="".join(letter for letter in run.text if letter > _LAST_OF_A_BYTE))


def _is_seen(run: RunLook, cell: Look) -> bool:
    if run.ink is None or not cell.shows():
        return True  # it is as little seen as the cell
    return cell.shows_ink(run.ink)


def _has_digits(run: Run) -> bool:
    return any(map(str.isdecimal, run.text))
