"""One sheet of extracted text, taken apart: headings and texts, evaluations, table, captions.

The blocks may come in any order; every line ends up in a figure, a section or the captions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Final

from auditor.forms.model import Form
from auditor.readers import remarks
from auditor.readers.evaluations import evaluation_of, places_of, status_of
from auditor.readers.shifted import (
    evaluated_years,
    shifted_column,
    step_between,
    undated,
    unless_required,
)
from auditor.readers.text.assessment import Block, read_assessment, whole
from auditor.readers.text.headings import HEADINGS, Heading, Headings, find_headings
from auditor.readers.text.placement import Evidence
from auditor.readers.text.table_rows import Table, holds_figure, is_numbers
from auditor.readers.wording import Item, Line, Wording, behind, folded, key_of, name_and_stages
from auditor.records.compact import place_of_line
from auditor.records.figures import Figure, Place, PlacedBy, Quantity
from auditor.records.fiscal import parse_year
from auditor.records.frozen import FrozenDict
from auditor.records.model import (
    Evaluation,
    FiscalYear,
    Remark,
    Sheet,
    UnreadNumber,
    figures_of_sheet,
    figures_of_year,
)

__all__ = ["SheetPage"]

_NARRATIVE: Final = ("purpose", "planned", "achieved", "undivided")
_BY_COUNT: Final[tuple[PlacedBy, ...]] = ("total_columns", "arithmetic", "usual_place")
_PAGE_NUMBER: Final = re.compile(r"\s*(?:[-–—−]\s*[0-9]{1,4}\s*[-–—−]|[pP]\.?\s*[0-9]{1,4})\s*")


class SheetPage:
    """One sheet's lines, taken apart. What neither headings, evaluations nor table take goes to
    the captions.
    """

    lines: list[Line]
    form: Form
    number: int
    wording: Wording
    step: int
    before_evaluations: tuple[Line, ...]
    remarks: list[Remark]

    def __init__(self, lines: Sequence[Line], wording: Wording, number: int) -> None:
        self.lines = lines = [_behind_start(lines[0], wording), *lines[1:]]
        self.wording, self.form, self.number = wording, wording.form, number
        self.place: Place = place_of_line(lines[0].number)
        self.headings: Headings = find_headings(lines, wording)
        items = {
            i: wording.item(line)
            for i, line in enumerate(lines)
            if not self.headings.start <= i < self.headings.end
        }
        self.assessed: range = self._assessed(items)
        self.table: Table = Table(
            {i: item for i, item in items.items() if i not in self.assessed}, wording, number
        )
        self.remarks = self.table.remarks
        self.unread: list[UnreadNumber] = []
        self.outside: list[UnreadNumber] = []
        """The numbers under years that the form has no column for."""
        self.behind_name: Sequence[Line] = ()
        self.headers: list[int] = self._headers()
        self.header: tuple[int, ...] | tuple[()] = (
            wording.years(items[self.headers[0]].line) if self.headers else ()
        )
        self.tail: range = self._tail()
        self.fiscal_year = self.headings.fiscal_year
        if self.fiscal_year is None and self.header:
            self.fiscal_year = self.header[0] - self.form.columns[0].offset
        self.step = 0
        if self.fiscal_year is not None:
            self.step = step_between(self.header, self.form.offsets, self.fiscal_year)

    def sheet(self, document: str, unit_costs: tuple[Quantity | None, ...]) -> Sheet | None:
        """The record, or None where nothing sensible can be made of the page."""
        name, stages = self._name()
        fiscal_year = self.fiscal_year
        if (
            not name
            or fiscal_year is None
            or not any(field in self.form.amounts for field in self.table.rows)
        ):
            return None
        self._compare_years(fiscal_year)
        self._name_missing_labels()
        evaluations = self._evaluations(fiscal_year)
        status = status_of(self.form, fiscal_year, evaluations)
        prior = evaluations.get(str(fiscal_year - 1))
        figures = {field: self.table.sheet_figure(field) for field in self.form.sheet_figures}
        evidence = Evidence(
            self.form, status, prior is None or prior.result is not None, figures, unit_costs
        )
        if self.step:
            # Which column the status and the figures per head speak of is unknown.
            figures, status = undated(figures), None
            evidence = Evidence(self.form)
        rows = self.table.year_figures(evidence, fiscal_year)
        if self.step:
            rows = {name: self._shifted(name, cells) for name, cells in rows.items()}
        texts, captions = self._texts(), self._captions()
        figures, rows = self._unless_doubtful(figures, rows)
        return Sheet(
            document=document,
            number=self.number,
            name=name,
            budget_stages=stages,
            fiscal_year=fiscal_year,
            department=_joined(texts["department"]),
            category=_joined(texts["category"]),
            plans=tuple(line.raw.strip() for line in texts["plans"] if line.key),
            **{name: whole([line.raw for line in texts[name]]) for name in _NARRATIVE},
            captions=captions,
            **figures_of_sheet(figures),
            population_as_of=self.table.as_of().day,
            evaluations=evaluations,
            status=status,
            years=self._years(fiscal_year, rows),
            place=self.place,
            places=self._places(texts),
        )

    def _unless_doubtful(
        self, figures: dict[str, Figure], rows: dict[str, tuple[Figure, ...]]
    ) -> tuple[dict[str, Figure], dict[str, tuple[Figure, ...]]]:
        """The figures of the sheet and of its rows, unread where a number that no row got may be
        theirs.
        """
        lacking = self.table.uncertain or any(map(self._is_lacking, figures.items()))
        if lacking or self._lacks_apart(rows):
            self._report_figures_in_texts()
        if not self.unread and not self.table.overfull:
            return figures, rows
        # A number that no row got, or a row too many, may be the one that a cell lacks.
        beside = self._beside_unread()
        return (
            {field: _doubted(figure, beside) for field, figure in figures.items()},
            {
                field: tuple(_doubted(figure, beside) for figure in cells)
                for field, cells in rows.items()
            },
        )

    def _places(self, texts: Mapping[str, Sequence[Line]]) -> FrozenDict[str, Place]:
        """Where each text begins, and where the title prints the fiscal year."""
        places = {name: _place(lines) for name, lines in texts.items()}
        if title := self._under("title"):
            places["fiscal_year"] = place_of_line(title[0].number)
        return places_of(places)

    def _texts(self) -> dict[str, Sequence[Line]]:
        """The lines of each text of the sheet but the captions, by field."""
        planned, achieved, undivided = _divided(self._under("texts"))
        return {
            "name": self._under("name"),
            "department": self._department(),
            "category": self._under("category"),
            "plans": self._under("plans"),
            "purpose": self._under("purpose"),
            "planned": planned,
            "achieved": achieved,
            "undivided": undivided,
        }

    def _is_lacking(self, item: tuple[str, Figure]) -> bool:
        """Whether a figure of the sheet is required and blank."""
        name, figure = item
        return figure.state == "blank" and self.form.fields[name].required != "never"

    def _report_figures_in_texts(self) -> None:
        """Report the numbers that stand alone on a line of a text: one of them may be the figure
        that a row lacks.
        """
        lines = list(chain.from_iterable(self.headings.under.values()))
        lines += [self.lines[index] for index in (*self.assessed, *self.tail)]
        for line in sorted(lines):
            if is_numbers(line.raw) and not _PAGE_NUMBER.fullmatch(line.raw):
                self._unread_number(line)

    def _lacks_apart(self, rows: Mapping[str, Sequence[Figure]]) -> bool:
        """Whether a column is blank whose figure the form prints apart from its row."""
        layout = self.form.text
        offsets = {rule.field: rule.offsets for rule in layout.apart} if layout else {}
        for index, column in enumerate(self.form.columns):
            names = [name for name in rows if column.offset in offsets.get(name, ())]
            if any(rows[name][index].state == "blank" for name in names):
                return True
        return False

    def _unread_number(self, line: Line) -> None:
        """Report what may be a figure that no row got."""
        printed, place = line.raw.strip(), place_of_line(line.number)
        self.remarks.append(remarks.stray(self.number, printed, place))
        self.unread.append(UnreadNumber(printed=printed, place=place, sheet=self.number))

    def _beside_unread(self) -> frozenset[int]:
        """The lines next to numbers that no row got: they may be parts of one line. What is
        printed twice is none.
        """
        first = self.lines[0].number
        beside: set[int] = set()
        for unread in self.unread:
            at = unread.place.line if unread.place is not None else None
            if at is None:
                continue
            key = self.lines[at - first].key
            near = (line for line in (at - 1, at + 1) if 0 <= line - first < len(self.lines))
            beside.update(line for line in near if self.lines[line - first].key != key)
        return frozenset(beside)

    def _assessed(self, items: Mapping[int, Item]) -> range:
        """The lines of the evaluations: behind the population's, up to the per-capita cost's and
        the marks that stand above it.
        """
        population = next((i for i, item in items.items() if item.field == "population"), None)
        start = self._first_direction(items) if population is None else population + 1
        if start is None:
            return range(0)
        limit = self.headings.start if start <= self.headings.start else len(self.lines)
        later = [items[i] for i in range(start, limit) if i in items]
        end = next(
            (start + i for i, item in enumerate(later) if item.field == "cost_per_capita"), None
        )
        if end is None:
            end = next(
                (
                    start + i
                    for i, item in enumerate(later)
                    if item.kind in ("row", "evaluation", "years")
                ),
                limit,
            )
        while end > start and items[end - 1].kind in ("blank", "furniture"):
            end -= 1
        return range(start, end)

    def _first_direction(self, items: Mapping[int, Item]) -> int | None:
        """The line on which the first label of a direction ends."""
        keys = "".join(items[i].line.key for i in items)
        match = self.wording.direction.search(keys)
        if match is None:
            return None
        length = 0
        for index, item in items.items():
            length += len(item.line.key)
            if length > match.start():
                return index
        return None

    def _headers(self) -> list[int]:
        """The lines with the columns' years: the budget table's first, then others above rows of
        figures.
        """
        items = self.table.items
        last_row = max(self.table.rows.values(), default=-1)
        of_budget = next(
            (i for i, item in items.items() if i >= self.headings.end and item.kind != "blank"),
            None,
        )
        years = [
            i
            for i, item in items.items()
            if item.kind == "years" and (i == of_budget or i < last_row)
        ]
        return sorted(years, key=lambda i: i != of_budget)

    def _tail(self) -> range:
        """The lines behind all that the form prints: captions, small tables, the next chapter's
        cover.
        """
        items = self.table.items
        printed = [0, *self.table.rows.values(), *self.headers, *self.assessed[-1:]]
        printed += [i for i, item in items.items() if item.kind == "evaluation"]
        if self.headings.under:
            printed.append(self.headings.end - 1)
        start = max(printed) + 1
        while start in items and items[start].kind in ("blank", "furniture"):
            start += 1
        cover = (
            i for i in range(start, len(self.lines)) if self.wording.is_cover(self.lines[i].key)
        )
        return range(start, next(cover, len(self.lines)))

    def _under(self, heading: Heading) -> Sequence[Line]:
        return self.headings.under.get(heading, ())

    def _name(self) -> tuple[str, tuple[str, ...]]:
        """The project's name, which may run over lines, and the budget stages at its end."""
        lines = self._under("name")
        if "texts" not in self.headings.under:
            lines = lines[:1]
        # A page break may print it again.
        again = tuple(label + lines[0].key for label in self.wording.keys("name")) if lines else ()
        lines = [line for line in lines if not (line.key and line.key in again)]
        ends = [i for i, line in enumerate(lines) if name_and_stages(self.form, line.raw)[1]]
        if ends:  # the stages end the name, and what follows is another text
            lines, self.behind_name = lines[: ends[-1] + 1], lines[ends[-1] + 1 :]
        return name_and_stages(self.form, "".join(line.raw.strip() for line in lines))

    def _compare_years(self, fiscal_year: int) -> None:
        """Compare the years of every header with the form's columns."""
        expected = tuple(fiscal_year + column.offset for column in self.form.columns)
        if not self.headers:
            self.remarks.append(remarks.header_missing(self.number, self.place))
        steps: dict[int, tuple[str, Place]] = {}
        for index in self.headers:
            line = self.table.items[index].line
            printed, place = self.wording.years(line), place_of_line(line.number)
            if step := step_between(printed, self.form.offsets, fiscal_year):
                steps.setdefault(step, (line.raw.strip(), place))
            elif printed != expected:
                alike = len(printed) == len(expected)
                years = list(zip(printed, expected, strict=True)) if alike else ()
                self.remarks.append(
                    remarks.header_differs(self.number, line.raw.strip(), fiscal_year, place, years)
                )

        for step, (header, place) in steps.items():
            self.remarks.append(
                remarks.header_shifted(self.number, header, fiscal_year, step, place)
            )

    def _name_missing_labels(self) -> None:
        """Report the labels that the form has and the page does not print."""
        layout = self.form.text
        labels = dict(self.form.labels) | (
            {"texts": layout.texts, "budget": layout.budget} if layout else {}
        )
        for heading in HEADINGS:
            if labels.get(heading) and heading not in self.headings.under:
                self.remarks.append(
                    remarks.label_missing(self.number, heading, labels[heading][0], self.place)
                )
        for field, definition in self.form.fields.items():
            if definition.label and field not in self.table.rows:
                self.remarks.append(
                    remarks.label_missing(self.number, field, definition.label[0], self.place)
                )

    def _evaluations(self, fiscal_year: int) -> dict[str, Evaluation]:
        """The evaluations by year: the results beside their labels, the texts from the evaluations'
        lines.
        """
        printed = self._printed_results()
        years = evaluated_years(self.form, fiscal_year, self.step, printed)
        self._compare_evaluations(years, printed)
        lines = [self.lines[index] for index in self.assessed]
        if lines and self._ends_in_furniture(lines[-1]):
            lines[-1] = _line(lines[-1].number, lines[-1].raw.rstrip().rsplit(maxsplit=1)[0])
        if "population" in self.table.rows:
            population = self.table.items[self.table.rows["population"]].line
            lines.insert(0, _line(population.number, self.table.as_of().rest))
        apart = bool(years) and printed.get(years[-1], ("", 0))[0] == ""
        assessment = read_assessment(lines, self.wording, years, apart)
        self.before_evaluations = assessment.before
        for heads, year in assessment.missing:
            label = (self.form.labels.get(heads) or (heads,))[0]
            self.remarks.append(
                remarks.label_missing(self.number, heads, label, self.place, str(year))
            )
        evaluations: dict[str, Evaluation] = {}
        for year, block in assessment.blocks.items():
            result, number = printed.get(year, ("", None))
            if result:
                block = Block(result, number, block.texts, block.begin)
            evaluations[str(year)] = evaluation_of(
                self.form,
                year,
                block.result,
                block.reason(self.form),
                direction=block.texts.get("direction", ""),
                issues=block.texts.get("issues", ""),
                place=place_of_line(at) if (at := block.line or number) else None,
                places={heads: place_of_line(line) for heads, line in block.begin.items()},
            )
        return evaluations

    def _ends_in_furniture(self, line: Line) -> bool:
        """Whether the first mark above the per-capita cost stands on one baseline with the last
        sentence.
        """
        following = next(
            (
                self.lines[i].key
                for i in range(self.assessed.stop, len(self.lines))
                if self.lines[i].key
            ),
            "",
        )
        words = line.raw.split()
        return (
            len(words) > 1
            and self.wording.is_furniture(following)
            and self.wording.is_furniture(key_of(words[-1]))
        )

    def _printed_results(self) -> dict[int, tuple[str, int]]:
        """What stands beside the labels of the evaluations, by year, with its line."""
        printed: dict[int, tuple[str, int]] = {}
        for item in self.table.items.values():
            if item.kind != "evaluation":
                continue
            labels = list(self.wording.evaluation.finditer(item.line.key))
            for label, end in zip(
                labels, [*(label.start() for label in labels[1:]), None], strict=True
            ):
                if (year := parse_year(label[1])) is not None:
                    printed.setdefault(
                        year, (behind(item.line.raw, label.end(), end).strip(), item.line.number)
                    )
        return printed

    def _compare_evaluations(
        self, years: Sequence[int], printed: dict[int, tuple[str, int]]
    ) -> None:
        """Report the evaluations that were not found. One of another year takes the place of the
        only one that is missing.
        """
        missing = [year for year in years if year not in printed]
        unknown = [year for year in printed if year not in years]
        if len(missing) == 1 and len(unknown) == 1:
            printed[missing[0]] = printed.pop(unknown[0])
            text, place = str(unknown[0]), place_of_line(printed[missing[0]][1])
            self.remarks.append(
                remarks.evaluation_headed(self.number, text, unknown[0], missing[0], place)
            )
        elif missing:
            words = (self.form.labels.get("evaluation") or ("evaluation",))[0]
            self.remarks += [
                remarks.label_missing(self.number, "evaluation", words, self.place, str(year))
                for year in missing
            ]

    def _shifted(self, name: str, cells: Sequence[Figure]) -> tuple[Figure, ...]:
        """A row under the years printed above it. A figure of a year that the form has no column
        for is an unread number.
        """
        unread = Figure(state="unread", unit=self.form.fields[name].unit, placed_by="position")
        shifted = [unread] * len(cells)
        for index, figure in enumerate(cells):
            at = shifted_column(self.form, index, self.step)
            if at is not None:
                shifted[at] = unless_required(self.form, name, figure)
            elif figure.printed:
                number = UnreadNumber(printed=figure.printed, place=figure.place, sheet=self.number)
                self.outside.append(number)
        return tuple(shifted)

    def _years(
        self, fiscal_year: int, figures: Mapping[str, Sequence[Figure]]
    ) -> dict[str, FiscalYear]:
        """The columns of the table as records."""
        years: dict[str, FiscalYear] = {}
        printed = self.header
        if self.step or not printed:
            printed = tuple(fiscal_year + column.offset for column in self.form.columns)
        for index, column in enumerate(self.form.columns):
            years[self.form.column_id(column, fiscal_year)] = FiscalYear(
                year=printed[index],
                kind=column.kind,
                **figures_of_year({field: cells[index] for field, cells in figures.items()}),
            )
        return years

    def _department(self) -> Sequence[Line]:
        """Beside its label, or as the last paragraph above the plans."""
        beside = [line for line in self._under("department") if line.key]
        if beside:
            return beside
        index = self.headings.start - 1
        paragraph: list[Line] = []
        while (
            index in self.table.items
            and (item := self.table.items[index]).kind in ("other", "blank")
            and index not in self.table.used
        ):
            numbers = item.kind == "other" and is_numbers(item.line.raw)
            if (item.kind == "blank" or numbers) and paragraph:
                break
            if item.kind == "other" and not numbers:
                paragraph.insert(0, item.line)
                self.table.used.add(index)
            index -= 1
        return paragraph

    def _captions(self) -> str:
        """Everything that nothing else has taken; what may be a figure in it is remarked on,
        unless it stands behind all blocks.
        """
        lines = [*self._under("title"), *self._under("budget"), *self.before_evaluations]
        lines += self.behind_name
        for index, item in self.table.items.items():
            if index >= self.tail.start:
                break
            if item.kind == "years":
                lines.append(_line(item.line.number, item.rest))
            again = item.kind == "row" and self.table.rows[item.field] != index
            if (item.kind == "other" or again) and index not in self.table.used:
                lines.append(item.line)
        lines = sorted(line for line in lines if line.key)
        for line in lines:
            if holds_figure(line.raw) and not _PAGE_NUMBER.fullmatch(folded(line.raw)):
                self._unread_number(line)
        tail = [self.lines[index] for index in self.tail]
        return whole([line.raw for line in [*lines, *tail]])


