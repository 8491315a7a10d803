"""Which column each figure belongs to where a text has lost it, by which evidence, and whether
that is certain: cases drawn in drawn/placing.txt, each with its whole answer.

A case names the columns, what else is known of the sheet, and its rows. ``/`` begins a line; the
parts of a row stand behind their columns (``@0,1:``), the one whose lines are loose behind ``~``.
In the answer ``·`` is a column in which nothing stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final, cast, get_args

import pytest

from auditor.forms.model import Form
from auditor.readers.text.placement import Evidence, Row, joined, place, unit_costs
from auditor.records.figures import Figure, Interval, Place, Quantity, parse_figure
from auditor.records.model import Status
from tests.readers.drawn_cases import DrawnCases

CASES: Final = DrawnCases("placing")
UNITS: Final = {"円": 1, "千円": 1000, "人": 1, "千人": 1000}
HALF_UP: Final = {"rounding": "half_up", "step": 1}
TENTHS: Final = {"unit": "円", "rounding": "half_up", "step": "0.1"}
FIELDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "total_cost": {},
    "funding.grants": {},
    "funding.local_bonds": {},
    "funding.general": {},
    "staff_cost": HALF_UP,
    "headcount": {"unit": "人"},
    "population": {"unit": "人"},
    "cost_per_capita": TENTHS,
    "bond_burden_per_capita": TENTHS,
}
THREE: Final = "-1 settled, 0 settled, 1 budgeted"


def form(columns: str, formulas: str = "") -> Form:
    """A form with columns, and the fields whose cells hold a formula."""
    fields = {name: {"label": [name], **definition} for name, definition in FIELDS.items()}
    funding = {name: fields.pop(f"funding.{name}") for name in ("grants", "local_bonds", "general")}
    for name in formulas.split():
        of = funding if name.startswith("funding.") else fields
        of[name.removeprefix("funding.")]["formula_cell"] = True
    pairs = [column.split() for column in columns.split(", ")]
    return Form.model_validate(
        {
            "name": "drawn",
            "title": {"en": "drawn", "ja": "見本の様式"},
            "detect": ["見本の様式"],
            "unit": "千円",
            "units": UNITS,
            "columns": [{"offset": int(offset), "kind": kind} for offset, kind in pairs],
            "fields": {**fields, "funding": funding},
        }
    )


def figures(text: str, unit: str, first: int) -> tuple[Figure, ...]:
    """The figures of lines, of which the first has a number."""
    return tuple(
        parse_figure(printed, unit=unit, units=UNITS, place=Place(line=number))
        for number, line in enumerate(text.split("/"), first)
        for printed in line.split()
    )


def row(name: str, text: str, drawn: Form) -> Row:
    """A row as a case draws it."""
    unit = drawn.fields[name].unit
    if "@" not in text:
        return Row(name, ((figures(text, unit, 1), tuple(range(len(drawn.columns)))),))
    parts: list[tuple[tuple[Figure, ...], tuple[int, ...]]] = []
    loose: int | None = None
    for index, part in enumerate(text.split(";")):
        columns, _, printed = part.partition(":")
        mark, _, places = columns.partition("@")
        if mark.strip() == "~":
            loose = index
        numbers = tuple(int(number) for number in places.split(",") if number)
        parts.append((figures(printed, unit, 1 + 10 * index), numbers))
    return Row(name, tuple(parts), loose)


def quantity(text: str) -> Quantity | None:
    """``-``, ``7000``, or an interval with its upper end open: ``6990..7010``."""
    if text == "-":
        return None
    lo, _, hi = text.partition("..")
    return Interval(Fraction(lo), Fraction(hi), False, True) if hi else int(lo)


def read(lines: Sequence[str]) -> tuple[list[Row], Evidence]:
    """The rows of a case, and what else is known."""
    words: dict[str, str] = {"columns": THREE}
    printed: dict[str, str] = {}
    singles: dict[str, str] = {}
    for line in lines:
        name, _, rest = line.partition(" ")
        of_sheet = name == "population" or name.endswith("_per_capita")
        (singles if of_sheet else printed if name in FIELDS else words)[name] = rest.strip()
    drawn = form(words["columns"], words.get("formulas", ""))
    status = words.get("status")
    assert status in (None, *get_args(Status)), status
    sheet_figures = {
        name: parse_figure(text, unit=drawn.fields[name].unit, units=UNITS)
        for name, text in singles.items()
    }
    evidence = Evidence(
        drawn,
        cast("Status | None", status),
        sheet_figures=sheet_figures,
        unit_costs=tuple(map(quantity, words.get("costs", "").split())),
    )
    if words.get("prior") == "not evaluated":
        evidence = replace(evidence, prior_evaluated=False)
    return [row(name, text, drawn) for name, text in printed.items()], evidence


@pytest.mark.parametrize("name", CASES.names)
def test_figures_stand_in_their_columns(name: str) -> None:
    rows, evidence = read(CASES.drawing(name))
    answer: list[str] = []
    for field, its in place(rows, evidence).items():
        cells = " | ".join("·" if figure is None else figure.printed for figure in its.cells)
        doubt = "" if its.certain else ", uncertain"
        answer.append(f"{field:<20} {cells:<30} {its.by}{doubt}".rstrip())
    CASES.compare(name, answer)


COSTS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "three sheets that agree": (
        ("7,000 7,200 7,100 | 1 1 1", "14,000 7,200 7,100 | 2 1 1", "3,500 7,200 7,100 | 0.5 1 1"),
        "6999750..7000250 7199500..7200500 7099500..7100500",
    ),
    "of four sheets, three agree in one year": (
        (
            "7,000 7,000 7,000 | 1 1 1",
            "7,000 8,000 7,000 | 1 1 1",
            "7,000 9,000 8,000 | 1 1 1",
            "9,000 6,000 8,000 | 1 1 1",
        ),
        "6999500..7000500 - -",
    ),
    "two sheets are too few": (("7,000 7,000 7,000 | 1 1 1",) * 2, "- - -"),
    "a sheet that is not sure of its columns": (
        ("7,000 7,000 7,000 | 1 1 1", "7,000 7,000 7,000 | 1 1 1", "7,000 7,000 7,000 | 1 1"),
        "- - -",
    ),
    "a cost that is not sure of its columns": (
        ("7,000 7,000 7,000 | 1 1 1", "7,000 7,000 7,000 | 1 1 1", "7,000 7,000 | 1 1 1"),
        "- - -",
    ),
    "a sheet without headcount": (
        ("7,000 7,000 7,000 | 1 1 1", "7,000 7,000 7,000 | 1 1 1", "7,000 7,000 7,000"),
        "- - -",
    ),
    "years without staff, with a dash, or with text": (
        (
            "7,000 0 7,000 | 1 1 1",
            "7,000 7,000 - | 1 0 1",
            "7,000 7,000 7,000 | 1 ## 1",
            "7,000 7,000 7,000 | - 1 1",
            "## 7,000 7,000 | 1 1 1",
        ),
        "6999500..7000500 - 6999500..7000500",
    ),
    "years that no sheet prints": (("@0: 7,000 | @0: 1",) * 3, "6999500..7000500 - -"),
    "no sheet at all": ((), "- - -"),
}


@pytest.mark.parametrize("name", COSTS)
def test_what_one_employee_costs(name: str) -> None:
    sheets, wanted = COSTS[name]
    drawn = form(THREE)
    rows: list[list[Row]] = []
    for sheet in sheets:
        printed = zip(("staff_cost", "headcount"), sheet.split(" | "), strict=False)
        rows.append([row(field, text, drawn) for field, text in printed])
        rows[-1].insert(1, row("total_cost", "100 200 300", drawn))
    assert unit_costs(rows, drawn) == tuple(map(quantity, wanted.split()))


def test_several_figures_are_one_text() -> None:
    """It has the unit and the place of the first; one alone is left as it is."""
    first, second = (
        parse_figure(text, unit=unit, units=UNITS, place=Place(line=line))
        for text, unit, line in (("1", "千円", 1), ("200", "円", 2))
    )
    assert joined([first, second]) == Figure(
        state="text", printed="1 200", unit="千円", place=Place(line=1)
    )
    assert joined([second]) is second


def test_figures_without_a_place_are_of_one_line() -> None:
    parts = (((Figure(printed="1"), Figure(printed="2")), (0, 1)),)
    assert Row("headcount", parts, loose=0).loose_columns == ()


@pytest.mark.parametrize(
    ("sizes", "by", "column"),
    [((50, 40), "arithmetic", 1), ((3, 23, 29), "usual_place", 0), ((50, 41), "usual_place", 0)],
)
def test_two_thousand_choices_are_weighed_and_no_more(
    sizes: tuple[int, ...], by: str, column: int
) -> None:
    """The row that makes them too many stands in its first columns."""
    drawn = form(
        ", ".join(f"{offset} settled" for offset in range(-25, 25)),
        formulas="funding.grants funding.local_bonds funding.general",
    )
    rows = [row("total_cost", f"@1: {2 * len(sizes)}", drawn)]
    for name, size in zip(("grants", "local_bonds", "general"), sizes, strict=False):
        columns = ",".join(map(str, range(size)))
        rows.append(row(f"funding.{name}", f"@{columns}: 2", drawn))
    last = place(rows, Evidence(drawn))[rows[-1].field]
    assert (last.by, last.certain) == (by, by == "arithmetic")
    assert [figure is not None for figure in last.cells].index(True) == column
