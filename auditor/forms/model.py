"""Form definitions: labels, units, roundings, and what the words of a form mean.

A form is a TOML file, which ``auditor.forms.loading`` reads. What its keys must have in common is
in ``auditor.forms.checks``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self, cast

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from auditor.forms.bounds import Bounded, YearsAway, YearsLater, bounded
from auditor.forms.checks import check_dialect, check_form
from auditor.forms.choice import chosen_worksheet, page_ranges
from auditor.forms.labels import Labels, as_tuple
from auditor.forms.patterns import PatternOf, Patterns
from auditor.forms.prose import ProseWords
from auditor.forms.words import squeezed
from auditor.records.fields import EACH, HEADED, SCOPES, Each, Link, Part
from auditor.records.figures import Record, Rounding
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.model import (
    SHEET_FIELDS,
    YEAR_FIELDS,
    Direction,
    DirectionSource,
    Meaning,
    Status,
)
from auditor.records.severities import Severity
from auditor.records.text import Text
from auditor.toml.bounds import LONGEST_TITLE, short, short_name
from auditor.toml.faults import DefinitionError, WrongValue

__all__ = [
    "AS_WRITTEN",
    "BUDGET_BOOKS",
    "COLUMN_KINDS",
    "EVERY_FORM",
    "FORM_NAME",
    "GROUPS",
    "PARAMS",
    "RESULT_SHEETS",
    "SHEET",
    "YEN",
    "ApartFigures",
    "BannedChange",
    "Column",
    "DescribedTable",
    "Dialect",
    "Encoding",
    "FieldDefinition",
    "Form",
    "FormError",
    "FormWords",
    "Items",
    "KpiTable",
    "Listing",
    "Lookup",
    "Sums",
    "TextLayout",
    "Total",
    "is_amount",
]

Required = Literal[
    "never", "always", "settled years", "evaluated year", "settled years of continuing projects"
]
"""When a figure has to be printed."""

Sums = Literal["exact", "rounded"]
"""How printed parts add up to a printed total: to the unit, or as rounded figures do."""

COLUMN_KINDS: Final = ("settled", "expected", "budgeted", "requested")
"""The kinds of columns that have a meaning; forms may print others."""

GROUPS: Final = ("funding", "parts", "amounts", "not_negative", "negative_allowed")
"""The groups of figures that have a meaning in every form."""

PARAMS: Final = ("jump_factor", "sum_leeway", "staff_unit_cost")
"""The numbers for formulas that have a meaning in every form."""

Encoding = Literal[
    "utf-8",
    "utf-16",
    "cp932",
    "shift_jis",
    "euc-jp",
    "latin-1",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
    "windows-1250",
    "windows-1252",
]
"""The encodings that a table's text may be declared to have."""

_MOST_HEADINGS: Final = 5
"""The most lines of headings that are joined."""

AS_WRITTEN: Final = "as written"
"""The context in which the parts of a form are not held against each other."""

FORM_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")

YEN: Final = "円"
RESULT_SHEETS: Final = "result-sheets"
"""The domain of a form that states none and describes no table: result sheets of a city."""
BUDGET_BOOKS: Final = "budget-books"
"""The domain of a form of items that states none."""
SHEET: Final = Text(en="sheet", ja="シート")
ROW: Final = Text(en="row", ja="行")
"""What a record of a form is called, where the form says nothing else."""
EVERY_FORM: Final = "*"
"""What stands for every form where rules say what they are for."""
_LINKS: Final = SCOPES["evaluation"].link
_MONEY: Final = frozenset(
    field.name for field in SCOPES["year"].fields if field.kind == "figure" and field.unit == "form"
)
"""The figures in the unit of the whole form, where their definition has none."""

IDENTITY: Final = ("book", "number", *HEADED, "fiscal_year")
"""The headings of ``[labels]`` that say what a row of a described table is about. A row of years
has ``year`` and ``kind`` too.
"""


class FormError(DefinitionError):
    """A form definition that can't be used, with its file, the key in it and the reason."""


def is_amount(name: str) -> bool:
    """Whether a figure that every form knows is an amount of money of a column."""
    return name.startswith("funding.") or name in _MONEY


