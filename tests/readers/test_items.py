"""Documents of items: a drawn hierarchy is written as a table in the ways that budget books know,
and its records are read back; a figure that is changed there is found where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Alignment

from auditor.auditing.documents import audit
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.readers.grid.cells import Grid, TextCell
from auditor.readers.listing.reading import Lists
from auditor.readers.source import Source
from auditor.readers.workbook import WorkbookReader
from auditor.records.figures import Place
from auditor.records.model import Book, Document, NotChecked, Sheet

SESSION = load()
WORDS = ["試験税", "管理費", "旅費", "委託料", "諸収入"]
LEVELS = ("款", "項", "目")


class Node(NamedTuple):
    name: str
    depth: int
    parent: int | None
    order: int


class Written(NamedTuple):
    """A table as rows of texts, with the nodes that its rows are; None for other rows."""

    rows: list[list[str]]
    nodes: list[int | None]


@st.composite
def trees(draw: st.DrawFn) -> list[Node]:
    """The items of a table in their order, each wholly divided or not at all."""
    nodes: list[Node] = []

    def grow(parent: int | None, depth: int) -> None:
        for order in range(1, draw(st.integers(1, 3)) + 1):
            nodes.append(Node(draw(st.sampled_from(WORDS)), depth, parent, order))
            if depth < 2 and draw(st.booleans()):
                grow(len(nodes) - 1, depth + 1)

    grow(None, 0)
    return nodes


def amounts(nodes: Sequence[Node], leaves: Sequence[int]) -> list[int]:
    """The amount of each item: what is drawn at the lowest level, sums above."""
    values = [0] * len(nodes)
    parents = {node.parent for node in nodes}
    for at in range(len(nodes) - 1, -1, -1):
        if at not in parents:
            values[at] = leaves[at % len(leaves)]
        parent = nodes[at].parent
        if parent is not None:
            values[parent] += values[at]
    return values


def form_of(levels: Sequence[str]) -> Form:
    names = {"levels": list(levels)} if len(levels) > 1 else {}
    labels = {} if len(levels) > 1 else {"name": levels[0]}
    return Form.model_validate(
        {
            "name": "budget",
            "title": {"en": "Budget", "ja": "予算"},
            "unit": "千円",
            "units": {"円": 1, "千円": 1000, "%": 1},
            "fiscal_year": 2024,
            "evaluated": [0],
            "items": names,
            "labels": labels,
            "columns": [
                {"offset": 0, "kind": "budgeted", "label": "予算額"},
                {"offset": -1, "kind": "budgeted", "label": "予算額"},
            ],
            "fields": {
                "amount": {"each": "year", "label": "予算額"},
                "change": {"each": "sheet", "label": "比較"},
                "ratio": {"each": "sheet", "label": "前年度比", "unit": "%"},
            },
        }
    )


def figures(now: int, before: int) -> list[str]:
    ratio = f"{Decimal(100 * now) / before:.1f}" if before else "皆増"
    change = now - before
    return [
        f"{now:,}",
        f"{before:,}" if before else "－",
        f"△{-change:,}" if change < 0 else f"{change:,}",
        ratio,
    ]


HEADS = ["本年度予算額", "前年度予算額", "比較", "前年度比"]


def written(nodes: Sequence[Node], now: Sequence[int], before: Sequence[int], way: str) -> Written:
    """The table in one of the ways, with a title, a total row and, over and over, its headings."""
    levels = LEVELS if way in ("columns", "repeated") else LEVELS[:1]
    rows = [["令和６年度 予算事項別明細書", *[""] * (len(levels) + 3)], [*levels, *HEADS]]
    of: list[int | None] = [None, None]
    for at in range(len(nodes)):
        rows.append([*_names(nodes, at, way), *figures(now[at], before[at])])
        of.append(at)
    top = [at for at, node in enumerate(nodes) if node.parent is None]
    totals = figures(sum(now[at] for at in top), sum(before[at] for at in top))
    rows.append(["歳出合計", *[""] * (len(levels) - 1), *totals])
    return Written(rows, [*of, None])


def _names(nodes: Sequence[Node], at: int, way: str) -> list[str]:
    node = nodes[at]
    match way:
        case "numbers":
            mark = (f"{node.order} ", f"({node.order}) ", "①②③"[node.order - 1] + " ")
            return [mark[node.depth] + node.name]
        case "indents":
            return ["　" * node.depth + node.name]
        case _:
            names = ["", "", ""]
            here: int | None = at
            while here is not None:
                if here == at or way == "repeated":
                    names[nodes[here].depth] = f"{nodes[here].order} {nodes[here].name}"
                here = nodes[here].parent
            return names


def grid_of(rows: Sequence[Sequence[str]]) -> Grid:
    cells: list[TextCell] = []
    for row, texts in enumerate(rows, 1):
        for column, text in enumerate(texts, 1):
            if text:
                place = Place(sheet="w", cell=f"R{row}C{column}")
                cells.append(TextCell(row, column, text, place))
    return Grid.of(cells, lambda row, column: Place(sheet="w", cell=f"R{row}C{column}"))


def read(form: Form, *tables: Sequence[Sequence[str]]) -> tuple[list[Sheet], list[NotChecked]]:
    lists = Lists(form, "book.xlsx")
    sheets: list[Sheet] = []
    for number, rows in enumerate(tables):
        reading = lists.read(grid_of(rows), f"w{number}")
        assert not reading.not_checked and not reading.doubtful and not reading.unread
        sheets += reading.sheets
    return lists.finished(sheets)


def audited(form: Form, sheets: Sequence[Sheet]) -> Report:
    document = Document.of("book.xlsx", form.name, 2024, sheets)
    book = Book(form=form.name, fiscal_year=2024, documents=(document,), sheets=tuple(sheets))
    return audit(book, SESSION.rules, {form.name: form})


WAYS = ["columns", "repeated", "numbers", "indents"]


@settings(max_examples=25)
@given(
    trees(),
    st.lists(st.integers(1, 90_000), min_size=1, max_size=9),
    st.lists(st.integers(0, 90_000), min_size=1, max_size=9),
    st.sampled_from(WAYS),
)
def test_a_drawn_hierarchy_is_read_back_and_adds_up(
    nodes: list[Node], drawn: list[int], drawn_before: list[int], way: str
) -> None:
    if way == "indents" and not any(node.depth for node in nodes):
        way = "columns"
    now, before = amounts(nodes, drawn), amounts(nodes, drawn_before)
    table = written(nodes, now, before, way)
    form = form_of(LEVELS if way in ("columns", "repeated") else LEVELS[:1])
    sheets, unsure = read(form, table.rows)
    assert unsure == []
    *items, total = sheets
    identifiers = [sheet.identifier or str(sheet.number) for sheet in items]
    assert len(set(identifiers)) == len(nodes)
    for at, (sheet, node) in enumerate(zip(items, nodes, strict=True)):
        assert sheet.name.endswith(node.name)
        assert sheet.parent == ("" if node.parent is None else identifiers[node.parent])
        year = sheet.years["2024"].figures["amount"]
        assert year.value == now[at]
        assert sheet.role == "row"
        assert sheet.figures["ratio"].state in ("number", "dash")
    assert (total.role, total.name) == ("total", "歳出合計")
    report = audited(form, sheets)
    assert report.findings == ()
    assert report.outcomes["TOT001"]["pass"] >= 2
    parents = {node.parent for node in nodes} - {None}
    assert report.outcomes["TOT002"]["pass"] >= len(parents)


@settings(max_examples=15)
@given(trees(), st.lists(st.integers(1, 90_000), min_size=1, max_size=9), st.data())
def test_one_changed_figure_is_found_where_it_stands(
    nodes: list[Node], drawn: list[int], data: st.DataObject
) -> None:
    way = data.draw(st.sampled_from(["columns", "numbers"]))
    now = amounts(nodes, drawn)
    table = written(nodes, now, now, way)
    levels = 3 if way == "columns" else 1
    at = data.draw(st.integers(0, len(nodes) - 1))
    row = table.nodes.index(at)
    table.rows[row][levels] = f"{now[at] + data.draw(st.integers(1, 10**6)):,}"
    form = form_of(LEVELS[:levels] if levels > 1 else LEVELS[:1])
    report = audited(form, read(form, table.rows)[0])
    codes = {finding.rule for finding in report.findings}
    is_parent = at in {node.parent for node in nodes}
    is_top = nodes[at].parent is None
    looking = [("TOT001", is_top), ("TOT002", is_parent or not is_top)]
    assert codes == {code for code, looks in looking if looks}
    (cause,) = report.causes
    if len(codes) > 1:
        # Both sums point at it; one sum alone may be wrong in any of its figures.
        suspected = {(cell.sheet, cell.field, cell.year) for cell in cause.cells}
        assert (row - 1, "amount", "2024") in suspected


def test_each_worksheet_has_totals_of_its_own() -> None:
    form = form_of(LEVELS[:1])
    head = [[LEVELS[0], *HEADS]]
    first = [*head, ["1 市税", *figures(10, 5)], ["合計", *figures(10, 5)]]
    second = [*head, ["1 民生費", *figures(7, 7)], ["2 土木費", *figures(1, 1)]]
    sheets, _ = read(form, first, [*second, ["合計", *figures(8, 8)]])
    report = audited(form, sheets)
    assert report.findings == ()
    assert report.outcomes["TOT001"]["pass"] == 6
    assert [sheet.identifier for sheet in sheets if sheet.role == "row"] == ["", "1 #2", "2"]


def test_revenue_and_expenditure_on_one_worksheet_are_two_tables() -> None:
    form = form_of(LEVELS[:1])
    rows = [
        [LEVELS[0], *HEADS],
        *(["1 市税", *figures(10, 5)], ["2 市債", *figures(2, 1)], ["歳入合計", *figures(12, 6)]),
        *(["1 議会費", *figures(9, 4)], ["2 総務費", *figures(3, 2)]),
        ["歳出合計", *figures(12, 6)],
    ]
    sheets, unsure = read(form, rows)
    report = audited(form, sheets)
    assert (unsure, report.findings) == ([], ())
    assert report.outcomes["TOT001"]["pass"] == 6


def test_a_part_that_is_printed_again_is_not_added_up() -> None:
    form = form_of(LEVELS[:1])
    rows = [
        [LEVELS[0], *HEADS],
        *(["1 市税", *figures(10, 5)], ["うち個人分", *figures(4, 1)], ["2 市債", *figures(2, 1)]),
        ["合計", *figures(12, 6)],
    ]
    sheets, unsure = read(form, rows)
    assert (unsure, audited(form, sheets).findings) == ([], ())


def test_rows_of_which_nobody_knows_what_they_are_part_of_leave_totals_open() -> None:
    form = form_of(LEVELS[:1])
    rows = [
        [LEVELS[0], *HEADS],
        *(
            ["1 市税", *figures(10, 5)],
            ["1 市民税", *figures(4, 1)],
            ["2 軽自動車税", *figures(6, 4)],
        ),
        *(["2 市債", *figures(2, 1)], ["合計", *figures(12, 6)]),
    ]
    sheets, unsure = read(form, rows)
    assert [missed.why.code for missed in unsure] == ["items-unsure"]
    report = audited(form, sheets)
    assert report.findings == ()
    assert report.outcomes["TOT001"]["unknown"] == 3


@pytest.mark.parametrize("way", ["columns", "numbers", "indents"])
def test_a_workbook_of_items(tmp_path: Path, way: str) -> None:
    nodes = [
        Node("総務費", 0, None, 1),
        Node("管理費", 1, 0, 1),
        Node("徴税費", 1, 0, 2),
        Node("民生費", 0, None, 2),
    ]
    now = amounts(nodes, [5, 3000, 4000, 700])
    table = written(nodes, now, now, way)
    book = openpyxl.Workbook()
    worksheet = book.active
    assert worksheet is not None
    for row in table.rows:
        worksheet.append(row)
    if way == "indents":
        # Indented by the format of the cells, as Excel does it.
        for number, at in enumerate(table.nodes, 1):
            cell = worksheet.cell(number, 1)
            cell.value = str(cell.value).strip()
            if at is not None and nodes[at].depth:
                cell.alignment = Alignment(indent=nodes[at].depth)
    path = tmp_path / "R6.xlsx"
    book.save(path)
    form = form_of(LEVELS if way == "columns" else LEVELS[:1])
    reading = WorkbookReader().read(Source(str(path), path.read_bytes()), form)
    assert reading.not_checked == ()
    by_identifier = {sheet.identifier or str(sheet.number): sheet for sheet in reading.sheets}
    parents = [
        by_identifier[sheet.parent].name.split()[-1] if sheet.parent else ""
        for sheet in reading.sheets
    ]
    assert parents == ["", "総務費", "総務費", "", ""]
    assert audited(form, reading.sheets).findings == ()
