"""Prints sheets as the text that an extractor makes of them: in both block orders, with values
apart from their labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal

from auditor.forms.model import Form, TextLayout
from auditor.records.figures import Figure
from auditor.records.model import Sheet

__all__ = ["BlockOrder", "sheet_text", "text_of_sheets"]

BlockOrder = Literal["values_first", "texts_first"]
_WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")


def text_of_sheets(
    sheets: Iterable[Sheet], form: Form, order: BlockOrder = "values_first", cover: str = ""
) -> str:
    """The text of a report: a cover, if there is one, then one sheet after the other."""
    return "\n".join(
        [*([cover, ""] if cover else []), *(sheet_text(sheet, form, order) for sheet in sheets)]
    )


def sheet_text(sheet: Sheet, form: Form, order: BlockOrder = "values_first") -> str:
    """One sheet's text. The form has to say how its text is laid out (``[text]``)."""
    if form.text is None:
        raise ValueError(f"the form {form.name} does not say how its text is laid out")
    page = _Page(sheet, form, form.text)
    if order == "values_first":
        blocks = [
            page.start(),
            page.evaluation(form.evaluated[-1], apart=True),
            *page.assessment(),
            [*page.row("cost_per_capita"), *page.row("bond_burden_per_capita", apart=True)],
            page.furniture("note"),
            *(page.evaluation(offset) for offset in form.evaluated[:-1]),
            [*page.furniture("reference"), page.years()],
            page.kinds(),
            page.furniture("staff"),
            [*page.row("staff_cost"), *page.row("headcount")],
            [*page.row("funding.fees"), *page.row("funding.other_specific")],
            page.kinds(),
            *page.budget(),
            *page.heading(),
            [*form.text.budget[:1], page.years()],
            [sheet.captions],
        ]
    else:
        blocks = [
            page.start(),
            *page.heading(),
            [*form.text.budget[:1], page.years()],
            page.kinds(),
            *page.budget(),
            page.values("headcount", apart=True),
            [*page.row("funding.fees"), *page.row("funding.other_specific")],
            [*page.values("cost_per_capita"), *page.row("bond_burden_per_capita", apart=True)],
            page.furniture("note"),
            *(page.evaluation(offset) for offset in form.evaluated[:-1]),
            [*page.furniture("reference"), page.years()],
            page.kinds(),
            page.furniture("staff"),
            [*page.row("staff_cost"), *page.row("headcount", apart=True)],
            page.evaluation(form.evaluated[-1], apart=True),
            *page.assessment(),
            page.row("cost_per_capita", apart=True),
            [sheet.captions],
        ]
    return "\n".join(line for block in blocks if any(block) for line in [*block, ""])