def _with_levels(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content of a form with the headings of its levels of items as those of names."""
    items, labels = data.get("items"), data.get("labels", {})
    levels: Any = None
    if isinstance(items, Mapping):
        levels = cast("Mapping[str, Any]", items).get("levels")
    elif isinstance(items, Items):
        levels = items.levels
    if not levels or not isinstance(levels, list | tuple) or not isinstance(labels, Mapping):
        return data
    texts: list[str] = []
    for level in cast("Sequence[Any]", levels):
        texts += [part for part in as_tuple(level) if isinstance(part, str)]
    return {**data, "labels": {"name": tuple(texts), **cast("Mapping[str, Any]", labels)}}


def _rounded(name: str, definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """An amount of a form whose sums are of rounded figures: it is rounded half up, unless it
    states another rounding. A figure of the whole sheet adds up to nothing.
    """
    in_sums = is_amount(name) or "each" in definition
    if not in_sums or definition.get("rounding", "exact") != "exact":
        return definition
    return {"step": 1, **definition, "rounding": "half_up"}


class FieldDefinition(Record):
    """One figure of the form: its labels, unit, rounding to ``step``, and when it has to be
    printed.

    ``each`` says where a form-specific figure stands, i.e. one that not every form knows: on the
    sheet, or in each of its columns. An empty ``unit`` is that of plain numbers.
    """

    label: Labels = ()
    each: Literal["sheet", "year"] | None = None
    columns: tuple[YearsAway | str, ...] = ()
    """The columns that print it, by their kinds, their offsets, or both. All, for none."""
    unit: str = ""
    rounding: Rounding = "exact"
    step: Bounded = Decimal(1)
    required: Required = "never"
    adds_up: bool | None = None
    """Whether total rows have the sum of their rows. None where unit and label tell."""
    formula_cell: bool = False
    weight: Bounded | None = None
    """How hard the figure is to suspect of a slip. None stands for 1, and for more in a formula
    cell.
    """

    def is_in(self, column: Column) -> bool:
        """Whether a column of the form prints it."""
        kinds = [name for name in self.columns if isinstance(name, str)]
        offsets = [offset for offset in self.columns if isinstance(offset, int)]
        of_kind = not kinds or column.kind in kinds
        return of_kind and (not offsets or column.offset in offsets)

    @field_validator("weight")
    @classmethod
    def _weight_in_range(cls, weight: Decimal | None) -> Decimal | None:
        if weight is not None and not 0 < weight < 1000:
            raise WrongValue(
                "a weight is a number above zero and below 1000",
                "重み（weight）は0より大きく1000より小さい数です",
            )
        return weight

    @field_validator("step")
    @classmethod
    def _step_above_zero(cls, step: Decimal) -> Decimal:
        if not step.is_finite() or step <= 0:
            raise WrongValue("a step is a number above zero", "刻み（step）は0より大きい数です")
        return step


class Column(Record):
    """One column of the budget table, by its distance in years from the sheet's fiscal year."""

    offset: YearsAway
    kind: str
    label: Labels = ()


class BannedChange(Record):
    """A change of evaluation that the form does not allow; ``*`` stands for any meaning."""

    before: Meaning | Literal["*"] = Field(alias="from")
    after: Meaning | Literal["*"] = Field(alias="to")
    why: Text


class EvaluationChanges(Record):
    banned: tuple[BannedChange, ...] = ()


class KpiTable(Record):
    """The form's table of indicators: its labels, and how it says which direction is better.

    ``year_label`` is a pattern: the label of a column of actuals holds a year and matches it.
    ``section_grant`` is searched in a section's heading, ``project_grant`` in a project's name,
    from which its match is cut off; the first group of either is the type of grant. These two see
    the text as printed, all other patterns see it squeezed.
    """

    detect: tuple[str, ...] = ()
    labels: Frozen[str, Labels] = Field(default_factory=FrozenDict)
    year_label: PatternOf = None
    section_grant: PatternOf = None
    project_grant: PatternOf = None
    achieved: Labels = ()
    missed: Labels = ()
    target_suffixes: Frozen[str, Direction] = Field(default_factory=FrozenDict)
    direction_words: Frozen[str, Direction] = Field(default_factory=FrozenDict)
    directions: Frozen[str, Direction] = Field(default_factory=FrozenDict)
    lower_is_better: Patterns = ()
    jump_factor: Annotated[Bounded, Field(gt=1)] = Decimal(10)
    target: FieldDefinition = FieldDefinition()
    actual: FieldDefinition = FieldDefinition()
    rate: FieldDefinition = FieldDefinition(unit="%", rounding="half_up", step=Decimal("0.1"))

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
        """The words behind a printed target that declare a direction (以上), or ``""``."""
        suffixes = [
            suffix
            for suffix in self.target_suffixes
            if suffix and printed.rstrip().endswith(suffix)
        ]
        return max(suffixes, key=len, default="")

    def direction(self, name: str, printed_target: str = "") -> tuple[Direction, DirectionSource]:
        """Which way is better for an indicator, and how that is known."""
        if suffix := self.target_suffix(printed_target):
            return self.target_suffixes[suffix], "declared"
        indicator = squeezed(name)
        for declared, direction in self.directions.items():
            if squeezed(declared) == indicator:
                return direction, "declared"
        if any(pattern.search(indicator) for pattern in self.lower_is_better):
            return "lower", "inferred"
        return "higher", "assumed"


class ApartFigures(Record):
    """Figures that the extracted text has on a line of their own: above the label of the field
    ``above``, away from their own label.

    ``offsets`` names the columns that they fill (none for a figure of the sheet). Without such a
    line the figures count as printed but empty; with ``below``, only where the row of that field
    comes right before.
    """

    field: str
    above: str
    below: str = ""
    offsets: tuple[YearsAway, ...] = ()


class TextLayout(Record):
    """How the sheet's text comes out of its PDF, and the words of its prose, whatever it is read
    from.

    ``{year}`` in a word stands for any fiscal year. ``texts`` heads the plan and the results,
    ``budget`` the budget table, and ``direction`` the direction of each evaluation. Two are
    patterns: ``stage`` for a budget stage at the end of a name, ``cover`` for the first line of a
    chapter's cover. ``furniture`` is boilerplate: every sheet prints it, and no record needs it.
    """

    sheet_start: Labels = ()
    cover: PatternOf = None
    texts: Labels = ()
    budget: Labels = ()
    direction: Labels = ()
    stage: PatternOf = None
    furniture: Frozen[str, Labels] = Field(default_factory=FrozenDict)
    apart: tuple[ApartFigures, ...] = ()
    words: ProseWords | None = None

    @property
    def is_layout(self) -> bool:
        """Whether it says how texts look: a form of workbooks may state words of prose alone."""
        return bool(self.model_fields_set - {"words"})


Above = Literal["all", "above"]
"""What a total row adds up, but for rows alike in some labels: all rows of the book, or those
since the last such row.
"""


class Total(Record):
    """Rows of a table that total others: the ``words`` that are their name, with ``*`` behind its
    beginning, or with ``*`` before its end, and the rows that they are ``of``.
    """

    words: Labels
    of: Above | tuple[str, ...]

    def is_called(self, name: str) -> bool:
        """Whether a row's name, squeezed and in small letters, is one of such a total."""
        for word in self.words:
            text = squeezed(word.strip("*")).casefold()
            begins = word.endswith("*") and name.startswith(text)
            ends = word.startswith("*") and name.endswith(text)
            if name == text or begins or ends:
                return True
        return False

    @property
    def totals(self) -> tuple[str, ...]:
        """What it is of, as records hold it."""
        return (self.of,) if isinstance(self.of, str) else self.of


class FormWords(Record):
    """``[words]``: what the form calls what it is about, in the singular."""

    row: Text | None = None


def _as_lines(value: Any) -> Any:
    return (value,) if isinstance(value, int) else value


class Dialect(Record):
    """How a table writes its text, headings and numbers, where it does not in the plain way.

    ``header_row`` are the lines of the headings, from 1: one, or several that are joined.
    ``figures`` are read as those of printed sheets are (``japanese``), or by the other keys.
    ``decimal`` is a point where None; a table that says so has points for nothing else.
    ``negative`` are notations, each with or without an example's digits: ``(40)``, ``△``, ``40-``.
    """

    delimiter: str = ""
    encoding: Encoding | None = None
    header_row: Annotated[
        tuple[int, ...], BeforeValidator(_as_lines, json_schema_input_type=int | tuple[int, ...])
    ] = ()
    figures: Literal["plain", "japanese"] = "plain"
    decimal: Literal[".", ","] | None = None
    thousands: Labels = ()
    percent: bool = False
    currency: Labels = ()
    missing: Labels = ()
    negative: Labels = ()

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, delimiter: str) -> str:
        if delimiter and (len(delimiter) > 1 or delimiter.isalnum() or delimiter in '"\r\n'):
            raise WrongValue(
                'a delimiter is one character, such as ";"', "区切り文字は「;」など1文字です"
            )
        return delimiter

    @field_validator("header_row")
    @classmethod
    def _lines_in_order(cls, lines: tuple[int, ...]) -> tuple[int, ...]:
        first = lines[0] if lines else 1
        if (
            first < 1
            or len(lines) > _MOST_HEADINGS
            or lines != tuple(range(first, first + len(lines)))
        ):
            raise WrongValue(
                "a line from 1 on, or a few that follow each other, such as [3, 4]",
                "1以上の行番号、または [3, 4] のように続いた行番号です",
            )
        return lines

    @model_validator(mode="after")
    def _in_keeping(self) -> Self:
        check_dialect(self)
        return self


