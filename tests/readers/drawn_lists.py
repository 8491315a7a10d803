"""Lists of projects that tests draw: how one is laid out, the figures in it, and its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal

from hypothesis import strategies as st

from auditor.forms.model import Form
from auditor.records.fiscal import year_in_era
from tests.layouts.described import Headed, Lines, Piece, Table, Value

__all__ = ["DrawnList", "Project", "lists"]

FISCAL_YEAR = 2024
FIELDS = {
    "total_cost": "事業費",
    "funding.grants": "国県支出金",
    "funding.general_revenue": "一般財源",
}
KINDS = {"settled": "決算額", "budgeted": "予算額"}
Years = Literal["over", "within", "blocks", "rows", "one"]
"""Where years stand: over the fields, in each heading, in the form alone, on rows, in the title."""


@dataclass(frozen=True)
class Project:
    """A row: its name, department, number, and figures by column and field; None for a blank."""

    name: str
    department: str
    number: int
    figures: Mapping[tuple[int, str], Mapping[str, int | None]]
    own: int | None = None


@dataclass(frozen=True)
class DrawnList:
    """A list and how it is laid out; ``columns`` are years with their kinds, in the form's order."""

    projects: Sequence[Project]
    columns: Sequence[tuple[int, str]]
    years: Years
    kinds_printed: bool
    groups: Literal["merged", "first", "repeated"]
    funding_group: bool
    own_first: bool
    total: bool
    section: bool
    note: bool
    repeat_every: int
    era: bool
    unit_in: Literal["none", "heading", "note"]
    totals: Mapping[tuple[int, str], Mapping[str, int | None]] = field(
        default_factory=dict[tuple[int, str], Mapping[str, "int | None"]]
    )

    # — the form —

    @property
    def form(self) -> Form:
        columns: list[dict[str, Any]] = []
        for year, kind in self.columns:
            label = {"label": KINDS[kind]} if self.kinds_printed else {}
            columns.append({"offset": year - FISCAL_YEAR, "kind": kind, **label})
        listing: dict[str, Any] = {}
        if self.years == "rows":
            listing["rows"] = "year"
        if self.years == "blocks":
            listing["years"] = list(dict.fromkeys(year for year, _ in self.columns))
        labels = {"name": "事業名", "department": "担当課", "number": "番号"}
        if self.years == "rows":
            labels |= {"year": "年度", "kind": "区分"}
        return Form.model_validate(
            {
                "name": "drawn",
                "title": {"en": "A list", "ja": "一覧"},
                "unit": "千円",
                "units": {"円": 1, "千円": 1000, "件": 1},
                "evaluated": [0],
                "list": listing,
                "columns": columns,
                "labels": labels,
                "fields": {
                    "total_cost": {"label": "事業費"},
                    "funding": {
                        "grants": {"label": "国県支出金"},
                        "general_revenue": {"label": "一般財源"},
                    },
                    "cases": {"each": "sheet", "label": "実施件数", "unit": "件"},
                },
            }
        )

    # — the document —

    @property
    def pieces(self) -> list[Piece]:
        title = f"{self._year(FISCAL_YEAR)}　主要事業の一覧"
        texts = [title]
        if self.unit_in == "note":
            texts.append("（単位：千円）")
        pieces: list[Piece] = [Lines(texts)]
        pieces.append(Table(self._headings(), self._rows(), (), self.groups, self.repeat_every))
        if self.note:
            pieces.append(Lines(["", "※ 端数処理のため、合計が一致しない場合があります。"]))
        return pieces

    def _year(self, year: int) -> str:
        in_era = year_in_era(year)
        assert in_era is not None
        return f"{in_era.era.name}{in_era.of_era}年度" if self.era else f"{year}年度"

    def _headings(self) -> list[Headed]:
        first: list[Headed] = ["番号", "事業名", "担当課"]
        own: list[Headed] = ["実施件数"]
        figures: list[Headed] = []
        match self.years:
            case "rows":
                figures = ["年度", "区分", *self._fields("")]
            case "one":
                figures = self._fields("")
            case "over":
                for year, kind in self.columns:
                    over = self._year(year) + (KINDS[kind] if self.kinds_printed else "")
                    figures.append((over, self._fields("")))
            case "within":
                for year, kind in self.columns:
                    before = self._year(year)
                    behind = f"（{KINDS[kind]}）" if self.kinds_printed else ""
                    figures += self._fields(before, behind)
            case "blocks":
                for _, kind in self.columns:
                    figures += self._fields("", KINDS[kind] if self.kinds_printed else "")
        return [*first, *own, *figures] if self.own_first else [*first, *figures, *own]

    def _fields(self, before: str, behind: str = "") -> list[Headed]:
        unit = "（千円）" if self.unit_in == "heading" else ""
        total, *funding = (f"{before}{label}{behind}{unit}" for label in FIELDS.values())
        inner: list[Headed] = list(funding)
        return [total, ("財源内訳", inner)] if self.funding_group else [total, *inner]

    def _rows(self) -> list[Sequence[Value] | str]:
        rows: list[Sequence[Value] | str] = []
        for at, project in enumerate(self.projects):
            if self.section and at == len(self.projects) // 2:
                rows.append("総務部の事業")
            head: list[Value] = [project.number, project.name, project.department]
            rows += self._lines(head, project.figures, project.own)
        if self.total:
            rows += self._lines([None, "合計", None], self.totals, None)
        return rows

    def _lines(
        self,
        head: list[Value],
        figures: Mapping[tuple[int, str], Mapping[str, int | None]],
        own: int | None,
    ) -> list[Sequence[Value]]:
        parts: list[list[Value]] = [list(figures[column].values()) for column in self.columns]
        if self.years != "rows":
            values = list(chain.from_iterable(parts))
            return [[*head, own, *values] if self.own_first else [*head, *values, own]]
        lines: list[Sequence[Value]] = []
        for at, (column, part) in enumerate(zip(self.columns, parts, strict=True)):
            before: list[Value] = head if at == 0 else [None, None, None]
            told: list[Value] = [self._year(column[0]), KINDS[column[1]]]
            mine = own if at == 0 else None
            middle = [mine, *told, *part] if self.own_first else [*told, *part, mine]
            lines.append([*before, *middle])
        return lines


