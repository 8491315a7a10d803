"""What explains the findings of a book: one explanation for each thing that went wrong.

Figures are searched, sheet by sheet. Most books have few findings or none but of words, which
need no search: it is loaded for the first sheet whose figures contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from auditor.records.fields import TABLE_OF, Each
from auditor.records.model import Kpi, Sheet
from auditor.rules.rows import Row, Rows
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.searchable import why_unusable
from auditor.suspects.applying import RulesOf
from auditor.suspects.between_books import as_formula
from auditor.suspects.explanation import Contradiction, Explanation
from auditor.suspects.sheet_words import explained_by_words

if TYPE_CHECKING:
    from auditor.suspects.among_rows import Together

__all__ = ["Failure", "explained"]

SCOPES: Final[tuple[Each, ...]] = tuple(TABLE_OF)


class Failure(NamedTuple):
    """A row of the sheet or KPI whose search for suspects failed, and why."""

    row: Row
    fault: Exception


def explained(
    rows: Rows,
    rules: RuleSet,
    contradictions: Sequence[Contradiction],
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Explanation], list[Failure]]:
    """What explains the contradictions of a book, sheet by sheet and KPI by KPI; and those whose
    findings stand without, because their search failed. A contradiction in no explanation stands
    alone. ``progress`` hears how many of how many sheets and KPIs are done.
    """
    owners: dict[int, list[int]] = {}
    for number, (_, _, row) in enumerate(contradictions):
        if _owner(row) is not None:
            owners.setdefault(id(_owner(row)), []).append(number)
    rows_of = _rows_of(rows, owners)
    rows_of |= {id(row): [row] for _, _, row in contradictions if row.claim is not None}
    named = RulesOf.of(rows, rules) if owners else RulesOf([], {}, {}, [])
    explanations: list[Explanation] = []
    failures: list[Failure] = []
    for together in _together(rows, named, contradictions):
        numbers = sorted(
            chain.from_iterable(owners.pop(id(sheet), ()) for sheet in together.sheets)
        )
        if not numbers:
            continue
        mine = {number: contradictions[number] for number in numbers}
        try:
            explanations += _explained_together(rows, named, together, mine)
        except Exception as fault:
            failures.append(Failure(contradictions[numbers[0]][2], fault))
    for done, (owner, numbers) in enumerate(owners.items()):
        if progress is not None:
            progress(done, len(owners))
        # What the search can't take, in a figure or in a rule, costs this sheet its suspects and
        # no other.
        try:
            mine = {number: as_formula(contradictions[number]) for number in numbers}
            if _in_words_alone(mine, rows_of[owner], named.hard):
                explanations += explained_by_words(rows_of[owner], named.words, mine)
            else:
                from auditor.suspects.sheets import SheetExplaining

                explaining = SheetExplaining(rows, rows_of[owner], named, mine)
                explanations += explaining.explanations()
        except Exception as fault:
            failures.append(Failure(contradictions[numbers[0]][2], fault))
    return explanations, failures


def _together(
    rows: Rows, named: RulesOf, contradictions: Sequence[Contradiction]
) -> Sequence[Together]:
    """The sheets that are explained together, by the rules that compare rows with others."""
    if not named.among:
        return ()
    from auditor.suspects.among_rows import explained_together

    return explained_together(rows, named.hard, named.among, contradictions)


def _explained_together(
    rows: Rows, named: RulesOf, together: Together, mine: Mapping[int, Contradiction]
) -> list[Explanation]:
    """What explains the contradictions of several sheets (by number)."""
    from auditor.suspects.sheets import SheetExplaining

    first, *others = map(rows.of_owner, (*together.sheets, *together.confirming))
    beside = list(chain.from_iterable(others))
    explaining = SheetExplaining(
        rows, first, named, mine, beside=beside, unlisted=together.unlisted
    )
    return explaining.explanations()


def _in_words_alone(
    contradictions: Mapping[int, Contradiction], rows: Sequence[Row], hard: Iterable[Rule]
) -> bool:
    """Whether no contradiction of a sheet or KPI is one of figures, so that a search would find
    nothing. A rule that this row's figures break may be no contradiction: where it is but a note.
    """
    if any(why_unusable(rule) is None for _, rule, _ in contradictions.values()):
        return False
    for rule in hard:
        if any(_fails(rule, row) for row in rows if row.scope == rule.each):
            return False
    return True


def _fails(rule: Rule, row: Row) -> bool:
    try:
        return rule.judge(row).outcome == "fail"
    except Exception:  # the audit has named the rule that crashes here; it says nothing
        return False


def _rows_of(rows: Rows, owners: Collection[int]) -> dict[int, list[Row]]:
    """The rows of some sheets and KPIs, by the ids of these."""
    rows_of: dict[int, list[Row]] = {owner: [] for owner in owners}
    if owners:
        for row in chain.from_iterable(map(rows.of, SCOPES)):
            if id(_owner(row)) in rows_of:
                rows_of[id(_owner(row))].append(row)
    return rows_of


def _owner(row: Row) -> Sheet | Kpi | Row | None:
    """The sheet or KPI in which the suspects of a row are sought; a claim, which is searched by
    itself: what other sentences say hangs on other figures.
    """
    return row if row.claim is not None else row.sheet or row.kpi
