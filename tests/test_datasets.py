"""The shipped data: figures as published hold no error, and each faulty copy fires just what its
list of faults says.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import auditor_datasets
from auditor.auditing.documents import audit
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.readers.json.reader import RecordsJsonReader
from auditor.readers.source import Source
from auditor.records.model import Book

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ROOT.parent / "shared" / "documents"
SESSION = load()
FAULTY = [name for name in auditor_datasets.names() if auditor_datasets.faults(name)]


def audited(name: str) -> Report:
    report = audit(auditor_datasets.load(name), SESSION.rules, SESSION.forms)
    assert report.not_checked == ()
    return report


def fired(report: Report) -> set[tuple[str, int]]:
    """Code and number of the sheet or KPI of every error and warning."""
    found = [finding for finding in report.findings if finding.severity != "note"]
    return {
        (finding.rule, (finding.sheet or finding.kpi).number)
        for finding in found
        if finding.sheet or finding.kpi
    }  # type: ignore[union-attr]


def maker() -> ModuleType:
    """The script that makes the files; it is no part of the package."""
    spec = importlib.util.spec_from_file_location(
        "making_kushiro", ROOT / "datasets" / "making" / "kushiro.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_what_there_is() -> None:
    assert auditor_datasets.names() == (
        "kushiro-r5-kpi",
        "kushiro-r5-kpi-faulty",
        "kushiro-r6",
        "kushiro-r6-faulty",
    )
    assert FAULTY == ["kushiro-r5-kpi-faulty", "kushiro-r6-faulty"]
    with pytest.raises(
        KeyError, match="there is no data set 'kushiro'; there are kushiro-r5-kpi, "
    ):
        auditor_datasets.load("kushiro")


def test_the_sheets_as_published() -> None:
    (book,) = auditor_datasets.load("kushiro-r6")
    assert (book.form, book.fiscal_year, len(book.sheets)) == ("kushiro", 2024, 10)
    assert [sheet.status for sheet in book.sheets].count("continuing") == 6
    assert {figure.printed for sheet in book.sheets if (figure := sheet.population)} == {"152,875"}
    report = audited("kushiro-r6")
    assert fired(report) == {("EVL005", 7)}, "to be expanded, while the next budget falls"
    assert report.by_severity["error"] == 0


def test_the_indicators_as_published() -> None:
    (book,) = auditor_datasets.load("kushiro-r5-kpi")
    assert (book.fiscal_year, len(book.kpis)) == (2023, 19)
    outcomes = [kpi.achievement.outcome for kpi in audited("kushiro-r5-kpi").kpis]
    assert (outcomes.count("achieved"), outcomes.count("missed")) == (11, 8)
    assert fired(audited("kushiro-r5-kpi")) == set()


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_copy_fires_what_its_list_says_and_no_more(name: str) -> None:
    declared = {
        (code, fault.sheet or fault.kpi)
        for fault in auditor_datasets.faults(name)
        for code in fault.codes
    }
    assert fired(audited(name)) - fired(audited(name.removesuffix("-faulty"))) == declared


@pytest.mark.parametrize("name", FAULTY)
def test_each_fault_stands_where_its_list_says(name: str) -> None:
    def cell(book: Book, number: int | None, kpi: int | None, field: str, year: str | None) -> str:
        record: object = book.sheets[number - 1] if number else book.kpis[(kpi or 0) - 1]
        if field in ("column", "source"):
            return ""
        if year and field not in ("actuals", "evaluations"):
            record = record.years[year]  # type: ignore[attr-defined]
        for part in field.split("."):
            record = record[part] if isinstance(record, dict) else getattr(record, part)
        if field in ("actuals", "evaluations"):
            record = record[year]  # type: ignore[index]
            return str(getattr(record, "result", None) or getattr(record, "printed", ""))
        return str(getattr(record, "printed", record)) if record is not None else ""

    (clean,), (faulty,) = (
        auditor_datasets.load(name.removesuffix("-faulty")),
        auditor_datasets.load(name),
    )
    for fault in auditor_datasets.faults(name):
        if fault.field not in ("column", "source"):
            assert cell(clean, fault.sheet, fault.kpi, fault.field, fault.year) == fault.was
            assert cell(faulty, fault.sheet, fault.kpi, fault.field, fault.year) == fault.printed


def test_no_prose_is_shipped() -> None:
    for name in auditor_datasets.names():
        for book in auditor_datasets.load(name):
            for sheet in book.sheets:
                assert (sheet.purpose, sheet.planned, sheet.undivided, sheet.captions) == (
                    "",
                    "",
                    "",
                    "",
                )
                assert sheet.achieved in ("", "あああああ")
                assert {
                    (evaluation.issues, evaluation.direction)
                    for evaluation in sheet.evaluations.values()
                } <= {("", "")}
            assert {kpi.summary for kpi in book.kpis} <= {""}


def by_hand(item: Any) -> Any:
    """Records as somebody who reads a document writes them down: a figure's value and print, and
    nothing for a blank.
    """
    if isinstance(item, dict):
        if "state" in item:
            return (
                None
                if item["state"] == "blank"
                else {"value": item["value"], "printed": item["printed"]}
            )
        return {key: by_hand(value) for key, value in item.items()}
    return [by_hand(value) for value in item] if isinstance(item, list) else item


@pytest.mark.parametrize("source", [DOCUMENTS, None], ids=["shared", "shipped"])
def test_the_files_are_what_the_maker_makes(
    source: Path | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (
        source is None or not source.is_dir()
    ):  # then from the shipped figures, laid out as the documents' are
        source = tmp_path / "documents"
        source.mkdir()
        sheets = json.loads(auditor_datasets.path("kushiro-r6").read_text(encoding="utf-8"))[
            "sheets"
        ]
        kpis = json.loads(auditor_datasets.path("kushiro-r5-kpi").read_text(encoding="utf-8"))[
            "kpis"
        ]
        for kpi in kpis:
            row = [
                "",
                "",
                kpi["name"],
                *[""] * 3,
                *(figure["printed"] for figure in kpi["actuals"].values()),
            ]
            with (source / "kpi.tsv").open("a", encoding="utf-8") as table:
                table.write("\t".join(row) + "\n")
            kpi["achieved_in_due_year"] = None
        records = json.dumps({"sheets": by_hand(sheets), "kpis": by_hand(kpis)})
        (source / "expected-records.json").write_text(records, encoding="utf-8")
    module = maker()
    monkeypatch.setattr(module, "TARGET", tmp_path / "made")
    module.main(source)
    made = tmp_path / "made"
    shipped = auditor_datasets.path("kushiro-r6").parent
    assert {file.name for file in made.iterdir()} == {file.name for file in shipped.iterdir()}
    for file in made.glob("*.faults.json"):
        assert file.read_text(encoding="utf-8") == (shipped / file.name).read_text(encoding="utf-8")
    for name in auditor_datasets.names():
        again = RecordsJsonReader().read_records(Source.open(made / f"{name}.json"), SESSION.forms)
        assert again.books == auditor_datasets.load(name)
