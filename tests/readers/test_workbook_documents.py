"""The workbooks of tests/documents, read and compared with what was put into them."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.readers.documents import read_documents
from auditor.readers.source import Reading, Source, UnreadableDocument
from auditor.readers.workbook import WorkbookReader
from auditor.records.model import Sheet

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
FORMS: dict[str, Form] = {**load().forms, "yamate": load_form(DOCUMENTS / "forms" / "yamate.toml")}


def held(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (DOCUMENTS / "workbooks" / f"{name}.json").read_text(encoding="utf-8")
    )
    return found


def read(file: str, form: str) -> Reading:
    return WorkbookReader().read(Source.open(DOCUMENTS / "workbooks" / file), FORMS[form])


def figure_of(sheet: Sheet, name: str) -> Any:
    key, _, field = name.partition(".")
    year = sheet.years[key]
    return year.funding[field] if field in year.funding else getattr(year, field)


def compare(reading: Reading, truth: dict[str, Any], *, calculated: bool = True) -> None:
    assert [sheet.name for sheet in reading.sheets] == [sheet["name"] for sheet in truth["sheets"]]
    for read_sheet, wanted in zip(reading.sheets, truth["sheets"], strict=True):
        assert read_sheet.fiscal_year == truth["fiscal_year"]
        assert list(read_sheet.budget_stages) == wanted["budget_stages"]
        assert read_sheet.department == wanted["department"]
        assert {
            key: evaluation.result for key, evaluation in read_sheet.evaluations.items()
        } == wanted["results"]
        if wanted["population"] is not None:
            assert read_sheet.population is not None
            assert read_sheet.population.value == wanted["population"]
            assert str(read_sheet.population_as_of) == "2025-03-31"
        for name, cell in wanted["figures"].items():
            figure = figure_of(read_sheet, name)
            assert (figure.place.sheet, figure.place.cell) == (wanted["worksheet"], cell["cell"]), (
                name
            )
            if calculated or figure.formula is None:
                assert (figure.value, figure.state) == (
                    (None, "blank") if cell["value"] is None else (Decimal(cell["value"]), "number")
                ), (
                    wanted["name"],
                    name,
                )
            else:
                assert (figure.state, figure.value) == ("text", None)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("kushiro-clean", "kushiro"),
        ("kushiro-stacked", "kushiro"),
        ("minato-portrait", "minato"),
        ("yamate-years-down", "yamate"),
    ],
)
def test_clean_workbooks_are_read_as_they_were_made_and_pass(name: str, form: str) -> None:
    reading = read(f"{name}.xlsx", form)

    compare(reading, held(name))
    assert reading.remarks == ()
    assert reading.not_checked == ()
    path = str(DOCUMENTS / "workbooks" / f"{name}.xlsx")
    result = read_documents([path], forms=FORMS, readers=[WorkbookReader()])
    assert [book.form for book in result.books] == [form]
    report = audit(result.books, load().rules, FORMS)
    assert [finding.rule for finding in report.findings if finding.severity == "error"] == []


def test_formulas_and_stored_results_are_kept() -> None:
    total = read("kushiro-clean.xlsx", "kushiro").sheets[0].years["2024"].total_cost

    assert total is not None
    assert (total.formula, total.cached, total.printed, total.value) == (
        "SUM(H14:H18)",
        "24690",
        "24,690",
        24690,
    )


def test_negative_amounts_print_as_their_format_shows_them() -> None:
    figure = (
        read("kushiro-clean.xlsx", "kushiro").sheets[3].years["2023"].funding["general_revenue"]
    )

    assert (figure.printed, figure.value, figure.cached) == ("△ 20,007", -20007, "-20007")


def test_reasons_make_the_status() -> None:
    sheet = read("kushiro-clean.xlsx", "kushiro").sheets[2]

    assert sheet.status == "new"
    assert sheet.plans == ("総合計画", "地域防災計画")
    assert (sheet.planned, sheet.purpose) == ("●計画した内容", "防災行政無線整備事業の目的")


def test_each_fault_of_a_workbook_is_found_where_it_is() -> None:
    reading, truth = read("kushiro-faulty.xlsx", "kushiro"), held("kushiro-faulty")

    found = {
        (remark.rule, remark.place.sheet, remark.place.cell)
        for remark in reading.remarks
        if remark.place
    }
    wanted = {(fault["rule"], fault["worksheet"], fault["cell"]) for fault in truth["faults"]}
    assert wanted <= found
    # What else is said follows from the same faults: the hidden row is part of three sums, and
    # its figures were read.
    assert {rule for rule, _, _ in found - wanted} <= {"XLS006", "XLS007", "XLS008"}
    assert len(truth["faults"]) == 8
    assert sorted({rule for rule, _, _ in found}) == [
        f"XLS{number:03d}" for number in (1, 2, 3, 4, 6, 7, 8, 9)
    ]


def test_remarks_become_findings_of_shipped_rules() -> None:
    path = str(DOCUMENTS / "workbooks" / "kushiro-faulty.xlsx")
    session = load()
    result = read_documents([path], forms=session.forms, readers=session.readers)

    report = audit(result.books, session.rules, session.forms)

    skipped = next(finding for finding in report.findings if finding.rule == "XLS001")
    assert skipped.sheet is not None
    assert skipped.sheet.name == "公園遊具更新事業"
    assert skipped.cells[0].place is not None
    assert skipped.cells[0].place.cell == "H15"
    assert {remark.rule for remark in result.books[0].documents[0].remarks} <= {
        rule.code for rule in session.rules
    }


def test_a_workbook_that_was_never_calculated_says_so_and_gives_no_figures() -> None:
    reading = read("kushiro-uncalculated.xlsx", "kushiro")

    compare(reading, held("kushiro-uncalculated"), calculated=False)
    assert [reason.why.code for reason in reading.not_checked] == ["never-calculated"]
    assert [remark.rule for remark in reading.remarks] == ["XLS005"]


def test_indicators_are_read_with_their_cells() -> None:
    reading, truth = read("kushiro-kpi.xlsx", "kushiro"), held("kushiro-kpi")

    assert reading.remarks == ()
    for kpi, wanted in zip(reading.kpis, truth["kpis"], strict=True):
        assert (kpi.project, kpi.name, kpi.unit) == (
            wanted["project"],
            wanted["name"],
            wanted["unit"],
        )
        assert kpi.target.value == Decimal(wanted["target"])
        assert kpi.grant_type == "デジタル田園都市国家構想交付金（地方創生推進タイプ）"
        actuals = [
            "-" if figure.state == "dash" else f"{figure.value}" for figure in kpi.actuals.values()
        ]
        assert actuals == wanted["actuals"]
    percent = reading.kpis[2].target
    assert (percent.printed, percent.cached, percent.unit) == ("85.5%", "0.855", "％")
    assert percent.place is not None
    assert (percent.place.sheet, percent.place.cell) == ("KPI", "D8")


def test_the_old_format_gives_the_same_records() -> None:
    reading = read("kushiro-clean.xls", "kushiro")

    truth = held("kushiro-clean")
    compare(reading, truth)
    assert reading.sheets[3].years["2023"].funding["general_revenue"].printed == "△ 20,007"


def test_the_old_format_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlrd", None)

    with pytest.raises(UnreadableDocument) as caught:
        read("kushiro-clean.xls", "kushiro")
    assert caught.value.message.code == "needs-extra"
    assert "sheet-auditor[xls]" in caught.value.message.en


def test_workbook_without_the_form_is_refused() -> None:
    result = read_documents(
        [DOCUMENTS / "workbooks" / "yamate-years-down.xlsx"],
        forms=load().forms,
        readers=[WorkbookReader()],
    )

    assert [reason.why.code for reason in result.not_checked] == ["no-form"]
