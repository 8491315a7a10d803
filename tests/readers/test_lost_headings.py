"""No sheet of a text is lost with the line that begins it, and no row with its label."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.forms.loading import load_form
from auditor.readers.documents import read_documents
from auditor.readers.source import Reading, Source
from auditor.readers.text.reader import SheetTextReader
from auditor.readers.wording import Line, Wording, key_of
from auditor.testing.build import RandomChooser, build_book
from tests.documents.text_writer import BlockOrder, text_of_sheets

ROOT: Final = Path(__file__).resolve().parents[2]
FORM: Final = load_form(ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml")
WORDING: Final = Wording(FORM)
ORDERS: Final[tuple[BlockOrder, ...]] = ("values_first", "texts_first")
COVER: Final = "令和６年度\n釧路市\n令和６年度実施事業　主要施策成果シート\n目次\n１　市民生活　3\n"


def lines_of(seed: int, order: BlockOrder, cover: str = COVER) -> list[str]:
    sheets = build_book(FORM, RandomChooser(seed), 3, 0).sheets
    return text_of_sheets(sheets, FORM, order, cover).split("\n")


def starts_of(lines: list[str]) -> list[int]:
    return [index for index, raw in enumerate(lines) if WORDING.start_of(Line(1, raw, key_of(raw)))]


def read(lines: list[str]) -> Reading:
    return SheetTextReader().read(Source("sheets.txt", "\n".join(lines).encode()), FORM)


@given(
    st.integers(0, 10**6),
    st.sampled_from(ORDERS),
    st.sampled_from(["removed", "changed", "joined", "broken"]),
    st.data(),
)
def test_a_sheet_that_lost_its_first_heading_is_not_checked(
    seed: int, order: BlockOrder, damage: str, data: st.DataObject
) -> None:
    lines = lines_of(seed, order)
    assert not read(lines).not_checked
    start = data.draw(st.sampled_from(starts_of(lines)))
    match damage:
        case "removed":
            del lines[start]
        case "changed":
            lines[start] = lines[start].replace("業", "桑", 1)
        case "joined":
            lines[start - 1 : start + 1] = ["".join(lines[start - 1 : start + 1])]
            assume(not WORDING.start_of(Line(1, lines[start - 1], key_of(lines[start - 1]))))
        case "broken":
            lines[start : start + 1] = [lines[start][:3], lines[start][3:]]
    reading = read(lines)
    assert reading.not_checked
    assert len(reading.sheets) < 3


def test_a_cover_is_no_sheet() -> None:
    for order in ORDERS:
        assert not read(
            lines_of(1, order, COVER + "国道支出金 1,000\n一般財源 2,000\n")
        ).not_checked


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("field", [*FORM.amounts, "population", "cost_per_capita"])
def test_no_rule_accuses_a_row_of_which_the_label_was_lost(
    field: str, order: BlockOrder, tmp_path: Path
) -> None:
    """Whichever label is damaged: its figures are unknown, the reader says so, and no rule takes
    them for blank.
    """
    session = load()
    (label, *_) = FORM.fields[field].label
    lines = lines_of(Random(field).randrange(1000), order)
    damaged = [
        raw.replace(label.split()[0], "●" * 4, 1) if key_of(raw).startswith(key_of(label)) else raw
        for raw in lines
    ]
    assert damaged != lines
    path = tmp_path / "sheets.txt"
    path.write_text("\n".join(damaged), encoding="utf-8")
    result = read_documents([path], forms=session.forms, readers=session.readers)
    report = audit(result.books, session.rules, session.forms)
    assert result.not_checked or any(finding.rule == "RD004" for finding in report.findings)
    accused = [
        finding
        for finding in report.findings
        if finding.severity == "error" and not finding.rule.startswith("RD")
    ]
    assert not accused, [(finding.rule, finding.cells) for finding in accused]


@pytest.mark.parametrize("order", ORDERS)
@given(st.integers(0, 10**6), st.data())
def test_the_name_ends_where_another_text_begins(
    order: BlockOrder, seed: int, data: st.DataObject
) -> None:
    lines = lines_of(seed, order)
    names = [sheet.name for sheet in read(lines).sheets]
    at = [index for index, raw in enumerate(lines) if raw.startswith("事業名")]
    index = data.draw(st.sampled_from(at))
    change = data.draw(st.sampled_from(["again", "joined", "footer"]))
    if change == "again":
        lines.insert(index + 1, lines[index])
    elif change == "joined":
        lines[index : index + 2] = ["".join(lines[index : index + 2])]
    else:
        assume(lines[index].rstrip().endswith("＞"))
        lines.insert(index + 1, "令和６年度 釧路市")

    assert [sheet.name for sheet in read(lines).sheets] == names


@given(st.integers(0, 10**6), st.sampled_from(ORDERS), st.data())
def test_a_row_in_two_lines_is_unread(seed: int, order: BlockOrder, data: st.DataObject) -> None:
    lines = lines_of(seed, order)
    rows = [
        index
        for index, raw in enumerate(lines)
        if WORDING.item(Line(1, raw, key_of(raw))).field in FORM.amounts
    ]
    index = data.draw(st.sampled_from(rows))
    words = lines[index].split()
    assume(len(words) > 3 and words[-1][-1].isdigit() and words[-2][-1].isdigit())
    lines[index : index + 1] = [" ".join(words[:-1]), words[-1]]
    reading = read(lines)

    unread = {number.place.line for number in reading.unread if number.place is not None}
    assume(index + 2 in unread)
    states = {
        figure.state
        for sheet in reading.sheets
        for year in sheet.years.values()
        for _, figure in year.figure_items()
        if figure.place is not None and figure.place.line == index + 1
    }
    assert states <= {"unread"}


def test_a_page_number_is_no_stray() -> None:
    lines = lines_of(3, "values_first")
    before = read(lines)
    for index in (60, 40, 20):
        lines.insert(index, "- 12 -")
    reading = read(lines)

    assert not reading.unread
    assert [sheet.name for sheet in reading.sheets] == [sheet.name for sheet in before.sheets]
