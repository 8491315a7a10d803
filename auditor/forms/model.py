"""Form definitions: what a city's sheets and tables are called, which units and roundings they
print, what its words mean.

A form is a TOML file. ``load_form`` checks it and says in which file and at which key it is
wrong, and why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self, cast

from pydantic import BeforeValidator, Field, field_validator, model_validator

from auditor.forms.checks import RESERVED
from auditor.forms.words import squeezed
from auditor.records.errors import AuditorError
from auditor.records.fields import EACH, SCOPES, Each, Link, Part
from auditor.records.figures import Record, Rounding
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.model import (
    SHEET_FIELDS,
    YEAR_FIELDS,
    Direction,
    DirectionSource,
    Status,
)
from auditor.records.text import Text

__all__ = [
    "ApartFigures",
    "BannedChange",
    "Column",
    "DescribedTable",
    "FieldDefinition",
    "Form",
    "FormError",
    "KpiTable",
    "TextLayout",
]

Required = Literal[
    "never", "always", "settled years", "evaluated year", "settled years of continuing projects"
]


_OWN: Final = re.compile(r"[a-z][a-z0-9_]*")
_LINKS: Final = SCOPES["evaluation"].link
_MONEY: Final = frozenset(
    field.name for field in SCOPES["year"].fields if field.kind == "figure" and field.unit == "form"
)
"""The figures in the unit of the whole form, where their definition has none."""


IDENTITY: Final = (
    "book",
    "number",
    "name",
    "department",
    "category",
    "plans",
    "purpose",
    "planned",
    "achieved",
    "fiscal_year",
)
"""The headings of ``[labels]`` that tell what a row of a described table is about, beside
``year`` and ``kind`` of a row of years.
"""


class FormError(AuditorError):
    """A form definition that can't be used; says file, key and reason."""

    def __init__(self, file: str, key: str, reason: Text) -> None:
        super().__init__(reason.en, reason.ja, place=f"{file}: {key}")
        self.file, self.key = file, key


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Labels = Annotated[tuple[str, ...], BeforeValidator(_several)]


class FieldDefinition(Record):
    """One figure of the form: its labels, unit, rounding to ``step``, and when it has to be
    printed.

    ``each`` says where a figure of the form's own stands, one that not every form knows: on the
    sheet, or in each of its columns.
    """

    label: Labels = ()
    each: Literal["sheet", "year"] | None = None
    unit: str = ""
    rounding: Rounding = "exact"
    step: Decimal = Decimal(1)
    required: Required = "never"
    formula_cell: bool = False
    weight: Decimal | None = None
    """How hard the figure is to suspect of a slip; where the form says nothing, 1, and more for a
    formula cell.
    """

    @field_validator("weight")
    @classmethod
    def _weighty(cls, weight: Decimal | None) -> Decimal | None:
        if weight is not None and not 0 < weight < 1000:
            raise ValueError("a weight is a number above zero / 重み (weight) は0より大きい数です")
        return weight

    @field_validator("step")
    @classmethod
    def _positive(cls, step: Decimal) -> Decimal:
        if not step.is_finite() or step <= 0:
            raise ValueError("a step is a number above zero / 刻み (step) は0より大きい数です")
        return step


class Column(Record):
    """One column of the budget table, by its distance in years from the sheet's fiscal year."""

    offset: int
    kind: str
    label: Labels = ()


class BannedChange(Record):
    """A change of evaluation that the form does not allow; ``*`` stands for any meaning."""

    before: str = Field(alias="from")
    after: str = Field(alias="to")
    why: Text


class EvaluationChanges(Record):
    banned: tuple[BannedChange, ...] = ()


