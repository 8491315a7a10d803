"""One cause on many cells of a sheet is one remark and one finding that has all the cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st

import auditor
from auditor.auditing.session import load
from auditor.readers import remarks
from auditor.records.figures import Figure, Place
from auditor.records.model import Remark
from auditor.records.text import Text
from auditor.testing import book

REASONS = (
    Text(en="something is drawn in its cell", ja="セルに図形や線などが描かれています"),
    Text(en="it is struck out", ja="取り消し線が引かれています"),
)
Cell = tuple[str, int | None, int | None, str | None, str | None, str, Place | None]


def figure(number: int, printed: str) -> Figure:
    place = Place(page=1 + number % 2, box=(0, number, 9, number + 1))
    return Figure(state="text", value=None, printed=printed, place=place)


@st.composite
def remark(draw: st.DrawFn) -> Remark:
    printed = draw(st.sampled_from(["", "1,00", "①10", "12\u200b3", "it's '5'"]))
    number = draw(st.integers(0, 99))
    item = figure(number, printed)
    sheet = draw(st.integers(1, 2))
    field, year = draw(st.sampled_from(["total_cost", "staff_cost"])), "2023"
    match draw(st.integers(0, 3)):
        case 0:
            return remarks.doubtful(field, year, item, draw(st.sampled_from(REASONS)), sheet=sheet)
        case 1:
            return remarks.doubtful(field, year, item, REASONS[0], kpi=sheet)
        case 2:
            return remarks.text_for_figure(sheet, field, year, item)
        case _:
            return remarks.label_missing(sheet, field, "総事業費", item.place or Place(page=1))


def cells(items: Iterable[Remark]) -> Iterator[Cell]:
    for item in items:
        for cell in item.cells if item.alike else (item,):
            yield (
                item.rule,
                cell.sheet,
                cell.kpi,
                cell.field,
                cell.year,
                cell.printed,
                cell.place,
            )


@given(st.lists(remark(), max_size=40))
def test_no_cell_is_lost(items: list[Remark]) -> None:
    together = remarks.alike(items)
    assert Counter(cells(together)) == Counter(cells(items))
    assert remarks.alike(together) == together
    for item in together:
        if item.alike:
            assert len(item.cells) > 3
            assert {cell.sheet for cell in item.cells} == {item.sheet}


@given(st.sampled_from(REASONS), st.lists(st.sampled_from(["", "1,00", "5"]), min_size=4))
def test_one_reason_on_many_cells_of_a_sheet_is_one_remark(
    reason: Text, printed: list[str]
) -> None:
    items = [
        remarks.doubtful("total_cost", str(2000 + number), figure(number, text), reason, sheet=1)
        for number, text in enumerate(printed)
    ]
    (single,) = remarks.alike(items)
    assert single.detail is not None
    assert reason.en in single.detail.en
    assert f"{len(items) - 1:,} more cells" in single.detail.en
    assert f"ほか{len(items) - 1:,}か所" in single.detail.ja
    assert single.evidence == "uncertain"


def test_other_reasons_and_other_sheets_stay_apart() -> None:
    items = [
        remarks.doubtful("total_cost", str(year), figure(year, "5"), reason, sheet=sheet)
        for sheet, reason in ((1, REASONS[0]), (1, REASONS[1]), (2, REASONS[0]))
        for year in range(2020, 2025)
    ]
    assert [len(item.cells) for item in remarks.alike(items)] == [5, 5, 5]
    assert remarks.alike(items[:3]) == items[:3]


def test_the_finding_has_all_cells() -> None:
    made = book(sheets=2, seed=1, form=load().forms["kushiro"], kpis=0)
    (document,) = made.documents
    items = [
        remarks.doubtful("total_cost", str(year), figure(year, "5"), REASONS[0], sheet=2)
        for year in range(2020, 2030)
    ]
    document = document.model_copy(update={"remarks": tuple(remarks.alike(items))})
    report = auditor.audit(made.model_copy(update={"documents": (document,)}))
    (finding,) = [finding for finding in report.findings if finding.rule == "RD002"]
    assert finding.sheet is not None
    assert finding.sheet.number == 2
    assert finding.year is None
    assert [cell.place for cell in finding.cells] == [item.place for item in items]
    assert {(cell.field, cell.year) for cell in finding.cells} == {
        ("total_cost", str(year)) for year in range(2020, 2030)
    }