class DescribedTable(Record):
    """A table of another domain, as this form describes it: each row is a sheet, or a column of a
    sheet.

    ``[labels]`` has the headings that say what a row is about; the labels of the fields head the
    figures. A row that one of the ``totals`` calls by its name is none of the rows that rules
    count and add up.
    """

    rows: Literal["sheet", "year"] = "sheet"
    totals: tuple[Total, ...] = ()
    dialect: Dialect = Dialect()

    def total(self, name: str) -> Total | None:
        """The first of the totals that a row of some name is one of; None for any other row."""
        return _total_called(name, self.totals)


def _total_called(name: str, totals: Sequence[Total]) -> Total | None:
    """The first of some totals that a row of some name is one of; None for any other row."""
    text = squeezed(name).casefold()
    return next((total for total in totals if total.is_called(text)), None)


USUAL_TOTALS: Final = (
    Total(words=("小計*", "*小計"), of="above"),
    Total(words=("総計*", "総合計*", "総額", "*総計", "*総合計"), of="above"),
    Total(words=("合計*", "*合計"), of="above"),
    Total(words=("計",), of="above"),
)
"""The total rows of a list whose form says nothing of them. Each totals the rows of its table
since the last one called alike.
"""

FiscalYearNumber = Annotated[int, Field(ge=1800, le=2999)]
"""A fiscal year, by the year in which it begins."""


