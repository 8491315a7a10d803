"""All rows of small books, whole: their values, links, cells and sets, and the names that formulas
may use.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from auditor.auditing.session import load
from auditor.forms.loading import load_form
from auditor.forms.model import PARAMS, Lookup
from auditor.formula.functions import FUNCTIONS, OfGroup
from auditor.formula.values import BLANK, UNKNOWN, Missing, Value
from auditor.narrative.model import Claim
from auditor.records.fields import OTHER_BOOKS, SCOPES, of_kind
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, Document, Evaluation, FiscalYear, Kpi, Sheet
from auditor.records.sentences import Sentence
from auditor.rules import rows as module
from auditor.rules.rows import Cell, Other, Row, Rows, UnknownRow, vocabulary
from auditor.testing import book as built
from tests.rules.test_row_values import KPI, SHEET, figure
from tests.suspects.recorded import Stored

STORED: Final = Stored("rows", Path(__file__).parent / "answers")
FORMS: Final = load().forms
KUSHIRO: Final = FORMS["kushiro"]
EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
HOSHIMI: Final = EXAMPLES / "sheet-auditor-hoshimi/sheet_auditor_hoshimi/forms/hoshimi.toml"


# --- books


def of_sheets(
    *sheets: Sheet, form: str = "kushiro", kpis: tuple[Kpi, ...] = (), year: int = 2024
) -> Book:
    documents = (Document.of("a", form, year, sheets, kpis),)
    return Book(form=form, fiscal_year=year, documents=documents, sheets=sheets, kpis=kpis)


def plain(number: int, *years: int, **more: Any) -> Sheet:
    """A sheet with a cost in the settled columns of some years."""
    columns = {
        str(year): FiscalYear(year=year, kind="settled", total_cost=figure(year + number, "千円"))
        for year in years
    }
    usual: dict[str, Any] = {"document": "a", "fiscal_year": 2024, "name": f"事業{number}"}
    return Sheet(**{**usual, **more}, number=number, years=FrozenDict(columns))


def evaluated(*years: int) -> FrozenDict[str, Evaluation]:
    return FrozenDict(
        {str(year): Evaluation(year=year, result="継続", meaning="continue") for year in years}
    )


def measured(number: int, **figures: Any) -> Sheet:
    """A sheet whose settled column has some figures."""
    column = FiscalYear(year=2024, kind="settled", **figures)
    return Sheet(
        document="a", number=number, name="s", fiscal_year=2024, years=FrozenDict({"2024": column})
    )


BOOKS: Final[dict[str, Book]] = {
    "nothing": of_sheets(),
    "one sheet and one indicator": of_sheets(SHEET, kpis=(KPI,)),
    "columns that are lacking": of_sheets(plain(1), plain(2, 2024), plain(3, 2023, 2024)),
    "evaluations with gaps": of_sheets(
        plain(1, evaluations=evaluated(2020, 2021, 2023, 2024)),
        plain(2, evaluations=evaluated(2019, 2022)),
        plain(3, evaluations=evaluated(2025, 2024)),
    ),
    "units and states": of_sheets(
        measured(
            1,
            total_cost=figure(5, "円"),
            staff_cost=figure(5, "千円"),
            funding=FrozenDict({"grants": figure(5, "人"), "fees": figure(5, "")}),
            headcount=figure(5, "円"),
            figures=FrozenDict({"nowhere": Figure(state="blank")}),
        ),
        measured(
            2,
            total_cost=figure(7, "万円", placed_by="arithmetic"),
            funding=FrozenDict({"grants": Figure(state="unread"), "fees": Figure(state="dash")}),
        ),
    ),
    "indicators": of_sheets(
        kpis=(
            KPI.model_copy(update={"number": 1, "due": "2030-03", "direction": "lower"}),
            KPI.model_copy(
                update={
                    "number": 2,
                    "actuals": FrozenDict({"2024": Figure(state="text", printed="約")}),
                    "declared_rate": figure(90, "%"),
                    "declared_achieved": "missed",
                    "department": "課",
                }
            ),
            KPI.model_copy(update={"number": 3, "due": None, "actuals": FrozenDict()}),
        )
    ),
    **{
        name: built(2, seed, FORMS[name], kpis=2 if FORMS[name].kpi else 0)
        for seed, name in enumerate(sorted(FORMS))
    },
}


# --- rows in words


def shown(value: Value) -> str:
    if value is BLANK:
        return "blank"
    if isinstance(value, Missing):
        return "unknown"
    return f"{value}"


def named(row: Row | None, rows: Rows) -> str:
    """A row in a few words."""
    if row is None:
        return "-"
    kind = "?" if isinstance(row, UnknownRow) else ""
    where = "" if row.rows is rows else "other "
    number = row.sheet.number if row.sheet else row.kpi.number if row.kpi else "-"
    return f"{kind}{where}{row.scope} {number} {row.column or '-'}"


def in_words(row: Row, rows: Rows) -> dict[str, Any]:
    names = [*row.values, *SCOPES[row.scope].by_name, "due_actual"]
    if row.figure("total_cost") is not None:
        names.append("total_cost")
    return {
        "values": ", ".join(f"{name} {shown(value)}" for name, value in row.values.items()),
        "links": ", ".join(f"{name}: {named(to, rows)}" for name, to in row.links.items()),
        "unsure": sorted(row.unsure),
        "groups": {name: " ".join(members) for name, members in row.groups.items()}
        if row.groups != row.form.figure_groups
        else "those of the form",
        "cells": [
            of_cell(row.cell(name)) for name in dict.fromkeys(names) if row.cell(name).shown()
        ],
    }


def of_cell(cell: Cell) -> str:
    place = cell.place and ", ".join(
        f"{name} {value}" for name, value in cell.place if value is not None
    )
    return (
        f"{cell.document} s{cell.sheet or '-'} k{cell.kpi or '-'} {cell.field} {cell.year or '-'}:"
        f" {cell.value} '{cell.printed}' {cell.unit or '-'} {place or '-'}"
    )


@pytest.mark.parametrize("case", BOOKS)
def test_all_rows_of_a_book(case: str) -> None:
    book = BOOKS[case]
    rows = Rows(book, FORMS[book.form])
    answer: dict[str, Any] = {named(row, rows): in_words(row, rows) for row in rows}
    for sheet in book.sheets:
        for row in rows.absent_years(sheet):
            answer[f"absent {named(row, rows)}"] = in_words(row, rows)
    answer["unsure"] = rows.unsure
    STORED.compare(case, answer)


def test_what_is_between_two_evaluations_is_linked_to_both() -> None:
    rows = Rows(BOOKS["evaluations with gaps"], KUSHIRO)
    chains: list[list[str]] = []
    for sheet in rows.of("sheet"):
        row: Row | None = rows.of_owner(sheet.sheet)[-1] if sheet.sheet else None
        chain: list[str] = []
        while row is not None:
            chain.append(f"{row.column} {'known' if row.values.get('result') != UNKNOWN else '?'}")
            row = row.link("prior")
        chains.append(chain)
    assert chains == [
        ["2024 known", "2023 known", "2022 ?", "2021 known", "2020 known"],
        ["2022 known", "2020 ?", "2019 known"],
        ["2025 known", "2024 known"],
    ]


def test_a_cell_is_shown_as_it_is_printed_else_as_it_would_be() -> None:
    cells = [
        Cell(document="a", field="f", value="語", printed="印"),
        Cell(document="a", field="f", value="語"),
        Cell(document="a", field="f", value=Decimal(1200), printed="1200"),
        Cell(document="a", field="f", value=Decimal(1200)),
        Cell(document="a", field="f", printed="-"),
        Cell(document="a", field="f"),
    ]
    assert [cell.shown() for cell in cells] == ["印", "語", "1200", "1,200", "-", ""]


# --- rows of other books


def steps_of(row: Row) -> Iterable[str]:
    """The steps that lead to other books."""
    for book in OTHER_BOOKS:
        yield book
        yield f"{book}.own"
        yield f"{book}.evaluated"
        for kind in ("settled", "budgeted", "nowhere") if row.scope == "year" else ():
            yield of_kind(book, kind)
    yield from ("parent", "evaluated", "sheet", "nowhere", row.scope)


@pytest.mark.parametrize("name", ["kushiro", "minato", "hamabe"])
def test_where_steps_to_other_books_lead(name: str) -> None:
    form = FORMS[name]
    has_kpis = form.kpi is not None
    book = built(2, 3, form, kpis=2 if has_kpis else 0)
    earlier = built(3, 4, form, kpis=2 if has_kpis else 0)
    sheets = tuple(
        sheet.model_copy(update={"fiscal_year": sheet.fiscal_year - 1}) for sheet in earlier.sheets
    )
    before = earlier.model_copy(update={"sheets": sheets, "fiscal_year": book.fiscal_year - 1})
    kpis = [(book.kpis[1], before.kpis[0])] if has_kpis else []
    others = {
        "earlier": Other(Rows(before, form), [(book.sheets[0], before.sheets[2])], kpis),
        "accounts": Other(Rows(book, form), [(sheet, sheet) for sheet in book.sheets]),
    }
    rows = Rows(book, form, others)  # type: ignore[arg-type]
    answer = {
        named(row, rows): {step: named(row.link(step), rows) for step in steps_of(row)}
        for row in rows
    }
    plainly = {
        row: ", ".join(f"{step}: {to}" for step, to in steps.items() if to != "-")
        for row, steps in answer.items()
    }
    STORED.compare(f"steps of {name}", plainly)
    assert Rows(book, form).of("sheet")[0].link("earlier") is None
    for row in rows.of("sheet"):
        partner = row.link("earlier")
        assert rows.other_book(row) is None
        assert partner is None or rows.other_book(partner) == "earlier"
        own = row.link("accounts")
        assert own is not None
        assert rows.other_book(own) == "accounts"
        assert rows.cell_of(own, "name") == row.cell("name").model_copy(
            update={"other_book": "accounts"}
        )
        assert rows.cell_of(row, "name") == row.cell("name")


def test_a_book_is_unsure_where_one_that_it_is_held_against_is() -> None:
    sure, unsure = of_sheets(plain(1, 2024)), BOOKS["units and states"]
    there = {"earlier": Other(Rows(unsure, KUSHIRO))}
    assert Rows(unsure, KUSHIRO).unsure
    assert not Rows(sure, KUSHIRO).unsure
    assert Rows(sure, KUSHIRO, there).unsure  # type: ignore[arg-type]
    there = {"earlier": Other(Rows(sure, KUSHIRO))}
    assert not Rows(sure, KUSHIRO, there).unsure  # type: ignore[arg-type]


# --- sets of rows, parameters and tables


def test_rows_of_a_column_are_its_group() -> None:
    claims = [
        Claim(kind="own", sentence=Sentence(text="文", section="achieved")),
        Claim(kind="own", sentence=Sentence(text="文", section="issues", year="2024")),
    ]
    book = of_sheets(plain(1, 2023, 2024), plain(2, 2024), kpis=(KPI,))
    rows = Rows(book, KUSHIRO, claims_of=lambda *_: claims)
    for row in (*rows, *rows.of("claim")):
        alike = [each for each in rows.of(row.scope) if each.column == row.column]
        assert rows.column(row) == alike
        assert row.group_rows() == alike
        assert row in alike
    assert [row.column for row in rows.of("claim")] == [None, "2024"] * 2


def test_a_function_over_a_group_is_computed_once_until_values_change() -> None:
    costs = [
        measured(number, total_cost=figure(cost, "円")) for number, cost in enumerate((5, 5, 7))
    ]
    rows = Rows(of_sheets(*costs, plain(9, 2023)), KUSHIRO)
    calls: list[int] = []

    def measure(row: Any) -> Value:
        calls.append(row.sheet.number)
        return row.values["total_cost"]  # type: ignore[no-any-return]

    first, second, _, other = rows.of("year")
    expression: Any = "total_cost"
    functions = [name for name, one in FUNCTIONS.items() if isinstance(one.judgement, OfGroup)]
    answers = {
        name: [shown(row.over_group(name, expression, measure)) for row in (first, second, other)]  # type: ignore[arg-type]
        for name in functions
    }
    assert calls == [0, 1, 2, 9] * len(functions)
    assert all(answer[0] == answer[1] for answer in answers.values())
    STORED.compare("groups", dict(answers.items()))
    rows.sets  # noqa: B018
    first.values["total_cost"] = 7

    def now() -> dict[str, str]:
        return {name: shown(first.over_group(name, expression, measure)) for name in functions}  # type: ignore[arg-type]

    assert now() == {name: answer[0] for name, answer in answers.items()}
    number = first.over_group(functions[0], "number", lambda row: row.values["year"])  # type: ignore[arg-type]
    assert number == 2024  # another expression is another number
    sets = rows.sets
    assert rows.sets is sets
    rows.forget()
    assert rows.sets is not sets
    assert now() != {name: answer[0] for name, answer in answers.items()}


def test_parameters_tables_and_notes_of_forms() -> None:
    answers: dict[str, Any] = {}
    hoshimi = load_form(HOSHIMI)
    for name, form in {**FORMS, "hoshimi": hoshimi}.items():
        book = BOOKS[name] if name in BOOKS else built(1, 1, form, kpis=0)
        rows = Rows(book, form)
        words = sorted({*form.params, *PARAMS, "nowhere"})
        changes = [
            ("廃止", "継続"),
            ("end", "continue"),
            *((change.before, change.after) for change in form.evaluation_changes.banned),
        ]
        for row in (*rows.of("year")[:3], *rows.of("book")):
            answers[f"{name} {named(row, rows)}"] = {
                "params": {word: str(row.param(word)) for word in words},
                "table": [" ".join(each) for each in row.table("evaluation_changes")],
                "notes": {
                    " ".join(change): str(row.note("evaluation_changes", change))
                    for change in changes
                },
                "no note": str(row.note("other", ("a", "b"))),
            }
    STORED.compare("parameters", answers)


def test_a_parameter_is_that_of_the_year_of_a_row_in_base_units() -> None:
    by_year = FrozenDict({2023: Decimal(5), 2024: Decimal("6.5")})
    params = FrozenDict({"staff_unit_cost": by_year, "own_rate": Decimal(3)})
    units = FrozenDict({"staff_unit_cost": "千円"})
    form = KUSHIRO.model_copy(update={"params": params, "param_units": units})
    rows = Rows(of_sheets(plain(1, 2023, 2024)), form)
    names = ("staff_unit_cost", "own_rate", "nowhere")
    (sheet,), (book,) = rows.of("sheet"), rows.of("book")
    assert [[row.param(name) for name in names] for row in (*rows.of("year"), sheet, book)] == [
        [5_000, 3, None],
        [6_500, 3, None],
        [6_500, 3, None],
        [6_500, 3, None],
    ]


def test_rows_of_other_tables_are_linked_by_the_names_that_forms_give() -> None:
    on = FrozenDict({"name": "name"})
    lookups = FrozenDict(
        {"there": Lookup(form="hamabe", on=on), "gone": Lookup(form="nowhere", on=on)}
    )
    forms = [KUSHIRO.model_copy(update={"lookups": lookups}), FORMS["hamabe"]]
    usual, words = vocabulary([FORMS["kushiro"], FORMS["hamabe"]]), vocabulary(forms)
    added = {
        each: {name: to for name, to in scope.links.items() if name not in usual.scopes[each].links}
        for each, scope in words.scopes.items()
    }
    expected = {"there": FORMS["hamabe"].row_scope, "gone": "sheet"}
    assert {each: links for each, links in added.items() if links} == {KUSHIRO.row_scope: expected}
    assert words.scopes[KUSHIRO.row_scope].elsewhere == usual.scopes[KUSHIRO.row_scope].elsewhere


# --- prose


def test_prose_of_a_few_sheets_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHEETS_AT_A_TIME", 2)
    book = of_sheets(*(plain(number, achieved=f"文{number}。") for number in range(1, 5)))
    reads: list[int] = []

    def claims_of(*words: Any) -> list[Claim]:
        reads.append(words[1].number)
        return [Claim(kind="own", sentence=Sentence(text=words[1].achieved, section="achieved"))]

    rows = Rows(book, KUSHIRO, claims_of=claims_of)
    assert rows.held == 0
    first, second, third, fourth = book.sheets
    assert [rows.claims_of(first)[0] is rows.claims_of(first)[0], rows.held] == [True, 1]
    rows.claims_of(second)
    assert (rows.held, reads) == (2, [1, 2])
    rows.claims_of(third)
    assert (rows.held, reads) == (2, [1, 2, 3])
    rows.claims_of(second)
    assert reads == [1, 2, 3]
    rows.claims_of(first)
    assert (rows.held, reads) == (2, [1, 2, 3, 1])
    texts = [rows.prose(sheet) for sheet in (first, second)]
    assert rows.prose(first) is texts[0]
    rows.prose(third)
    rows.prose(fourth)
    assert rows.held == 2
    assert rows.prose(first) is not texts[0]
    only_prose = Rows(book, KUSHIRO, claims_of=claims_of)
    only_prose.prose(first)
    assert only_prose.held == 1
    assert [row.sheet and row.sheet.number for row in rows.of_sheets("claim", [third, first])] == [
        3,
        1,
    ]
    assert [row.column for row in rows.of_sheets("year", [SHEET])] == []


# --- what formulas may name


def test_what_formulas_may_name() -> None:
    own = "kushiro", "minato", "hamabe"
    for names in ((), *((name,) for name in own), own):
        words = vocabulary([FORMS[name] for name in names])
        usual = vocabulary([])
        answer: dict[str, Any] = {
            "kinds": list(words.kinds),
            "stated": {name: list(values) for name, values in words.stated.items()},
            "tables": dict(words.tables),
            "units": {name: str(value) for name, value in words.units.items()},
            "words": {
                " ".join(key): list(values)
                for key, values in words.words.items()
                if not names or usual.words.get(key) != values
            },
            "scopes": {
                each: {
                    "names": _others(scope.names, usual.scopes[each].names, names),
                    "links": _others(scope.links, usual.scopes[each].links, names),
                    "sets": dict(scope.sets) if not names else {},
                    "elsewhere": sorted(
                        scope.elsewhere - usual.scopes[each].elsewhere if names else scope.elsewhere
                    ),
                }
                for each, scope in words.scopes.items()
            },
        }
        STORED.compare(f"names {' '.join(names)}", answer)


def test_what_can_be_named_on_records_of_every_form() -> None:
    STORED.compare("words", {"words": sorted(module.WORDS)})


def _others(
    values: Mapping[str, Any], usual: Mapping[str, Any], names: tuple[str, ...]
) -> dict[str, str]:
    """What a form adds; all, without a form."""
    return {name: str(value) for name, value in values.items() if not names or name not in usual}


def test_labels_of_forms_mean_figures() -> None:
    labelled = vocabulary([KUSHIRO, FORMS["minato"]]).labelled
    assert labelled is not None
    texts = [
        text
        for form in (KUSHIRO, FORMS["minato"])
        for item in form.fields.values()
        for text in item.label
    ]
    parts = [part for text in texts for part in (text, *text.split())]
    answers = {
        word: list(labelled(word)) for word in (*parts, "事業名", "年度", "どこにもない", "")
    }
    STORED.compare("labels", answers)


def test_no_answer_is_stored_that_no_case_has() -> None:
    own = "kushiro", "minato", "hamabe"
    STORED.cases_are(
        [
            *BOOKS,
            *(f"steps of {name}" for name in own),
            *(f"names {' '.join(names)}" for names in ((), *((name,) for name in own), own)),
            "words",
            "groups",
            "parameters",
            "labels",
        ]
    )
