"""How books become records of the search, in full.

That is every cell with its weight and its step, what stands beside it, every rule as constraints,
and which sheets are explained together.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.formula.written import written
from auditor.records.model import Book, Remark, RemarkCell, Sheet
from auditor.records.text import Text
from auditor.rules.findings import Finding
from auditor.rules.loading import build_rule
from auditor.rules.rows import Cell, Other, Row, Rows, vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.suspects import SuspectCell
from auditor.suspects import among_rows, sheets
from auditor.suspects.applying import RulesOf
from auditor.suspects.beliefs import Context
from auditor.suspects.between_books import as_formula
from auditor.suspects.copied import copied_columns
from auditor.suspects.evidence import CellEvidence, evidence_of
from auditor.suspects.expressions import bits
from auditor.suspects.record import Record
from auditor.suspects.sheet_cells import SheetCells
from auditor.suspects.sheet_record import SheetRecord
from auditor.suspects.slips import slip
from auditor.suspects.words import Word, WordContradiction, words_that_fit
from auditor.testing import book
from benchmarks.blocks import cells_of, with_values
from tests.suspects.conditions_written import written_constraint
from tests.suspects.listed_grants import causes_of
from tests.suspects.model_numbers import model_numbers
from tests.suspects.recorded import Stored, digits
from tests.suspects.test_pairs_of_books import books, with_total
from tests.suspects.test_stated_books import CASES

STORED: Final = Stored("sheets")


def rule_of(code: str, formula: str, each: str, severity: str = "error") -> Rule:
    """A rule with a formula, under the form of sheets with years."""
    texts = {"en": "text", "ja": "文"}
    data: dict[str, Any] = {
        "code": code,
        "name": code.lower(),
        "severity": severity,
        "each": each,
        "formula": formula,
        "since": "1",
        "title": texts,
        "why": texts,
        "action": texts,
    }
    return build_rule(data, code, vocabulary([load().forms["kushiro"]]))


def _of_agreement() -> object:
    """Sheets that agree on a figure of every column, but for one, which breaks a sum, too."""
    several = book(sheets=4, seed=5, kpis=0)
    columns = list(several.sheets[0].years)
    changed: list[Sheet] = []
    for number, sheet in enumerate(several.sheets):
        wrong: dict[tuple[str, str | None], Decimal | None] = {
            ("headcount", column): Decimal(5 + at + (number == 2))
            for at, column in enumerate(columns)
        }
        wrong["population", None] = Decimal(1000 + 70 * (number == 2))
        changed.append(with_values(sheet, wrong))
    rules = RuleSet(
        [
            rule_of("TRY001", "headcount == agreed(headcount)", "year"),
            rule_of("TRY002", "headcount <= agreed(headcount + 1)", "year"),
            rule_of("TRY003", "population == agreed(population)", "sheet"),
            rule_of("TRY004", "population >= agreed(population) - 5", "sheet"),
            rule_of("TRY005", "headcount == 5 or headcount >= agreed(headcount)", "year"),
        ]
    )
    return audit(several.model_copy(update={"sheets": tuple(changed)}), rules, load().forms)


def _of_dash() -> object:
    """A sum one of whose sources is a dash, which is no cell to fill in."""
    changes = {
        "funding.fees": {"value": None, "state": "dash", "printed": "－"},
        "funding.local_bonds": {"value": None, "state": "blank", "printed": ""},
        "total_cost": {"value": Decimal(98765), "state": "number", "printed": "98,765"},
    }
    session = load()
    wrong = _with_figures(book(sheets=2, seed=5, kpis=0), changes)
    return audit(wrong, session.rules, session.forms)


AGREEMENT: Final = "what sheets agree on"
DASH: Final = "a dash in a sum"
OWN_CASES: Final[Mapping[str, Callable[[], object]]] = {AGREEMENT: _of_agreement, DASH: _of_dash}
FULL: Final = (
    *OWN_CASES,
    "a digit of a total",
    "two books: a source",
    "row: an exchange",
    "row: a blank part in millions",
    "row: one may be negative",
    "row: none is negative",
    "row: not to be negative",
    "row: bounds in a row",
    "list: a row's own total",
    "list: a blank part",
    "list: the other way round",
    "4 rows: total == max(rows.total)",
    "4 rows: grant == sum(details.grant) / 5",
    "children: a part",
    "sentence: a ratio",
    "sentence: a fall",
    "sentence: a rest",
    "rate_changed 1",
)
BRIEF: Final = (
    "a formula's total",
    "stale 0",
    "uncertain 0",
    "text None",
    "typed_over 0",
    "copied from another sheet 0",
    "population",
    "two books: a total and a source",
    "rate_changed 13",
)


def _row(row: Row) -> str:
    owner = row.sheet or row.kpi
    place = "" if owner is None else f"{'' if row.sheet else 'kpi'}{owner.number}"
    other = row.rows.fiscal_year if hasattr(row.rows, "fiscal_year") else row.rows.book.fiscal_year
    return f"{row.scope} {place} {row.column or ''} {other}"


def _mask(mask: int) -> str:
    return str(list(bits(mask)))


def _cells(cells: SheetCells) -> Iterator[str]:
    for at, (cell, variable) in enumerate(zip(cells.cells, cells.variables, strict=True)):
        more = f"{variable.grid} {variable.rounding} {variable.width} {variable.weight:g}"
        more += f" {variable.follows:g} {variable.fixed:d}{variable.agreed:d} {cells.units[at]}"
        if cell is None:
            yield f"{at}: {variable.name} {cells.steps[at]} {more}"
            continue
        names = [f"{_row(row)}.{name}" for row, name in cell.seen]
        owner = "" if cell.owner is None else f"of {cell.owner.number}"
        yield (
            f"{at}: {cell.other_book} {cell.field} {cell.year} {cell.grid} {owner} "
            f"{cells.is_main(cell)} {cells.steps[at]} {more} seen {names}"
        )


def _context(context: Context) -> Iterator[str]:
    masks = ("derived", "negative", "computed", "tenths", "in_sums", "percentages", "barred")
    yield "; ".join(f"{name} {_mask(getattr(context, name))}" for name in (*masks, "positive"))
    yield f"parts {dict(context.parts)} results {dict(context.results)} coarse {context.coarse}"
    blanks = [at for at, step in enumerate(context.steps) if step is None]
    lacking = [[digits(context.lacking(at, true)) for true in (1, 900, 5000)] for at in blanks]
    yield f"lacking {dict(zip(blanks, lacking, strict=True))}"


def _record(record: Record[Any], is_full: bool) -> Iterator[str]:
    rules, layout = record.rules, record.layout
    assert isinstance(record, SheetRecord)
    cells = record.cells
    yield f"{len(cells.cells)} {cells.several} {_mask(cells.computed)} {cells.results}"
    yield from _context(record.context)
    yield f"of claims {_mask(cells.of_claims)} copied {layout.copied} fixed {rules.fixed}"
    if is_full:
        yield from _cells(cells)
        yield f"beside {dict(layout.rows)}"
        yield f"years {dict(layout.years)}"
        yield f"columns {layout.columns}"
        for judge in rules.judges:
            parts = f"{judge.name} {_row(judge.row)} {judge.answered} {judge.when is not None}"
            yield f"{parts} {_mask(judge.cells)}"
        yield from map(written_constraint, rules.constraints)
    else:
        weights = [f"{variable.weight:g}/{variable.follows:g}" for variable in cells.variables]
        yield f"{weights} {cells.steps}"


def _of_case(name: str, is_full: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The records that are made for a book."""
    records: list[Record[Any]] = []
    diagnosis = sheets.diagnosis

    def noting(record: Record[Any], *arguments: Any, **options: Any) -> Any:
        records.append(record)
        return diagnosis(record, *arguments, **options)

    monkeypatch.setattr(sheets, "diagnosis", noting)
    {**CASES, **OWN_CASES}[name]()
    for record in records[:2]:
        yield from _record(record, is_full)


