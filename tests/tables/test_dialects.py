"""Tables in a dialect: read as declared they say what was written; undeclared, never another
number.
"""

from __future__ import annotations

import csv
import io
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines import engine_named
from auditor.forms.dialect import written_figure
from auditor.forms.model import Form
from auditor.records.figures import Figure, parse_figure
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.ruleset import RuleSet
from auditor.tables import read_tables
from auditor.tables.encodings import decoding
from tests.documents.workbook_writer import PlainCell, PlainWorksheet, workbook_bytes

GRANTS: dict[str, Any] = {
    "name": "grants",
    "title": {"en": "Grants", "ja": "補助"},
    "unit": "USD",
    "units": {"USD": 1, "%": 1},
    "fiscal_year": 2024,
    "table": {},
    "labels": {"name": "Project"},
    "fields": {
        "total": {"each": "sheet", "label": "Total"},
        "a": {"each": "sheet", "label": "A"},
        "b": {"each": "sheet", "label": "B"},
        "rate": {"each": "sheet", "label": "Rate", "unit": "%", "step": "0.1"},
    },
}
HEADING = ["Project", "Total", "A", "B", "Rate"]


def grants(changes: dict[str, Any] | None = None, **dialect: Any) -> Form:
    table = {**(changes or {}), "dialect": dialect}
    return Form.model_validate({**GRANTS, "table": table})


def rules(form: Form) -> RuleSet:
    text = {"en": "text", "ja": "文"}
    data: dict[str, Any] = {
        "code": "TRY001",
        "name": "sum",
        "forms": ["*"],
        "severity": "error",
        "each": "sheet",
        "formula": "total == a + b",
        "since": "1",
        "title": text,
        "why": text,
        "action": text,
        "cases": [],
    }
    rule = build_rule(data, "test", vocabulary([form]))
    tbl = [each for each in load().rules if each.code.startswith("TBL")]
    return RuleSet([rule, *tbl])


def figures(path: Path, form: Form) -> list[dict[str, Figure]]:
    read = read_tables([path], {form.name: form})
    return [dict(sheet.figures) for book in read.books for sheet in book.sheets]


def remarks(path: Path, form: Form) -> list[str]:
    read = read_tables([path], {form.name: form})
    documents = [document for book in read.books for document in book.documents]
    return [remark.rule for document in documents for remark in document.remarks]


def written(
    path: Path, rows: list[list[str]], delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


# --- any dialect

signs = st.sampled_from(["(40)", "△40", "▲", "−40", "40-", "-"])


@st.composite
def dialects(draw: st.DrawFn) -> dict[str, Any]:
    decimal = draw(st.sampled_from([".", ","]))
    marks = [mark for mark in (",", ".", " ", "'") if mark != decimal]
    return {
        "delimiter": draw(st.sampled_from([",", ";", "\t", "|"])),
        "encoding": draw(st.sampled_from(["utf-8", "utf-16", "latin-1", "windows-1252"])),
        "header_row": draw(st.integers(1, 3)),
        "decimal": decimal,
        "thousands": draw(st.sampled_from(marks)),
        "percent": draw(st.booleans()),
        "currency": draw(st.sampled_from([[], ["£"]])),
        "missing": draw(st.sampled_from([[], ["n/a"], [".."]])),
        "negative": [draw(signs.filter(lambda sign: sign != "-"))],
    }


def in_dialect(value: Decimal | None, dialect: dict[str, Any], *, percent: bool) -> str:
    """A number as a table of the dialect has it."""
    if value is None:
        return dialect["missing"][0] if dialect["missing"] else ""
    whole, _, places = f"{abs(value):,}".replace(",", dialect["thousands"]).partition(".")
    if dialect["decimal"] == "," and dialect["thousands"] == ".":
        whole, _, places = f"{abs(value):,}".partition(".")
        whole = whole.replace(",", ".")
    text = whole + (dialect["decimal"] + places if places else "")
    if dialect["currency"] and not percent:
        text = f"{dialect['currency'][0]}{text}"
    if value < 0:
        notation = dialect["negative"][0]
        if notation.startswith("("):
            text = f"({text})"
        else:
            text = f"{text}-" if notation[0].isdigit() else f"{notation[0]}{text}"
    return f"{text} %" if percent and dialect["percent"] else text


values = (
    st.none() | st.decimals(-(10**8), 10**8, places=2) | st.integers(-(10**8), 10**8).map(Decimal)
)


@settings(max_examples=40, deadline=None)
@given(dialects(), st.lists(st.tuples(values, values), min_size=1, max_size=5))
def test_a_declared_dialect_reads_what_was_written(
    dialect: dict[str, Any], rows: list[tuple[Decimal | None, Decimal | None]]
) -> None:
    encoding = dialect["encoding"]
    if encoding != "utf-16" and not set("△▲−").isdisjoint(dialect["negative"][0]):
        dialect["encoding"] = encoding = "utf-8"
    lines = [["a list", "", "", "", ""]] * (dialect["header_row"] - 1) + [HEADING]
    for total, rate in rows:
        amount = in_dialect(total, dialect, percent=False)
        lines.append(["Café", amount, amount, "0", in_dialect(rate, dialect, percent=True)])
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder, "t.csv"), lines, dialect["delimiter"], encoding)
        read = figures(path, grants(**dialect))
        assert [(row["total"].value, row["rate"].value) for row in read] == rows
        assert {row["total"].state for row in read} <= {"number", "blank"}
        # Undeclared, a cell is the same number, or none, and never a blank that it is not.
        layout = {key: dialect[key] for key in ("delimiter", "encoding", "header_row")}
        bare = figures(path, grants(**layout))
        for row, (total, rate) in zip(bare, rows, strict=True):
            for figure, value in ((row["total"], total), (row["rate"], rate)):
                assert figure.value is None or figure.value == value
                assert value is None or figure.state != "blank"


