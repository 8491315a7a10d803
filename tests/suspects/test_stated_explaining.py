"""What is known while a sheet is explained.

That is its rules, what each explanation settles, leaves and breaks, and the rows as they would be
with corrected cells.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any, Final

import pytest

from auditor.rules.rows import Row
from auditor.suspects import sheets
from auditor.suspects.corrected import CorrectedRow
from auditor.suspects.diagnosis import Diagnosis
from auditor.suspects.expressions import bits
from auditor.suspects.sheet_record import SheetRecord
from auditor.suspects.sheets import SheetExplaining
from tests.suspects.recorded import Stored, digits
from tests.suspects.test_stated_books import CASES
from tests.suspects.test_stated_sheets import TOGETHER

STORED: Final = Stored("explaining")
LOOKED_AT: Final = 5
NAMES: Final = (
    "a digit of a total",
    "totals of two years",
    "sources of two years",
    "population and total",
    "everything emptied",
    "total, staff cost and population",
    "columns exchanged 1",
    "copied from another sheet 6",
    "rate_changed 1",
    "rate_changed 13",
    "amounts in yen",
    "a formula's total",
    "stale, but wrong",
    "never entered 3",
    "last year's value 0",
    "two books: a source",
    "two books: 7 and 7",
    "two books: 1 and 10",
    "sentence: a part",
    "sentence: two sentences",
    "row: an exchange",
    "row: bounds in a row",
    "row: a bound beside a sum",
    "list: two rows",
    "list: three rows",
    "list: confirmed by columns",
    "list: an arbitrary figure",
    "list: at most",
    "children: the parent",
)
MORE: Final = (
    "parts bound by a rule",
    "broken parts",
    "every part of its own",
    "two offices",
    "an office in an office",
    "every row looks at all",
    "in a rate",
)


def _place(row: Row) -> str:
    owner = row.sheet or row.kpi
    number = "" if owner is None else f"{owner.number}"
    return f"{row.scope}{number}:{row.column or ''}"


def _rows(rows: Any) -> list[str]:
    return [_place(row) for row in rows]


def _of_explaining(explaining: SheetExplaining) -> Iterator[str]:
    """What it was given, and its rules."""
    judged = {scope: [rule.key for rule in rules] for scope, rules in explaining.judged.items()}
    yield f"{sorted(explaining.keys)} {judged} {[rule.key for rule in explaining.among]}"
    unlisted = explaining.unlisted
    yield f"{None if unlisted is None else digits(unlisted)} {explaining.copied}"
    yield f"{_rows(explaining.own_rows)} beside {_rows(explaining.beside)}"
    yield f"{len(explaining.rows)} partners {_rows(explaining.partners or ())}"
    yield f"{list(explaining.on_words)} {explaining.rules.names}"
    for number, (finding, rule, row) in explaining.contradictions.items():
        yield f"{number} {finding.rule} {rule.key} {_place(row)} {explaining.is_usable(number)}"


def _values(corrected: CorrectedRow, row: Row) -> dict[str, str]:
    """What a corrected row has that the row has not."""
    return {
        name: str(value) for name, value in corrected.values.items() if row.values[name] != value
    }


def _of_outcome(
    explaining: SheetExplaining, record: SheetRecord, outcome: Diagnosis
) -> Iterator[str]:
    """What the explanations of a diagnosis settle, leave and break."""
    for number, component in enumerate(outcome.broken):
        inside = explaining.in_component(record, outcome, number)
        is_main = record is explaining.main
        yield f"{number}: {inside} {digits(explaining.unlisted_in(component)) if is_main else '-'}"
    parts = {id(part): part for part in chain.from_iterable(outcome.worlds)}
    for part in list(parts.values())[:4]:
        for option in part.candidates[:LOOKED_AT]:
            cells = {at: option.point[at] for at, _ in option.slips}
            settled = [
                number
                for number in explaining.contradictions
                if explaining.settles(record, option, number)
            ]
            breaks = explaining.breaks_another(record, option)
            names = sorted(map(str, explaining.keys_of(cells)))
            factor = digits(explaining.factor(record, option))
            yield f"{cells} {names} settles {settled} {breaks} {factor}"
            corrected = record.corrected(option.point)
            for row in explaining.rows:
                changed = _values(corrected(row), row)
                linked = corrected(row).link("prior")
                before = row.link("prior")
                if isinstance(linked, CorrectedRow) and before is not None:
                    changed |= {
                        f"prior {name}": value for name, value in _values(linked, before).items()
                    }
                if changed:
                    yield f"{_place(row)} {changed}"
            suspect = record.suspect(option, Decimal(1))
            yield f"{suspect.slip.code} {[(cell.field, cell.corrected) for cell in suspect.cells]}"


def _of_case(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    outcomes: list[tuple[SheetRecord, Diagnosis]] = []
    several: list[SheetExplaining] = []
    diagnosis, explanations = sheets.diagnosis, SheetExplaining.explanations

    def noting(record: Any, *arguments: Any, **options: Any) -> Diagnosis:
        outcome = diagnosis(record, *arguments, **options)
        outcomes.append((record, outcome))
        return outcome

    def explained(explaining: SheetExplaining) -> Any:
        several.append(explaining)
        return explanations(explaining)

    monkeypatch.setattr(sheets, "diagnosis", noting)
    monkeypatch.setattr(SheetExplaining, "explanations", explained)
    (TOGETHER[name] if name in MORE else CASES[name])()
    monkeypatch.undo()
    beside = [vars(explaining).get("beside_partners") for explaining in several[:2]]
    for explaining in (*several[:2], *filter(None, beside)):
        yield from _of_explaining(explaining)
        mine = [each for each in outcomes if each[0].cells is explaining.cells]
        for record, outcome in mine[:2]:
            yield from _of_outcome(explaining, record, outcome)
        assert list(bits(explaining.rules.agreed)) == [
            at for at, cell in enumerate(explaining.cells.cells) if cell is None
        ]


@pytest.mark.parametrize("name", [*NAMES, *MORE])
def test_what_is_known_while_a_sheet_is_explained(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    STORED.compare(name, {"lines": list(_of_case(name, monkeypatch))})


def test_each_stored_explaining_has_a_case() -> None:
    STORED.cases_are([*NAMES, *MORE])
