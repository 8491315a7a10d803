"""The evaluations of a sheet: each year's result, issues and direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from auditor.readers import remarks
from auditor.readers.evaluations import BlankReason, blank_reason, evaluation_of
from auditor.readers.grid.area import Area
from auditor.readers.grid.cells import Box
from auditor.readers.grid.labels import Label, boxes_of
from auditor.readers.grid.texts import Printed, Texts
from auditor.readers.shifted import evaluated_years
from auditor.records.figures import Place
from auditor.records.fiscal import parse_year
from auditor.records.model import Evaluation

__all__ = ["Evaluations"]

_LONGEST_RESULT: Final = 20


class Evaluations:
    """One sheet's evaluation blocks."""

    area: Area
    texts: Texts

    def __init__(self, area: Area, texts: Texts) -> None:
        self.area, self.texts = area, texts

    def read(self, fiscal_year: int, step: int = 0) -> dict[str, Evaluation]:
        """The evaluations of a sheet by year; its columns are ``step`` years off its title.

        One that was not found is none: nobody knows what its paper says, and a form without
        labels for them prints none.
        """
        form = self.area.form
        if not form.evaluations or not {"evaluation", "result"}.intersection(form.labels):
            return {}
        dated, undated = self._printed_headings()
        years = evaluated_years(form, fiscal_year, step, dated)
        headings = self._evaluation_headings(years, dated, undated)
        by_row = self._results_by_year(years) if not headings else {}
        evaluations: dict[str, Evaluation] = {}
        for year in years:
            heading = headings.get(year)
            if heading is None and year not in by_row:
                if form.labels.get("evaluation"):
                    self.area.remarks.append(
                        remarks.evaluation_missing(self.area.number, year, self.area.place)
                    )
                continue
            result, place = (
                by_row.get(year, (None, None)) if heading is None else self._result(heading)
            )
            issues = self._block_text("issues", heading, headings, year)
            direction = self._block_text("direction", heading, headings, year)
            reason = blank_reason(self.area.form, result, (issues.text, direction.text))
            if result is not None and (code := self.area.form.reason_code(result)):
                reason, result = BlankReason(result, code), None
            evaluations[str(year)] = evaluation_of(
                self.area.form,
                year,
                result,
                reason,
                direction=direction.text,
                issues=issues.text,
                place=place,
                places={"issues": issues.place, "direction": direction.place},
            )
        return evaluations

    def _printed_headings(self) -> tuple[dict[int, Label], list[Label]]:
        """The headings of evaluations by the year in them or in the cell before them, and those
        without one.
        """
        headings: dict[int, Label] = {}
        undated: list[Label] = []
        for label in self.area.at.get("evaluation", ()):
            year = label.match.year
            if year is None:
                before = [
                    box
                    for box in self.area.grid.rows(label.top, label.bottom)
                    if box.right < label.left
                ]
                year = parse_year(before[-1].label) if before else None
            if year is None:
                undated.append(label)
            else:
                headings.setdefault(year, label)
        return headings, undated

    def _evaluation_headings(
        self, years: Sequence[int], dated: Mapping[int, Label], undated: Sequence[Label]
    ) -> dict[int, Label]:
        """The heading of each year's evaluation. One without a year is dated by being the only
        one.
        """
        headings = dict(dated)
        missing = [year for year in years if year not in headings]
        unknown = [year for year in headings if year not in years]
        if len(undated) == len(missing):
            headings |= dict(zip(missing, undated, strict=True))
        elif len(missing) == len(unknown) == 1:
            heading = headings.pop(unknown[0])
            headings[missing[0]] = heading
            printed = heading.boxes[0].text.strip()
            self.area.remarks.append(
                remarks.evaluation_headed(
                    self.area.number, printed, unknown[0], missing[0], heading.place
                )
            )
        return headings

    def _result(self, heading: Label) -> tuple[str | None, Place | None]:
        """What is printed beside the heading, or below it."""
        if heading.match.rest:
            return heading.match.rest, heading.place
        results = set(map(id, boxes_of(self.area.at.get("result", ()))))
        last: Box = heading.boxes[-1]
        for box in self.area.grid.right_of(heading.boxes[-1]):
            if id(box) in results:
                last = box
                continue
            if id(box) in self.area.label_boxes:
                break
            self.area.used.add(id(box))
            return box.text.strip() or None, box.place
        for under in (last, heading.boxes[-1]):
            for box in self.area.grid.below(under):
                if id(box) not in self.area.used and len(box.text.strip()) <= _LONGEST_RESULT:
                    self.area.used.add(id(box))
                    return box.text.strip() or None, box.place
        return None, heading.place

    def _results_by_year(self, years: Sequence[int]) -> dict[int, tuple[str | None, Place | None]]:
        """Results that stand in the columns of their years."""
        results: dict[int, tuple[str | None, Place | None]] = {}
        for label in [*self.area.at.get("result", ()), *self.area.at.get("evaluation", ())]:
            for header in self.area.headers:
                over = (
                    header.end < label.first_row and header.first > label.right
                    if header.across
                    else header.first > label.bottom and header.line <= label.left
                )
                if not over:
                    continue
                for position in header.positions:
                    if (
                        position.year in years
                        and position.year is not None
                        and position.year not in results
                    ):
                        boxes = self.area.cells(label, header, position)
                        self.area.used.update(id(box) for box in boxes)
                        text = " ".join(box.text.strip() for box in boxes)
                        results[position.year] = (
                            text or None,
                            boxes[0].place if boxes else label.place,
                        )
        return results

    def _block_text(
        self, name: str, heading: Label | None, headings: dict[int, Label], year: int
    ) -> Printed:
        """The issues or the direction of one evaluation: the label dated for it, or the one under
        its heading.
        """
        lag = self.area.form.evaluation_lag
        others = {other + lag for other in headings if other != year}
        candidates = [
            label for label in self.area.at.get(name, ()) if label.match.year not in others
        ]
        dated = [label for label in candidates if label.match.year == year + lag]
        if name == "direction" and dated:
            return self.texts.first_of(dated, below=False)
        if heading is None:
            alone = not headings and len(candidates) == 1
            return self.texts.first_of(candidates, below=False) if alone else Printed()
        return self.texts.first_of(_under(heading, headings, candidates), below=False)


def _under(
    heading: Label, headings: Mapping[int, Label], candidates: Sequence[Label]
) -> list[Label]:
    """The labels that stand under the heading of one evaluation, and under no other."""
    of_heading: list[Label] = []
    # Blocks below each other may have their headings set in the middle.
    stacked = len({other.top for other in headings.values()}) == len(headings)
    for label in candidates:
        over = [
            other
            for other in headings.values()
            if other.top <= label.top and (stacked or other.left <= label.right)
        ]
        nearest = max((other.left for other in over), default=0)
        column = [other for other in over if stacked or other.left == nearest]
        if max(column, key=lambda other: other.top, default=None) is heading:
            of_heading.append(label)
    return of_heading