class Listing(Record):
    """``[list]``: the form is of documents that list projects under a line of headings.

    A row is a project, or with ``rows = "year"`` a project's column, told apart by the year and
    kind printed on it. ``years`` are those of blocks of headings that come again, in their order,
    where the document does not print them. ``header_rows`` is how many rows the headings take up;
    None, where that is to be found out.
    """

    rows: Literal["sheet", "year"] = "sheet"
    years: tuple[FiscalYearNumber, ...] = ()
    header_rows: int | None = Field(default=None, ge=1, le=_MOST_HEADINGS)
    totals: tuple[Total, ...] = USUAL_TOTALS

    def total(self, name: str) -> Total | None:
        """The first of the totals that a row of some name is one of; None for any other row."""
        return _total_called(name, self.totals)


class Items(Listing):
    """``[items]``: the form is of documents whose rows are items of a budget (款項目節), each part
    of the one above it.

    ``levels`` are the headings of the columns in which their names stand, outermost first. With
    one, or none beside ``labels.name``, numbers or indentation say what an item is part of.
    """

    levels: tuple[Labels, ...] = ()


class Lookup(Record):
    """A row of another form's table that a row names: ``on`` says what it has in common with it,
    as names of this row and of that.
    """

    form: str
    on: Frozen[str, str]


