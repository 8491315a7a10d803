"""Figures that stand in doubtful cells: they are unread, and it is said why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from auditor.readers import remarks
from auditor.readers.pdf.doubts import Doubt, doubt_text
from auditor.readers.pdf.grids import LaidPage
from auditor.records.figures import Figure, Place
from auditor.records.frozen import FrozenDict
from auditor.records.model import Kpi, Remark, Sheet, figures_of_sheet, figures_of_year

__all__ = ["with_unread_blanks", "without_doubtful"]

_REMAINS: Final = frozenset("0123456789０１２３４５６７８９,.，．-－△▲() ")
_OF_TEXTS: Final = ("RD001", "RD005")
_NEAR: Final = 2.0  # points around an empty place in which a mark still lies in it


def without_doubtful(
    sheets: Sequence[Sheet],
    kpis: Sequence[Kpi],
    pages: Iterable[LaidPage],
    reported: Sequence[Remark],
) -> tuple[list[Sheet], list[Kpi], list[Remark]]:
    """The records with all figures unread whose cells are doubtful, and what there is to say in
    place of what is ``reported``.

    A text stays one, for it is reported already, unless it is what is left of a hidden figure; a
    positive number in red may be negative, any other figure in red is what it is.
    """
    doubts: dict[Place, Doubt] = {}
    loose: list[LaidPage] = []
    for page in pages:
        doubts.update((page.place(area), doubt) for area, doubt in page.doubtful_places())
        if page.loose or page.doubts:
            loose.append(page)
    if not doubts and not loose:
        return list(sheets), list(kpis), list(reported)
    doubting = _Doubting(doubts, loose)
    sheets = [doubting.sheet(sheet) for sheet in sheets]
    kpis = [doubting.kpi(kpi) for kpi in kpis]
    remarks = [
        remark
        for remark in reported
        if remark.rule not in _OF_TEXTS or remark.place not in doubting.remains
    ]
    return sheets, kpis, [*remarks, *doubting.remarks]


def with_unread_blanks(sheet: Sheet) -> Sheet:
    """The sheet with its blank figures unread: a number that was not read may belong to one."""

    def unread(items: Iterable[tuple[str, Figure]]) -> dict[str, Figure]:
        return {
            name: figure.model_copy(update={"state": "unread"})
            if figure.state == "blank"
            else figure
            for name, figure in items
        }

    years = {
        key: column.model_copy(update=figures_of_year(unread(column.figure_items())))
        for key, column in sheet.years.items()
    }
    singles = figures_of_sheet(unread(sheet.figure_items()))
    return sheet.model_copy(update={"years": FrozenDict(years), **singles})


class _Doubting:
    """Goes over records with the doubtful places."""

    def __init__(self, doubts: Mapping[Place, Doubt], loose: Sequence[LaidPage]) -> None:
        self.doubts, self.loose = doubts, loose
        self.remarks: list[Remark] = []
        self.remains: set[Place] = set()  # of texts that were left of a figure

    def sheet(self, sheet: Sheet) -> Sheet:
        """A sheet with its doubtful figures unread."""
        single = self._unread(sheet.figure_items(), sheet.number, None)
        years = dict(sheet.years)
        for key, column in sheet.years.items():
            if figures := self._unread(column.figure_items(), sheet.number, key):
                every = dict(column.figure_items()) | figures
                years[key] = column.model_copy(update=figures_of_year(every))
        update = {"years": FrozenDict(years)}
        if single:
            update |= figures_of_sheet(dict(sheet.figure_items()) | single)
        return sheet.model_copy(update=update)

    def kpi(self, kpi: Kpi) -> Kpi:
        """An indicator with its doubtful figures unread."""
        target = self._doubted(kpi.target, None, "target", None, kpi.number)
        rate = kpi.declared_rate
        return kpi.model_copy(
            update={
                "target": target,
                "actuals": FrozenDict(
                    {
                        year: self._doubted(figure, None, "actuals", year, kpi.number)
                        for year, figure in kpi.actuals.items()
                    }
                ),
                "declared_rate": rate
                and self._doubted(rate, None, "declared_rate", None, kpi.number),
            }
        )

    def _unread(
        self, figures: Iterable[tuple[str, Figure]], sheet: int, year: str | None
    ) -> dict[str, Figure]:
        """Those of some figures that are doubtful, as unread ones."""
        changed: dict[str, Figure] = {}
        for name, figure in figures:
            doubted = self._doubted(figure, sheet, name, year)
            if doubted is not figure:
                changed[name] = doubted
        return changed

    def _doubted(
        self,
        figure: Figure,
        sheet: int | None,
        name: str,
        year: str | None,
        kpi: int | None = None,
    ) -> Figure:
        doubt = self.doubts.get(figure.place) if figure.place is not None else None
        if doubt is None and figure.state == "blank" and figure.place is not None:
            doubt = self._beside(figure.place, whole_row=year is None)
        if doubt is None or figure.state == "unread":
            return figure
        if figure.state == "text":
            if doubt != "cut" or figure.place is None or not _REMAINS.issuperset(figure.printed):
                return figure
            self.remains.add(figure.place)
        if doubt == "red" and (figure.value is None or figure.value <= 0):
            return figure
        if doubt == "strike" and figure.state == "blank":
            return figure
        self.remarks.append(
            remarks.doubtful(name, year, figure, doubt_text(doubt), sheet=sheet, kpi=kpi)
        )
        return figure.model_copy(update={"state": "unread", "value": None})

    def _beside(self, place: Place, *, whole_row: bool) -> Doubt | None:
        """What a mark in no ruled cell makes doubtful about a blank figure: one that lies in its
        row and column, or to the right of a label whose figure has no column.
        """
        if place.box is None:
            return None
        for page in self.loose:
            if page.number != place.page:
                continue
            left, bottom, right, top = page.turn.rectangle(*place.box)
            for band in page.bands:
                if band[0] <= left + _NEAR < band[1]:
                    right = max(right, band[1])
            if whole_row:
                left, right = page.beginning(bottom, top), float("inf")
            marks = list(page.loose)
            if whole_row:
                marks += page.doubtful_cells
            for area, doubt in marks:
                common = min(area.top, top) - max(area.bottom, bottom)
                level = common >= 0.5 * min(area.top - area.bottom, top - bottom)
                if level and area.left < right + _NEAR and area.right > left - _NEAR:
                    return doubt
        return None