FIGURES = st.one_of(st.none(), st.integers(-(10**7), 10**9))
NAMES = st.integers(1, 9_999).map(lambda number: f"架空の事業{number}号")


@st.composite
def lists(draw: st.DrawFn) -> DrawnList:
    """A list in some layout."""
    years: Years = draw(st.sampled_from(["over", "within", "blocks", "rows", "one"]))
    kinds_printed = years == "rows" or draw(st.booleans())
    columns = draw(
        st.sampled_from(
            [
                [(2023, "settled"), (2024, "budgeted")],
                [(2022, "settled"), (2023, "settled"), (2024, "settled")],
                [(2024, "settled")],
            ]
        )
    )
    if years == "one":
        columns, kinds_printed = [(2024, "settled")], False
    if years == "over" and draw(st.booleans()):
        kinds_printed = True
        columns = [(2023, "budgeted"), (2023, "settled"), (2024, "budgeted"), (2024, "settled")]

    def figures() -> dict[tuple[int, str], dict[str, int | None]]:
        of_columns: dict[tuple[int, str], dict[str, int | None]] = {}
        for column in columns:
            of_columns[column] = {name: draw(FIGURES) for name in FIELDS}
        return of_columns

    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    projects = [
        Project(name, draw(st.sampled_from(["財政課", "観光課"])), number, figures(), draw(FIGURES))
        for number, name in enumerate(names, 1)
    ]
    return DrawnList(
        projects,
        columns,
        years,
        kinds_printed,
        draw(st.sampled_from(["merged", "first", "repeated"])),
        funding_group=draw(st.booleans()),
        own_first=draw(st.booleans()),
        total=draw(st.booleans()),
        section=draw(st.booleans()),
        note=draw(st.booleans()),
        repeat_every=draw(st.sampled_from([0, 3])),
        era=draw(st.booleans()),
        unit_in=draw(st.sampled_from(["none", "heading", "note"])),
        totals=figures(),
    )