def _behind_start(line: Line, wording: Wording) -> Line:
    """The sheet's first line without the words that begin it."""
    return _line(line.number, behind(line.raw, wording.start_of(line)))


def _line(number: int, raw: str) -> Line:
    return Line(number, raw, key_of(raw))


def _doubted(figure: Figure, lines: Collection[int]) -> Figure:
    """The figure, unread where it is blank, stands on one of the lines, or has its column only
    from the number of figures in its row.
    """
    line = figure.place.line if figure.place is not None else None
    if figure.state == "blank" or line in lines or figure.placed_by in _BY_COUNT:
        return figure.model_copy(update={"state": "unread", "value": None})
    return figure


def _joined(lines: Sequence[Line]) -> str:
    return " ".join(line.raw.strip() for line in lines if line.key)


def _place(lines: Sequence[Line]) -> Place | None:
    """Where a text begins; None where there is none."""
    return next((place_of_line(line.number) for line in lines if line.key), None)


def _divided(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line], Sequence[Line]]:
    """The lines of plan and results, or all of them where the text does not tell them apart.

    It does where exactly one later paragraph begins with the plan's own first line.
    """
    filled = [index for index, line in enumerate(lines) if line.key]
    again = [i for i in filled[1:] if lines[i].key == lines[filled[0]].key and not lines[i - 1].key]
    if len(again) != 1:
        return (), (), lines
    return lines[: again[0]], lines[again[0] :], ()
