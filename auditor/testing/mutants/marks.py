"""The changes of a rule that its file marks as making no difference, and what refutes a mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.records.nearest import hint, nearest_name
from auditor.records.text import Text
from auditor.rules.definitions import definition_of
from auditor.testing.mutants.changes import ARROW, Mutant, Part

if TYPE_CHECKING:
    from auditor.rules.rule import Equivalent, Rule

__all__ = ["Mark", "RefutedMark", "marks_of", "refuted_by_case", "refuted_by_row", "unknown_change"]


class Mark(NamedTuple):
    """A mark of a rule's file. ``number`` counts from 0; ``mutant`` is the one that it names, None
    where there is no such change.
    """

    number: int
    part: Part
    change: str
    mutant: Mutant | None


class RefutedMark(NamedTuple):
    """A mark that does not hold: why, where it stands in the file with an ``excerpt`` (empty where
    that is not known), and the case that shows it, where one does.
    """

    mark: Mark
    message: Text
    where: str = ""
    excerpt: tuple[str, ...] = ()
    case: Mapping[str, Any] | None = None


def marks_of(rule: Rule, mutants: Sequence[Mutant]) -> list[Mark]:
    """The marks of a rule's file, each with the mutant that it names."""
    by_change = {(mutant.part, _plain(mutant.change)): mutant for mutant in mutants}
    marks: list[Mark] = []
    for number, item in enumerate(rule.file.equivalent):
        part, change = _stated(item)
        marks.append(Mark(number, part, change, by_change.get((part, _plain(change)))))
    return marks


def _stated(item: Equivalent) -> tuple[Part, str]:
    return ("when", item.when) if item.when else ("formula", item.formula)


def _plain(change: str) -> str:
    """A change in one way of writing: with single blanks, and one kind of arrow."""
    return " ".join(change.replace("->", ARROW).split())


def unknown_change(rule: Rule, mark: Mark, mutants: Sequence[Mutant]) -> RefutedMark:
    """That a mark names no change that there is, which an edited formula makes of it."""
    changes = [mutant.change for mutant in mutants if mutant.part == mark.part]
    en, ja = hint(nearest_name(_plain(mark.change), changes))
    message = Text(
        en=f"there is no such change of {mark.part}{en}",
        ja=f"{mark.part} にこのような変更はありません{ja}",
    )
    return _placed(rule, RefutedMark(mark, message))


def refuted_by_case(rule: Rule, mark: Mark) -> RefutedMark:
    """That a case of the rule comes out otherwise after a change that is marked."""
    message = Text(
        en="this change makes a difference: a case of the rule notices it. Take the mark out",
        ja="この変更で、例の結果が変わります。この [[equivalent]] を消してください",
    )
    return _placed(rule, RefutedMark(mark, message))


def refuted_by_row(rule: Rule, mark: Mark, case: Mapping[str, Any]) -> RefutedMark:
    """That a drawn row tells the mutant of a mark from its rule."""
    message = Text(
        en="this change makes a difference: it is seen in the case below. Put the case in place "
        "of the mark",
        ja="この変更で、次の例の結果が変わります。[[equivalent]] を消し、この例を加えてください",
    )
    return _placed(rule, RefutedMark(mark, message, case=case))


def _placed(rule: Rule, refuted: RefutedMark) -> RefutedMark:
    """The same with its place in the file, where that can be found."""
    table = definition_of(rule)
    if table is None or table.file.lines is None:
        return refuted
    mark, lines = refuted.mark, table.file.lines
    fault = table.fault(("equivalent", mark.number, mark.part), "", "")
    if fault.place is None:
        return refuted
    line, column = lines.at(fault.place[0])
    excerpt = tuple(lines.excerpt(*fault.place))
    return refuted._replace(where=f"{rule.path}:{line}:{column}", excerpt=excerpt)