class KpiTable(Record):
    """The form's table of indicators: its labels, and how it says which direction is better.

    ``year_label`` is a pattern that the label of a column of actuals matches beside holding a
    year. The first group of ``section_grant`` (in a section's heading) and ``project_grant`` (in
    a project's name) is the type of grant. The two grants' patterns see text as printed (what
    ``project_grant`` matches is cut off the name), the others as squeezed.
    """

    detect: tuple[str, ...] = ()
    labels: Frozen[str, Labels] = Field(default_factory=FrozenDict)
    year_label: str = ""
    section_grant: str = ""
    project_grant: str = ""
    achieved: Labels = ()
    missed: Labels = ()
    target_suffixes: Frozen[str, Direction] = Field(default_factory=FrozenDict)
    direction_words: Frozen[str, Direction] = Field(default_factory=FrozenDict)
    directions: Frozen[str, Direction] = Field(default_factory=FrozenDict)
    lower_is_better: tuple[str, ...] = ()
    jump_factor: Decimal = Decimal(10)
    target: FieldDefinition = FieldDefinition()
    actual: FieldDefinition = FieldDefinition()
    rate: FieldDefinition = FieldDefinition(unit="%", rounding="half_up", step=Decimal("0.1"))

    @field_validator("year_label", "section_grant", "project_grant", "lower_is_better")
    @classmethod
    def _patterns(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for pattern in (value,) if isinstance(value, str) else value:
            try:
                re.compile(pattern)
            except re.error as fault:
                raise ValueError(
                    f"not a pattern: {pattern!r}: {fault} / 正規表現として読めません"
                ) from None
        return value

    def definition(self, part: Part | None) -> FieldDefinition:
        """What the table says of the figures that a field of the catalogue names as its part."""
        match part:
            case "target":
                return self.target
            case "actual":
                return self.actual
            case "rate":
                return self.rate
            case None:
                return FieldDefinition()

    def target_suffix(self, printed: str) -> str:
        """The words behind a printed target that declare a direction (以上), or nothing."""
        found = [
            suffix
            for suffix in self.target_suffixes
            if suffix and printed.rstrip().endswith(suffix)
        ]
        return max(found, key=len, default="")

    def direction(self, name: str, printed_target: str = "") -> tuple[Direction, DirectionSource]:
        """Which way is better for an indicator, and how that is known."""
        if suffix := self.target_suffix(printed_target):
            return self.target_suffixes[suffix], "declared"
        wanted = squeezed(name)
        for declared, direction in self.directions.items():
            if squeezed(declared) == wanted:
                return direction, "declared"
        if any(re.search(pattern, wanted) for pattern in self.lower_is_better):
            return "lower", "inferred"
        return "higher", "assumed"


class ApartFigures(Record):
    """Figures that the extracted text prints alone on a line above another row's label, away from
    their own.

    ``offsets`` names the columns they fill (none for a figure of the sheet). With ``below`` the
    place counts as printed but empty only where that field's row comes right before it.
    """

    field: str
    above: str
    below: str = ""
    offsets: tuple[int, ...] = ()


class TextLayout(Record):
    """How the sheet's text comes out of its PDF.

    ``{year}`` in a word stands for any fiscal year. ``texts`` heads the plan and the results,
    ``budget`` the budget table, and ``direction`` the direction of each evaluation; ``stage`` and
    ``cover`` are patterns for a budget stage at the end of a name and for the first line of a
    chapter's cover. ``furniture`` is what every sheet prints and no record needs.
    """

    sheet_start: Labels = ()
    cover: str = ""
    texts: Labels = ()
    budget: Labels = ()
    direction: Labels = ()
    stage: str = ""
    furniture: Frozen[str, Labels] = Field(default_factory=FrozenDict)
    apart: tuple[ApartFigures, ...] = ()

    @field_validator("cover", "stage")
    @classmethod
    def _patterns(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as fault:
            raise ValueError(
                f"not a pattern: {pattern!r}: {fault} / 正規表現として読めません"
            ) from None
        return pattern


class DescribedTable(Record):
    """A table of another domain, as this form describes it: each row is a sheet, or a sheet's
    column.

    ``[labels]`` names the columns that say what a row is about, the labels of the fields those of
    its figures. ``fiscal_year`` is that of every row, where no column has it.
    """

    rows: Literal["sheet", "year"] = "sheet"
    fiscal_year: int | None = Field(default=None, ge=1800, le=2999)


class Form(Record):
    """A city's form, or that of a table of another domain. ``fields`` is flat: ``total_cost``,
    ``funding.grants``, ``population`` …
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: Text
    detect: tuple[str, ...] = ()
    unit: str
    units: Frozen[str, Decimal]
    evaluation_lag: int = 2
    evaluated: tuple[int, ...] = (-1, 0)
    columns: tuple[Column, ...] = ()
    fields: Frozen[str, FieldDefinition]
    labels: Frozen[str, Labels] = Field(default_factory=FrozenDict)
    groups: Frozen[str, tuple[str, ...]] = Field(default_factory=FrozenDict)
    evaluations: Frozen[str, str] = Field(default_factory=FrozenDict)
    evaluation_changes: EvaluationChanges = EvaluationChanges()
    reasons: Frozen[Status, str] = Field(default_factory=FrozenDict[Status, str])
    params: Frozen[str, Decimal | Frozen[int, Decimal]] = Field(default_factory=FrozenDict)
    param_units: Frozen[str, str] = Field(default_factory=FrozenDict)
    rounding_notice: str = ""
    funding_complete: bool = True
    kpi: KpiTable | None = None
    text: TextLayout | None = None
    table: DescribedTable | None = None

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        data = cast(Mapping[str, Any], given)
        if not isinstance(data.get("fields"), Mapping):
            return data
        flat: dict[str, Any] = {}
        for name, value in data["fields"].items():
            if name == "funding" and isinstance(value, Mapping):
                flat |= {
                    f"funding.{part}": definition
                    for part, definition in cast(Mapping[str, Any], value).items()
                }
            else:
                flat[name] = value
        money = [name for name in flat if name.startswith("funding.") or name in _MONEY]
        for name in money:
            if isinstance(flat[name], Mapping) and "unit" not in flat[name]:
                flat[name] = {**flat[name], "unit": data.get("unit", "")}
        return {**data, "fields": flat}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name, definition in self.fields.items():
            _named(name, definition)
            if definition.unit and definition.unit not in self.units:
                raise ValueError(
                    f"fields.{name}.unit: {definition.unit!r} is not in [units] / [units] にない単位です"
                )
        sources = {
            name.removeprefix("funding.") for name in self.fields if name.startswith("funding.")
        }
        for group, members in self.groups.items():
            for member in members:
                if member not in sources and member not in self.fields:
                    raise ValueError(
                        f"groups.{group}: {member!r} is not a figure of [fields] / [fields] にない項目です"
                    )
        if self.table is not None:
            self._described(self.table)
        elif not self.columns:
            raise ValueError("columns: at least one is needed / columns が1つ以上必要です")
        for apart in self.text.apart if self.text else ():
            for name in filter(None, (apart.field, apart.above, apart.below)):
                if name not in self.fields:
                    raise ValueError(
                        f"text.apart: {name!r} is not a figure of [fields] / [fields] にない項目です"
                    )
        if len({(column.offset, column.kind) for column in self.columns}) < len(self.columns):
            raise ValueError(
                "columns: two columns have the same offset and kind / 同じ年度・区分の列が2つあります"
            )
        for banned in self.evaluation_changes.banned:
            for meaning in (banned.before, banned.after):
                if meaning != "*" and meaning not in self.evaluations.values():
                    raise ValueError(
                        f"evaluation_changes.banned: no evaluation means {meaning!r} / その意味の評価がありません"
                    )
        return self

    def _described(self, table: DescribedTable) -> None:
        """Whether the table can be told: who the rows are, of which year, and figures that all
        stand on the rows.
        """
        needed = ("name",) if table.rows == "sheet" else ("name", "number", "year")
        for name in (*needed, *(("fiscal_year",) if table.fiscal_year is None else ())):
            if not self.labels.get(name):
                more = ", or table.fiscal_year" if name == "fiscal_year" else ""
                raise ValueError(
                    f"labels.{name}: the table's column is needed here{more} / 表の列の見出しが必要です{more}"
                )
        if table.rows == "year" and not self.columns:
            raise ValueError(
                "columns: rows of years need them, with their offsets / 年度ごとの行には columns と offset が必要です"
            )
        there = self.sheet_figures if table.rows == "sheet" else self.amounts
        for name in self.fields:
            if name not in there:
                raise ValueError(
                    f"fields.{name}: not a figure of a row, which is a {table.rows} / 1行 ({table.rows}) の数値ではありません"
                )
        headers: dict[str, str] = {}
        for name, labels in self.headers.items():
            for label in (squeezed(label).casefold() for label in labels):
                if headers.setdefault(label, name) != name:
                    raise ValueError(
                        f"{label!r} heads both {headers[label]} and {name} / 同じ見出しが2つの項目にあります"
                    )

    @property
    def headers(self) -> Mapping[str, tuple[str, ...]]:
        """What heads each column of the table that the form describes: its texts and keys, then
        its figures.
        """
        of_year = self.table is not None and self.table.rows == "year"
        identity = {
            name: self.labels[name]
            for name in (*IDENTITY, *(("year", "kind") if of_year else ()))
            if self.labels.get(name)
        }
        return {
            **identity,
            **{name: definition.label or (name,) for name, definition in self.fields.items()},
        }

    @property
    def own_figures(self) -> Mapping[str, Literal["sheet", "year"]]:
        """The figures that not every form knows, and where each stands."""
        return {
            name: definition.each
            for name, definition in self.fields.items()
            if definition.each is not None
        }

    @property
    def sheet_figures(self) -> tuple[str, ...]:
        """The figures of a sheet, in the form's order."""
        return tuple(
            name
            for name, definition in self.fields.items()
            if name in SHEET_FIELDS or definition.each == "sheet"
        )

    @property
    def funding(self) -> tuple[str, ...]:
        """The funding sources in the form's order."""
        return tuple(
            name.removeprefix("funding.") for name in self.fields if name.startswith("funding.")
        )

    @property
    def amounts(self) -> tuple[str, ...]:
        """The figures of a column, in the form's order."""
        return tuple(
            name
            for name, definition in self.fields.items()
            if name in YEAR_FIELDS or name.startswith("funding.") or definition.each == "year"
        )

    @cached_property
    def figure_groups(self) -> Mapping[str, tuple[str, ...]]:
        """What ``group("…")`` can name, with the full names of its figures: the form's own and
        those that every form has.
        """
        groups = {
            name: tuple(f"funding.{part}" if part in self.funding else part for part in parts)
            for name, parts in self.groups.items()
        }
        groups.setdefault("funding", tuple(f"funding.{source}" for source in self.funding))
        if not self.funding_complete:
            groups.setdefault("parts", groups["funding"])
        groups.setdefault("amounts", self.amounts)
        groups.setdefault(
            "not_negative",
            tuple(name for name in self.amounts if name not in groups.get("negative_allowed", ())),
        )
        return groups

    @cached_property
    def definitions(self) -> Mapping[Each, Mapping[str, FieldDefinition]]:
        """What the form says of the figures of each scope, by the names that formulas use."""
        definitions: dict[Each, Mapping[str, FieldDefinition]] = {each: {} for each in EACH}
        definitions["sheet"] = {name: self.fields[name] for name in self.sheet_figures}
        definitions["year"] = {name: self.fields[name] for name in self.amounts}
        if self.kpi is None:
            return definitions
        for each in ("kpi", "kpi_year"):
            definitions[each] = {
                field.name: self.kpi.definition(field.part)
                for field in SCOPES[each].named
                if field.kind == "figure"
            }
        return definitions

    def column_suffix(self, column: Column) -> str:
        """What follows the year in a column's id: nothing, or ``-budgeted`` where the form prints
        another column of that year.
        """
        same = sum(other.offset == column.offset for other in self.columns)
        return "" if same == 1 else f"-{column.kind}"

    def column_id(self, column: Column, fiscal_year: int) -> str:
        """``"2023"``, or ``"2024-budgeted"`` where the form prints another column of that year."""
        return f"{fiscal_year + column.offset}{self.column_suffix(column)}"

    def linked_column(self, link: Link, year: int, fiscal_year: int) -> str | None:
        """The id of the column that a link over columns leads to from a row of ``year``, or None
        where the form prints none: one of the link's kind, else the first of the year.
        """
        year += self.evaluation_lag if link.lagged else 0
        found = [column for column in self.columns if fiscal_year + column.offset == year]
        found.sort(key=lambda column: column.kind != link.kind)
        return self.column_id(found[0], fiscal_year) if found else None

    def evaluated_column(self, year: int, fiscal_year: int) -> str | None:
        """The id of the column that an evaluation of ``year`` looks at: the settled one, else the
        first of that year.
        """
        return self.linked_column(_LINKS["evaluated"], year, fiscal_year)

    def directed_column(self, year: int, fiscal_year: int) -> str | None:
        """The id of the column whose budget an evaluation of ``year`` directs, or None where the
        form prints none.
        """
        return self.linked_column(_LINKS["directed"], year, fiscal_year)

    def factor(self, unit: str) -> Decimal:
        """How many base units (yen, persons) one of ``unit`` is; 1 for a unit that the form does
        not list.
        """
        return self.units.get(unit, Decimal(1))

    def meaning(self, result: str | None) -> str | None:
        """The canonical word for a printed evaluation, or None."""
        if result is None:
            return None
        wanted = squeezed(result)
        return next(
            (meaning for word, meaning in self.evaluations.items() if squeezed(word) == wanted),
            None,
        )

    def reason_code(self, text: str) -> Status | None:
        """Which of the form's reasons for a blank evaluation the text holds."""
        wanted = squeezed(text)
        return next(
            (code for code, words in self.reasons.items() if squeezed(words) in wanted), None
        )

    def param(self, name: str, year: int | None = None) -> Decimal | None:
        """A number that the form sets, by year where it says so."""
        value = (
            self.kpi.jump_factor if name == "jump_factor" and self.kpi else self.params.get(name)
        )
        if value is None or isinstance(value, Decimal):
            return value
        return value.get(year) if year is not None else None


def _named(name: str, definition: FieldDefinition) -> None:
    """Whether a figure is one that every form knows, or says where it stands."""
    if name in SHEET_FIELDS or name in YEAR_FIELDS or name.startswith("funding."):
        if definition.each is not None:
            raise ValueError(
                f"fields.{name}.each: every form has this figure in its place / この項目の置き場所は決まっています"
            )
        return
    if definition.each is None:
        listed = ", ".join(sorted((*SHEET_FIELDS, *YEAR_FIELDS)))
        en = f"fields.{name}: not a figure of a sheet; known: {listed}, funding.…; a figure of the form's own needs each"
        raise ValueError(
            f'{en} / この項目はシートの数値ではありません。様式独自の数値には each = "sheet" などが必要です'
        )
    if name in RESERVED:
        raise ValueError(
            f"fields.{name}: the word has a meaning of its own in formulas and tables / 数式や表で別の意味を持つ語です"
        )
    if not _OWN.fullmatch(name):
        raise ValueError(
            f"fields.{name}: small letters, digits and _ make a name / 項目名には英小文字・数字・_ を使います"
        )