@pytest.mark.parametrize(
    "text", ["△ 39,168", "１２３", "(40)", "¥1,234", "▲0", "1,00", "①1", "5 件"]
)
def test_japanese_figures_are_those_that_text_sheets_read(text: str, tmp_path: Path) -> None:
    form = grants(figures="japanese")
    path = written(tmp_path / "t.csv", [HEADING, ["p", text, "1", "2", "3"]])
    (row,) = figures(path, form)
    expected = parse_figure(text, unit="USD", units=tuple(form.units))
    assert row["total"].value == expected.value
    # What a rule's case takes is what a table's cell says, declared or not.
    for each in (form, grants()):
        (row,) = figures(path, each)
        case = written_figure(text, each, "USD")
        assert (case.value, case.state) == (row["total"].value, row["total"].state)


def test_what_may_be_thousands_is_unread_with_one_finding(tmp_path: Path) -> None:
    rows = [["p", "1.234.567", "234.567", "1", "60"], ["q", "234.567", "12.5", "2", "60"]]
    path = written(tmp_path / "t.csv", [HEADING, *rows])
    first, second = figures(path, grants())
    assert (first["total"].state, second["total"].state) == ("unread", "unread")
    assert first["total"].printed == "1.234.567"
    assert second["a"].value == Decimal("12.5")  # so its column has decimals
    assert remarks(path, grants()) == ["TBL011"]
    declared = grants(decimal=",", thousands=".")
    assert figures(path, declared)[0]["total"].value == 1234567
    fine = Form.model_validate(
        {**GRANTS, "fields": {"a": {**GRANTS["fields"]["a"], "step": "0.001"}}}
    )
    assert figures(path, fine)[0]["a"].value == Decimal("234.567")


