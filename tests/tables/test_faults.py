"""Tables with something wrong: each fault is told with file, column and row, at a bounded cost,
and the rest is audited.
"""

from __future__ import annotations

import time
from pathlib import Path

import pandera.errors
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor
from auditor.auditing.session import load
from auditor.readers.source import ReadResult
from auditor.records.fields import NAMES, TableName
from auditor.records.model import NotChecked, Remark
from auditor.tables import (
    Tables,
    UnusableTables,
    from_tables,
    read_frames,
    read_tables,
    schema,
    to_tables,
    write_tables,
)
from auditor.tables.shape import PARENTS, is_sound
from auditor.testing import book as built

FORMS = load().forms
BOOK = built(8, 5, FORMS["kushiro"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tables(to_tables(BOOK, FORMS), tmp_path, kind="csv")
    return tmp_path


def remarks(result: ReadResult) -> list[Remark]:
    return [
        remark
        for book in result.books
        for document in book.documents
        for remark in document.remarks
    ]


def edited(path: Path, line: int, old: str, new: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert old in lines[line - 1], lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_clean_tables_have_no_faults(folder: Path) -> None:
    result = read_tables([folder], FORMS)
    assert remarks(result) == []
    assert not result.not_checked
    assert auditor.audit(result.books).exit_code == 0


WRONG = {
    "nothing": pl.col,
    "blanks": lambda column: pl.lit(None).alias(column),
    "texts": lambda column: pl.lit("1,000 円").alias(column),
    "numbers as texts": lambda column: pl.col(column).cast(pl.String),
    "parts": lambda column: pl.lit(0.5).alias(column),
    "long parts": lambda column: pl.lit(0.1234567890123456).alias(column),
    "large numbers": lambda column: pl.lit(10**12).alias(column),
    "answers": lambda column: pl.lit(True).alias(column),
}


@given(
    st.sampled_from(NAMES),
    st.data(),
    st.sampled_from(sorted(WRONG)),
    st.sampled_from(["", "", "dropped", "twice", "emptied"]),
    st.booleans(),
)
def test_a_table_is_sound_just_where_its_schema_says_so(
    table: TableName, data: st.DataObject, wrong: str, more: str, is_linked: bool
) -> None:
    frames = to_tables(BOOK, FORMS).frames
    frame = frames[table]
    column = data.draw(st.sampled_from(frame.columns))
    row = data.draw(st.integers(0, frame.height - 1))
    changed = frame.select(WRONG[wrong](column)).select(column).to_series()
    if changed.len() == 1:
        changed = changed.new_from_index(0, frame.height)
    if changed.dtype in (frame[column].dtype, pl.Null):  # in one row: it can be of the same type
        at = pl.int_range(pl.len()) == row
        frame = frame.with_columns(
            pl.when(at).then(changed.cast(frame[column].dtype)).otherwise(column).alias(column)
        )
    else:
        frame = frame.with_columns(changed)
    match more:
        case "dropped":
            frame = frame.drop(column)
        case "twice":
            frame = pl.concat([frame, frame[row : row + 1]])
        case "emptied":
            frame = frame.clear()
    parent = frames[PARENTS[table][0]][:-1] if is_linked and table in PARENTS else None
    try:
        schema(table, frame.columns, parent).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors:
        expected = False
    else:
        expected = True
    assert is_sound(frame, table, parent) is expected


@pytest.mark.parametrize("table", NAMES)
def test_a_table_without_its_columns_is_not_sound(table: TableName) -> None:
    assert not is_sound(pl.DataFrame(), table)
    assert not is_sound(pl.DataFrame({"remark": ["words"]}), table)


def test_text_in_a_number_column(folder: Path) -> None:
    years = pl.read_csv(folder / "years.csv", infer_schema=False)
    row = years["total_cost"].is_not_null().arg_true()[0]
    years[row, "total_cost"] = "8,030"
    years.write_csv(folder / "years.csv")
    result = read_tables([folder], FORMS)
    (remark,) = remarks(result)
    assert remark.rule == "TBL003"
    assert remark.place is not None
    assert (remark.field, remark.place.line, remark.printed) == ("total_cost", row + 2, "8,030")
    assert remark.detail is not None
    assert str(folder / "years.csv") in remark.detail.en
    assert f"{row + 2}行目" in remark.detail.ja
    year = list(result.books[0].sheets[0].years.values())[row]
    assert year.total_cost is not None
    assert year.total_cost.state == "text"
    report = auditor.audit(result.books)
    assert [finding.rule for finding in report.findings] == ["TBL003"]
    assert report.exit_code == 1
    assert report.outcomes["FND001"]["unknown"] == 1


def test_a_missing_figure_column(folder: Path) -> None:
    years = pl.read_csv(folder / "years.csv", infer_schema=False)
    years.drop("staff_cost").write_csv(folder / "years.csv")
    result = read_tables([folder], FORMS)
    assert [(remark.rule, remark.field) for remark in remarks(result)] == [("TBL001", "staff_cost")]
    assert len(result.books[0].sheets) == len(BOOK.sheets)


def test_a_missing_key_column_leaves_the_table_out(folder: Path) -> None:
    years = pl.read_csv(folder / "years.csv", infer_schema=False)
    years.drop("year").write_csv(folder / "years.csv")
    result = read_tables([folder], FORMS)
    assert [(remark.rule, remark.field) for remark in remarks(result)] == [("TBL001", "year")]
    assert [(missed.why.code, missed.document) for missed in result.not_checked] == [
        ("rows-left-out", str(folder / "years.csv"))
    ]
    assert len(result.books[0].sheets) == len(BOOK.sheets)


def test_form_and_fiscal_year_may_stand_with_the_sheets_alone(folder: Path) -> None:
    years = pl.read_csv(folder / "years.csv", infer_schema=False)
    years.drop("form", "fiscal_year", "column").write_csv(folder / "years.csv")
    result = read_tables([folder], FORMS)
    assert remarks(result) == []
    assert result.books[0].sheets[0].years.keys() == BOOK.sheets[0].years.keys()


def test_duplicate_keys(folder: Path) -> None:
    path = folder / "years.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.splitlines()[1] + "\n", encoding="utf-8")
    result = read_tables([folder], FORMS)
    last = len(text.splitlines()) + 1
    assert [(remark.rule, remark.place and remark.place.line) for remark in remarks(result)] == [
        ("TBL004", 2),
        ("TBL004", last),
    ]
    assert "2 rows" in result.not_checked[0].why.en
    assert len(result.books[0].sheets[0].years) == 2
    assert auditor.audit(result.books).exit_code == 1


def test_rows_without_a_sheet(folder: Path) -> None:
    sheets = (folder / "sheets.csv").read_text(encoding="utf-8").splitlines()
    (folder / "sheets.csv").write_text("\n".join(sheets[:-1]) + "\n", encoding="utf-8")
    result = read_tables([folder], FORMS)
    assert {remark.rule for remark in remarks(result)} == {"TBL006"}
    assert len(result.books[0].sheets) == len(BOOK.sheets) - 1


def test_blank_and_impossible_keys(folder: Path) -> None:
    edited(folder / "years.csv", 2, "kushiro-2024,1,2023", "kushiro-2024,1,")
    edited(folder / "years.csv", 3, "kushiro-2024,1,2024", "kushiro-2024,1,20240")
    edited(folder / "years.csv", 4, "kushiro-2024,1,2025", "kushiro-2024,1,next")
    result = read_tables([folder], FORMS)
    found = sorted(
        (remark.rule, remark.place.line, remark.field, remark.printed)
        for remark in remarks(result)
        if remark.place
    )
    assert found == [
        ("TBL003", 4, "year", "next"),
        ("TBL005", 3, "year", "20240"),
        ("TBL007", 2, "year", ""),
    ]
    assert "3 rows" in result.not_checked[0].why.en
    assert result.books[0].sheets[0].years == {}
    assert len(result.books[0].sheets[1].years) == 3


def test_a_word_that_no_sheet_has(folder: Path) -> None:
    edited(folder / "sheets.csv", 2, BOOK.sheets[0].status, "paused")
    result = read_tables([folder], FORMS)
    assert [(remark.rule, remark.field, remark.printed) for remark in remarks(result)] == [
        ("TBL005", "status", "paused")
    ]


def test_unknown_columns_are_told(folder: Path) -> None:
    years = pl.read_csv(folder / "years.csv", infer_schema=False)
    years.rename({"funding.grants": "funding.grant"}).write_csv(folder / "years.csv")
    first = remarks(read_tables([folder], FORMS))
    assert [(remark.rule, remark.field) for remark in first] == [("TBL001", "funding.grants")]
    years.with_columns(pl.lit(1).alias("totl_cost")).write_csv(folder / "years.csv")
    assert [(remark.rule, remark.field) for remark in remarks(read_tables([folder], FORMS))] == [
        ("TBL009", "totl_cost")
    ]


def test_an_empty_table(folder: Path) -> None:
    header = (folder / "evaluations.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "evaluations.csv").write_text(header + "\n", encoding="utf-8")
    result = read_tables([folder], FORMS)
    assert [remark.rule for remark in remarks(result)] == ["TBL008"]
    (folder / "evaluations.csv").write_text("", encoding="utf-8")
    assert [missed.why.code for missed in read_tables([folder], FORMS).not_checked] == ["empty"]


def test_ragged_rows(folder: Path) -> None:
    path = folder / "years.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] += ",1"
    lines[4] = lines[4].rpartition(",")[0]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = read_tables([folder], FORMS)
    assert [remark.rule for remark in remarks(result)] == ["TBL010", "TBL010"]
    details = [remark.detail.en for remark in remarks(result) if remark.detail]
    assert "line 3" in details[0]
    assert "line 5" in details[1]
    assert "2 rows" in result.not_checked[0].why.en


def test_a_quoted_line_break_keeps_the_lines_right(folder: Path) -> None:
    edited(folder / "sheets.csv", 2, BOOK.sheets[0].name, '"道路\n整備"')
    edited(folder / "sheets.csv", 4, str(BOOK.sheets[1].status), "paused")
    (remark,) = remarks(read_tables([folder], FORMS))
    assert remark.place is not None
    assert remark.place.line == 4


def test_a_half_written_parquet_file(tmp_path: Path) -> None:
    write_tables(to_tables(BOOK, FORMS), tmp_path)
    path = tmp_path / "years.parquet"
    whole = path.read_bytes()
    for size in (0, 4, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        result = read_tables([tmp_path], FORMS)
        assert [(missed.document, missed.why.code) for missed in result.not_checked] == [
            (str(path), "damaged")
        ]
        assert len(result.books[0].sheets) == len(BOOK.sheets)


def test_columns_of_wrong_types(tmp_path: Path) -> None:
    tables = to_tables(BOOK, FORMS)
    assert tables.years is not None
    write_tables(tables, tmp_path)
    tables.years.with_columns(pl.lit(True).alias("total_cost")).write_parquet(
        tmp_path / "years.parquet"
    )
    found = remarks(read_tables([tmp_path], FORMS))
    assert [(remark.rule, remark.field) for remark in found] == [("TBL002", "total_cost")]
    tables.years.with_columns(pl.struct("sheet").alias("sheet")).write_parquet(
        tmp_path / "years.parquet"
    )
    result = read_tables([tmp_path], FORMS)
    assert [(remark.rule, remark.field) for remark in remarks(result)] == [("TBL002", "sheet")]
    assert [missed.why.code for missed in result.not_checked] == ["rows-left-out"]


def test_floats_count_where_they_are_exact() -> None:
    tables = to_tables(BOOK, FORMS)
    assert tables.years is not None
    floats = tables.years.with_columns(pl.col("total_cost", "headcount").cast(pl.Float64))
    result = read_frames(
        Tables(sheets=tables.sheets, years=floats, evaluations=tables.evaluations), FORMS
    )
    assert remarks(result) == []
    assert [list(sheet.years) for sheet in result.books[0].sheets] == [
        list(sheet.years) for sheet in BOOK.sheets
    ]
    before = [
        year.headcount and year.headcount.value
        for sheet in BOOK.sheets
        for year in sheet.years.values()
    ]
    assert [
        year.headcount and year.headcount.value
        for sheet in result.books[0].sheets
        for year in sheet.years.values()
    ] == before
    bad = floats.with_columns(
        pl.when(pl.col("sheet") == 1)
        .then(pl.lit(0.1) + pl.lit(0.2))
        .otherwise("headcount")
        .alias("headcount")
    )
    found = remarks(read_frames(Tables(sheets=tables.sheets, years=bad), FORMS))
    assert {(remark.rule, remark.field) for remark in found} == {("TBL003", "headcount")}
    assert found[0].printed.startswith("0.30000000000000004")
    nan = floats.with_columns(pl.lit(float("nan")).alias("total_cost"))
    assert {
        remark.rule
        for remark in remarks(read_frames(Tables(sheets=tables.sheets, years=nan), FORMS))
    } == {"TBL003"}


def test_single_files_and_files_that_are_no_table(folder: Path) -> None:
    (folder / "years.csv").rename(folder / "amounts.csv")
    result = read_tables([folder], FORMS)
    assert [missed.why.code for missed in result.not_checked] == ["no-table"]
    result = read_tables([folder / "amounts.csv"], FORMS)
    assert not result.not_checked
    assert len(result.books[0].sheets) == len(BOOK.sheets)
    assert result.books[0].sheets[0].document == str(folder / "amounts.csv")
    assert read_tables([folder / "amounts.csv", folder / "amounts.csv"], FORMS) == result
    write_tables(to_tables(BOOK, FORMS), folder / "more")
    both = read_tables([folder / "amounts.csv", folder / "more" / "years.parquet"], FORMS)
    assert [missed.why.code for missed in both.not_checked] == ["table-twice"]
    (folder / "amounts.csv").write_text("a,a\n1,2\n", encoding="utf-8")
    assert [
        missed.why.code for missed in read_tables([folder / "amounts.csv"], FORMS).not_checked
    ] == ["header"]
    assert [
        missed.why.code for missed in read_tables([folder / "none.parquet"], FORMS).not_checked
    ] == ["missing"]
    (folder / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert [missed.why.code for missed in read_tables([folder / "x.csv"], FORMS).not_checked] == [
        "no-table"
    ]


def test_a_form_named_from_outside_and_one_that_nobody_knows(folder: Path) -> None:
    years = pl.read_csv(folder / "years.csv", infer_schema=False).drop("form", "book")
    years.write_csv(folder / "years.csv")
    alone = folder / "years.csv"
    missed: tuple[NotChecked, ...] = read_tables([alone], FORMS).not_checked
    assert {reason.why.code for reason in missed} == {"TBL001", "rows-left-out"}
    result = read_tables([alone], FORMS, "kushiro")
    assert not result.not_checked
    assert [book.form for book in result.books] == ["kushiro"]
    years.with_columns(pl.lit("nowhere").alias("form")).write_csv(alone)
    report = auditor.audit(read_tables([alone], FORMS).books)
    assert [reason.why.code for reason in report.not_checked] == ["unknown-form"]


def test_a_million_bad_rows_cost_little() -> None:
    rows = 300_000
    keys = {
        "book": "kushiro-2024",
        "form": "kushiro",
        "fiscal_year": 2024,
        "kind": "settled",
        "year": 2024,
    }
    clean = pl.select(pl.int_range(1, rows + 1).alias("sheet")).with_columns(
        pl.lit(value).alias(name) for name, value in keys.items()
    )
    clean = clean.with_columns(pl.lit(8030).alias(name) for name in ("total_cost", "staff_cost"))
    bad = clean.with_columns(
        pl.lit("x").alias("total_cost"), pl.lit(7).alias("sheet"), pl.lit(9).alias("year")
    )

    def seconds(frame: pl.DataFrame) -> tuple[float, int]:
        start = time.process_time()
        from auditor.tables.guard import guarded

        faults = guarded({"years": frame}, FORMS).faults
        return time.process_time() - start, len(faults)

    seconds(clean)
    usual, _ = seconds(clean)
    taken, faults = seconds(bad)
    assert faults <= 3 * 21 + 10
    assert taken < 10 * usual + 1


def test_strict_reading_refuses_what_lenient_reading_tells() -> None:
    tables = to_tables(BOOK, FORMS)
    assert tables.years is not None
    bad = Tables(
        sheets=tables.sheets, years=tables.years.with_columns(pl.lit("x").alias("total_cost"))
    )
    with pytest.raises(UnusableTables, match="total_cost"):
        from_tables(bad, FORMS)


def test_the_schema_is_pandera_s_and_can_be_used_alone() -> None:
    tables = to_tables(BOOK, FORMS)
    for name, frame in tables.frames.items():
        parent = {
            "years": tables.sheets,
            "evaluations": tables.sheets,
            "kpi_years": tables.kpis,
        }.get(name)
        assert schema(name, frame.columns, parent).validate(frame).equals(frame)
