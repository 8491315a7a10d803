"""What rules in Python say of a row, how other rows are named beside it, and the keys by which a
finding is known again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.formula.trace import SHOWN
from auditor.narrative.model import Claim
from auditor.records.errors import AuditorError
from auditor.records.figures import Figure, Place
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book, FiscalYear, Kpi, Sheet
from auditor.records.sentences import Mark, Sentence
from auditor.records.text import Text
from auditor.rules.findings import (
    Finding,
    KpiReference,
    SheetReference,
    department_of,
    key_of,
    keys_of,
    where,
)
from auditor.rules.rows import Cell, Row, Rows
from auditor.rules.verdicts import (
    PASS,
    Verdict,
    checked_verdict,
    elsewhere,
    failed,
    first_of,
    named_beside,
    printed,
    quantity,
)
from auditor.rules.watching import Reads

FORM: Final = load().forms["kushiro"]
NUMBER: Final = Figure(value=Decimal(7), state="number", printed="7", unit="千円")


def sheet(number: int = 1, name: str = "a", department: str = "x", document: str = "d") -> Sheet:
    year = FiscalYear(
        year=2024,
        kind="settled",
        total_cost=NUMBER,
        staff_cost=Figure(state="dash"),
        headcount=Figure(state="text", printed="約"),
    )
    return Sheet(
        number=number,
        name=name,
        department=department,
        document=document,
        fiscal_year=2024,
        years=FrozenDict({"2024": year}),
    )


def kpi(number: int, **more: Any) -> Kpi:
    return Kpi(fiscal_year=2024, project="p", name="n", number=number, target=NUMBER, **more)


def rows_of(*sheets: Sheet, kpis: tuple[Kpi, ...] = ()) -> Rows:
    return Rows(Book(form="kushiro", fiscal_year=2024, sheets=sheets, kpis=kpis), FORM)


ROWS: Final = rows_of(sheet(), kpis=(kpi(1), kpi(2)))
(YEAR,) = ROWS.of("year")
(SHEET,) = ROWS.of("sheet")


# What a rule gives.


def test_a_failed_row_has_all_that_its_rule_says() -> None:
    verdict = failed(
        (YEAR, "total_cost"),
        detail=Text(en="d", ja="d"),
        equation="a = b",
        expected=Decimal(1),
        actual=Decimal(2),
        difference=Decimal(3),
        unit="千円",
        remark=Text(en="r", ja="r"),
    )
    explanation = verdict.explanation
    assert (verdict.outcome, verdict.severity, verdict.sentence) == ("fail", None, None)
    passage = Sentence(text="甲", section="achieved")
    assert failed((YEAR, "total_cost"), sentence=passage).sentence is passage
    assert explanation.cells == ((YEAR, "total_cost"),)
    assert (explanation.expected, explanation.actual, explanation.difference) == (1, 2, 3)
    assert (explanation.equation, explanation.unit) == ("a = b", "千円")
    assert explanation.note == Text(en="d", ja="d")
    assert explanation.remark == Text(en="r", ja="r")


@pytest.mark.parametrize("name", ["total_cost", "kind", "funding.grants", "population"])
def test_names_of_the_row_or_of_its_form_can_be_pointed_at(name: str) -> None:
    verdict = failed((YEAR, name))
    assert checked_verdict(lambda _: verdict, YEAR) is verdict
    assert checked_verdict(lambda _: PASS, YEAR) is PASS


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (lambda row: failed((row, "totl_cost")), ["totl_cost", '"year"', "total_cost"]),
        (lambda row: failed((row, "total_cost.x")), ["total_cost.x", '"year"']),
        (lambda row: failed((row, "kind.x")), ["kind.x"]),
        (lambda row: failed(("total_cost", row)), ["pairs of a row and a name"]),
        (lambda row: failed(row), ["pairs of a row and a name"]),
        (lambda _: None, ["None", "return in every branch"]),
        (lambda _: True, ["True", "was expected"]),
        (lambda row: row.values["total_cots"], ["total_cots", "total_cost"]),
        (lambda _: next(_raised(KeyError("total_cots", "zzzzzz"))), ["total_cots", "total_cost"]),
    ],
)
def test_what_is_no_verdict_and_no_cell_is_said(
    check: Callable[[Row], Verdict], said: list[str]
) -> None:
    with pytest.raises(AuditorError) as fault:
        checked_verdict(check, YEAR)
    assert [part for part in said if part not in str(fault.value)] == []
    message = fault.value.message
    for text in (message.en, message.ja):
        assert ("return" in text) == (said[0] == "None")


@pytest.mark.parametrize(
    "check",
    [
        lambda row: row.values["zzzzzz"],
        lambda _: {}[("a",)],
        lambda _: {}["total_cost"],
        lambda _: next(_raised(KeyError())),
        lambda _: next(_raised(KeyError("zzzzzz", "total_cots"))),
    ],
)
def test_keys_that_are_no_slip_of_a_name_are_the_rules_own_fault(
    check: Callable[[Row], Verdict],
) -> None:
    with pytest.raises(KeyError):
        checked_verdict(check, YEAR)


def _raised(fault: Exception) -> Iterator[Any]:
    raise fault
    yield


ON: Final[dict[str, tuple[Row, str, str]]] = {
    "sheet": (
        SHEET,
        "name population document total_cost funding.grants places years.2024",
        "name.x x",
    ),
    "year": (YEAR, "year kind staff_cost funding.nowhere funding", "kind.x fundin.grants zz.x"),
    "kpi": (ROWS.of("kpi")[0], "target due_actual actuals.1999 name", "name.x target.x"),
    "book": (ROWS.of("book")[0], "fiscal_year form total_cost sheets kpis.x", "x fiscal_year.x"),
}


def is_on(row: Row, name: str) -> bool:
    verdict = failed((row, name))
    try:
        return checked_verdict(lambda _: verdict, row) is verdict
    except AuditorError:
        return False


@pytest.mark.parametrize("scope", ON)
def test_what_a_finding_can_point_at_on_each_kind_of_row(scope: str) -> None:
    row, there, not_there = ON[scope]
    names = (*there.split(), *not_there.split())
    assert [name for name in names if is_on(row, name)] == there.split()


def test_a_finding_on_a_claim_can_point_at_its_marks() -> None:
    marks = (Mark(start=0, end=1, name="one"), Mark(start=1, end=2, name="parts.1"))
    sentence = Sentence(text="甲乙", section="achieved", marks=marks)
    book = Book(form="kushiro", fiscal_year=2024, sheets=(sheet(),))
    claim = Claim(kind="own", sentence=sentence)
    (row,) = Rows(book, FORM, claims_of=lambda *_: [claim]).of("claim")
    names = ("one", "parts.1", "two", "kind", "one.x")
    assert [is_on(row, name) for name in names] == [True, True, False, True, False]


def test_what_a_claim_has_is_offered_for_a_slip() -> None:
    sentence = Sentence(text="甲乙", section="achieved")
    book = Book(form="kushiro", fiscal_year=2024, sheets=(sheet(),))
    claim = Claim(kind="own", sentence=sentence, figures=FrozenDict({"parts.1": NUMBER}))
    (row,) = Rows(book, FORM, claims_of=lambda *_: [claim]).of("claim")
    assert is_on(row, "parts.1")
    assert not is_on(row, "prats.1")
    with pytest.raises(AuditorError, match=r"did you mean parts\.1\?"):
        checked_verdict(lambda row: failed((row, "prats.1")), row)


def test_a_watched_row_is_called_a_row_where_a_rule_slips() -> None:
    (row,) = rows_of(sheet()).of("sheet")
    reads = Reads([row])
    with reads.listening(), pytest.raises(AttributeError, match=r"^'Row' object has no attribute"):
        _ = row.totl_cost  # type: ignore[attr-defined]
    with reads.listening():
        row.figure("population")
    assert reads.of(row) == ("population",)


def test_the_rows_of_a_sheet_and_of_an_indicator_are_its_own() -> None:
    both = sheet(), sheet(2)
    indicators = kpi(1), kpi(2)
    rows = rows_of(*both, kpis=indicators)
    for owner in (*both, *indicators):
        expected = [row for row in rows if owner in (row.sheet, row.kpi)]
        assert list(rows.of_owner(owner)) == expected
        assert expected
        assert rows.at(expected[0].scope, owner, None) is expected[0]
    assert rows.of_owner(sheet()) == ()


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("populatoin", "population"),
        ("documnet", "document"),
        ("headcuont", "headcount"),
        ("zz", ""),
    ],
)
def test_a_name_that_is_not_there_is_nearly_another(name: str, near: str) -> None:
    with pytest.raises(AuditorError) as fault:
        checked_verdict(lambda row: failed((row, name)), SHEET)
    message = fault.value.message
    asked = f"; did you mean {near}?" if near else ""
    assert message.en == f'there is no {name} on a row of "sheet"{asked}'
    assert message.ja.startswith(f"sheet の行に {name} はありません")
    assert (near in message.ja) == bool(near) or not near


def test_numbers_and_prints_of_a_row() -> None:
    assert quantity(YEAR, "total_cost") == 7_000
    assert quantity(YEAR, "year") == 2024
    names = ("kind", "staff_cost", "headcount", "nothing")
    assert [quantity(YEAR, name) for name in names] == [None] * 4
    there = {name: printed(YEAR, name) for name in (*names, "total_cost")}
    assert there == {
        "kind": True,
        "staff_cost": False,
        "headcount": True,
        "nothing": False,
        "total_cost": True,
    }


# How others are named.


@pytest.mark.parametrize(
    ("other", "en", "ja"),
    [
        (sheet(2), "sheet 2", "シート2"),
        (sheet(2, name="b"), 'sheet 2 "b"', "シート2「b」"),
        (sheet(2, department="y"), "sheet 2 (y)", "シート2（y）"),
        (sheet(2, document="e"), "sheet 2 of e", "e のシート2"),
        (sheet(2, "b", "y", "e"), 'sheet 2 "b" (y) of e', "e のシート2「b」（y）"),
    ],
)
def test_another_sheet_is_named_by_what_is_other_about_it(other: Sheet, en: str, ja: str) -> None:
    assert elsewhere(other, sheet()) == Text(en=en, ja=ja)


def test_another_row_is_named_by_its_sheet_its_indicator_or_its_column() -> None:
    rows = rows_of(sheet(1), sheet(2), kpis=(kpi(1), kpi(2)))
    first, second = rows.of("sheet")
    assert named_beside(second, first).en == "sheet 2"
    assert named_beside(first, first).en == ""
    one, two = rows.of("kpi")
    assert named_beside(two, one) == Text(en="KPI 2", ja="指標2")
    assert named_beside(one, one).en == ""
    assert named_beside(rows.of("year")[0], first) == Text(en="2024", ja="2024")
    assert named_beside(two, first) == Text(en="KPI 2", ja="指標2")
    assert named_beside(first, one) == Text(en="", ja="")


@given(st.integers(0, 3 * SHOWN))
def test_the_first_names_and_how_many_more(count: int) -> None:
    names = [str(number) for number in range(count)]
    text = first_of(names, lambda name: Text(en=name, ja=name))
    shown, more = names[:SHOWN], count - SHOWN
    assert text.en == ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    assert text.ja == "、".join(shown) + (f" ほか{more}件" if more > 0 else "")


def test_what_a_finding_is_on() -> None:
    on_sheet = SheetReference.of(sheet(3, "name", "dep").model_copy(update={"identifier": "甲"}))
    on_kpi = KpiReference.of(kpi(4, department="sea"))
    assert on_sheet == SheetReference(number=3, name="name", department="dep", identifier="甲")
    assert on_kpi == KpiReference(number=4, project="p", name="n", department="sea")
    assert where("doc", on_sheet, on_kpi) == "sheet 3 name"
    assert where("doc", None, on_kpi) == "KPI 4 n"
    assert where("doc", None, None) == "doc"
    pairs = ((on_sheet, None), (None, on_kpi), (None, None))
    assert [department_of(*pair) for pair in pairs] == ["dep", "sea", ""]


def test_a_finding_is_placed_by_the_first_cell_of_its_own_book() -> None:
    here, there = Place(line=1), Place(line=2)
    cells = (
        Cell(document="d", field="a"),
        Cell(document="d", field="b", place=there, other_book="earlier"),
        Cell(document="d", field="c", place=here),
        Cell(document="d", field="d", place=there),
    )
    text = Text(en="m", ja="m")
    values = {"id": "i", "rule": "R", "name": "n", "severity": "error", "document": "d"}
    finding = Finding(**values, message=text, action=text, cells=cells)  # type: ignore[arg-type]
    assert finding.first_placed is cells[2]
    assert finding.first_place == here
    assert finding.model_copy(update={"cells": cells[:2]}).first_place is None
    assert (finding.project, finding.department, finding.counted_as) == ("", "", "error")
    on_kpi = finding.model_copy(update={"kpi": KpiReference.of(kpi(1)), "question": True})
    assert (on_kpi.project, on_kpi.counted_as) == ("p", "question")
    on_sheet = on_kpi.model_copy(update={"sheet": SheetReference.of(sheet())})
    assert (on_sheet.project, on_sheet.department) == ("a", "x")


TEXT: Final = Text(en="in English", ja="日本語")


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({}, "<Finding R error, d>"),
        ({"sheet": SheetReference(number=3, name="n")}, "<Finding R error, sheet 3 n>"),
        ({"kpi": KpiReference(number=4, project="p", name="k")}, "<Finding R error, KPI 4 k>"),
        ({"year": "2024", "severity": "note"}, "<Finding R note, d, 2024>"),
        ({"expected": Decimal(1)}, "<Finding R error, d>"),
        ({"actual": Decimal(1)}, "<Finding R error, d>"),
        (
            {"expected": Decimal(1200), "actual": Decimal("2.5"), "unit": "千円"},
            "<Finding R error, d: expected 1,200, printed 2.5 千円>",
        ),
        (
            {"expected": Decimal(0), "actual": Decimal(-1), "year": "2024"},
            "<Finding R error, d, 2024: expected 0, printed △1>",
        ),
    ],
)
def test_a_finding_in_one_line(more: dict[str, Any], line: str) -> None:
    values = {"id": "i", "rule": "R", "name": "n", "severity": "error", "document": "d", **more}
    assert repr(Finding(**values, message=TEXT, action=TEXT)) == line


def test_a_notebook_gets_a_row_for_each_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = (
        Cell(document="d", field="a", year="2024", printed="1,2", value=Decimal(12), unit="円"),
        Cell(document="d", field="b", value=Decimal(1200)),
    )
    finding = Finding(
        id="i",
        rule="R",
        name="n",
        severity="error",
        document="d",
        cells=cells,
        message=TEXT,
        action=TEXT,
    )
    for language, words in (("en", "in English"), ("ja", "日本語")):
        monkeypatch.setattr("auditor.records.languages.users_language", lambda to=language: to)
        text = finding._repr_html_()
        assert re.findall(">([^<]+)</caption>", text) == [f"R error, d: {words}"]
        assert re.findall(">([^<]*)</t[hd]>", text) == [
            *("field", "year", "printed", "unit"),
            *("a", "2024", "1,2", "円"),
            *("b", "", "1,200", ""),
        ]


# Keys.

CELL: Final = Cell(
    document="d", field="total_cost", year="2024", value=Decimal("12.0"), printed="12.0"
)


def keys(
    owner: Sheet | Kpi | None = None, code: str = "R1", year: str = "2024", **more: Any
) -> Any:
    cells = more.pop("cells", (CELL,))
    return keys_of(code, more.pop("form", "f"), owner, year, cells, **more)


def cell(**changes: Any) -> tuple[Cell]:
    return (CELL.model_copy(update=changes),)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"owner": sheet(9, document="elsewhere")}, "id place values recurring"),
        ({"owner": sheet(department="y")}, "values recurring"),
        ({"owner": sheet(name="b")}, "values"),
        ({"owner": sheet().model_copy(update={"budget_stages": ("款",)})}, "values"),
        ({"owner": sheet(), "code": "R2"}, "values"),
        ({"owner": sheet(), "form": "g"}, "values"),
        ({"owner": sheet(), "year": "2023"}, "values"),
        ({"owner": sheet(), "statement": "s"}, "values"),
        ({"owner": sheet(), "cells": cell(field="other")}, ""),
        ({"owner": sheet(), "cells": cell(name="part")}, ""),
        ({"owner": sheet(), "cells": cell(other_book="earlier")}, ""),
        ({"owner": sheet(), "cells": cell(year="2023")}, ""),
        ({"owner": sheet(), "cells": cell(value=Decimal(12))}, "id place values recurring"),
        ({"owner": sheet(), "cells": cell(value=Decimal(13))}, "place recurring"),
        ({"owner": sheet(), "cells": (CELL, CELL)}, "place recurring"),
        ({"owner": sheet(), "cells": cell(place=Place(cell="B2"))}, "id place values recurring"),
        ({"owner": None}, "values"),
    ],
)
def test_what_a_key_hangs_on(change: dict[str, Any], same: str) -> None:
    first, second = keys(sheet()), keys(**change)
    alike = [name for name in first._fields if getattr(first, name) == getattr(second, name)]
    assert alike == same.split()
    assert (second.recurring == "") == (change["owner"] is None)


def test_a_sheet_without_a_department_is_no_indicator_of_that_name() -> None:
    bare = sheet(name="p", department="").model_copy(update={"budget_stages": ("n",)})
    assert keys(bare).id != keys(kpi(1)).id
    assert keys(bare).values == keys(kpi(1)).values


@pytest.mark.parametrize("year", ["12-3", "-024", "1e3", "20x4", "２０２４", "", "202", "20245"])
def test_only_a_year_is_counted_from_that_of_its_book(year: str) -> None:
    """Any other key is the same in the book of another year."""
    later = sheet().model_copy(update={"fiscal_year": 2025})
    assert (
        keys(sheet(), year=year).recurring
        == keys(later, year=year, cells=cell(year="2025")).recurring
    )


def test_what_a_rule_computes_of_a_book_is_computed_once() -> None:
    rows, calls = rows_of(sheet()), list[Rows]()

    def compute(of: Rows) -> object:
        calls.append(of)
        return object()

    assert rows.once(compute) is rows.once(compute)
    assert calls == [rows]


@pytest.mark.parametrize("name", sorted(load().forms))
def test_a_book_knows_what_its_form_says_of_each_figure(name: str) -> None:
    form = load().forms[name]
    rows = Rows(Book(form=name, fiscal_year=2024), form)
    for each, definitions in form.definitions.items():
        for field, definition in definitions.items():
            assert rows.definitions[each, field] is definition


def test_a_cell_without_a_field_is_known_by_its_address() -> None:
    first, second = (
        keys(sheet(), cells=cell(field="", place=Place(cell=name))) for name in ("B2", "B3")
    )
    assert first.place != second.place
    nowhere = keys(sheet(), cells=cell(field="", place=None))
    assert len({first.place, second.place, nowhere.place}) == 3
    of_text = [keys(sheet(), cells=cell(value=None, printed=text)).values for text in "xy"]
    assert of_text[0] != of_text[1]


def test_figures_of_a_sentence_are_told_apart_by_their_names() -> None:
    of_names = [keys(sheet(), cells=cell(name=name)) for name in ("whole", "parts.1", "")]
    assert len({each.place for each in of_names}) == 3
    assert len({each.values for each in of_names}) == 3


def test_an_indicator_is_known_by_its_project_name_and_department() -> None:
    known = keys(kpi(1))
    assert keys(kpi(2)) == known
    assert keys(kpi(1, department="sea")).place != known.place
    assert keys(kpi(1, department="sea")).recurring == known.recurring
    assert keys(kpi(1).model_copy(update={"project": "q"})).place != known.place


@pytest.mark.parametrize(
    ("year", "next_year", "recurs"),
    [
        ("2024", "2025", True),
        ("2023-settled", "2024-settled", True),
        ("2023-settled", "2024-budgeted", False),
        ("2024", "2024", False),
        ("202", "203", False),
        ("２０２４", "２０２５", False),
        ("total", "total", True),
    ],
)
def test_years_recur_as_far_from_their_book(year: str, next_year: str, recurs: bool) -> None:
    later = sheet().model_copy(update={"fiscal_year": 2025})
    first = keys(sheet(), year=year, cells=cell(year=year))
    second = keys(later, year=next_year, cells=cell(year=next_year))
    assert (first.recurring == second.recurring) is recurs


def test_keys_are_short_and_of_all_their_parts() -> None:
    assert len(key_of(["a", "b"])) == 12
    assert len({key_of(parts) for parts in (["a", "b"], ["ab"], ["b", "a"], ["a"])}) == 4
