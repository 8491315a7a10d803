"""Tables of another domain: a form's description of one finds its columns, makes exact records of
its rows, and runs rules on them.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.cli.main import main
from auditor.engines import engine_named
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.formula.parse import FormulaError, parse
from auditor.records.model import Book, Sheet
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.tables import from_tables, read_tables, to_tables
from auditor.tables.described import Heading, NotDescribed, described, heading, tidied
from auditor.tables.records import Tables
from auditor.testing import book as built

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "cofinancing"
COFINANCING = load_form(EXAMPLE / "form.toml")
BY_YEAR: dict[str, Any] = {
    "name": "series",
    "title": {"en": "Costs by year", "ja": "年度別経費"},
    "unit": "k",
    "units": {"k": 1000, "c": "0.01", "u": 1},
    "fiscal_year": 2025,
    "table": {"rows": "year"},
    "columns": [{"offset": offset, "kind": "settled"} for offset in (-2, -1, 0)],
    "labels": {"name": "Project", "number": ["No.", "Number"], "year": "Year"},
    "fields": {
        "cost": {"each": "year", "label": "Cost", "unit": "k"},
        "fee": {"each": "year", "label": "Fee", "unit": "c"},
    },
}
BY_SHEET: dict[str, Any] = {
    **{key: value for key, value in BY_YEAR.items() if key != "columns"},
    "name": "list",
    "table": {"rows": "sheet"},
    "labels": {
        "name": "Project",
        "department": "Office",
        "fiscal_year": ["Year", "FY"],
        "book": "Region",
    },
    "fields": {
        "cost": {"each": "sheet", "label": "Cost", "unit": "k"},
        "fee": {"each": "sheet", "label": "Fee", "unit": "c"},
        "people": {"each": "sheet"},
    },
}


def form(data: dict[str, Any], **changes: Any) -> Form:
    return Form.model_validate(data | changes)


@dataclass
class Written:
    """A made-up table, with what its rows say."""

    form: Form
    header: dict[str, str]
    rows: list[dict[str, Any]]

    def frame(self, typed: bool) -> pl.DataFrame:
        """The rows as CSV gives them, all text, or in the types of a Parquet file; between
        columns that nobody asked for.
        """
        columns = [pl.Series("Remarks", ["see file"] * len(self.rows), dtype=pl.String)]
        for name, column in self.header.items():
            cells = [row[name] for row in self.rows]
            if typed and name in self.form.fields:
                columns.append(pl.Series(column, cells, dtype=pl.Decimal(38, 4)))
            elif typed:
                columns.append(
                    pl.Series(
                        column, cells, dtype=pl.Int64 if isinstance(cells[0], int) else pl.String
                    )
                )
            else:
                columns.append(
                    pl.Series(
                        column,
                        [
                            None
                            if cell is None
                            else format(cell, "f")
                            if isinstance(cell, Decimal)
                            else str(cell)
                            for cell in cells
                        ],
                        dtype=pl.String,
                    )
                )
        return pl.DataFrame([*columns, pl.Series("x", range(len(self.rows)), dtype=pl.Int64)])


amounts = (
    st.none() | st.decimals(-(10**9), 10**9, places=4) | st.integers(-(10**9), 10**9).map(Decimal)
)
words = st.sampled_from(["Bridge", "School meals", '甲, "乙"', "0", "x" * 40])


def disguised(label: str, how: str) -> str:
    """The header as another hand may write it."""
    return (
        label.upper()
        if how == "upper"
        else label.lower()
        if how == "lower"
        else how.format("\u3000".join(label))
    )


@st.composite
def tables(draw: st.DrawFn) -> Written:
    by_year = draw(st.booleans())
    made = form(BY_YEAR if by_year else BY_SHEET)
    disguise = draw(st.sampled_from(["{}", " {} ", "upper", "lower"]))
    header = {
        name: disguised(draw(st.sampled_from(labels)), disguise)
        for name, labels in made.headers.items()
    }
    figures = dict.fromkeys(made.fields, amounts)
    if not by_year:
        row = st.fixed_dictionaries(
            {
                "name": words,
                "department": words,
                "fiscal_year": st.sampled_from([2024, 2025]),
                "book": st.sampled_from(["North", "South"]),
                **figures,
            }
        )
        return Written(made, header, draw(st.lists(row, min_size=1, max_size=6)))
    keys = draw(
        st.lists(
            st.tuples(st.integers(1, 4), st.sampled_from([2023, 2024, 2025])),
            min_size=1,
            max_size=8,
            unique=True,
        )
    )
    rows = [
        {
            "number": number,
            "name": f"P{number}",
            "year": year,
            **draw(st.fixed_dictionaries(figures)),
        }
        for number, year in keys
    ]
    return Written(made, header, rows)


def found(columns: Sequence[str], *forms: Form) -> Heading:
    of = heading(columns, forms)
    assert of is not None
    return of


def records(frames: dict[Any, pl.DataFrame], made: Form) -> tuple[Book, ...]:
    return from_tables(
        Tables(**{name: frame.drop("#row") for name, frame in frames.items()}), {made.name: made}
    )


@given(tables(), st.booleans())
def test_every_figure_comes_back_as_it_was_written(written: Written, typed: bool) -> None:
    made, frame = written.form, written.frame(typed)
    books = records(described(frame, found(frame.columns, made)).frames, made)
    sheets = {(book.name, sheet.number): sheet for book in books for sheet in book.sheets}
    for line, row in enumerate(written.rows, 1):
        sheet = sheets[row.get("book", ""), row.get("number", line)]
        holder = sheet.years[str(row["year"])] if "year" in row else sheet
        assert (sheet.name, sheet.department) == (row["name"], row.get("department", ""))
        assert sheet.fiscal_year == row.get("fiscal_year", 2025)
        for name in made.fields:
            figure = holder.figure(name)
            assert figure is not None
            assert (figure.value, figure.unit) == (row[name], made.fields[name].unit)
            assert figure.place is not None
            assert figure.place.line == line
    assert sum(
        len(sheet.years) if made.name == "series" else 1 for sheet in sheets.values()
    ) == len(written.rows)


@settings(max_examples=25)
@given(tables())
def test_tidy_tables_of_own_figures_go_round(written: Written) -> None:
    frame, made = written.frame(typed=False), written.form
    books = records(described(frame, found(frame.columns, made)).frames, made)
    forms = {made.name: made}
    plain = json.loads(
        json.dumps(
            [book.model_dump(mode="json") for book in from_tables(to_tables(books, forms), forms)]
        )
    )

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: bare(item)
                for key, item in cast("dict[str, Any]", value).items()
                if key not in ("place", "documents")
            }
        return (
            [bare(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value
        )

    assert bare(plain) == bare(
        json.loads(json.dumps([book.model_dump(mode="json") for book in books]))
    )


def collected(frames: dict[Any, Any]) -> dict[str, list[tuple[Any, ...]]]:
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for name, frame in frames.items():
        table = (
            frame.collect("pyarrow") if isinstance(frame, nw.LazyFrame) else nw.from_native(frame)
        )
        ordered = table.select(sorted(table.columns))
        rows[name] = sorted(tuple(map(str, row)) for row in ordered.iter_rows())
    return rows


def lazy_rows() -> pl.DataFrame:
    rows = {
        "Number": [2, 1, 2],
        "Project": ["B", "A", "B"],
        "Year": [2024, 2024, 2025],
        "Cost": [1, -7, None],
        "Fee": [100, 5, 3],
    }
    return pl.DataFrame({**rows, "Note": ["a", "b", "c"]})


def whole_fees() -> Form:
    return form(BY_YEAR, units={"k": 1000, "c": 1, "u": 1})


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_tables_are_described_where_they_lie(engine: str) -> None:
    frame, made = (
        lazy_rows().with_row_index("#row", 1).with_columns(pl.col("#row").cast(pl.Int64)),
        whole_fees(),
    )
    of = found(frame.columns, made)
    expected = described(frame, of).frames
    if engine == "duckdb":
        duckdb = pytest.importorskip("duckdb")
        native: Any = duckdb.connect().from_arrow(frame.to_arrow())
    else:
        native = frame.lazy()
    assert collected(tidied(nw.from_native(native), of, line="#row")) == collected(expected)
    without = {name: table.drop("#row", "line", strict=False) for name, table in expected.items()}
    assert collected(tidied(nw.from_native(native), of)) == collected(without)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_rows_without_numbers_are_numbered_by_what_they_hold(engine: str) -> None:
    frame = pl.DataFrame(
        {
            "Project": ["B", "A", "B"],
            "Office": ["o"] * 3,
            "Year": [2024] * 3,
            "Region": ["N"] * 3,
            "Cost": [3, 2, 1],
            "Fee": [1, 1, 1],
            "people": [1, 2, 3],
        }
    )
    made = form(BY_SHEET, units={"k": 1000, "c": 1})
    native: Any = frame.lazy()
    if engine == "duckdb":
        native = pytest.importorskip("duckdb").connect().from_arrow(frame.to_arrow())
    (sheets,) = tidied(nw.from_native(native), found(frame.columns, made)).values()
    rows = sheets.select("sheet", "name", "cost").collect("pyarrow").sort("sheet").rows()
    assert [(int(number), int(cost), name) for number, name, cost in rows] == [
        (1, 2000, "A"),
        (2, 1000, "B"),
        (3, 3000, "B"),
    ]


@pytest.mark.parametrize(
    ("column", "dtype"), [("Cost", pl.Float64), ("Cost", pl.String), ("Fee", pl.Int64)]
)
def test_what_an_engine_can_not_multiply_exactly_is_refused(column: str, dtype: Any) -> None:
    frame, made = lazy_rows().with_columns(pl.col(column).cast(dtype)), form(BY_YEAR)
    with pytest.raises(NotDescribed, match=column):
        tidied(nw.from_native(frame.lazy()), found(frame.columns, made))


def test_great_numbers_are_multiplied_without_loss() -> None:
    frame = lazy_rows().with_columns(
        pl.Series("Cost", [2**62, -(2**62), None]), pl.Series("Fee", ["0.1", "1" * 60, "-"])
    )
    made = form(BY_YEAR)
    (book,) = records(described(frame, found(frame.columns, made)).frames, made)
    first, second = sorted(book.sheets, key=lambda sheet: sheet.number)
    assert first.years["2024"].figures["cost"].value == -(2**62)
    assert first.years["2024"].figures["fee"].value == int("1" * 60)
    assert second.years["2024"].figures["fee"].value == Decimal("0.1")
    assert second.years["2025"].figures["fee"].state == "dash"


# --- which form


HEADER = (
    "Project",
    "Beneficiary",
    "Programme",
    "Year",
    "Total eligible cost",
    "Grant",
    "Other public funding",
    "Own contribution",
    "Co-financing rate",
)


def test_a_header_is_recognised_whatever_its_case_and_blanks() -> None:
    hostile = [
        "",
        "　PROJECT ",
        "beneficiary",
        "Contact",
        "Programme",
        "Call  year",
        "ＧＲＡＮＴ",
        *HEADER[4:5],
        *HEADER[6:],
        "Grant total",
    ]
    of = found(hostile, COFINANCING, form(BY_SHEET))
    assert (of.form.name, of.columns["name"], of.columns["grant"], of.columns["fiscal_year"]) == (
        "cofinancing",
        "　PROJECT ",
        "ＧＲＡＮＴ",
        "Call  year",
    )


def test_two_columns_or_two_forms_that_fit_are_an_error_that_names_them() -> None:
    with pytest.raises(NotDescribed, match="Grant, GRANT"):
        heading([*HEADER, "GRANT"], [COFINANCING])
    both = heading([*HEADER, "Cost", "COST", "Fee"], [form(BY_SHEET), COFINANCING])
    assert both is not None
    assert both.form is COFINANCING
    with pytest.raises(NotDescribed, match="cofinancing, twin"):
        heading(HEADER, [COFINANCING, COFINANCING.model_copy(update={"name": "twin"})])


def test_a_missing_column_names_the_nearest_form_and_the_column() -> None:
    with pytest.raises(
        NotDescribed, match="form cofinancing, but has no column Grant, Own contribution"
    ) as caught:
        heading(
            [label for label in HEADER if label not in ("Grant", "Own contribution")],
            [form(BY_SHEET), COFINANCING],
        )
    assert "Grant, Own contribution" in caught.value.message.ja
    assert heading(["book", "sheet", "name"], [COFINANCING, *load().forms.values()]) is None


def test_an_insisted_form_needs_its_keys_but_not_every_figure() -> None:
    of = heading([label for label in HEADER if label != "Grant"], [], COFINANCING)
    assert of is not None
    assert (of.missing, of.word("grant"), of.word("grant.state")) == (("grant",), "Grant", "Grant")
    with pytest.raises(NotDescribed, match="Year"):
        heading([label for label in HEADER if label != "Year"], [], COFINANCING)
    with pytest.raises(NotDescribed, match="Grant"):
        heading(["Project", "Year"], [], COFINANCING)


# --- files


ROW = {
    "Project": "Weir",
    "Beneficiary": "Board",
    "Programme": "Regional",
    "Year": "2025",
    "Total eligible cost": "1000",
    "Grant": "500",
    "Other public funding": "",
    "Own contribution": "500",
    "Co-financing rate": "50.0",
}


def write(path: Path, *rows: dict[str, str], without: str = "") -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, [label for label in HEADER if label != without], extrasaction="ignore"
        )
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["check", "--table", "--plugin", str(EXAMPLE), "--format", "json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def at(finding: dict[str, Any]) -> int | None:
    place: dict[str, int] | None = finding["cells"][0]["place"]
    return None if place is None else place["line"]


def test_the_example_says_which_cell_is_wrong_and_what_it_should_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, report = checked(capsys, str(EXAMPLE / "projects.csv"))
    assert (code, report["not_checked"]) == (1, [])
    said = {(item["rule"], item["cells"][0]["place"]["line"]) for item in report["findings"]}
    assert said == {
        ("TBL003", 19),
        *(("COF001", line) for line in (4, 9, 28)),
        *(("COF002", line) for line in (4, 9, 15)),
        ("COF003", 24),
        ("COF006", 28),
        ("REQ001", 29),
    }
    by_id = {item["id"]: item for item in report["findings"]}
    first = {
        (by_id[key]["rule"], cause["sheet"]["number"]): cause["suspects"][0]["cells"]
        for cause in report["causes"]
        for key in cause["findings"]
        if cause["suspects"]
    }
    corrected = {
        key: [(cell["field"], cell["corrected"]) for cell in cells] for key, cells in first.items()
    }
    assert corrected == {
        **{key: [("grant", "235")] for key in [("COF001", 4), ("COF002", 4)]},
        **{key: [("total", "1160")] for key in [("COF001", 9), ("COF002", 9)]},
        ("COF002", 15): [("rate", "67.0")],
        **{key: [("other_public", "120")] for key in [("COF001", 28), ("COF006", 28)]},
    }


@pytest.mark.parametrize(
    ("engine", "kind"),
    [
        *(("polars", kind) for kind in ("csv", "text", "exact", "floats")),
        *(("duckdb", kind) for kind in ("text", "exact")),
        pytest.param("spark", "exact", marks=pytest.mark.xdist_group("spark")),
    ],
)
def test_columns_and_records_of_the_example_say_the_same(
    engine: str, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if engine == "spark":
        request.getfixturevalue("compiling_spark")
    session = load((str(EXAMPLE),))
    path = EXAMPLE / "projects.csv"
    if kind != "csv":
        rows = pl.read_csv(path, infer_schema=False)
        path = tmp_path / "projects.parquet"
        if kind != "text":
            amount = pl.Decimal(20, 2) if kind == "exact" else pl.Float64
            rows = rows.with_columns(
                pl.col(HEADER[4:]).cast(amount, strict=False), pl.col("Year").cast(pl.Int32)
            )
        rows.write_parquet(path)
    columns = audit_tables(
        [path], session.rules, session.forms, AuditOptions(engine=engine_named(engine, "local[2]"))
    )
    read = read_tables([path], session.forms)
    exact = audit(
        read.books, session.rules, session.forms, AuditOptions(not_checked=read.not_checked)
    )
    assert columns.outcomes == exact.outcomes
    assert columns.not_checked == exact.not_checked
    assert columns.findings == exact.findings
    assert len(columns.findings) >= 9


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_columns_and_records_of_rows_of_years_say_the_same(engine: str, tmp_path: Path) -> None:
    made = whole_fees()
    rows = {
        "Number": [2, 1, 2, 2, 1],
        "Project": ["B", "A", "B", "B", "A"],
        "Year": [2024, 2024, 2023, 2025, 2025],
    }
    frame = pl.DataFrame({**rows, "Cost": [5, 7, 4, 3, None], "Fee": [100, 5, 3, 1, 2]})
    frame.write_parquet(tmp_path / "series.parquet")
    rules = RuleSet([rule("cost >= prior.cost", "year")])
    columns = audit_tables(
        [tmp_path / "series.parquet"],
        rules,
        {made.name: made},
        AuditOptions(engine=engine_named(engine, None)),
    )
    exact = audit(
        read_tables([tmp_path / "series.parquet"], {made.name: made}).books,
        rules,
        {made.name: made},
    )
    assert columns.findings == exact.findings
    assert columns.outcomes == exact.outcomes == {"TRY001": exact.outcomes["TRY001"]}
    (finding,) = exact.findings
    place = finding.cells[0].place
    assert place is not None
    assert (finding.sheet and finding.sheet.name, finding.year, finding.equation, place.line) == (
        "B",
        "2025",
        "3 < 5",
        4,
    )


def test_what_is_wrong_with_a_table_is_told_in_its_own_words(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(
        tmp_path / "list.csv",
        ROW,
        ROW | {"Grant": "five hundred"},
        ROW | {"Year": "soon"},
        without="Own contribution",
    )
    code, report = checked(capsys, "--form", "cofinancing", path)
    assert code == 2
    told = {(item["rule"], item["cells"][0]["field"], at(item)) for item in report["findings"]}
    assert told >= {
        ("TBL001", "Own contribution", None),
        ("TBL003", "Grant", 3),
        ("TBL003", "Year", 4),
    }
    assert not any(rule == "TBL009" for rule, _, _ in told)
    assert [missed["why"]["code"] for missed in report["not_checked"]] == ["rows-left-out"]
    assert report["documents"][0]["sheets"] == 2
    assert "TBL001" not in {
        item["rule"] for item in checked(capsys, write(tmp_path / "whole.csv", ROW))[1]["findings"]
    }


def test_a_table_that_is_almost_described_is_exit_2_with_the_missing_column(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, report = checked(capsys, write(tmp_path / "list.csv", ROW, without="Grant"))
    assert code == 2
    (missed,) = report["not_checked"]
    assert "no column Grant" in missed["why"]["en"]
    assert (
        checked(capsys, write(tmp_path / "again.csv", ROW), str(tmp_path / "list.csv"))[1][
            "documents"
        ][0]["sheets"]
        == 1
    )


def test_numbers_of_the_table_are_keys(tmp_path: Path) -> None:
    made = form(BY_YEAR)
    path = tmp_path / "series.parquet"
    lazy_rows().vstack(lazy_rows().head(1)).write_parquet(path)
    read = read_tables([path], {made.name: made})
    remarks = [
        remark for book in read.books for document in book.documents for remark in document.remarks
    ]
    assert {
        (remark.rule, remark.field, remark.place and remark.place.line) for remark in remarks
    } == {
        ("TBL004", "book, Number, Year, kind", 1),
        ("TBL004", "book, Number, Year, kind", 4),
    }
    assert [missed.why.code for missed in read.not_checked] == ["rows-left-out"]


# --- formulas


def test_formulas_know_a_form_s_own_figures_by_the_row_they_stand_on() -> None:
    words = vocabulary([COFINANCING, form(BY_YEAR)])
    parse("grant <= total", words, "sheet")
    parse("cost > prior.cost and sheet.grant > 0", words, "year")
    with pytest.raises(FormulaError, match="unknown name grant"):
        parse("grant <= total_cost", words, "year")


def rule(formula: str, each: str) -> Rule:
    texts = {"en": "text", "ja": "文"}
    data: dict[str, Any] = {
        "code": "TRY001",
        "name": "try",
        "severity": "error",
        "forms": ["*"],
        "each": each,
        "formula": formula,
        "since": "1",
        "title": texts,
        "why": texts,
        "action": texts,
        "cases": [],
    }
    both = form(BY_SHEET, fields={"cost": {"each": "sheet"}, "rate": {"each": "sheet"}})
    return build_rule(data, "test", vocabulary([both, form(BY_YEAR), *load().forms.values()]))


def test_a_rule_applies_where_the_form_has_the_figure_on_that_row() -> None:
    of_sheet, of_year = form(BY_SHEET), form(BY_YEAR)
    assert rule("cost > 0", "sheet").applies_to(of_sheet)
    assert not rule("cost > 0", "sheet").applies_to(of_year)
    assert rule("cost > prior.cost", "year").applies_to(of_year)
    assert not rule("sheet.cost > 0", "year").applies_to(of_year)
    assert not rule("rate > 0", "sheet").applies_to(of_sheet)
    assert not any(
        rule("cost > 0", "sheet").applies_to(shipped) for shipped in load().forms.values()
    )


def test_own_figures_stand_in_groups_of_a_sheet() -> None:
    book = Book(
        form="cofinancing", fiscal_year=2025, sheets=(Sheet(name="Weir", fiscal_year=2025),)
    )
    assert (
        audit(book, load((str(EXAMPLE),)).rules, {"cofinancing": COFINANCING}).outcomes["COF006"][
            "unknown"
        ]
        == 1
    )


def test_books_of_a_described_form_can_be_made_up() -> None:
    book = built(4, 1, COFINANCING)
    assert len(book.sheets) == 4
    states = {sheet.figures["total"].state for sheet in book.sheets}
    assert states == {"number"}  # it is required