def test_a_sign_of_per_cent_in_some_cells_is_a_remark(tmp_path: Path) -> None:
    path = written(
        tmp_path / "t.csv", [HEADING, *(["p", "1", "1", "0", r] for r in ("60 %", "0.6"))]
    )
    assert sorted(remarks(path, grants())) == ["TBL003", "TBL012"]
    signed, bare = figures(path, grants(percent=True))
    assert (signed["rate"].value, bare["rate"].state) == (60, "text")


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("1,234", 'thousands = ","'),
        ("1.234,56", 'decimal = ",", thousands = "."'),
        ("12,5", 'decimal = ","'),
        ("$100", 'currency = ["$"]'),
        ("(40)", 'negative = ["(40)"]'),
        ("40-", 'negative = ["40-"]'),
        ("△40", 'negative = ["△40"]'),
        ("n/a", 'missing = ["n/a"]'),
        ("１００", 'figures = "japanese"'),
        ("$(1,234)", 'thousands = ",", currency = ["$"], negative = ["(40)"]'),
    ],
)
def test_a_cell_that_is_not_read_says_what_to_declare(cell: str, key: str, tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", [HEADING, ["p", cell, "1", "0", "60"]])
    read = read_tables([path], {"grants": grants()})
    (remark,) = read.books[0].documents[0].remarks
    assert (remark.rule, remark.printed) == ("TBL003", cell)
    assert remark.detail is not None
    assert key in remark.detail.en
    assert key in remark.detail.ja


# --- where the headings stand


def not_checked(path: Path, form: Form) -> str:
    read = read_tables([path], {form.name: form})
    assert not read.books
    (reason,) = read.not_checked
    return reason.why.en


@pytest.mark.parametrize(("delimiter", "shown"), [(";", '";"'), ("\t", '"\\t"'), ("|", '"|"')])
def test_another_delimiter_is_named(delimiter: str, shown: str, tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", [HEADING, ["p", "1", "1", "0", "60"]], delimiter)
    assert f"set delimiter = {shown}" in not_checked(path, grants())
    assert len(figures(path, grants(delimiter=delimiter))) == 1


def test_a_line_of_headings_further_down_is_named(tmp_path: Path) -> None:
    rows = [["List", "", "", "", ""], HEADING, ["p", "1", "1", "0", "60"]]
    path = written(tmp_path / "t.csv", rows)
    assert "line 2 has the headings of form grants" in not_checked(path, grants())
    (row,) = figures(path, grants(header_row=2))
    assert row["total"].place is not None
    assert row["total"].place.line == 3


def test_headings_over_several_columns_are_joined(tmp_path: Path) -> None:
    data = {**GRANTS, "table": {"dialect": {"header_row": [1, 2]}}}
    data["fields"] = {
        "total": {"each": "sheet", "label": "Cost Total"},
        "a": {"each": "sheet", "label": "Cost A"},
        "b": {"each": "sheet", "label": "B"},
    }
    rows = [["Project", "Cost", "", "B"], ["", "Total", "A", ""], ["p", "3", "2", "1"]]
    (row,) = figures(written(tmp_path / "t.csv", rows), Form.model_validate(data))
    assert [row[name].value for name in ("total", "a", "b")] == [3, 2, 1]


def test_a_heading_twice_matters_only_where_a_label_names_it(tmp_path: Path) -> None:
    rows = [[*HEADING, "Note", "Note"], ["p", "3", "2", "1", "60", "x", "y"]]
    path = written(tmp_path / "t.csv", rows)
    assert figures(path, grants())[0]["a"].value == 2
    rows[0][-1] = "Total"
    assert "several columns are total" in not_checked(written(path, rows), grants())


def test_a_heading_that_fits_a_form_comes_before_a_name(tmp_path: Path) -> None:
    path = written(tmp_path / "years.csv", [HEADING, ["p", "3", "2", "1", "60"]])
    assert figures(path, grants())[0]["total"].value == 3


def test_a_heading_too_wide_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("\t".join(f"c{number}" for number in range(20_000)))
    assert "more than 16,384 columns" in not_checked(path, grants())


# --- encodings


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("事業名,金額\nA社との協定,1\nＩＴ化,2", "cp932", "certain"),
        ("事業名,金額", "utf-8", "certain"),
        ("年,A\n1,2", "cp932", "certain"),
        ("Project\nRénovation Montréal", "latin-1", "unknown"),
        ("Project\nGrößte Straße", "latin-1", "unknown"),
        ("Project\nIt’s “The” one", "windows-1252", "unknown"),
        ("名前\nﾃｽﾄ", "cp932", "unknown"),
        ("氏名\nR駭ovation", "cp932", "guessed"),
        ("事業名", "euc-jp", "unknown"),
    ],
)
def test_how_sure_an_encoding_is(text: str, encoding: str, expected: str) -> None:
    data = text.encode(encoding)
    for pieces in ([data], [data[at : at + 1] for at in range(len(data))]):
        found = decoding(pieces)
        assert found is None or found.certainty == expected
        assert found is not None or expected == "unknown"


