"""Which cells of a grid head the columns of a form: cases drawn in drawn/headings.txt, each with
its whole answer.

A case names the form's columns with their words, and the fiscal year; then the grid is drawn,
parted by ``|``. A cell of ``<`` is merged with the one before it, one of ``^`` with the one above,
and one behind ``*`` is taken by a label. Each grid is looked at as it is drawn, and turned so that
rows are columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import pytest

from auditor.forms.model import Form
from auditor.readers.grid.cells import Grid, TextCell
from auditor.readers.grid.headers import (
    Header,
    Position,
    find_headers,
    fiscal_years_of_headers,
    heads_column,
)
from auditor.readers.grid.labels import Label, Labels, Match
from auditor.records.figures import Place
from tests.readers.drawn_cases import DrawnCases

CASES: Final = DrawnCases("headings")


class Drawing(NamedTuple):
    """What a case draws: ``lines`` are those of its grid."""

    form: Form
    fiscal_year: int
    kinds_apart: bool
    lines: list[list[str]]


def form(columns: str) -> Form:
    """A form with columns, each an offset, a kind, and its words."""
    parts = [column.split() for column in columns.split(", ")]
    return Form.model_validate(
        {
            "name": "drawn",
            "title": {"en": "drawn", "ja": "見本の様式"},
            "detect": ["見本の様式"],
            "unit": "千円",
            "units": {"千円": 1000},
            "columns": [
                {"offset": int(offset), "kind": kind, "label": words}
                for offset, kind, *words in parts
            ],
            "fields": {"total_cost": {"label": ["総額"]}},
        }
    )


def drawing(lines: Sequence[str]) -> Drawing:
    """What the lines of a case say."""
    words = {"columns": "-1 settled, 0 settled, 1 budgeted", "year": "2024"}
    grid: list[list[str]] = []
    for line in lines:
        name, _, rest = line.partition(" ")
        if "|" in line:
            grid.append([text.strip() for text in line.split("|")])
        else:
            words[name] = rest
    assert set(words) <= {"columns", "year", "kinds"}, words
    return Drawing(form(words["columns"]), int(words["year"]), "kinds" in words, grid)


def turned(lines: list[list[str]]) -> list[list[str]]:
    """A grid whose rows are columns."""
    width = max(map(len, lines))
    filled = [[*line, *[""] * (width - len(line))] for line in lines]
    swapped = str.maketrans("<^", "^<")
    return [
        [text.translate(swapped) if text in "<^" else text for text in column]
        for column in zip(*filled, strict=True)
    ]


def cells_of(lines: list[list[str]]) -> list[TextCell]:
    """The cells of a drawn grid."""
    cells: list[TextCell] = []
    for top, line in enumerate(lines, 1):
        for at, text in enumerate(line, 1):
            if not text or text in "<^":
                continue
            wide = tall = 1
            while at - 1 + wide < len(line) and line[at - 1 + wide] == "<":
                wide += 1
            while top - 1 + tall < len(lines) and (lines[top - 1 + tall][at - 1 : at] == ["^"]):
                tall += 1
            place = Place(cell=f"{top}.{at}")
            cells.append(TextCell(top, at, text.removeprefix("*"), place, tall, wide))
    return cells


def headers_of(lines: list[list[str]], drawn: Form) -> list[Header]:
    """The headers of a drawn grid."""
    grid = Grid.of(cells_of(lines), lambda row, column: Place(cell=f"{row}.{column}"))
    taken = [
        Label(Match("total_cost"), (box,))
        for box in grid.boxes
        if lines[box.top - 1][box.left - 1].startswith("*")
    ]
    return find_headers(grid, Labels(drawn), taken)


def shown(position: Position, was: Position, columns: list[str]) -> str:
    """A position on one line: its stretch, its year, what was printed, its boxes and columns."""
    year = f"{position.year}" if position.year else "-"
    parts = [
        f"{position.first}-{position.last}",
        year if was.year == position.year else f"({year})",
        position.word or "-",
        "+".join(box.text for box in position.boxes),
        *([f"short {position.short}"] if position.short else []),
        *([f"distance {position.distance}"] if position.distance is not None else []),
    ]
    return f"  {' '.join(parts)}: {', '.join(columns) or 'no column'}"


def answer(headers: list[Header], drawn: Drawing, across: bool) -> list[str]:
    """All that is said of headers, one after the other; ``across`` is what is called so."""
    years = fiscal_years_of_headers(headers, drawn.form)
    lines = [f"fiscal years: {' '.join(map(str, years)) or 'none'}"]
    for header in headers:
        before = header.positions
        prints_years, has_words = header.prints_years, header.has_words
        unplaced = header.placed, header.fits, header.by_order, header.kinds_apart
        assert unplaced == ({}, False, False, False)
        header.kinds_apart = drawn.kinds_apart
        header.place(drawn.form, drawn.fiscal_year)
        of_position = {id(position): list[str]() for position in header.positions}
        for column, position in header.placed.items():
            of_position[id(position)].append(drawn.form.column_id(column, drawn.fiscal_year))
        differing = header.against(drawn.form, drawn.fiscal_year)
        traits = [
            "across" if header.across == across else "down",
            f"lines {header.line}-{header.end}",
            f"from {header.first} to {header.last}",
            "fits" if header.fits else "does not fit",
            *(["by order"] if header.by_order else []),
            f"step {header.step(drawn.form, drawn.fiscal_year)}",
            "years" if prints_years else "no years",
            "words" if has_words else "no words",
        ]
        lines.append(", ".join(traits))
        lines.append(f"  prints {header.printed}")
        lines.append(f"  against {' '.join(f'{a}/{b}' for a, b in differing) or 'nothing'}")
        lines += [
            shown(position, was, of_position[id(position)])
            for position, was in zip(header.positions, before, strict=True)
        ]
    return lines


def in_order(lines: list[str]) -> list[list[str]]:
    """The headers of an answer, whichever way comes first."""
    parts: list[list[str]] = []
    for line in lines[1:]:
        if not line.startswith(" "):
            parts.append([])
        parts[-1].append(line)
    return sorted(parts)


@pytest.mark.parametrize("name", CASES.names)
def test_headings_of_a_grid(name: str) -> None:
    drawn = drawing(CASES.drawing(name))
    upright = answer(headers_of(drawn.lines, drawn.form), drawn, True)
    aside = answer(headers_of(turned(drawn.lines), drawn.form), drawn, False)
    assert in_order(aside) == in_order(upright)
    CASES.compare(name, upright)


COLUMNS: Final = "-1 settled 決算 実績, 0 settled 決算見込, 1 budgeted （予算額）"


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("令和6年度", True),
        ("令和６年", True),
        ("R6", True),
        ("Ｈ31年度", True),
        ("2024年度", True),
        ("FY2024", True),
        ("FY24", False),
        ("令6", True),
        ("令元年度", True),
        ("令", False),
        ("6年度", True),
        ("元年度", True),
        ("6年", False),
        ("6", False),
        ("106年度", False),
        ("前年度", True),
        ("前々年度", True),
        ("本年度", True),
        ("今年度", True),
        ("当年度", True),
        ("当該年度", True),
        ("翌年度", True),
        ("翌々年度", True),
        ("次年度", True),
        ("昨年度", False),
        ("年度", False),
        ("", False),
        ("総額", False),
        ("決算", True),
        ("（決算）", True),
        ("実績", True),
        ("決算見込", True),
        ("予算額", True),
        ("予算", False),
        ("決算額", False),
        ("令和6年度決算", True),
        ("令和6年度（決算）", True),
        ("令和6年度当初予算案", True),
        ("令和6年度（前期決算）", True),
        ("令和6年度の前期決算", True),
        ("令和6年度前期分の決算", True),
        ("令和6年度の前期分の決算", False),
        ("令和6年度の前期決算見込", True),
        ("令和6年度決算見込（税込み）", True),
        ("令和6年度決算見込（税込みの額）", False),
        ("令和6年度（税込）", False),
        ("令和6年度事業", False),
        ("前年度の決算", True),
        ("前年度の事業", False),
        ("6年度決算", True),
        ("6年度の事業", False),
        ("令和6年度（2024年度）", True),
        ("令和6年度(2024)決算", True),
        ("2024年度(R6)決算見込", True),
        ("令和6年度(2023年度)", False),
        ("平成31年度(令和元年度)", True),
        ("令和6年度(2024年度)事業", False),
    ],
)
def test_what_heads_a_column(text: str, heads: bool) -> None:
    labels = Labels(form(COLUMNS))
    assert heads_column(text, labels) is heads


def test_headings_of_a_form_without_words() -> None:
    labels = Labels(form("0 settled"))
    assert heads_column("令和6年度当初予算額", labels)
    assert not heads_column("予算額", labels)


def test_headings_are_placed_anew_for_another_year() -> None:
    """Nothing stays of what was said for the year before."""
    drawn = form("-1 settled, 0 settled, 1 budgeted")
    (header,) = headers_of([["令和5年度", "令和6年度", "令和7年度"]], drawn)
    for fiscal_year, years, fits in (
        (2024, [2023, 2024, 2025], True),
        (2025, [2024, 2025], False),
        (2030, [], False),
        (2024, [2023, 2024, 2025], True),
    ):
        header.place(drawn, fiscal_year)
        assert [position.year for position in header.placed.values()] == years
        assert header.fits is fits


@pytest.mark.parametrize(
    ("short", "fiscal_year", "year"),
    [
        ("6", 2024, 2024),
        ("元", 2019, 2019),
        ("31", 2019, 2019),
        ("30", 2019, 2018),
        ("元", 1990, 1989),
        ("63", 1988, 1988),
        ("3", 1930, 1928),
        ("17", 2019, 2005),
        ("", 2024, None),
    ],
)
def test_a_year_without_its_era_is_the_nearest(
    short: str, fiscal_year: int, year: int | None
) -> None:
    position = Position(1, 1, None, "", (), short)
    assert position.dated(fiscal_year) == replace(position, year=year)


@pytest.mark.parametrize("year", [None, 2001])
@pytest.mark.parametrize("distance", [None, -1, 0, 1])
def test_a_year_that_is_printed_goes_before_one_that_is_counted(
    year: int | None, distance: int | None
) -> None:
    position = Position(1, 1, year, "", (), "5", distance)
    counted = 2023 if distance is None else 2024 + distance
    assert position.dated(2024).year == (counted if year is None else year)
