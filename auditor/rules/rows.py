"""Records seen as rows: what a formula can name on a sheet, a column, an evaluation or a KPI, in
base units.

Rows are built once for each book; a row knows the cell of each of its names, so that a finding
can point at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal, TypeVar, cast

from auditor.forms.model import FieldDefinition, Form
from auditor.formula.functions import FUNCTIONS, OfGroup
from auditor.formula.tree import FunctionName, Kind, Node, Scope, Vocabulary
from auditor.formula.values import BLANK, UNKNOWN, Measure, Missing, Value
from auditor.records import figures
from auditor.records.decimals import DecimalText
from auditor.records.figures import Figure, Place, Quantity, Record, as_printed, spread
from auditor.records.model import (
    SHEET_FIELDS,
    YEAR_FIELDS,
    Book,
    Evaluation,
    FiscalYear,
    Kpi,
    Sheet,
)
from auditor.records.text import Text
from auditor.rules.kpi import achievement, target_bound

__all__ = ["Cell", "Each", "Row", "Rows", "vocabulary"]

T = TypeVar("T")
LINKED: Final = {"sheet": "sheet", "evaluated": "year", "directed": "year", "kpi": "kpi"}
"""What kind of row a link leads to; ``prior`` and ``next`` stay with their own."""
Each = Literal["sheet", "year", "evaluation", "kpi", "kpi_year", "book"]


class Cell(Record):
    """One cell of a finding: where it stands and what it prints, in its own unit.

    ``value`` is its exact figure, or the word of a cell that holds words; None where it holds
    neither.
    """

    document: str
    sheet: int | None = None
    kpi: int | None = None
    field: str
    year: str | None = None
    value: DecimalText | str | None = None
    printed: str = ""
    unit: str = ""
    place: Place | None = None

    def shown(self) -> str:
        """The cell as a text: as it is printed or, where a table keeps no print, as it would be."""
        if isinstance(self.value, str):
            return self.printed or self.value
        return as_printed(self.printed, self.value)


def vocabulary(forms: Iterable[Form]) -> Vocabulary:
    """The names that formulas may use, with the funding sources and own figures of all the forms."""
    own: dict[str, dict[str, Kind]] = {"sheet": {}, "year": {}}
    sources: dict[str, Kind] = {}
    for form in forms:
        sources |= {f"funding.{source}": "number" for source in form.funding}
        for name, each in form.own_figures.items():
            own[each][name] = "number"
    money: dict[str, Kind] = dict.fromkeys(YEAR_FIELDS, "number")
    year: dict[str, Kind] = {
        "year": "number",
        "kind": "text",
        **money,
        "funding": "group",
        **sources,
        **own["year"],
    }
    figures_of_sheet: dict[str, Kind] = {**dict.fromkeys(SHEET_FIELDS, "number"), **own["sheet"]}
    words: dict[str, Kind] = dict.fromkeys(
        ("name", "department", "category", "plans", "purpose", "status"), "text"
    )
    kpi_words = (
        "project",
        "grant_type",
        "name",
        "unit",
        "declared_achieved",
        "direction",
        "direction_source",
        "target_bound",
    )
    kpi_numbers = (
        "target",
        "due_actual",
        "declared_rate",
        "due_year",
        "first_year",
        "last_year",
        "fiscal_year",
    )
    return Vocabulary(
        {
            "sheet": Scope(
                {**words, "number": "number", "fiscal_year": "number", **figures_of_sheet},
                {"evaluated": "year"},
            ),
            "year": Scope(year, {"prior": "year", "next": "year", "sheet": "sheet"}),
            "evaluation": Scope(
                {
                    "year": "number",
                    "result": "text",
                    "meaning": "text",
                    "reason": "text",
                    "issues": "text",
                    "direction": "text",
                },
                {
                    "prior": "evaluation",
                    "next": "evaluation",
                    "directed": "year",
                    "evaluated": "year",
                    "sheet": "sheet",
                },
            ),
            "kpi": Scope(
                {
                    **dict.fromkeys(kpi_words, "text"),
                    **dict.fromkeys(kpi_numbers, "number"),
                    "actuals": "group",
                }
            ),
            "kpi_year": Scope(
                {"year": "number", "actual": "number"},
                {"prior": "kpi_year", "next": "kpi_year", "kpi": "kpi"},
            ),
            "book": Scope({"fiscal_year": "number"}),
        }
    )


WORDS: Final = frozenset(
    name for scope in vocabulary(()).scopes.values() for name in scope.names
).difference(SHEET_FIELDS, YEAR_FIELDS)
"""What can be named on the records of every form."""


@dataclass(eq=False, slots=True)
class Row:
    """One row of a book. ``values`` hold base units; ``column`` is the key of its year where it
    has one.
    """

    scope: Each
    rows: Rows
    record: Sheet | FiscalYear | Evaluation | Kpi | Figure | Book
    values: dict[str, Value]
    groups: Mapping[str, tuple[str, ...]]
    column: str | None = None
    sheet: Sheet | None = None
    kpi: Kpi | None = None
    links: dict[str, Row] = field(default_factory=dict[str, "Row"])
    unsure: frozenset[str] = frozenset()

    @property
    def form(self) -> Form:
        return self.rows.form

    @property
    def formula_cells(self) -> frozenset[str]:
        return self.rows.formula_cells

    def link(self, name: str) -> Row | None:
        return self.links.get(name)

    def param(self, name: str) -> Quantity | None:
        year = self.values.get("year")
        value = self.form.param(name, year if isinstance(year, int) else self.rows.book.fiscal_year)
        return (
            None
            if value is None
            else figures.base_units(value, self.form.factor(self.form.param_units.get(name, "")))
        )

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        return self.rows.tables[name]

    def note(self, table: str, values: tuple[str, ...]) -> Text | None:
        """What the form says of a change of evaluations that it bans."""
        banned = self.form.evaluation_changes.banned if table == "evaluation_changes" else ()
        pairs = ((change, (change.before, change.after)) for change in banned)
        return next(
            (
                change.why
                for change, pair in pairs
                if all(w in ("*", v) for w, v in zip(pair, values, strict=True))
            ),
            None,
        )

    def over_group(
        self, function: FunctionName, expression: Node, measure: Measure
    ) -> Quantity | None:
        return self.rows.over_group(self, function, expression, measure)

    def group_rows(self) -> Sequence[Row] | None:
        return self.rows.group_rows(self)

    def factor(self, unit: str) -> Decimal:
        """How many base units one of a printed unit is."""
        return self.form.factor(unit)

    def definition(self, name: str) -> FieldDefinition | None:
        """What the form says of a figure; None for what is not a printed figure."""
        return self.rows.definitions.get((self.scope, name))

    def figure(self, name: str) -> Figure | None:
        """The figure behind a name, or None where the name is no figure."""
        record = self.record
        if isinstance(record, Figure):
            return record if name == "actual" else None
        if isinstance(record, Kpi) and name == "due_actual":
            return record.actuals.get(str(record.due_year))
        if isinstance(record, Sheet | FiscalYear):
            return record.figure(name)
        first, _, rest = name.partition(".")
        found = getattr(record, first, None)
        if rest and isinstance(found, Mapping):
            found = cast(Mapping[str, object], found).get(rest)
        return found if isinstance(found, Figure) else None

    def cell(self, name: str) -> Cell:
        """The cell of a name, for a finding; a meaning stands in the cell of the printed result."""
        if name == "meaning":
            name = "result"
        figure = self.figure(name)
        year = self.column
        field_name = name
        if self.scope == "evaluation":
            field_name = f"evaluations.{name}"
        elif self.scope == "kpi" and (name == "due_actual" or name.startswith("actuals.")):
            year = (
                str(self.kpi.due_year)
                if name == "due_actual" and self.kpi
                else name.removeprefix("actuals.")
            )
            field_name = "actuals"
        elif self.scope == "kpi_year":
            field_name = "actuals"
        owner = self.sheet or self.kpi
        document = owner.document if owner else ""
        sheet = self.sheet.number if self.sheet else None
        kpi = self.kpi.number if self.kpi else None
        if figure is None:
            word = self.values.get(name, BLANK)
            text = "" if isinstance(word, Missing) else str(word)
            number = Decimal(word) if isinstance(word, int) else None
            place = self.record.place if isinstance(self.record, Evaluation | Sheet | Kpi) else None
            return Cell(
                document=document,
                sheet=sheet,
                kpi=kpi,
                field=field_name,
                year=year,
                value=number if number is not None else text or None,
                printed=text,
                place=place,
            )
        return Cell(
            document=document,
            sheet=sheet,
            kpi=kpi,
            field=field_name,
            year=year,
            value=figure.value,
            printed=figure.printed,
            unit=figure.unit,
            place=figure.place,
        )


_UNSURE: Final = ("arithmetic", "usual_place")


class Rows:
    """All rows of one book."""

    def __init__(self, book: Book, form: Form) -> None:
        self.book, self.form = book, form
        kpi = form.kpi
        self.formula_cells = frozenset(
            name for name, definition in form.fields.items() if definition.formula_cell
        )
        self.groups = groups = form.figure_groups
        self.tables: Mapping[str, Sequence[tuple[str, ...]]] = {
            "evaluation_changes": [
                (banned.before, banned.after) for banned in form.evaluation_changes.banned
            ]
        }
        self.definitions: dict[tuple[Each, str], FieldDefinition] = {}
        for name, definition in form.fields.items():
            self.definitions["sheet" if name in form.sheet_figures else "year", name] = definition
        if kpi:
            self.definitions |= {
                ("kpi", "target"): kpi.target,
                ("kpi", "due_actual"): kpi.actual,
                ("kpi", "declared_rate"): kpi.rate,
            }
            self.definitions["kpi_year", "actual"] = kpi.actual
        self._amounts = [
            (name, form.fields[name], form.factor(form.fields[name].unit)) for name in form.amounts
        ]
        self._totals = [
            (name, form.fields[name], form.factor(form.fields[name].unit))
            for name in form.sheet_figures
        ]
        self._once: dict[Callable[[Rows], object], object] = {}
        self._grouped: dict[tuple[Each, str | None, FunctionName, Node], Quantity | None] = {}
        self._of: dict[Each, list[Row]] = {
            "sheet": [],
            "year": [],
            "evaluation": [],
            "kpi": [],
            "kpi_year": [],
            "book": [],
        }
        self._of["book"].append(Row("book", self, book, {"fiscal_year": book.fiscal_year}, groups))
        for sheet in book.sheets:
            self._sheet(sheet)
        for indicator in book.kpis:
            self._kpi(indicator)

    @cached_property
    def unsure(self) -> bool:
        """Whether any figure of the book stands in a column that only arithmetic or habit gave
        it.
        """
        return any(row.unsure for row in self._of["year"])

    def once(self, compute: Callable[[Rows], T]) -> T:
        """What a function makes of the book, computed at its first call; for rules that compare
        sheets.
        """
        if compute not in self._once:
            self._once[compute] = compute(self)
        return cast(T, self._once[compute])

    def of(self, scope: Each) -> list[Row]:
        """The rows of one scope, in the book's order."""
        return self._of[scope]

    @cached_property
    def _columns(self) -> dict[tuple[Each, str | None], list[Row]]:
        columns: dict[tuple[Each, str | None], list[Row]] = {}
        for scope, rows in self._of.items():
            for row in rows:
                columns.setdefault((scope, row.column), []).append(row)
        return columns

    def column(self, row: Row) -> list[Row]:
        """The rows of the same scope and column as ``row``, itself among them."""
        return self._columns[row.scope, row.column]

    def over_group(
        self, row: Row, function: FunctionName, expression: Node, measure: Measure
    ) -> Quantity | None:
        """What a function makes of the rows of the same column; computed once for each column."""
        key = (row.scope, row.column, function, expression)
        if key not in self._grouped:
            judgement = FUNCTIONS[function].judgement
            assert isinstance(judgement, OfGroup), f"{function} is no function over a group"
            values = (measure(other) for other in self.column(row))
            self._grouped[key] = judgement.fold(
                [value for value in values if not isinstance(value, Missing)]
            )
        return self._grouped[key]

    def group_rows(self, row: Row) -> Sequence[Row] | None:
        """The rows that a function over the group of a row sees."""
        return self.column(row)

    def _value(self, figure: Figure | None, definition: FieldDefinition, factor: Decimal) -> Value:
        if figure is None or figure.state in ("blank", "dash"):
            return BLANK
        if figure.value is None:
            return UNKNOWN
        if figure.unit and figure.unit != definition.unit:
            if figure.unit in self.form.units:
                factor = self.form.factor(figure.unit)
            elif definition.unit in self.form.units:  # how much that is can't be told
                return UNKNOWN
        return spread(figure.value, definition.rounding, definition.step, factor)

    def _sheet(self, sheet: Sheet) -> None:
        values: dict[str, Value] = {
            "number": sheet.number,
            "fiscal_year": sheet.fiscal_year,
            "name": sheet.name or BLANK,
            "department": sheet.department or BLANK,
            "category": sheet.category or BLANK,
            "purpose": sheet.purpose or BLANK,
            "plans": "、".join(sheet.plans) or BLANK,
            "status": sheet.status,
        }
        for name, definition, factor in self._totals:
            values[name] = self._value(sheet.figure(name), definition, factor)
        row = Row("sheet", self, sheet, values, self.groups, sheet=sheet)
        years = {key: self._year(key, year, sheet, row) for key, year in sheet.years.items()}
        row.links |= years
        order = [self.form.column_id(column, sheet.fiscal_year) for column in self.form.columns]
        _chain([years[key] for key in order if key in years])
        evaluated = self.form.evaluated_column(sheet.fiscal_year, sheet.fiscal_year)
        if evaluated in years:
            row.links["evaluated"] = years[evaluated]
        self._of["sheet"].append(row)
        self._of["year"].extend(years.values())
        evaluations: list[Row] = []
        for key, evaluation in sorted(sheet.evaluations.items()):
            links = {"sheet": row}
            for link, column in (
                ("directed", self.form.directed_column(evaluation.year, sheet.fiscal_year)),
                ("evaluated", self.form.evaluated_column(evaluation.year, sheet.fiscal_year)),
            ):
                if column in years:
                    links[link] = years[column]
            words: dict[str, Value] = {
                "year": evaluation.year,
                "result": evaluation.result or BLANK,
                "meaning": evaluation.meaning or (UNKNOWN if evaluation.result else BLANK),
                "reason": evaluation.reason or BLANK,
                "issues": evaluation.issues or BLANK,
                "direction": evaluation.direction or BLANK,
            }
            evaluations.append(
                Row("evaluation", self, evaluation, words, self.groups, key, sheet, links=links)
            )
        _chain(evaluations)
        self._of["evaluation"].extend(evaluations)

    def _year(self, key: str, year: FiscalYear, sheet: Sheet, owner: Row) -> Row:
        values: dict[str, Value] = {"year": year.year, "kind": year.kind}
        unsure: set[str] = set()
        for name, definition, factor in self._amounts:
            figure = year.figure(name)
            values[name] = self._value(figure, definition, factor)
            if figure is not None and figure.placed_by in _UNSURE:
                unsure.add(name)
        return Row(
            "year",
            self,
            year,
            values,
            self.groups,
            key,
            sheet,
            links={"sheet": owner},
            unsure=frozenset(unsure),
        )

    def _kpi(self, kpi: Kpi) -> None:
        table = self.form.kpi
        if table is None:
            return
        one = Decimal(1)
        judged = achievement(kpi)
        actuals = {
            f"actuals.{year}": self._value(figure, table.actual, one)
            for year, figure in sorted(kpi.actuals.items())
        }
        printed = [int(year) for year in kpi.actuals]
        values: dict[str, Value] = {
            "project": kpi.project or BLANK,
            "grant_type": kpi.grant_type or BLANK,
            "name": kpi.name or BLANK,
            "unit": kpi.unit or BLANK,
            "declared_achieved": kpi.declared_achieved or BLANK,
            "direction": judged.direction,
            "direction_source": judged.direction_source,
            "target_bound": target_bound(kpi),
            "target": self._value(kpi.target, table.target, one),
            "declared_rate": self._value(kpi.declared_rate, table.rate, one),
            "due_actual": actuals.get(f"actuals.{kpi.due_year}", UNKNOWN),
            "due_year": BLANK if kpi.due_year is None else kpi.due_year,
            "first_year": min(printed, default=BLANK),
            "last_year": max(printed, default=BLANK),
            "fiscal_year": kpi.fiscal_year,
            **actuals,
        }
        row = Row("kpi", self, kpi, values, {"actuals": tuple(actuals)}, kpi=kpi)
        self._of["kpi"].append(row)
        years = [
            Row(
                "kpi_year",
                self,
                figure,
                {"year": int(year), "actual": actuals[f"actuals.{year}"]},
                {},
                year,
                kpi=kpi,
                links={"kpi": row},
            )
            for year, figure in sorted(kpi.actuals.items())
        ]
        _chain(years)
        self._of["kpi_year"].extend(years)

    def __iter__(self) -> Iterator[Row]:
        for rows in self._of.values():
            yield from rows


def _chain(rows: list[Row]) -> None:
    for earlier, later in pairwise(rows):
        later.links["prior"] = earlier
        earlier.links["next"] = later
