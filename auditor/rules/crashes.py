"""What a rule's author is told of a rule that failed on a row: where, why, and what the row has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Final, NamedTuple, cast

from auditor.formula.tree import Field, Members
from auditor.formula.values import BLANK, Missing
from auditor.records.excerpts import harmless
from auditor.records.foreign import beginning_of, code_place, said_of
from auditor.records.text import Text
from auditor.rules.rows import Row
from auditor.rules.rule import Rule

__all__ = ["Crash", "crash_of"]

_MOST_VALUES: Final = 6


class Crash(NamedTuple):
    """A failure of a rule on a row: a message with its place, and the line of the rule there."""

    message: Text
    excerpt: tuple[str, ...] = ()


def crash_of(rule: Rule, row: Row, fault: BaseException) -> Crash:
    """What is said of an exception that a rule raised on a row."""
    place = code_place(fault)
    if place is None and fault.__cause__ is not None:
        place = code_place(fault.__cause__)
    en, ja = said_of(fault)
    excerpt: tuple[str, ...] = ()
    code = _code_of(rule)
    if place is None and code is not None:
        place = beginning_of(code)
    if place is not None:
        en, ja = place.before(en, ja)
        excerpt = place.excerpt()
    values = dict(_values(rule, row, code))
    if values:
        en = f"{en}; on this row {_listed(values, 'en')}"
        ja = f"{ja}。この行の値：{_listed(values, 'ja')}"
    return Crash(Text(en=en, ja=ja), excerpt)


def _code_of(rule: Rule) -> CodeType | None:
    """The compiled function of a rule in Python."""
    code: object = getattr(rule.check, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _values(rule: Rule, row: Row, code: CodeType | None) -> Iterator[tuple[str, str | None]]:
    """The values of a row under the names that a rule's function or formula names; the first ones
    of the row where it names none.
    """
    named = [*_named_in(code)] if code is not None else [*_named_by(rule)]
    names = [name for name in dict.fromkeys(named) if name in row.values]
    if not names:
        names = [name for name, value in row.values.items() if not isinstance(value, Missing)]
    for name in names[:_MOST_VALUES]:
        yield name, _shown(row, name)


def _named_in(code: CodeType) -> Iterator[str]:
    """The texts in quotes of a function and of those in it."""
    for constant in cast("tuple[object, ...]", code.co_consts):
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, CodeType):
            yield from _named_in(constant)


def _named_by(rule: Rule) -> Iterator[str]:
    for need in rule.needs:
        if (isinstance(need, Field) and not need.links) or isinstance(need, Members):
            yield need.name


def _shown(row: Row, name: str) -> str | None:
    """What a row has under a name, as it is printed; None for a blank."""
    value = row.values[name]
    if value is BLANK:
        return None
    figure = row.figure(name)
    if figure is not None:
        return harmless(figure.shown())
    return harmless(str(value)) if not isinstance(value, Missing) else "?"


def _listed(values: Mapping[str, str | None], lang: str) -> str:
    if lang == "ja":
        parts = (f"{name}＝{'空欄' if text is None else text}" for name, text in values.items())
        return "、".join(parts)
    parts = (f"{name} is {'blank' if text is None else text}" for name, text in values.items())
    return ", ".join(parts)
