"""Headings over lists in the orders and depths that offices print: each column is read, and as what
it is.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.drafting.coverage import coverage_of
from auditor.drafting.dated import dated_columns, dated_of
from auditor.drafting.draft import Answers, Draft, FormColumn, columns_by_parts
from auditor.drafting.drafter import drafted
from auditor.drafting.form_file import form_text
from auditor.drafting.shipped import shipped_vocabulary
from auditor.forms.loading import load_form
from auditor.forms.model import Column, FieldDefinition
from auditor.readers.documents import read_documents
from auditor.readers.printed_grids import PrintedGrid, cells_of_grid
from auditor.readers.printing import printed_grids
from auditor.readers.source import Source
from auditor.records.model import Sheet
from tests.documents.either_kind import document_bytes
from tests.layouts.described import (
    Headed,
    Lines,
    Pairs,
    Piece,
    Table,
    Value,
    grid_of,
    leaves,
    worksheet_of,
)

VOCABULARY = shipped_vocabulary()
READERS = load().readers
WORDS = ("除雪", "図書館", "防災", "観光", "移住", "保育", "健診", "公園", "道路", "農道", "消防")


def list_of(
    headings: Sequence[Headed], rows: Sequence[Sequence[Value] | str] = (), title: str = ""
) -> list[Piece]:
    """A list under some headings after that of the names, with figures of its own unless given."""
    figures = random.Random(3)
    width = sum(map(leaves, headings))
    body = rows or [
        [f"{word}試験事業", *(figures.randrange(100, 9000) for _ in range(width))] for word in WORDS
    ]
    top = Lines([title or "令和６年度　主要事業一覧"])
    return [top, Lines(["単位：千円"], align="right"), Table(["事業名", *headings], body)]


def read_back(pieces: Sequence[Piece], folder: Path) -> tuple[Draft, list[Sheet]]:
    """The draft of a list, and what its form reads: all of its figures."""
    path = folder / "book.xlsx"
    path.write_bytes(document_bytes([worksheet_of("一覧", pieces)], "xlsx"))
    grids = printed_grids(Source.open(path))
    assert grids is not None
    draft = drafted(grids, VOCABULARY, source=path.name, name="mycity", answers=Answers())
    assert draft is not None
    file = folder / "mycity.toml"
    file.write_text(form_text(draft), encoding="utf-8")
    form = load_form(file)
    coverage = coverage_of(str(path), form, READERS)
    assert coverage.is_whole, coverage
    result = read_documents([str(path)], forms={form.name: form}, readers=READERS, form=form.name)
    return draft, [sheet for book in result.books for sheet in book.sheets]


def columns_of(sheet: Sheet) -> dict[str, set[str]]:
    """The figures that a record has in each of its columns."""
    return {
        year: {name for name, figure in part.figure_items() if figure.state == "number"}
        for year, part in sheet.years.items()
    }


YEARS: tuple[Headed, ...] = ("R4", "R5", "R6")


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (["R4決算", "R5当初", "R6当初"], {"2022": 1, "2023": 1, "2024": 1}),
        (
            ["令和６年度\n当初予算額\n（Ａ）", "令和５年度\n当初予算額\n（Ｂ）"],
            {"2023": 1, "2024": 1},
        ),
        ([("事業費", YEARS), ("総コスト", YEARS)], {"2022": 2, "2023": 2, "2024": 2}),
        (YEARS, {"2022": 1, "2023": 1, "2024": 1}),
        (
            [
                (
                    "令和５年度",
                    [
                        ("当初予算", ["事業費", "うち一般財源"]),
                        ("補正後予算", ["事業費", "うち一般財源"]),
                        ("決算見込", ["事業費", "うち一般財源"]),
                    ],
                )
            ],
            {"2023-budgeted": 2, "2023-budgeted_2": 2, "2023-expected": 2},
        ),
        (
            [
                ("令和５年度", ["予算額", "決算額", "執行率"]),
                ("令和６年度", ["予算額", "決算額", "執行率"]),
            ],
            {"2023-budgeted": 1, "2023-settled": 2, "2024-budgeted": 1, "2024-settled": 2},
        ),
        (
            [("令和５年度", ["決算額", "構成比"]), ("令和６年度", ["決算額", "構成比"])],
            {"2023": 2, "2024": 2},
        ),
    ],
)
def test_every_column_is_read_under_its_year(
    headings: list[Headed], columns: dict[str, int], tmp_path: Path
) -> None:
    _, sheets = read_back(list_of(headings), tmp_path)
    assert len(sheets) == len(WORDS)
    for sheet in sheets:
        assert {year: len(names) for year, names in columns_of(sheet).items()} == columns


def test_a_remark_below_a_heading_is_no_heading_by_itself(tmp_path: Path) -> None:
    headings: list[Headed] = [("令和５年度", ["予算額", "決算額"]), ("増減", ["（決算）"])]
    draft, sheets = read_back(list_of(headings), tmp_path)
    assert draft.fields[1].name == "change"
    assert all(sheet.figures["change"].state == "number" for sheet in sheets)


def test_letters_and_units_below_headings_belong_to_them(tmp_path: Path) -> None:
    headings: list[Headed] = [
        ("平成28年度\n当初予算額", [("A", ["千円"])]),
        ("平成27年度\n当初予算額", [("B", ["千円"])]),
        ("増減", [("A-B", ["千円"])]),
    ]
    draft, sheets = read_back(list_of(headings, title="平成28年度　会計別予算額調"), tmp_path)
    amount, difference = (field.name for field in draft.fields)
    assert columns_of(sheets[0]) == {"2016": {amount}, "2015": {amount}}
    assert sheets[0].figures[difference].state == "number"


def test_a_total_that_is_called_by_its_department_is_no_project(tmp_path: Path) -> None:
    rows: list[list[Value]] = [[f"{word}試験事業", at, 3 * at] for at, word in enumerate(WORDS, 5)]
    sums: list[Value] = ["総務部計", *(sum(int(str(row[at])) for row in rows) for at in (1, 2))]
    rows.append(sums)
    _, sheets = read_back(list_of(["予算額", "決算額"], rows), tmp_path)
    assert [sheet.name for sheet in sheets if sheet.role == "total"] == ["総務部計"]


def test_a_name_that_ends_as_totals_do_and_adds_nothing_up_is_a_project(tmp_path: Path) -> None:
    rows: list[list[Value]] = [[f"{word}特別会計", 7 * at] for at, word in enumerate(WORDS, 5)]
    _, sheets = read_back(list_of(["予算額"], rows), tmp_path)
    assert not [sheet for sheet in sheets if sheet.role == "total"]


def test_a_list_that_begins_with_a_section_is_no_sheet(tmp_path: Path) -> None:
    rows: list[Sequence[Value] | str] = ["【一般会計】"]
    rows += [[f"{word}基金", 100 + at, at, 7, 93 + 2 * at] for at, word in enumerate(WORDS)]
    headings: list[Headed] = [
        "令和４年度末\n現在高",
        ("令和５年度中増減額", ["積立額", "取崩額"]),
        "令和５年度末\n現在高",
    ]
    pieces = list_of(headings, rows, title="基金の状況一覧")
    table = pieces[-1]
    assert isinstance(table, Table)
    pieces[-1] = Table(["基金名", *table.headings[1:]], table.rows)
    draft, sheets = read_back(pieces, tmp_path)
    assert draft.layout.kind == "list"
    assert draft.title == "基金の状況一覧"
    assert len(sheets) == len(WORDS)


def test_rows_are_called_by_the_name_that_each_of_them_has(tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        [f"{word}試験事業", part, 10 * at + 7, 3 * at + 5]
        for at, word in enumerate(WORDS)
        for part in (f"{word}運営費", f"{word}整備費")
    ]
    pieces: list[Piece] = [
        Lines(["令和６年度　予算要求一覧"]),
        Lines(["（単位：千円）"], align="right"),
        Table(["事業名", "細事業名", "R5当初予算額", "R6要求額"], rows, merged_down=[0]),
    ]
    _, sheets = read_back(pieces, tmp_path)
    assert [sheet.name for sheet in sheets] == [row[1] for row in rows]


def test_indicators_below_amounts_are_of_the_same_columns(tmp_path: Path) -> None:
    figures = random.Random(5)
    areas: list[Piece] = []
    years: list[Headed] = ["令和４年度（決算）", "令和５年度（決算）", "令和６年度（予算）"]
    plain: list[Headed] = ["令和４年度", "令和５年度", "令和６年度"]
    for word in WORDS[:6]:
        amounts: list[list[Value]] = [
            [label, *(figures.randrange(10, 999) for _ in years)] for label in ("事業費", "人件費")
        ]
        counts: list[Value] = ["利用者数（人）", *(figures.randrange(10, 99) for _ in years)]
        areas += [
            Lines(["令和５年度　事務事業評価調書"]),
            Pairs([[("事業名", f"{word}試験事業"), ("担当課", "総務課")]]),
            Lines(["（単位：千円）"], align="right"),
            Table(["区分", *years], amounts),
            Table(["指標", *plain], [counts]),
            Lines([""]),
        ]
    draft, sheets = read_back(areas, tmp_path)
    assert [column.kind for column in draft.columns] == ["settled", "settled", "budgeted"]
    assert {len(columns_of(sheet)["2024"]) for sheet in sheets} == {3}


def test_years_without_an_era_are_those_near_the_title(tmp_path: Path) -> None:
    headings: list[Headed] = ["４年度末残高", "５年度末残高", "６年度積立(A)", "６年度取崩(B)"]
    _, sheets = read_back(list_of(headings, title="令和６年度末基金残高一覧"), tmp_path)
    columns = columns_of(sheets[0])
    assert {year: len(names) for year, names in columns.items()} == {
        "2022": 1,
        "2023": 1,
        "2024": 2,
    }


def test_a_column_that_says_when_something_ends_has_no_figures(tmp_path: Path) -> None:
    rows: list[list[Value]] = []
    for at, word in enumerate(WORDS):
        rows.append([f"{word}試験補助金", 10 + at, 20 + 3 * at, "R7" if at % 2 else "－"])
    draft, _ = read_back(list_of(["R5当初", "R6当初", "終期"], rows), tmp_path)
    assert [field.label for field in draft.fields] == ["当初"]


def test_a_note_of_the_unit_over_one_column_makes_the_title_no_heading(tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        [f"{word}試験事業", kind, 30 + at, 10 + at, 20]
        for at, word in enumerate(WORDS)
        for kind in ("予算", "決算")
    ]
    title: tuple[str, Value] = ("令和５年度　予算・決算対照表", None)
    note: tuple[str, Value] = ("（千円）", None)
    pieces: list[Piece] = [
        Pairs([[title, ("", None), note]]),
        Table(["事業名", "区分", "事業費", "県支出金", "一般財源"], rows, merged_down=[0]),
    ]
    _, sheets = read_back(pieces, tmp_path)
    assert columns_of(sheets[0]).keys() == {"2023-budgeted", "2023-settled"}
    assert len({frozenset(names) for names in columns_of(sheets[0]).values()}) == 1


def test_a_row_with_its_unit_under_years_is_of_another_table() -> None:
    areas: list[Piece] = []
    for at, word in enumerate(WORDS[:6]):
        amounts: list[list[Value]] = [["事業費", 30 + at, 20 + at], ["人件費", 10 + at, 7]]
        areas += [
            Lines(["令和５年度　事務事業評価調書"]),
            Pairs([[("事業名", f"{word}試験事業"), ("担当課", "総務課")]]),
            Table(["区分（千円）", "令和４年度決算", "令和５年度決算"], amounts),
            Table(["成果指標", "単位", "実績"], [["利用件数", "件", 64 + at]]),
            Lines([""]),
        ]
    grid = PrintedGrid("調書", 1, cells_of_grid(grid_of(worksheet_of("調書", areas))))
    draft = drafted([grid], VOCABULARY, source="book.xlsx", name="mycity", answers=Answers())
    assert draft is not None
    labels = {field.label for field in draft.fields if field.each != "sheet"}
    assert labels == {"事業費", "人件費"}


def test_a_column_that_only_outer_items_fill_is_read(tmp_path: Path) -> None:
    rows: list[list[Value]] = []
    for word in WORDS:
        rows.append([f"{word}費", None, 30, 50])
        for part in ("管理", "振興"):
            rows.append([None, f"{word}{part}費", None, 25])
    pieces: list[Piece] = [
        Lines(["令和８年度　一般会計歳出予算"]),
        Lines(["（単位：千円）"], align="right"),
        Table(["款", "項", "R7", "R8"], rows),
    ]
    _, sheets = read_back(pieces, tmp_path)
    assert columns_of(sheets[0]).keys() == {"2025", "2026"}


def test_a_usual_total_with_spaces_needs_no_words_in_the_form(tmp_path: Path) -> None:
    rows: list[list[Value]] = [[f"{word}試験事業", at, 3 * at] for at, word in enumerate(WORDS, 5)]
    sums: list[Value] = ["合　　計", *(sum(int(str(row[at])) for row in rows) for at in (1, 2))]
    rows.append(sums)
    draft, sheets = read_back(list_of(["予算額", "決算額"], rows), tmp_path)
    assert "totals" not in form_text(draft)
    assert sheets[-1].role == "total"


@given(st.permutations(["令和５年度", "決算額", "一般財源"]))
def test_the_order_of_year_kind_and_figure_makes_no_difference(texts: list[str]) -> None:
    dated = dated_of(texts, VOCABULARY)
    assert (dated.year, dated.kind, dated.rest) == (2023, "settled", "一般財源")


@given(st.lists(st.sampled_from(["予算額", "決算額", "執行率", "備考数", "R5", "R6"]), max_size=8))
def test_a_column_gets_no_place_that_another_has(texts: list[str]) -> None:
    stacks = {at: (text, "令和５年度" if at % 2 else "R6") for at, text in enumerate(texts)}
    together = dated_columns(list(stacks), stacks, VOCABULARY)
    places = {at: (part.year, part.kind, part.rest) for at, part in together.items()}
    for at, stack in stacks.items():
        if dated_of(stack, VOCABULARY).kind != together[at].kind:
            assert list(places.values()).count(places[at]) == 1


KINDS = st.sampled_from(["settled", "budgeted", "expected"])
COLUMNS = st.lists(st.builds(FormColumn, st.integers(-2, 1), KINDS), min_size=1, unique=True)


@given(COLUMNS, st.data())
@settings(deadline=None)
def test_columns_said_by_their_parts_are_those_columns(
    every: list[FormColumn], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(every), min_size=1, unique=True))
    parts = columns_by_parts(chosen, every)
    definition = FieldDefinition(label=("事業費",), columns=parts)
    printing = [c for c in every if definition.is_in(Column(offset=c.offset, kind=c.kind))]
    assert not parts or set(printing) == set(chosen)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("単位：千円", "千円"),
        ("（単位：千円、％）", "千円"),
        ("（ 単 位 ： 千 円 ）", "千円"),
        ("契約金額（税込・円）", "円"),
        ("単位", None),
        ("円滑な運営", None),
    ],
)
def test_units_are_found_in_notes_and_headings(text: str, unit: str | None) -> None:
    assert VOCABULARY.unit_in(text) == unit