def test_a_guess_is_reported_and_a_declaration_settles_it(tmp_path: Path) -> None:
    rows = [HEADING, ["氏名R駭ovation", "3", "2", "1", "60"]]
    path = written(tmp_path / "t.csv", rows, encoding="cp932")
    assert remarks(path, grants()) == ["TBL013"]
    assert remarks(path, grants(encoding="cp932")) == []
    latin = written(path, [HEADING, ["Rénovation", "3", "2", "1", "60"]], encoding="latin-1")
    assert "its encoding is not sure" in not_checked(latin, grants())
    read = read_tables([latin], {"grants": grants(encoding="latin-1")})
    assert read.books[0].sheets[0].name == "Rénovation"


# --- keys


def keyed(**changes: Any) -> Form:
    labels = {"name": "Project", "number": "ID", "year": "Year"}
    return Form.model_validate(
        {
            **GRANTS,
            "labels": labels,
            "columns": [{"offset": offset, "kind": "settled"} for offset in (-1, 0)],
            "fiscal_year": 2024,
            "table": {"rows": "year", **changes},
            "fields": {"cost": {"each": "year", "label": "Cost"}},
        }
    )


def test_rows_are_told_apart_by_what_is_no_number(tmp_path: Path) -> None:
    rows = [["ID", "Project", "Year", "Cost"]]
    rows += [["2023-府-0001", "p", "2023-24", "5"], ["0002", "q", "R5", "1"]]
    rows += [["２０２３-府-0001", "p", "令和6年度", "4"], ["0002", "q", "2024-04-01", "2"]]
    path = written(tmp_path / "t.csv", rows)
    form = keyed()
    (book,) = read_tables([path], {form.name: form}).books
    assert [(sheet.number, sheet.identifier) for sheet in book.sheets] == [
        (2, "2023-府-0001"),
        (3, "0002"),
    ]
    first, second = book.sheets
    assert [year.figures["cost"].value for year in first.years.values()] == [5, 4]
    assert list(second.years) == ["2023", "2024"]


def test_plain_numbers_stay_keys(tmp_path: Path) -> None:
    rows = [["ID", "Project", "Year", "Cost"], ["7", "p", "2024", "5"], ["8", "q", "2024", "5"]]
    path = written(tmp_path / "t.csv", rows)
    form = keyed()
    (book,) = read_tables([path], {form.name: form}).books
    assert [(sheet.number, sheet.identifier) for sheet in book.sheets] == [(7, ""), (8, "")]


def test_what_is_no_year_for_sure_is_left_out_and_says_so(tmp_path: Path) -> None:
    rows = [["ID", "Project", "Year", "Cost"], ["A", "p", "2024", "5"], ["B", "q", "2002-03", "5"]]
    path = written(tmp_path / "t.csv", rows)
    form = keyed()
    read = read_tables([path], {form.name: form})
    (remark,) = read.books[0].documents[0].remarks
    assert (remark.rule, remark.field, remark.printed) == ("TBL003", "Year", "2002-03")
    assert remark.detail is not None
    assert "fiscal year" in remark.detail.en
    assert [reason.why.code for reason in read.not_checked] == ["rows-left-out"]


# --- typed columns


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("kind", ["csv", "text", "typed", "wrong", "missing"])
def test_engines_and_records_say_the_same(engine: str, kind: str, tmp_path: Path) -> None:
    if engine == "duckdb":
        pytest.importorskip("duckdb")
    form = grants(thousands=",", negative="(40)", missing="n/a")
    rows = [
        ["p", "1,234", "1,000", "(40)", "60"],
        ["q", "5", "n/a", "5", "60"],
        ["r", "9", "5", "4", "60"],
    ]
    path = written(tmp_path / "t.csv", [HEADING, *rows])
    if kind != "csv":
        frame = pl.DataFrame(rows, schema=HEADING, orient="row")
        if kind != "text":
            amounts = [pl.Series(name, [3, None, 2]) for name in HEADING[1:]]
            frame = frame.with_columns(amounts)
        if kind == "wrong":
            frame = frame.with_columns(pl.Series("B", [True, False, None]))
        frame = frame.drop("B") if kind == "missing" else frame
        path = tmp_path / "t.parquet"
        frame.write_parquet(path)
    forms, checks = {form.name: form}, rules(form)
    name = form.name if kind == "missing" else None
    options = AuditOptions(engine=engine_named(engine, None), form=name)
    columns = audit_tables([path], checks, forms, options)
    read = read_tables([path], forms, name)
    exact = audit(read.books, checks, forms, AuditOptions(not_checked=read.not_checked, form=name))
    assert columns.outcomes == exact.outcomes
    assert columns.findings == exact.findings
    unknown = columns.outcomes["TRY001"]["unknown"]
    assert unknown == (3 if kind in ("wrong", "missing") else 1)