class Form(Record):
    """A city's form, or that of a table of another domain.

    ``fields`` is flat: ``total_cost``, ``funding.grants``, ``population`` … ``units`` says how many
    base units (yen, persons) each unit is.
    """

    name: str
    title: Text
    domain: str = Field(default="", pattern=r"^([a-z][a-z0-9_-]*)?$")
    """What kind of documents it is of; rules may be for a domain. Empty for one that no rule
    names.
    """
    detect: tuple[str, ...] = ()
    worksheets: tuple[str, ...] = ()
    """Patterns of the worksheets that are read; those after ``!`` are left out. All, for none."""
    pages: str = ""
    """The pages that are read: ``3-12,15``. All, for an empty text."""
    unit: str
    units: Frozen[str, Bounded]
    fiscal_year: FiscalYearNumber | None = None
    """That of every document or table that tells none."""
    evaluation_lag: YearsLater = 2
    evaluated: tuple[YearsAway, ...] = (-1, 0)
    columns: tuple[Column, ...] = ()
    fields: Frozen[str, FieldDefinition]
    labels: Frozen[str, Labels] = Field(default_factory=FrozenDict)
    groups: Frozen[str, tuple[str, ...]] = Field(default_factory=FrozenDict)
    evaluations: Frozen[str, Meaning] = Field(default_factory=FrozenDict[str, Meaning])
    evaluation_changes: EvaluationChanges = EvaluationChanges()
    reasons: Frozen[Status, str] = Field(default_factory=FrozenDict[Status, str])
    params: Frozen[str, Decimal | Frozen[int, Decimal]] = Field(default_factory=FrozenDict)
    param_units: Frozen[str, str] = Field(default_factory=FrozenDict)
    rounding_notice: str = ""
    """The printed sentence in which the roundings were seen: for people who check the form. No
    code reads it.
    """
    funding_complete: bool = True
    sums: Sums | None = None
    """None where nobody has said how the book's sums are rounded."""
    severities: Frozen[str, Severity] = Field(default_factory=FrozenDict[str, Severity])
    """How much the findings of rules matter on this form, by code or name."""
    kpi: KpiTable | None = None
    text: TextLayout | None = None
    table: DescribedTable | None = None
    listing: Listing | None = Field(default=None, alias="list")
    items: Items | None = None
    words: FormWords = FormWords()
    rules: tuple[Mapping[str, Any], ...] = ()
    """Rules of the form's own; ``auditor.rules.of_forms`` builds them."""
    lookups: Frozen[str, Lookup] = Field(default_factory=FrozenDict)
    """The links of its rows to rows of other tables, by their names in formulas."""

    @field_validator("params")
    @classmethod
    def _bounded_params(
        cls, params: Mapping[str, Decimal | Mapping[int, Decimal]]
    ) -> Mapping[str, Decimal | Mapping[int, Decimal]]:
        for stated in params.values():
            for value in (stated,) if isinstance(stated, Decimal) else stated.values():
                bounded(value)
        return params

    @field_validator("name")
    @classmethod
    def _name(cls, name: str) -> str:
        if not FORM_NAME.fullmatch(name):
            raise WrongValue(
                "a name is small letters, digits, hyphens and _, such as mycity",
                "name は英小文字・数字・ハイフン・_ で書いてください（例：mycity）",
            )
        return short_name(name)

    @field_validator("title")
    @classmethod
    def _title(cls, title: Text) -> Text:
        return short(title, LONGEST_TITLE)

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        """``[fields.funding.grants]`` of a file becomes ``funding.grants``; money and figures of
        the form's own get its unit where they state none, and a form of sheets their domain. What
        is no mapping is left to the checks of the types.
        """
        if not isinstance(value, Mapping):
            return value
        data: Mapping[str, Any] = cast(Mapping[str, Any], value)
        if data.get("table") is None:
            usual = RESULT_SHEETS if data.get("items") is None else BUDGET_BOOKS
            data = {"domain": usual, **data}
        data = _with_levels(data)
        if not isinstance(data.get("fields"), Mapping):
            return data
        flat: dict[str, Any] = {}
        for name, definition in data["fields"].items():
            if name == "funding" and isinstance(definition, Mapping):
                sources = cast(Mapping[str, Any], definition)
                flat |= {f"funding.{source}": part for source, part in sources.items()}
            else:
                flat[name] = definition
        unit = data.get("unit", "")
        for name, stated in flat.items():
            if not isinstance(stated, Mapping):
                continue
            definition = cast(Mapping[str, Any], stated)
            if is_amount(name) or "each" in definition:
                definition = {"unit": unit, **definition}
            if data.get("sums") == "rounded" and definition.get("unit") == unit:
                # What every figure of money stands for is stated once, by the form.
                definition = _rounded(name, definition)
            flat[name] = definition
        return {**data, "fields": flat}

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        # The loader of files checks more, and wants all faults together.
        if info.context != AS_WRITTEN:
            check_form(self)
        return self

    @property
    def row_word(self) -> Text:
        """What a record of the form is called, in the singular: a sheet, a row, a grant …"""
        are_rows = self.table is not None or self.listed is not None
        return self.words.row or (ROW if are_rows else SHEET)

    def is_one_of(self, names: Collection[str]) -> bool:
        """Whether the form is meant by one of some names, of forms or domains; ``*`` means all."""
        mine = {EVERY_FORM, self.name, self.domain} - {""}
        return not mine.isdisjoint(names)

    def reads_worksheet(self, name: str) -> bool:
        """Whether a worksheet of that name is read, and not left out."""
        return chosen_worksheet(name, self.worksheets)

    def reads_page(self, number: int) -> bool:
        """Whether a page is read, and not left out; the first is 1."""
        ranges = page_ranges(self.pages)
        return not ranges or any(
            first <= number and (last is None or number <= last) for first, last in ranges
        )

    @property
    def listed(self) -> Listing | None:
        """How its documents list projects or items, a row each; None where they do not."""
        return self.listing or self.items

    @property
    def totals(self) -> tuple[Total, ...]:
        """The total rows that its documents or tables have."""
        rows = self.table or self.listed
        return () if rows is None else rows.totals

    def total(self, name: str) -> Total | None:
        """The first of the totals that a row of some name is one of; None for any other row."""
        return _total_called(name, self.totals)

    @property
    def has_parents(self) -> bool:
        """Whether it is known of its rows which they are part of."""
        return bool(self.labels.get("parent")) or self.items is not None

    @property
    def row_scope(self) -> Literal["sheet", "year"]:
        """What a row of its table is; a document's is a sheet."""
        return "sheet" if self.table is None else self.table.rows

    @property
    def headers(self) -> Mapping[str, tuple[str, ...]]:
        """The headings of each column of the table that the form describes: texts and keys, then
        figures.
        """
        names: tuple[str, ...] = IDENTITY
        if self.table is not None and self.table.rows == "year":
            names = (*IDENTITY, "year", "kind")
        headers: dict[str, tuple[str, ...]] = {
            name: self.labels[name] for name in names if self.labels.get(name)
        }
        for name, definition in self.fields.items():
            headers[name] = definition.label or (name,)
        return headers

    @property
    def own_figures(self) -> Mapping[str, Literal["sheet", "year"]]:
        """The figures that not every form knows, and where each stands."""
        return {
            name: definition.each
            for name, definition in self.fields.items()
            if definition.each is not None
        }

    @cached_property
    def sheet_figures(self) -> tuple[str, ...]:
        """The figures of a sheet, in the form's order."""
        return tuple(
            name
            for name, definition in self.fields.items()
            if name in SHEET_FIELDS or definition.each == "sheet"
        )

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The distance of each column from the fiscal year, in years."""
        return tuple(column.offset for column in self.columns)

    @cached_property
    def funding(self) -> tuple[str, ...]:
        """The funding sources in the form's order."""
        return tuple(
            name.removeprefix("funding.") for name in self.fields if name.startswith("funding.")
        )

    @cached_property
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

    @cached_property
    def _columns_by_offset(self) -> Mapping[int, list[Column]]:
        columns: dict[int, list[Column]] = {}
        for column in self.columns:
            columns.setdefault(column.offset, []).append(column)
        return columns

    @cached_property
    def _suffixes(self) -> Mapping[tuple[int, str], str]:
        """What follows the year in the ids of the columns, by their offset and kind."""
        columns = self._columns_by_offset
        return {
            (column.offset, column.kind): ""
            if len(columns[column.offset]) == 1
            else f"-{column.kind}"
            for column in self.columns
        }

    def prints(self, name: str, column: Column) -> bool:
        """Whether a column of the form prints a figure of columns."""
        return self.fields[name].is_in(column)

    def column_suffix(self, column: Column) -> str:
        """What follows the year in a column's id: nothing, or ``-budgeted`` where the form prints
        another column of that year.
        """
        return self._suffixes[column.offset, column.kind]

    def column_id(self, column: Column, fiscal_year: int) -> str:
        """``"2023"``, or ``"2024-budgeted"`` where the form prints another column of that year."""
        return f"{fiscal_year + column.offset}{self.column_suffix(column)}"

    def exact_column(self, year: int, kind: str, fiscal_year: int) -> str | None:
        """The id of the column of a year and kind, or None where the form prints none."""
        for column in self._columns_by_offset.get(year - fiscal_year, ()):
            if column.kind == kind:
                return self.column_id(column, fiscal_year)
        return None

    def linked_column(self, link: Link, year: int, fiscal_year: int) -> str | None:
        """The id of the column that a link over columns leads to from a row of ``year``, or None
        where the form prints none: one of the link's kind, else the first of the year.
        """
        lag = self.evaluation_lag if link.lagged else 0
        columns = self._columns_by_offset.get(year + lag - fiscal_year)
        if columns is None:
            return None
        for column in columns:
            if column.kind == link.kind:
                return self.column_id(column, fiscal_year)
        return self.column_id(columns[0], fiscal_year)

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

    @cached_property
    def in_sums(self) -> tuple[str, ...]:
        """The figures of a column that its funding adds up to, and the sources: none where the
        form prints only some of the sources.
        """
        if not self.funding_complete or not self.funding or "total_cost" not in self.fields:
            return ()
        return ("total_cost", *(f"funding.{source}" for source in self.funding))

    @cached_property
    def sum_leeway(self) -> Decimal:
        """How far off a sum of sources may be, in base units, before it is an error: one printed
        unit of the total where nobody has said how the sums are rounded, else 0.
        """
        stated = [self.fields[name].rounding != "exact" for name in self.in_sums]
        if self.sums is not None or not stated or any(stated):
            return Decimal(0)
        total = self.fields["total_cost"]
        return total.step * self.factor(total.unit)

    @cached_property
    def in_yen(self) -> Form:
        """The same form as the accounts have it: every figure exact, and yen among its units."""
        data = self.model_dump(by_alias=True)
        for definition in data["fields"].values():
            definition["rounding"] = "exact"
        units = {YEN: Decimal(1), **data["units"]}
        return Form.model_validate({**data, "units": units, "sums": None})

    def factor(self, unit: str) -> Decimal:
        """How many base units (yen, persons) one of ``unit`` is; 1 for a unit that the form does
        not list.
        """
        return self.units.get(unit, Decimal(1))

    def meaning(self, result: str | None) -> str | None:
        """The canonical word for a printed evaluation, or None."""
        if result is None:
            return None
        word = squeezed(result)
        for printed, meaning in self.evaluations.items():
            if squeezed(printed) == word:
                return meaning
        return None

    def reason_code(self, text: str) -> Status | None:
        """The first of the form's reasons for a blank evaluation that the text holds, or None."""
        body = squeezed(text)
        for code, words in self.reasons.items():
            if squeezed(words) in body:
                return code
        return None

    def stated(self, name: str) -> Decimal | Mapping[int, Decimal] | None:
        """A number that the form sets, one or by year: of ``[params]``, or one that follows from
        the rest of the form; None for one that it does not set.
        """
        if name == "jump_factor" and self.kpi:
            return self.kpi.jump_factor
        return self.sum_leeway if name == "sum_leeway" else self.params.get(name)

    def param(self, name: str, year: int | None = None) -> Decimal | None:
        """A number that the form sets, for ``year`` where it differs by year; None for one that
        it does not set.
        """
        value = self.stated(name)
        if value is None or isinstance(value, Decimal):
            return value
        return value.get(year) if year is not None else None
