"""The signature of each function of the rule language: its name and words, what it takes and gives.

The registry (``functions``) builds its entries on these. They stand apart because ``in_words``
needs no more of a function: the page of a rule waits for no judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from auditor.formula.tree import FunctionName, Kind

__all__ = ["SIGNATURES", "Signature"]


class Signature(NamedTuple):
    """How a function is written, and what it is called.

    ``takes`` are the kinds of its arguments, ``gives`` is what it stands for; with ``several``, it
    takes numbers side by side too, with ``names`` any number of names. ``quoted`` says whether a
    name in quotes is its only argument, or may follow the others. ``words`` are what it makes of
    its arguments, in English and Japanese.
    """

    name: FunctionName
    words: tuple[str, str]
    takes: tuple[Kind, ...]
    gives: Kind
    several: bool = False
    quoted: Literal["never", "only", "also"] = "never"
    names: bool = False


_ALL: Final = (
    Signature(
        "sum",
        words=("the sum of {}", "{}の合計"),
        takes=("group", "list", "number"),
        gives="number",
        several=True,
    ),
    Signature(
        "abs",
        words=("{} without its sign", "{}の絶対値"),
        takes=("number",),
        gives="number",
    ),
    Signature(
        "min",
        words=("the least of {}", "{}の最小値"),
        takes=("group", "list", "number"),
        gives="number",
        several=True,
    ),
    Signature(
        "max",
        words=("the greatest of {}", "{}の最大値"),
        takes=("group", "list", "number"),
        gives="number",
        several=True,
    ),
    Signature(
        "present",
        words=("{} is filled in", "{}に記入がある"),
        takes=("number", "text"),
        gives="answer",
    ),
    Signature(
        "blank",
        words=("{} is blank", "{}が空欄である"),
        takes=("number", "text"),
        gives="answer",
    ),
    Signature(
        "zero",
        words=("{} (a blank is 0)", "{}（空欄は0とみなす）"),
        takes=("number",),
        gives="number",
    ),
    Signature(
        "count",
        words=("the number of filled cells of {}", "{}の記入数"),
        takes=("group", "list"),
        gives="number",
    ),
    Signature(
        "group",
        words=("{}", "{}"),
        takes=(),
        gives="group",
        quoted="only",
    ),
    Signature(
        "param",
        words=("{}", "{}"),
        takes=(),
        gives="number",
        quoted="only",
    ),
    Signature(
        "table",
        words=("{}", "{}"),
        takes=(),
        gives="table",
        quoted="only",
    ),
    Signature(
        "agreed",
        words=("the value of {} on which most of the book agrees", "冊子の過半数で一致する「{}」"),
        takes=("number",),
        gives="number",
        quoted="also",
    ),
    Signature(
        "unique",
        words=("no other row has the same {}", "{}が同じ行はほかにない"),
        takes=("number", "text"),
        gives="answer",
        names=True,
    ),
)
SIGNATURES: Final[Mapping[str, Signature]] = {signature.name: signature for signature in _ALL}
"""All signatures by name, in the order of the docs."""