class _Page:
    """The lines of one sheet, block by block."""

    def __init__(self, sheet: Sheet, form: Form, layout: TextLayout) -> None:
        self._sheet, self._form, self._layout = sheet, form, layout

    def start(self) -> list[str]:
        first, *others = self._layout.furniture.get("head", ("",))
        coming = self._sheet.fiscal_year + self._form.evaluation_lag
        return [
            f" {self._layout.sheet_start[0]} {first}",
            "",
            *(word.replace("{year}", _era(coming)) for word in others),
        ]

    def furniture(self, name: str) -> list[str]:
        return list(self._layout.furniture.get(name, ()))

    def years(self) -> str:
        return " ".join(
            f"{_era(self._sheet.fiscal_year + column.offset)}年度" for column in self._form.columns
        )

    def kinds(self) -> list[str]:
        return [" ".join(column.label[0] for column in self._form.columns if column.label)]

    def heading(self) -> list[list[str]]:
        sheet = self._sheet
        stages = "".join(f"＜{stage}＞" for stage in sheet.budget_stages)
        return [
            [sheet.department],
            [self._label("plans")],
            list(sheet.plans),
            [f"{_era(sheet.fiscal_year)}{self._label('title')}"],
            [f"{self._label('name')} {sheet.name}{stages}", *self._layout.texts[:1]],
            [sheet.planned],
            [sheet.achieved],
            [sheet.undivided],
            [f"{self._label('category')} {sheet.category}"],
            [self._label("department")],
            [self._label("purpose")],
            [sheet.purpose],
        ]

    def budget(self) -> list[list[str]]:
        return [
            [*self.values("funding.general_revenue", apart=True), *self.row("funding.grants")],
            self.row("total_cost"),
            self.furniture("funding"),
            self.row("funding.general_revenue", apart=True),
            self.row("funding.local_bonds"),
        ]

    def assessment(self) -> list[list[str]]:
        """From the figures above the evaluations to the marks below them."""
        sheet = self._sheet
        as_of = sheet.population_as_of
        population = self.row("population")
        if population and as_of:
            population[0] += (
                f" {self._form.fields['population'].unit}（R{as_of.year - 2018}.{as_of.month}末現在）"
            )
        evaluations = [
            sheet.evaluations.get(str(sheet.fiscal_year + offset))
            for offset in self._form.evaluated
        ]
        blocks = [[*self.values("bond_burden_per_capita"), *population]]
        for offset, evaluation in zip(self._form.evaluated, evaluations, strict=True):
            label = self._layout.direction[0].replace(
                "{year}", _era(sheet.fiscal_year + offset + self._form.evaluation_lag)
            )
            blocks.append(re.sub(r"(?<=[0-9０-９])(?=年)|(?<=\))", "\n", label).split("\n"))
            if evaluation:
                blocks.append([evaluation.direction or evaluation.reason or ""])
        blocks.append([(evaluations[-1] and evaluations[-1].result) or ""])
        for evaluation in evaluations:
            blocks.append([self._label("issues")])
            if evaluation:
                blocks.append([evaluation.issues or evaluation.reason or ""])
        return [*blocks, self.furniture("per_capita")]

    def evaluation(self, offset: int, apart: bool = False) -> list[str]:
        year = self._sheet.fiscal_year + offset
        evaluation = self._sheet.evaluations.get(str(year))
        result = "" if apart or evaluation is None else evaluation.result or ""
        return [f"{_era(year)}{self._label('evaluation')} {self._label('result')} {result}"]

    def row(self, field: str, apart: bool = False) -> list[str]:
        """A label with its unit and its values; with ``apart`` without those that stand
        elsewhere.
        """
        definition = self._form.fields.get(field)
        if definition is None:
            return []
        opening = (
            "（" if field in self._form.sheet_figures else "("
        )  # the reports' brackets are unlike
        unit = (
            f" {opening}{definition.unit}）"
            if definition.unit and field not in ("population", "bond_burden_per_capita")
            else ""
        )
        beside = [
            figure.printed
            for index, figure in enumerate(self._figures(field))
            if not (apart and self._apart(field, index))
        ]
        return [" ".join([definition.label[0] + unit, *filter(None, beside)])]

    def values(self, field: str, apart: bool = False) -> list[str]:
        """The values that stand alone on a line; with ``apart`` only those that the form says to
        stand there.
        """
        alone = [
            figure.printed
            for index, figure in enumerate(self._figures(field))
            if not apart or self._apart(field, index)
        ]
        return [" ".join(filter(None, alone))] if any(alone) else []

    def _apart(self, field: str, column: int) -> bool:
        rules = [rule for rule in self._layout.apart if rule.field == field]
        return any(
            not rule.offsets or self._form.columns[column].offset in rule.offsets for rule in rules
        )

    def _figures(self, field: str) -> list[Figure]:
        sheet = self._sheet
        of_sheet = field in self._form.sheet_figures
        cells = (
            [sheet.figure(field)]
            if of_sheet
            else [year.figure(field) for year in sheet.years.values()]
        )
        return [figure or Figure() for figure in cells]

    def _label(self, name: str) -> str:
        return self._form.labels[name][0]


def _era(year: int) -> str:
    """令和６ for 2024; a single digit is wide, as the reports print it."""
    era, of_era = ("令和", year - 2018) if year >= 2019 else ("平成", year - 1988)
    return (
        f"{era}{'元' if of_era == 1 else str(of_era).translate(_WIDE) if of_era < 10 else of_era}"
    )
