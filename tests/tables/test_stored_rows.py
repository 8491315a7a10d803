"""Rows of large texts are kept in a file while they are audited, and the audit says the same."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines import DuckDbEngine, Engine, PolarsEngine
from auditor.forms.loading import load_form
from auditor.readers.source import UnreadableDocument
from auditor.tables import delimited, files, read_tables, stored, to_tables, write_tables
from auditor.tables.stored import StoredRows
from auditor.testing import book as built

SESSION = load()
KUSHIRO = SESSION.forms["kushiro"]
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "cofinancing"
RULES = SESSION.rules.select(["FND", "PCC", "STF001", "EVL001", "KPI001", "TBL"])


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder of the tidy tables as CSV, with a wrong sum, a word for a figure and a ragged row."""
    folder = tmp_path / "texts"
    books = [built(9, 9, KUSHIRO), built(9, 5, KUSHIRO, fiscal_year=2023)]
    write_tables(to_tables(books, SESSION.forms), folder, kind="csv")
    years = folder / "years.csv"
    frame = pl.read_csv(years, infer_schema=False)
    wrong = pl.when(pl.col("sheet") == "3").then(pl.lit("7000")).otherwise("total_cost")
    word = pl.when(pl.col("sheet") == "5").then(pl.lit("n/a")).otherwise("staff_cost")
    frame.with_columns(wrong.alias("total_cost"), word.alias("staff_cost")).write_csv(years)
    lines = years.read_text(encoding="utf-8").splitlines()
    lines[4] += ",9,9"
    years.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def audited(folder: Path, engine: Engine) -> Report:
    return audit_tables([folder], RULES, SESSION.forms, AuditOptions(engine=engine))


def said(report: Report) -> list[object]:
    findings = sorted(finding.model_dump_json(exclude={"id"}) for finding in report.findings)
    return [findings, report.outcomes, report.not_checked, report.counts, report.exit_code]


@pytest.mark.parametrize("engine", [lambda: PolarsEngine(20), DuckDbEngine])
def test_audits_of_stored_rows_say_what_those_of_held_ones_say(
    texts: Path, engine: type[Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = said(audited(texts, engine()))
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    monkeypatch.setattr(stored, "_HELD", 0)
    monkeypatch.setattr(delimited, "_AT_A_TIME", 5)
    assert said(audited(texts, engine())) == held
    assert not list(room.iterdir())


def test_records_of_stored_rows_are_those_of_held_ones(
    texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = read_tables([texts], SESSION.forms)
    monkeypatch.setattr(stored, "_HELD", 0)
    monkeypatch.setattr(delimited, "_AT_A_TIME", 5)
    assert read_tables([texts], SESSION.forms) == held


@given(st.lists(st.lists(st.text(max_size=3) | st.none(), max_size=4), min_size=1, max_size=5))
def test_no_row_is_lost_or_moved(parts: list[list[str | None]]) -> None:
    rows = StoredRows("years.csv")
    rows.held = 0
    frames = [pl.DataFrame({"cell": part}, schema={"cell": pl.String}) for part in parts]
    for frame in frames:
        rows.add(frame)
    rows.end()
    table = pl.read_parquet(rows.path) if rows.path else rows.frame
    assert table is not None
    assert table.equals(pl.concat(frames))


def test_no_room_for_rows_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    rows = StoredRows("years.csv")
    rows.held = 0
    with pytest.raises(UnreadableDocument, match="make room there"):
        rows.add(pl.DataFrame({"cell": ["1"]}))


def test_only_the_text_of_tidy_tables_is_larger_than_other_files(
    texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a form describes is made tidy as a whole."""
    monkeypatch.setattr(files, "LARGEST", 100)
    too_large = [each.why.code for each in audited(texts, PolarsEngine()).not_checked]
    assert "too-large" not in too_large
    form = load_form(EXAMPLE / "form.toml")
    report = audit_tables([EXAMPLE / "projects.csv"], RULES, {form.name: form})
    assert {each.why.code for each in report.not_checked} == {"too-large"}
    monkeypatch.setattr(files, "LARGEST_TIDY", 100)
    codes = [each.why.code for each in audited(texts, PolarsEngine()).not_checked]
    assert set(codes) == {"too-large"}