@pytest.mark.parametrize("name", [*FULL, *BRIEF])
def test_a_book_becomes_the_record_that_it_became(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list(_of_case(name, name in FULL, monkeypatch))
    assert lines
    STORED.compare(name, {"lines": lines})


# --- cells of other states


def _with_figures(wrong: Book, changes: Mapping[str, Mapping[str, Any]]) -> Book:
    """A book of which figures of the first sheet's newest column are others."""
    sheet = wrong.sheets[0]
    column = str(sheet.fiscal_year)
    year = sheet.years[column]
    funding = dict(year.funding)
    update: dict[str, Any] = {}
    for name, change in changes.items():
        if name.startswith("funding."):
            key = name.removeprefix("funding.")
            funding[key] = funding[key].model_copy(update=change)
        else:
            update[name] = getattr(year, name).model_copy(update=change)
    years = {**sheet.years, column: year.model_copy(update={**update, "funding": funding})}
    first = sheet.model_copy(update={"years": years})
    return wrong.model_copy(update={"sheets": (first, *wrong.sheets[1:])})


STATES: Final[Sequence[Mapping[str, Mapping[str, Any]]]] = (
    {"total_cost": {"value": None, "state": "text", "printed": "n/a"}},
    {"total_cost": {"value": None, "state": "unread", "printed": "?"}},
    {"total_cost": {"value": None, "state": "dash", "printed": "-"}},
    {"total_cost": {"value": None, "state": "blank", "printed": ""}},
    {"total_cost": {"value": Decimal("1234.5"), "state": "number"}},
    {"total_cost": {"value": Decimal("1E+3"), "state": "number"}},
    {"total_cost": {"unit": "円"}},
    {"total_cost": {"unit": "no unit"}},
    {"total_cost": {"formula": "=SUM(A3:A9)"}},
    {"total_cost": {"formula": "=1+2"}},
    {"total_cost": {"formula": "=B$4"}, "headcount": {"formula": "C5*2"}},
    {"headcount": {"value": Decimal("1.25"), "state": "number"}},
    {"funding.fees": {"value": Decimal(-3), "state": "number"}, "staff_cost": {"unit": "百万円"}},
)


def _of_states(number: int) -> Iterator[str]:
    """How the cells of a sheet are seen where one is no plain figure."""
    session = load()
    wrong = _with_figures(book(sheets=2, seed=5, kpis=1), STATES[number])
    rows = Rows(wrong, session.forms["kushiro"])
    for owner in (wrong.sheets[0], wrong.kpis[0]) if number == 0 else wrong.sheets[:1]:
        several = list(rows.of_owner(owner))
        cells = SheetCells(several, evidence_of(rows, owner))
        yield from list(_cells(cells)) if number == 0 else list(_cells(cells))[-30:]
        yield f"{cells.several} {_mask(cells.computed)} {_mask(cells.of_claims)}"
        names = ("total_cost", "funding.fees", "population", "target", "actuals")
        yield f"{[_mask(cells.of_fields([name])) for name in names]}"
        places = [
            [cells.index(row, name) for name in ("total_cost", "population", "due_actual", "year")]
            for row in several
        ]
        yield f"{places} {cells.index(rows.of_owner(wrong.sheets[1])[0], 'population')}"
        yield f"{cells.layout(('2024', 'none'))}"


def _of_two_sheets() -> Iterator[str]:
    """Two sheets of one book: each has its own cells."""
    several = book(sheets=3, seed=5, kpis=0)
    rows = Rows(several, load().forms["kushiro"])
    both = [*rows.of_owner(several.sheets[1]), *rows.of_owner(several.sheets[0])]
    cells = SheetCells(both, {(None, "total_cost", "2024"): _evidence(0.5)})
    yield from [line for line in _cells(cells) if "total_cost" in line]
    yield f"{cells.several} {cells.results} {cells.layout(()).years}"
    yield f"{cells.layout(()).rows} {list(cells.layout(()).columns)}"


def _evidence(weight: float) -> Any:
    """Evidence on one cell: its weight, and what it should say."""
    evidence = CellEvidence()
    evidence.add(weight, "typed-over", Decimal("12"))
    evidence.add(0.7, None, Decimal("13"))
    evidence.add(0.8, "not-recalculated", None)
    return evidence


REMARKS: Final = ("left_out", "counted_twice", "stale", "typed_over", "uncertain", "text", None)


def _of_evidence() -> Iterator[str]:
    """What remarks tell of cells, of a sheet and of a KPI."""
    clean = book(sheets=2, seed=3, kpis=1)
    (document,) = clean.documents
    sheet, kpi = clean.sheets[0], clean.kpis[0]
    for evidence in REMARKS:
        for alike in (False, True):
            cells = (
                RemarkCell(sheet=sheet.number, field="a", year="2024", recomputed=Decimal(7)),
                RemarkCell(kpi=kpi.number, field="target", recomputed=Decimal(8)),
            )
            remark = Remark(
                rule="XLS001",
                sheet=sheet.number,
                field="total_cost",
                year="2023",
                evidence=evidence,
                recomputed=Decimal(9),
                cells=cells,
                alike=alike,
            )
            again = remark.model_copy(update={"evidence": evidence and "uncertain", "cells": ()})
            none = remark.model_copy(update={"field": None, "cells": (), "alike": False})
            several = (remark, none, again)
            documents = (document.model_copy(update={"remarks": several}),)
            rows = Rows(clean.model_copy(update={"documents": documents}), load().forms["kushiro"])
            for owner in (sheet, clean.sheets[1], kpi):
                yield f"{evidence} {alike}: {dict(evidence_of(rows, owner))}"


def _of_copied_columns() -> Iterator[str]:
    """The columns that two sheets print alike, if they have figures enough."""
    clean = book(sheets=2, seed=3, kpis=0)
    first, second = clean.sheets
    cells = cells_of(first)
    filled = [key for key, figure in cells.items() if key[1] is not None and figure.value]
    for column in dict.fromkeys(year for _, year in filled):
        names = [key for key in filled if key[1] == column]
        for count in range(len(names) + 1):
            blank = {key: None for key in cells if key[1] == column and key not in names[:count]}
            same = {key: cells[key].value for key in names[:count]} | blank
            pair = (with_values(first, same), with_values(second, same))
            rows = Rows(clean.model_copy(update={"sheets": pair}), load().forms["kushiro"])
            yield f"{column} {count}: {copied_columns(rows, rows.of_owner(pair[0]))}"


# --- words


def _word(name: str, text: str, *others: str, book: Any = None) -> Word:
    return Word(("key", name), name, "2024", text, others, book)


def _figures(*names: str) -> dict[Any, SuspectCell]:
    return {name: SuspectCell(name, slip=slip("against-word")) for name in names}


FLAG: Final = _word("flag", "yes", "no", "maybe", "never")
KIND: Final = _word("kind", "old", "new", book="earlier")
OTHER: Final = _word("other", "a")
WORDS: Final[dict[str, Mapping[int, tuple[tuple[Word, ...], tuple[str, ...], str, bool]]]] = {
    "none": {},
    "one": {0: ((FLAG,), (), "no", False)},
    "one with figures": {3: ((FLAG,), ("x", "y"), "no maybe", False)},
    "one that may stand": {3: ((FLAG,), ("x",), "no maybe", True)},
    "two words of one": {1: ((FLAG, KIND), ("x",), "no new", False)},
    "one word of two": {
        4: ((FLAG,), ("x",), "no", False),
        2: ((FLAG,), ("x", "y"), "no maybe", False),
    },
    "one word of two, one may stand": {
        4: ((FLAG, KIND), ("x",), "no new", False),
        2: ((FLAG,), ("y",), "maybe", True),
        7: ((KIND,), ("x",), "new", True),
    },
    "two apart": {
        5: ((FLAG,), ("x",), "maybe", False),
        1: ((KIND,), ("y",), "new", False),
    },
    "three of two": {
        0: ((FLAG,), ("x",), "no never", False),
        1: ((FLAG, KIND), (), "no new", False),
        2: ((KIND,), ("x",), "new", True),
    },
    "no word fits": {0: ((FLAG, OTHER), ("x",), "", False)},
    "one of two fits": {
        0: ((FLAG,), ("x",), "", False),
        1: ((FLAG,), ("x",), "never", False),
    },
}
BREAKING: Final = {"no": 1.0, "maybe": 0.5, "never": 0.05, "new": 1.0}


def _suspect_cell(cell: SuspectCell) -> str:
    code = cell.slip.code if cell.slip else ""
    return f"{cell.field} {cell.year} {cell.word}>{cell.fits} {cell.other_book} {code}"


def _of_words() -> Iterator[str]:
    """Which words fit, and how much each is believed."""
    for name, several in WORDS.items():
        contradictions = {
            number: WordContradiction(
                words, _figures(*figures), _fits_of(met.split()), may_stand=may_stand
            )
            for number, (words, figures, met, may_stand) in several.items()
        }
        for beliefs in (BREAKING, {**BREAKING, "no": 0.0}):
            causes = words_that_fit(contradictions, lambda _, other, of=beliefs: of[other])
            yield f"{name}: {len(causes)}"
            for cause in causes:
                options = [
                    f"{digits(share)} {_suspect_cell(cell)}" for cell, share in cause.options
                ]
                yield f"{cause.contradictions} {options}"


def _fits_of(fitting: Sequence[str]) -> Callable[[Word, str], bool]:
    return lambda _, other: other in fitting


# --- two books

TEXT: Final = Text(en="text", ja="文")


def _of_two_books() -> Iterator[str]:
    """Findings of rules without a formula, as formulas of what both books print."""
    this, last_year, column, total = books()
    form = load().forms["kushiro"]
    wrong = with_total(this, column, total * 10)
    rows, changed = (
        Rows(each, form, {"earlier": Other(Rows(last_year, form), _pairs(each, last_year))})
        for each in (this, wrong)
    )
    rule = next(rule for rule in load().rules if "earlier" in rule.others and rule.tree is None)
    plain = next(rule for rule in load().rules if rule.tree is not None)
    fields = (("total_cost",), ("total_cost", "staff_cost"), ("staff_cost",), ("no_field",), ())
    for several, of in (("right", rows), ("wrong", changed)):
        for row in [row for row in of.of_owner(of.book.sheets[0]) if row.column in (column, None)]:
            for names in fields:
                for books_named in (("earlier", None), ("earlier",), (None,), ("accounts", None)):
                    cells = tuple(
                        Cell(document="", field=name, year=row.column, other_book=other)
                        for name, other in product(names, books_named)
                    )
                    finding = Finding(
                        id="",
                        rule=rule.code,
                        name="",
                        severity="error",
                        document="",
                        cells=cells,
                        message=TEXT,
                        action=TEXT,
                    )
                    _, formula, _ = as_formula((finding, rule, row))
                    if formula is rule:
                        continue
                    assert formula.tree is not None
                    assert formula.when is not None
                    assert formula.check is None
                    yield (
                        f"{several} {row.scope} {names} {books_named}: {written(formula.tree)} "
                        f"when {written(formula.when)}"
                    )
                    assert as_formula((finding, plain, row))[1] is plain


def _pairs(this: Book, last_year: Book) -> list[tuple[Sheet, Sheet]]:
    return list(zip(this.sheets, last_year.sheets, strict=True))


# --- rules


def _of_rules(form: str) -> Iterator[str]:
    """What the search does with the rules of a form."""
    session = load()
    rows = Rows(Book(form=form, fiscal_year=2024), session.forms[form])
    of = RulesOf.of(rows, session.rules)
    yield f"hard {[rule.key for rule in of.hard]}"
    yield f"judged { {scope: [rule.key for rule in rules] for scope, rules in of.judged.items()} }"
    yield f"words { {scope: [rule.key for rule in rules] for scope, rules in of.words.items()} }"
    yield f"among {[rule.key for rule in of.among]}"


def _of_together(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Which sheets are explained together, and what is believed of the others."""
    calls: list[str] = []
    together = among_rows.explained_together

    def noting(rows: Rows, hard: Any, among: Any, contradictions: Any) -> Any:
        several = together(rows, hard, among, contradictions)
        calls.append(f"{len(hard)} {len(among)} {len(contradictions)}: {len(several)}")
        for each in several:
            names = [sheet.name for sheet in each.sheets], [sheet.name for sheet in each.confirming]
            calls.append(f"{names} {digits(each.unlisted)}")
        return several

    monkeypatch.setattr(among_rows, "explained_together", noting)
    TOGETHER[name]()
    yield from calls


OWN: Final = "total == grant + public"
FIELDS: Final = ("total", "grant", "public")


def _list(
    rows: Mapping[str, Sequence[int | str | None]], formulas: Sequence[str], **labels: Any
) -> Callable[[], object]:
    several = {name: dict(zip(FIELDS, row, strict=True)) for name, row in rows.items()}
    return partial(causes_of, several, formulas, **labels)


def _parts(count: int, total: int, *formulas: str, **changes: Sequence[int | None]) -> Any:
    """A total of so many parts, some of which are changed."""
    rows: dict[str, Sequence[int | str | None]] = {
        f"p{number}": (1000 + 17 * number * number, 900 + number, 100 + 16 * number)
        for number in range(count)
    }
    rows |= changes
    rows["Total"] = (total, total - 300, 300)
    return _list(rows, formulas or ["total == sum(details.total)"], Total=TOTALS)


TOTALS: Final = {"role": "total", "totals": ("all",)}
GROUPED: Final = ["total == sum(children.total)", OWN]
TOGETHER: Final[dict[str, Callable[[], object]]] = {
    **{
        f"{count} parts, off by {off}": _parts(count, 1000 * count + off)
        for count, off in (
            (1, 0),
            (1, 9),
            (3, 238),
            (3, 1000),
            (3, -2500),
            (4, 9000),
            (8, 50),
            (8, -17),
            (12, 1),
            (14, 12345),
            (9, -20000),
        )
    },
    **{
        f"{blanks} blank": _parts(
            6, 9000, **{f"p{number}": (None, 900, 100) for number in range(blanks)}
        )
        for blanks in (1, 2, 3, 4, 5)
    },
    "parts bound by a rule": _parts(6, 6000, "total == sum(details.total)", OWN),
    "parts bound by another": _parts(6, 6000, "total == sum(details.total)", "grant >= public"),
    "parts bound by a group": _parts(
        6, 6000, "total == sum(details.total)", 'total >= sum(group("parts"))'
    ),
    "broken parts": _parts(
        9,
        9100,
        "total == sum(details.total)",
        OWN,
        **{f"p{number}": (700 + number, 1, 2) for number in range(5)},
    ),
    "too many broken parts": _parts(
        9,
        9100,
        "total == sum(details.total)",
        OWN,
        **{f"p{number}": (700 + number, 1, 2) for number in range(8)},
    ),
    "negative parts": _parts(3, 900, p1=(-50, -100, 50), p2=(-2000, 1, 2)),
    "at least": _parts(5, 9000, "total >= sum(details.total) * 2"),
    "a difference": _parts(5, 9000, "total - sum(details.total) == 3"),
    "a total that holds": _parts(
        2, 2017, "total == sum(details.total)", OWN, "grant == sum(details.grant)"
    ),
    "a part of its own": _parts(3, 3085, "total == sum(details.total)", OWN, p1=(1017, 901, 161)),
    "every part of its own": _parts(
        3,
        3085,
        "total == sum(details.total)",
        OWN,
        p0=(1000, 1, 1),
        p1=(1017, 9, 1),
        p2=(1068, 2, 5),
    ),
    "two offices": _list(
        {
            "A": (90, 50, 40),
            "a1": (40, 20, 20),
            "a2": (30, 10, 20),
            "B": (70, 50, 20),
            "b1": (30, 10, 20),
            "b2": (40, 20, 20),
            "b3": (7, 3, 3),
        },
        GROUPED,
        a1={"parent": "A"},
        a2={"parent": "A"},
        b1={"parent": "B"},
        b2={"parent": "B"},
        b3={"parent": "B"},
    ),
    "an office in an office": _list(
        {
            "A": (90, 50, 40),
            "B": (80, 60, 20),
            "b1": (30, 10, 20),
            "b2": (40, 20, 20),
            "C": (12, 6, 6),
        },
        GROUPED,
        B={"parent": "A"},
        b1={"parent": "B"},
        b2={"parent": "B"},
        C={"parent": "A"},
    ),
    "every row looks at all": _parts(5, 6000, "total <= sum(rows.total) / 3"),
    "every row of many": _parts(12, 6000, "total <= sum(rows.total) / 30"),
    "the same": _list(
        {"a": (1, 2, 3), "b": (1, 2, 4), "c": (5, 2, 3)}, ['total == sum(same("public").total)']
    ),
    "hardly off": _list(
        {"a": (1, 2, 3), "b": (8, 2, 4), "Total": (9, 1, 7)},
        ["grant == sum(details.total) / 8"],
        Total=TOTALS,
    ),
    "in a rate": _list(
        {"a": (1, 2, 3), "b": (1, 2, 4), "Total": (9, "4.5", 7)},
        ["grant == sum(details.total) / 2", OWN],
        Total=TOTALS,
    ),
}


LIMITED: Final = ("every part of its own", "two offices", "every row of many", "12 parts, off by 1")


@pytest.mark.parametrize("name", LIMITED)
def test_so_many_parts_are_looked_at(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    for limit in (0, 1, 2, 3, 4, 5, 6, 11, 12, 13, 60, 99, 100, 199, 200, 300, 1300):
        with monkeypatch.context() as patching:
            patching.setattr(among_rows, "LOOKED_AT", limit)
            lines += [f"{limit}: {line}" for line in _of_together(name, patching)]
    STORED.compare(f"limits: {name}", {"lines": lines})


@pytest.mark.parametrize("name", TOGETHER)
def test_rows_are_explained_together_as_they_were(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = list(_of_together(name, monkeypatch))
    STORED.compare(f"together: {name}", {"lines": lines})


PARTS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    **{f"state {number}": partial(_of_states, number) for number in range(len(STATES))},
    "two sheets": _of_two_sheets,
    "evidence": _of_evidence,
    "copied columns": _of_copied_columns,
    "words": _of_words,
    "two books": _of_two_books,
    **{f"rules of {form}": partial(_of_rules, form) for form in ("kushiro", "minato", "hamabe")},
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_of_a_sheet_say_what_they_said(name: str) -> None:
    STORED.compare(name, {"lines": list(PARTS[name]())})


NUMBERS: Final = Stored("numbers")
MODULES: Final = sorted(
    file.stem for file in Path(sheets.__file__).parent.glob("*.py") if file.stem != "__init__"
)


@pytest.mark.parametrize("name", MODULES)
def test_the_numbers_of_the_model_are_stated(name: str) -> None:
    NUMBERS.compare(name, {"numbers": list(model_numbers(name))})


def test_each_module_has_its_numbers() -> None:
    NUMBERS.cases_are(MODULES)


def test_each_stored_sheet_has_a_case() -> None:
    STORED.cases_are(
        [
            *FULL,
            *BRIEF,
            *PARTS,
            *(f"together: {name}" for name in TOGETHER),
            *(f"limits: {name}" for name in LIMITED),
        ]
    )
