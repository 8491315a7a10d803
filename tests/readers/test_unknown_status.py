"""What a reader missed is unknown: no rule accuses a sheet of it, whatever label or number was
changed, lost or moved.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal, get_args

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.readers.documents import read_documents
from auditor.readers.evaluations import status_from
from auditor.readers.text.reader import SheetTextReader
from auditor.readers.workbook import WorkbookReader
from auditor.records.model import Book, Sheet
from auditor.testing.build import book
from tests.documents.text_writer import text_of_sheets
from tests.documents.workbook_writer import (
    Layout,
    PlainCell,
    PlainWorksheet,
    workbook_bytes,
    worksheets_of,
)

FORMS: Final = load().forms
RULES: Final = load().rules
FAMILIES: Final = ("FND", "REQ", "PCC", "STF")
Change = Literal["letter", "gone", "away", "glued", "down", "right", "left", "up"]
STEPS: Final[dict[Change, tuple[int, int]]] = {
    "away": (60, 20),
    "down": (1, 0),
    "right": (0, 1),
    "left": (0, -1),
    "up": (-1, 0),
}


def clean_book(seed: int, form: str) -> Book:
    made = book(sheets=1, seed=seed, form=FORMS[form], kpis=0)
    assume(not accusations(audit((made,), RULES, FORMS)))
    return made


def accusations(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings if finding.rule.startswith(FAMILIES)]


def is_reported(report: Report) -> bool:
    return bool(report.not_checked) or any(
        finding.rule.startswith(("RD", "XLS")) for finding in report.findings
    )


def values(sheet: Sheet) -> dict[tuple[str, str | None], object]:
    return {(name, key): figure.value for name, key, figure in sheet.every_figure()}


def change_cell(worksheet: PlainWorksheet, change: Change, data: st.DataObject) -> None:
    """Change one cell: a letter of a label, or where a number or a label stands."""
    cells = worksheet.cells
    words = [at for at, cell in cells.items() if isinstance(cell.value, str)]
    targets: dict[tuple[int, int], tuple[int, int]] = {}
    numbers = [at for at in cells if at not in words]
    if change == "letter":
        at = data.draw(st.sampled_from(words))
        text = str(cells[at].value)
        place = data.draw(st.integers(0, len(text) - 1))
        cells[at] = PlainCell(text[:place] + "桑" + text[place + 1 :])
        return
    at_hand = words if change in ("gone", "away") else numbers
    if change in STEPS:
        rows, columns = STEPS[change]
        targets = {(row, column): (row + rows, column + columns) for row, column in at_hand}
        at_hand = [at for at in at_hand if targets[at] not in cells and min(targets[at]) > 0]
    assume(at_hand)
    at = data.draw(st.sampled_from(at_hand))
    cell = cells.pop(at)
    if change == "glued":
        before = max((other for other in words if other[0] == at[0] and other < at), default=None)
        assume(before is not None)
        assert before is not None
        cells[before] = PlainCell(f"{cells[before].value} {cell.value}")
    elif change != "gone":
        cells[targets[at]] = cell


@pytest.mark.parametrize("change", get_args(Change))
@settings(max_examples=8, suppress_health_check=[HealthCheck.filter_too_much])
@given(
    seed=st.integers(0, 9_999),
    form=st.sampled_from(["kushiro", "minato"]),
    years=st.sampled_from(["across", "down"]),
    unit=st.sampled_from(["label", "beside", "table", "none"]),
    data=st.data(),
)
def test_no_rule_accuses_a_worksheet_of_what_was_not_found(
    change: Change,
    seed: int,
    form: str,
    years: Literal["across", "down"],
    unit: Literal["label", "beside", "table", "none"],
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    pytest.importorskip("openpyxl")
    made = clean_book(seed, form)
    worksheets = worksheets_of(made, FORMS[form], Layout(years=years, unit=unit))
    change_cell(worksheets[0], change, data)
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    path.write_bytes(workbook_bytes(worksheets))
    result = read_documents([path], forms=FORMS, readers=(WorkbookReader(),), form=form)
    report = audit(result.books, RULES, FORMS, AuditOptions(not_checked=result.not_checked))
    truth = values(made.sheets[0])
    read = values(result.books[0].sheets[0]) if result.books else {}
    # A number in another figure's cell is that figure on paper, too.
    assume(all(value is None or value == truth.get(key) for key, value in read.items()))
    if any(read.get(key) != value for key, value in truth.items()):
        assert is_reported(report)
    assert not accusations(report)


def test_a_blank_cost_is_not_accused_where_the_evaluation_was_lost(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    seed = next(
        seed
        for seed in range(200)
        if book(sheets=1, seed=seed, form=FORMS["kushiro"], kpis=0).sheets[0].status == "new"
    )
    made = book(sheets=1, seed=seed, form=FORMS["kushiro"], kpis=0)
    for lost in ("評価結果", "新規事業"):
        worksheets = worksheets_of(made, FORMS["kushiro"], Layout())
        for at, cell in worksheets[0].cells.items():
            if lost in str(cell.value):
                worksheets[0].cells[at] = PlainCell(str(cell.value).replace(lost, "？"))
        path = tmp_path / f"{lost}.xlsx"
        path.write_bytes(workbook_bytes(worksheets))
        result = read_documents([path], forms=FORMS, readers=(WorkbookReader(),), form="kushiro")
        (sheet,) = result.books[0].sheets
        assert sheet.status is None
        assert not accusations(audit(result.books, RULES, FORMS))


def test_the_status_is_known_only_from_all_evaluations_up_to_the_first_reason() -> None:
    form = FORMS["kushiro"]
    good, new = ("継続維持", None), (None, "new")
    assert status_from(form, 2024, {"2023": good, "2024": good}) == "continuing"
    assert status_from(form, 2024, {"2023": new}) == "new"
    assert status_from(form, 2024, {"2024": new}) is None
    assert status_from(form, 2024, {"2023": good}) is None
    assert status_from(form, 2024, {"2023": (None, None), "2024": good}) is None
    assert status_from(form, 2024, {"2023": ("新規亊業", None), "2024": good}) is None
    without_reasons = form.model_copy(update={"reasons": {}})
    assert status_from(without_reasons, 2024, {}) == "continuing"


@settings(max_examples=60)
@given(seed=st.integers(0, 9_999), data=st.data())
def test_no_rule_accuses_a_text_of_a_required_figure_that_stands_alone(
    seed: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = clean_book(seed, "kushiro")
    lines = text_of_sheets(made.sheets, FORMS["kushiro"], "values_first").split("\n")
    label = "市民一人あたりの費用"
    (at,) = (index for index, line in enumerate(lines) if line.startswith(label))
    lines[at], _, number = lines[at].rpartition(" ")
    lines.insert(at + data.draw(st.sampled_from([-1, 0, 1])), number)
    path = tmp_path_factory.mktemp("text") / "sheets.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    result = read_documents([path], forms=FORMS, readers=(SheetTextReader(),), form="kushiro")
    report = audit(result.books, RULES, FORMS, AuditOptions(not_checked=result.not_checked))
    (sheet,) = result.books[0].sheets
    if values(sheet) != values(made.sheets[0]):
        assert is_reported(report)
    assert not accusations(report)
