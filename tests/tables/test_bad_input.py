"""Bad tables, in files: what is wrong is told with file, column and row, the rest is audited, and
every engine says so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines import DuckDbEngine, Engine, PolarsEngine
from auditor.tables import read_tables, to_tables, write_tables
from auditor.testing import book as built

SESSION = load()
KUSHIRO = SESSION.forms["kushiro"]
RULES = SESSION.rules.select(["FND", "PCC", "STF001", "EVL001", "KPI001", "BOK001", "TBL"])
TABLES = to_tables([built(12, 9, KUSHIRO), built(12, 5, KUSHIRO, fiscal_year=2023)], SESSION.forms)
Change = Callable[[Path], None]


def years(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Change:
    def changed(folder: Path) -> None:
        change(pl.read_parquet(folder / "years.parquet")).write_parquet(folder / "years.parquet")

    return changed


def third(value: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("sheet") == 3).then(value).otherwise(otherwise)


def orphans(folder: Path) -> None:
    pl.read_parquet(folder / "sheets.parquet").filter(pl.col("sheet") != 4).write_parquet(
        folder / "sheets.parquet"
    )


def half(folder: Path) -> None:
    whole = (folder / "years.parquet").read_bytes()
    (folder / "years.parquet").write_bytes(whole[: len(whole) // 2])


def ragged(folder: Path) -> None:
    pl.read_parquet(folder / "years.parquet").with_columns(
        pl.col("headcount").cast(pl.Float64)
    ).write_csv(folder / "years.csv")
    (folder / "years.parquet").unlink()
    lines = (folder / "years.csv").read_text(encoding="utf-8").splitlines()
    lines[5] += ",9,9"
    (folder / "years.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


CASES: dict[str, tuple[str, int, Change]] = {
    "a missing column": ("TBL001", 1, years(lambda table: table.drop("total_cost"))),
    "a missing key": ("TBL001", 2, years(lambda table: table.drop("year"))),
    "a wrong type": (
        "TBL002",
        1,
        years(lambda table: table.with_columns(pl.lit(True).alias("staff_cost"))),
    ),
    "text for a number": (
        "TBL003",
        1,
        years(
            lambda table: table.with_columns(
                third(pl.lit("8,030"), pl.col("total_cost").cast(pl.String)).alias("total_cost")
            )
        ),
    ),
    "a number that is none": (
        "TBL003",
        1,
        years(
            lambda table: table.with_columns(
                third(pl.lit(float("nan")), pl.col("total_cost").cast(pl.Float64)).alias(
                    "total_cost"
                )
            )
        ),
    ),
    "keys twice": ("TBL004", 2, years(lambda table: pl.concat([table, table.head(2)]))),
    "another form": (
        "TBL005",
        2,
        years(
            lambda table: table.with_columns(third(pl.lit("nowhere"), pl.col("form")).alias("form"))
        ),
    ),
    "no such sheet": ("TBL006", 2, orphans),
    "a blank key": (
        "TBL007",
        2,
        years(lambda table: table.with_columns(third(pl.lit(None), pl.col("book")).alias("book"))),
    ),
    "no rows": ("TBL008", 0, years(lambda table: table.clear())),
    "an unknown column": (
        "TBL009",
        0,
        years(lambda table: table.with_columns(pl.lit(1).alias("remark"))),
    ),
    "ragged rows": ("TBL010", 2, ragged),
    "half a file": ("", 2, half),
}


@pytest.mark.parametrize("engine", [PolarsEngine, DuckDbEngine])
@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_told_and_the_rest_is_audited(
    name: str, engine: Callable[[], Engine], tmp_path: Path
) -> None:
    code, exit_code, change = CASES[name]
    write_tables(TABLES, tmp_path)
    change(tmp_path)
    reading = read_tables([tmp_path], SESSION.forms)
    alone = audit(
        reading.books, RULES, SESSION.forms, AuditOptions(not_checked=reading.not_checked)
    )
    report = audit_tables([tmp_path], RULES, SESSION.forms, AuditOptions(engine=engine()))
    assert {found: dict(counts) for found, counts in report.outcomes.items()} == {
        found: dict(counts) for found, counts in alone.outcomes.items()
    }
    assert said(report) == said(alone)
    assert report.exit_code >= exit_code
    assert sum(document.sheets for document in report.documents) > 20
    if code:
        faults = [finding for finding in report.findings if finding.rule == code]
        assert faults
        assert "years." in faults[0].message.en or "evaluations." in faults[0].message.en
        if code in ("TBL003", "TBL004", "TBL005", "TBL006", "TBL007"):
            assert all(cell.place is not None and cell.place.line for cell in faults[0].cells)
            assert ", row " in faults[0].message.en
            assert "行目" in faults[0].message.ja


def said(report: Report) -> tuple[list[str], list[str]]:
    findings = sorted(finding.model_dump_json(exclude={"id"}) for finding in report.findings)
    return findings, sorted(missed.why.en for missed in report.not_checked)


def test_a_file_damaged_in_the_middle_is_left_out(tmp_path: Path) -> None:
    write_tables(to_tables(built(300, 3, KUSHIRO), SESSION.forms), tmp_path)
    path = tmp_path / "evaluations.parquet"
    content = bytearray(path.read_bytes())
    content[40:400] = bytes(byte ^ 0x5A for byte in content[40:400])
    path.write_bytes(bytes(content))
    report = audit_tables([tmp_path], SESSION.rules.select(["FND"]), SESSION.forms)
    assert [missed.document for missed in report.not_checked] == [str(path)]
    assert report.exit_code == 2
    assert report.outcomes["FND001"]["pass"] > 300
    other = tmp_path / "other"
    write_tables(TABLES, other)
    both = audit_tables([other, tmp_path], SESSION.rules.select(["FND"]), SESSION.forms)
    assert [missed.document for missed in both.not_checked] == [str(path)]
    assert both.outcomes["FND001"]["pass"] > report.outcomes["FND001"]["pass"]


def test_a_file_damaged_behind_books_that_were_judged_ends_the_audit_aloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ending(PolarsEngine):
        """Reads the first books, and no others."""

        def triples(self, frame: nw.LazyFrame[Any]) -> pl.DataFrame:
            looked.append(1)
            if len(looked) > 1:
                raise OSError("no more")
            return super().triples(frame)

    looked: list[int] = []
    write_tables(TABLES, tmp_path)
    path = str(tmp_path / "years.parquet")
    monkeypatch.setattr(
        "auditor.engines.inputs.unreadable",
        lambda read: OSError("no more") if read == path else None,
    )
    report = audit_tables(
        [tmp_path],
        SESSION.rules.select(["FND"]),
        SESSION.forms,
        AuditOptions(engine=Ending(rows_at_a_time=36)),
    )
    assert report.exit_code == 2
    said = {missed.document: missed.why.code for missed in report.not_checked}
    assert said.pop(path) == "damaged"
    assert set(said) == {
        str(tmp_path / f"{name}.parquet") for name in TABLES.frames if name != "years"
    }
    assert set(said.values()) == {"ended"}
    assert report.outcomes["FND001"]["pass"] > 0


def test_books_at_a_time_say_what_all_together_say(tmp_path: Path) -> None:
    """Tables larger than what is looked at together, with a row of no book in the middle."""
    write_tables(TABLES, tmp_path)
    years(lambda table: table.with_columns(third(pl.lit(None), pl.col("book")).alias("book")))(
        tmp_path
    )
    together = audit_tables([tmp_path], SESSION.rules, SESSION.forms)
    apart = audit_tables(
        [tmp_path],
        SESSION.rules,
        SESSION.forms,
        AuditOptions(engine=PolarsEngine(rows_at_a_time=30)),
    )
    assert apart.outcomes == together.outcomes
    assert said(apart) == said(together)


def test_frames_of_other_libraries() -> None:
    """Frames of pandas are taken as they are, whole numbers with blanks being floats there; those
    of another engine are refused.
    """
    import pandas

    assert TABLES.years is not None
    floats = TABLES.years.with_columns(
        pl.col(pl.Int64, pl.Decimal).exclude("sheet", "year", "fiscal_year").cast(pl.Float64)
    )
    frame = pandas.DataFrame(
        {
            name: [float("nan") if cell is None else cell for cell in floats[name]]
            for name in floats.columns
        }
    )
    rules = SESSION.rules.select(["FND", "STF001", "TBL"])
    native = audit_tables({"years": TABLES.years}, rules, SESSION.forms)
    assert audit_tables({"years": frame}, rules, SESSION.forms).outcomes == native.outcomes
    with pytest.raises(TypeError, match="engine="):
        audit_tables({"years": DuckDbEngine().connection.sql("select 1")}, rules, SESSION.forms)
    with pytest.raises(ValueError, match="no table yeers"):
        audit_tables({"yeers": TABLES.years}, rules, SESSION.forms)
