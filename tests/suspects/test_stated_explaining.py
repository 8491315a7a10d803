"""What is known while a sheet is explained.

That is its rules, what each explanation settles, leaves and breaks, and the rows as they would be
with corrected cells.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any, Final

import pytest

from auditor.auditing.book_findings import findings_of
from auditor.auditing.session import load
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Evaluation
from auditor.rules.findings import OUTCOMES
from auditor.rules.rows import Row, Rows
from auditor.rules.ruleset import RuleSet
from auditor.suspects import sheets
from auditor.suspects.corrected import CorrectedRow
from auditor.suspects.diagnosis import Diagnosis
from auditor.suspects.explaining import explained
from auditor.suspects.explanation import Explanation
from auditor.suspects.expressions import bits
from auditor.suspects.sheet_record import SheetRecord
from auditor.suspects.sheets import SheetExplaining
from auditor.testing import book
from benchmarks.blocks import cells_of, with_values
from tests.suspects.recorded import Stored, digits
from tests.suspects.test_pairs_of_books import audited, books
from tests.suspects.test_stated_books import CASES
from tests.suspects.test_stated_sheets import TOGETHER, rule_of

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


# --- words


def _with_words(whole: Book, words: Mapping[str, str]) -> Book:
    """A book whose first sheet has evaluations with these words."""
    meanings = load().forms["kushiro"].evaluations
    first, *others = whole.sheets
    evaluations = {
        key: Evaluation(year=int(key), result=word, meaning=meanings[word])
        for key, word in words.items()
    }
    changed = first.model_copy(update={"evaluations": FrozenDict(evaluations)})
    return whole.model_copy(update={"sheets": (changed, *others)})


WORDS: Final[Sequence[tuple[Mapping[str, str], Mapping[str, str]]]] = (
    ({"2023": "拡充"}, {"2023": "終了"}),
    ({"2023": "拡充", "2024": "拡充"}, {"2023": "終了", "2024": "終了"}),
    ({"2023": "終了", "2024": "拡充"}, {"2023": "拡充", "2024": "拡充"}),
)


def _of_words(severity: str) -> Iterator[str]:
    """Words that differ from last year's book, or that another word of the book forbids."""
    rules = RuleSet(
        [
            rule_of("TRY001", "result == earlier.result", "evaluation", severity),
            rule_of("TRY002", 'not (meaning == "end" and prior.meaning == "expand")', "evaluation"),
        ]
    )
    this, last_year, _, _ = books()
    for now, before in WORDS:
        report = audited(rules, _with_words(this, now), _with_words(last_year, before))
        for cause in report.causes:
            yield f"{len(cause.findings)} {cause.none_of_these}"
            for suspect in cause.suspects:
                cells = [
                    (cell.field, cell.year, cell.word, cell.fits, cell.other_book)
                    for cell in suspect.cells
                ]
                yield f"{suspect.share} {suspect.slip.code} {cells}"


@pytest.mark.parametrize("severity", ["error", "warning"])
def test_words_of_two_books_are_suspects_of_both(severity: str) -> None:
    STORED.compare(f"words {severity}", {"lines": list(_of_words(severity))})


def test_a_sheet_of_which_words_alone_are_wrong_is_not_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where its figures break a rule, too, it is, though nobody asks about that."""
    session = load()
    form = session.forms["kushiro"]
    searched: list[int] = []

    def explanations(explaining: SheetExplaining) -> list[Explanation]:
        searched.append(len(explaining.contradictions))
        return []

    monkeypatch.setattr(SheetExplaining, "explanations", explanations)
    plain = _with_words(book(sheets=1, seed=129, kpis=0), {"2023": "終了", "2024": "終了"})
    (sheet,) = plain.sheets
    for off in (0, 7):
        total = cells_of(sheet)["total_cost", "2024"].value or Decimal(0)
        wrong = with_values(sheet, {("total_cost", "2024"): total + off})
        rows = Rows(plain.model_copy(update={"sheets": (wrong,)}), form)
        judged = findings_of(
            rows,
            session.rules,
            {rule.code: dict.fromkeys(OUTCOMES, 0) for rule in session.rules},
            [],
        )
        contradictions = [
            (item.finding, item.rule, item.row)
            for item in judged
            if item.row is not None
            and item.finding.severity != "note"
            and item.rule.code.startswith("EVL")
        ]
        assert contradictions
        explained(rows, session.rules, contradictions)
        assert bool(searched) is bool(off)


def test_each_stored_explaining_has_a_case() -> None:
    STORED.cases_are([*NAMES, *MORE, "words error", "words warning"])