def test_decimals_that_no_engine_holds_are_named(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    frame = pl.DataFrame([["p", 1, 1, 0, 60]], schema=HEADING, orient="row")
    try:
        frame.with_columns(pl.col("Total").cast(pl.Decimal(50, 2))).write_parquet(path)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        pytest.skip("this version of polars writes no such decimals")
    assert "50 digits" in not_checked(path, grants())


# --- workbooks


def workbook(path: Path, *worksheets: tuple[str, list[list[object]]]) -> Path:
    sheets: list[PlainWorksheet] = []
    for name, rows in worksheets:
        cells = {
            (row, column): cell if isinstance(cell, PlainCell) else PlainCell(cell)
            for row, line in enumerate(rows, 1)
            for column, cell in enumerate(line, 1)
        }
        sheets.append(PlainWorksheet(name, cells))
    path.write_bytes(workbook_bytes(sheets))
    return path


def test_a_workbook_is_read_as_it_is_displayed(tmp_path: Path) -> None:
    amount = PlainCell(Decimal("1234.4"), number_format="#,##0")
    rate = PlainCell(Decimal("0.6"), number_format="0.0%")
    rows: list[list[object]] = [
        ["A list"],
        list(HEADING),
        ["p", amount, PlainCell(1000, formula="500+500"), "234", rate],
    ]
    more: list[list[object]] = [[], list(HEADING[::-1]), [rate, 4, 5, 9, "q"]]
    path = workbook(
        tmp_path / "t.xlsx", ("North", rows), ("South", more), ("Notes", [["see file"]])
    )
    form = grants(header_row=2)
    read = read_tables([path], {form.name: form})
    (book,) = read.books
    north, south = (sheet.figures for sheet in book.sheets)
    assert (north["total"].value, north["total"].printed, north["total"].held) == (
        1234,
        "1,234",
        Decimal("1234.4"),
    )
    assert [north[name].value for name in ("a", "b", "rate")] == [1000, 234, Decimal("60.0")]
    assert [south[name].value for name in ("total", "a", "b")] == [9, 5, 4]
    places = [figure["total"].place for figure in (north, south)]
    assert [(place.sheet, place.cell) for place in places if place] == [
        ("North", "B3"),
        ("South", "D3"),
    ]
    (remark,) = book.documents[0].remarks
    assert (remark.rule, remark.printed) == ("XLS009", "Notes")
    chosen = form.model_copy(update={"worksheets": ("South",)})
    assert len(read_tables([path], {form.name: chosen}).books[0].sheets) == 1


def test_a_worksheet_says_on_which_row_its_headings_stand(tmp_path: Path) -> None:
    rows: list[list[object]] = [["A list"], [], list(HEADING), ["p", 1, 1, 0, 60]]
    path = workbook(tmp_path / "t.xlsx", ("Grants", rows))
    assert "set header_row = 3" in not_checked(path, grants())


def test_a_cell_of_a_workbook_is_named_where_it_is_no_number(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        list(HEADING),
        ["p", "1,234", PlainCell("#DIV/0!", error=True), 4, 60],
    ]
    path = workbook(tmp_path / "t.xlsx", ("Grants", rows))
    read = read_tables([path], {"grants": grants()})
    found = {(r.field, r.place and r.place.cell) for r in read.books[0].documents[0].remarks}
    assert found >= {("Total", "B2"), ("A", "C2")}
    days: list[list[object]] = [
        ["Year", *HEADING],
        [PlainCell(45383, number_format="yyyy/m/d"), "p", 1, 1, 0, 60],
    ]
    form = Form.model_validate(
        {
            **GRANTS,
            "fiscal_year": None,
            "labels": {"name": "Project", "fiscal_year": "Year"},
        }
    )
    (book,) = read_tables([workbook(path, ("Grants", days))], {form.name: form}).books
    assert book.fiscal_year == 2024
