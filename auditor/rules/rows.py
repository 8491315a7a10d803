"""Records seen as rows: what a formula can name on each of them, in base units.

Rows are built once for each book; a row knows the cell of each of its names, so that a finding
can point at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from itertools import chain
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast, get_args

from auditor.forms.model import COLUMN_KINDS, GROUPS, PARAMS, FieldDefinition, Form
from auditor.forms.words import squeezed
from auditor.formula.functions import FUNCTIONS, OfGroup
from auditor.formula.tree import Field as NamedField
from auditor.formula.tree import FunctionName, Kind, Members, Node, Scope, Vocabulary
from auditor.formula.values import BLANK, UNKNOWN, Measure, Missing, RowSet, Value
from auditor.records import fields, figures
from auditor.records.decimals import DecimalText
from auditor.records.fields import EACH, SCOPES, Each, Link, OtherBook, kind_in, of_kind
from auditor.records.figures import Figure, Place, Quantity, Record, as_printed, spread
from auditor.records.model import (
    RECORDS,
    SHEET_FIELDS,
    YEAR_FIELDS,
    Book,
    Evaluation,
    FiscalYear,
    Kpi,
    Meaning,
    Sheet,
    figure_reader,
    options_of,
)
from auditor.records.text import Text
from auditor.rules.kpi import TargetBound, target_bound
from auditor.rules.lookups import NO_LOOKUPS, Lookups
from auditor.rules.sets import Sets

__all__ = [
    "NO_OTHERS",
    "SHEETS_AT_A_TIME",
    "Cell",
    "ClaimsOf",
    "Other",
    "Row",
    "Rows",
    "UnknownRow",
    "vocabulary",
]

if TYPE_CHECKING:  # few runs read prose
    from auditor.narrative.model import Claim
    from auditor.narrative.statements import SheetText

T = TypeVar("T")


class Cell(Record):
    """One cell of a finding: where it stands and what it prints, in its own unit.

    ``value`` is its exact figure, or the word of a cell that holds words; None where it holds
    neither. ``other_book`` is the book beside the judged one that the cell is of. ``name`` tells
    the figures of a sentence apart: that of its mark (``whole``, ``parts.1``); ``field`` is the
    text that holds the sentence then.
    """

    document: str
    sheet: int | None = None
    kpi: int | None = None
    field: str
    name: str = ""
    year: str | None = None
    value: DecimalText | str | None = None
    printed: str = ""
    unit: str = ""
    place: Place | None = None
    other_book: OtherBook | None = None

    def shown(self) -> str:
        """The cell as a text: as it is printed or, where a table keeps no print, as it would be."""
        if isinstance(self.value, str):
            return self.printed or self.value
        return as_printed(self.printed, self.value)


_KINDS: Final[Mapping[fields.Kind, Kind]] = {
    "number": "number",
    "figure": "number",
    "figures": "group",
    "text": "text",
    "texts": "text",
    "month": "text",
}
"""What a formula takes a field of a kind for."""


def vocabulary(forms: Iterable[Form]) -> Vocabulary:
    """The names that formulas may use, with the funding sources and special figures of all the
    forms.
    """
    forms = tuple(forms)
    sources: dict[str, Kind] = {}
    special: dict[Each, dict[str, Kind]] = {}
    kinds: dict[str, None] = {}
    for form in forms:
        kinds |= dict.fromkeys(column.kind for column in form.columns)
        sources |= {f"funding.{source}": "number" for source in form.funding}
        for name, place in form.own_figures.items():
            special.setdefault(place, {})[name] = "number"
    looked_up = _looked_up(forms)
    scopes: dict[str, Scope] = {}
    for each, scope in SCOPES.items():
        names: dict[str, Kind] = {field.name: _KINDS[field.kind] for field in scope.named}
        if "funding" in names:
            names |= sources
        links = [*scope.links, *_with_kinds(scope, kinds)]
        scopes[each] = Scope(
            {**names, **special.get(each, {})},
            {**looked_up.get(each, {}), **{link.name: link.to for link in links}},
            frozenset(link.name for link in links if link.over == "book"),
            {rows.name: rows.to for rows in scope.sets},
        )
    return Vocabulary(
        scopes,
        tuple(kinds),
        stated=_stated(forms),
        words={**_closed_words(), ("year", "kind"): tuple(dict.fromkeys((*kinds, *COLUMN_KINDS)))},
        tables=_TABLES,
        labelled=_Labels(forms),
        units=_units(forms),
    )


def _units(forms: Iterable[Form]) -> Mapping[str, Decimal]:
    """The units of forms, each with what it is in base units; forms agree on those of a name."""
    units: dict[str, Decimal] = {}
    for form in forms:
        units |= form.units
    return units


class _Labels:
    """The names of figures by their labels in forms, which few runs ask for: authors who write a
    label in a formula are told its name.
    """

    def __init__(self, forms: Sequence[Form]) -> None:
        self._forms = forms

    def __call__(self, label: str) -> Iterable[str]:
        return self._names.get(squeezed(label), ())

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, None]]:
        names: dict[str, dict[str, None]] = {}
        for form in self._forms:
            labels = {name: item.label for name, item in form.fields.items()}
            for name, texts in chain(labels.items(), form.labels.items()):
                for text in texts:
                    # A part of a label means it, too: 事業費 of 事業費 総額.
                    for part in (text, *text.split()):
                        names.setdefault(squeezed(part), {})[name] = None
        for scope in SCOPES.values():
            for item in scope.named:
                if item.ja:
                    names.setdefault(squeezed(item.ja), {})[item.name] = None
        return names


_TABLES: Final[Mapping[str, int]] = {"evaluation_changes": 2}
"""The tables that formulas look texts up in, and how many each of their rows has."""


def _stated(forms: Iterable[Form]) -> Mapping[FunctionName, tuple[str, ...]]:
    """The names in quotes that functions take: what the forms state, and what follows from it."""
    groups: dict[str, None] = dict.fromkeys(GROUPS)
    params: dict[str, None] = dict.fromkeys(PARAMS)
    for form in forms:
        groups |= dict.fromkeys(form.figure_groups)
        params |= dict.fromkeys(form.params)
    return {
        "group": tuple(groups),
        "param": tuple(params),
        "agreed": tuple(params),
        "table": tuple(_TABLES),
    }


@cache
def _closed_words() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The texts of fields that hold one of a few words, by scope and name."""
    words: dict[tuple[str, str], tuple[str, ...]] = {
        ("evaluation", "meaning"): get_args(Meaning),
        ("kpi", "target_bound"): get_args(TargetBound),
    }
    for each, record in RECORDS.items():
        for name in SCOPES[each].names("text"):
            if name in record.model_fields and (options := options_of(record, name)):
                words[each, name] = options
    return words


def _looked_up(forms: Sequence[Form]) -> Mapping[Each, Mapping[str, Each]]:
    """The links of rows to rows of other tables, by what a row is, with what it leads to."""
    rows: dict[str, Each] = {form.name: form.row_scope for form in forms}
    links: dict[Each, dict[str, Each]] = {}
    for form in forms:
        for name, lookup in form.lookups.items():
            links.setdefault(form.row_scope, {})[name] = rows.get(lookup.form, "sheet")
    return links


def _with_kinds(scope: fields.Scope, kinds: Iterable[str]) -> Iterator[Link]:
    """The links from a column to those of a named kind in another book."""
    if scope.name != "year":
        return
    for link in scope.links:
        if link.over == "book" and not link.evaluated:
            for kind in kinds:
                yield scope.follow(of_kind(link.name, kind))


WORDS: Final = frozenset(
    chain.from_iterable(
        scope.names for each, scope in vocabulary(()).scopes.items() if each != "claim"
    )
).difference(SHEET_FIELDS, YEAR_FIELDS)
"""What can be named on the records of every form; claims have all that can be named on them."""


@dataclass(eq=False, slots=True)
class Row:
    """One row of a book. ``values`` hold base units; ``column`` is the key of its year where it
    has one.
    """

    scope: Each
    rows: Rows
    record: Sheet | FiscalYear | Evaluation | Kpi | Figure | Book | Claim
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
        row = self.links.get(name)
        return self.rows.linked(self, name) if row is None else row

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

    def gathered(self, node: Members) -> RowSet:
        return self.rows.sets.gathered(self, node)

    def alike(self, keys: Sequence[NamedField]) -> RowSet | None:
        return self.rows.sets.alike(self, keys)

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
        value = getattr(record, first, None)
        if rest and isinstance(value, Mapping):
            value = cast(Mapping[str, object], value).get(rest)
        return value if isinstance(value, Figure) else None

    def cell(self, name: str) -> Cell:
        """The cell of a figure or a text, for a finding; a meaning stands in the cell of the
        printed result.
        """
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
            word = self.values.get(name) or self._text(name)
            text = "" if isinstance(word, Missing) else str(word)
            number = Decimal(word) if isinstance(word, int) else None
            return Cell(
                document=document,
                sheet=sheet,
                kpi=kpi,
                field=field_name,
                year=year,
                value=number if number is not None else text or None,
                printed=text,
                place=self._place(name),
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

    def is_printed(self, name: str) -> bool:
        """Whether a finding can show what stands under a name: a claim has numbers that follow
        from its sentence, and words of the program's own.
        """
        del name
        return True

    @property
    def claim(self) -> Claim | None:
        """What the text says, on a row of a claim; None on every other row."""
        return None

    @property
    def statement(self) -> str:
        """What tells a claim from the others of its section; empty for every other row."""
        return ""

    def _text(self, name: str) -> Value:
        """A text of the record that formulas can't name; tables have some that no record has."""
        field = SCOPES[self.scope].by_name.get(name)
        is_text = field is not None and field.kind == "text"
        return getattr(self.record, name, "") or BLANK if is_text else BLANK

    def _place(self, name: str) -> Place | None:
        """Where a text stands; where that is not known, where its record begins."""
        if not isinstance(self.record, Evaluation | Sheet | Kpi):
            return None
        return self.record.places.get(_WRITTEN_IN.get(name, name), self.record.place)


class _NothingKnown(dict[str, Value]):
    """The values of a row of which nothing is known."""

    def get(self, _name: object, _default: object = None, /) -> Missing:
        return UNKNOWN


class UnknownRow(Row):
    """A row that can't be told: of what it is linked to nothing is known, either."""

    @classmethod
    def beside(cls, row: Row) -> UnknownRow:
        """What a row is linked to where nobody knows which one that is."""
        nothing = _NothingKnown()
        return cls(row.scope, row.rows, row.record, nothing, {}, row.column, row.sheet, row.kpi)

    def link(self, name: str) -> Row:
        del name
        return self

    def gathered(self, node: Members) -> RowSet:
        del node
        return RowSet(is_certain=False)

    def alike(self, keys: Sequence[NamedField]) -> RowSet | None:
        del keys
        return None


def _the_one(row: Row, candidates: Sequence[Row] | None) -> Row | None:
    """The only row that a link can lead to, or None where there is none; an unknown one where
    that can't be told.
    """
    if candidates is None or len(candidates) > 1:
        return UnknownRow.beside(row)
    return candidates[0] if candidates else None


_WRITTEN_IN: Final = {"due_year": "due"}
"""The texts in which other values are written."""


class _Measured(NamedTuple):
    """A figure of a scope's records: its name, how it is read from a record, what the form says
    of it, and how many base units one of its unit is.
    """

    name: str
    read: Callable[[Any], Figure | None]
    definition: FieldDefinition
    factor: Decimal


_UNSURE: Final = ("arithmetic", "usual_place")

Owner = Sheet | Kpi


@dataclass(frozen=True, eq=False)
class Other:
    """Another book that a book is held against: its rows, and each sheet and KPI of this one with
    its partner there. What has no partner is in no pair; ``undecided`` are records of the other
    book that may be the partner of several, or of one that was not read.
    """

    rows: Rows
    sheets: Sequence[tuple[Sheet, Sheet]] = ()
    kpis: Sequence[tuple[Kpi, Kpi]] = ()
    undecided: Sequence[Owner] = ()

    @cached_property
    def _partners(self) -> Mapping[int, Owner]:
        pairs: Iterable[tuple[Owner, Owner]] = chain(self.sheets, self.kpis)
        return {id(record): partner for record, partner in pairs}

    def partner(self, record: Owner) -> Owner | None:
        """The sheet or KPI of the other book that a record of this one is paired with."""
        return self._partners.get(id(record))


NO_OTHERS: Final[Mapping[OtherBook, Other]] = MappingProxyType({})

ClaimsOf = Callable[["Rows", Sheet], Iterable["Claim"]]
"""Gives the claims of a sheet of a book."""


SHEETS_AT_A_TIME: Final = 200
"""The prose of how many sheets is held; what they claim takes a hundred times their text."""


def _hold(held: dict[int, T], sheet: Sheet, item: T) -> None:
    """Hold what was read of a sheet, and let go what was read first where that is too much."""
    if len(held) >= SHEETS_AT_A_TIME:
        del held[next(iter(held))]
    held[id(sheet)] = item


class Rows:
    """All rows of one book; ``others`` are the books that it is held against, ``lookups`` the
    tables that its rows are looked up in, ``claims_of`` what gives the claims of its sheets (None
    stands for the program's own readers). Prose is read when it is first asked for, and that of
    ``SHEETS_AT_A_TIME`` sheets is held: a folder may have thousands.

    A book ``is_whole`` where all that was to be read of it was read. Nothing is known of a sum
    over rows of any other.
    """

    book: Book
    form: Form
    others: Mapping[OtherBook, Other]
    is_whole: bool
    lookups: Lookups
    groups: Mapping[str, tuple[str, ...]]

    def __init__(
        self,
        book: Book,
        form: Form,
        others: Mapping[OtherBook, Other] = NO_OTHERS,
        *,
        lookups: Lookups = NO_LOOKUPS,
        is_whole: bool = True,
        claims_of: ClaimsOf | None = None,
    ) -> None:
        self._read_claims = claims_of
        self._prose: dict[int, SheetText] = {}
        self._claims: dict[int, list[Row]] = {}
        self.book, self.form, self.others = book, form, others
        self.lookups, self.is_whole = lookups, is_whole
        self.formula_cells: frozenset[str] = frozenset(
            name for name, definition in form.fields.items() if definition.formula_cell
        )
        self.groups = groups = form.figure_groups
        self.tables: Mapping[str, Sequence[tuple[str, ...]]] = {
            "evaluation_changes": [
                (banned.before, banned.after) for banned in form.evaluation_changes.banned
            ]
        }
        self.definitions: dict[tuple[Each, str], FieldDefinition] = {}
        for each, definitions in form.definitions.items():
            self.definitions |= {(each, name): stated for name, stated in definitions.items()}
        self._amounts = self._measures("year")
        self._totals = self._measures("sheet")
        self._indicator = self._measures("kpi")
        self._once: dict[Callable[[Rows], object], object] = {}
        self._grouped: dict[tuple[Each, str | None, FunctionName, Node], Quantity | None] = {}
        # The sheets of a book are of few years.
        self._order = cache(self._ordered_columns)
        self._linked = cache(self._linked_columns)
        self._of: dict[Each, list[Row]] = {each: [] for each in EACH}
        # Columns that the form prints and a record lacks, by sheet and key.
        self._absent: dict[tuple[int, str], Row] = {}
        self._of["book"].append(Row("book", self, book, _READ["book"](book), groups))
        for sheet in book.sheets:
            self._sheet(sheet)
        for indicator in book.kpis:
            self._kpi(indicator)

    @cached_property
    def sets(self) -> Sets:
        """The sets of rows that formulas pass through."""
        return Sets(self)

    def linked(self, row: Row, step: str) -> Row | None:
        """The row that a step of a formula's path leads to beyond the record: its parent, one of
        another table, or one of another book. Where it may be any of several, an unknown one.
        """
        if step == "parent":
            return _the_one(row, self.sets.parents(row))
        lookup = self.form.lookups.get(step)
        if lookup is not None:
            return _the_one(row, self.lookups.candidates(row, lookup))
        return self.elsewhere(row, step) if self.others else None

    def absent_years(self, sheet: Sheet) -> list[Row]:
        """The columns that the form prints and a sheet's record lacks."""
        columns = self._order(sheet.fiscal_year)
        rows = (self._absent.get((id(sheet), column)) for column in columns)
        return [row for row in rows if row is not None]

    @cached_property
    def unsure(self) -> bool:
        """Whether any figure of the book, or of those that it is held against, stands in a column
        that only arithmetic or habit gave it.
        """
        others = any(other.rows.unsure for other in self.others.values())
        return others or any(row.unsure for row in self._of["year"])

    def kpis_of(self, sheet: Sheet) -> Sequence[Kpi]:
        """The indicators of a sheet's project."""
        return self._kpis_by_project.get(squeezed(sheet.name), ())

    @cached_property
    def _kpis_by_project(self) -> Mapping[str, Sequence[Kpi]]:
        kpis: dict[str, list[Kpi]] = {}
        for kpi in self.book.kpis:
            kpis.setdefault(squeezed(kpi.project), []).append(kpi)
        return kpis

    def prose(self, sheet: Sheet) -> SheetText:
        """The sentences of a sheet; they are read once for the rules on a few sheets."""
        text = self._prose.get(id(sheet))
        if text is None:
            from auditor.narrative.statements import SheetText

            text = SheetText(sheet, self.form, tuple(self.kpis_of(sheet)))
            _hold(self._prose, sheet, text)
        return text

    def claims_of(self, sheet: Sheet) -> list[Row]:
        """The claims of a sheet, in the order in which they were read; as ``prose``."""
        claims = self._claims.get(id(sheet))
        if claims is None:
            from auditor.rules.claims import claim_rows

            claims = claim_rows(self, sheet, self._read_claims)
            _hold(self._claims, sheet, claims)
        return claims

    def let_prose_go(self) -> None:
        """Hold no sentence and no claim any more."""
        self._prose.clear()
        self._claims.clear()

    @property
    def held(self) -> int:
        """Of how many sheets sentences or claims are held."""
        return max(len(self._prose), len(self._claims))

    def of_sheets(self, scope: Each, sheets: Iterable[Sheet]) -> list[Row]:
        """The rows of one scope of some sheets."""
        if scope == "claim":
            return list(chain.from_iterable(map(self.claims_of, sheets)))
        rows = chain.from_iterable(self.of_owner(sheet) for sheet in sheets)
        return [row for row in rows if row.scope == scope]

    def other_book(self, row: Row) -> OtherBook | None:
        """The other book that a row is of; None for a row of this one."""
        if row.rows is self:
            return None
        for name, other in self.others.items():
            if other.rows is row.rows:
                return name
        return None

    def cell_of(self, row: Row, name: str) -> Cell:
        """A cell of this book or of another, for a finding of this one."""
        cell, book = row.cell(name), self.other_book(row)
        return cell if book is None else cell.model_copy(update={"other_book": book})

    def partners_of(self, owner: Owner) -> Iterator[Row]:
        """All rows of the sheets or KPIs that one of this book is paired with."""
        for other in self.others.values():
            partner = other.partner(owner)
            if partner is not None:
                yield from other.rows.of_owner(partner)

    def of_owner(self, owner: Owner) -> Sequence[Row]:
        """All rows of a sheet or KPI."""
        return self._owned.get(id(owner), ())

    @cached_property
    def _owned(self) -> Mapping[int, Sequence[Row]]:
        owned: dict[int, list[Row]] = {}
        for row in self:
            if row.scope != "book":
                owned.setdefault(id(row.sheet or row.kpi), []).append(row)
        return owned

    def elsewhere(self, row: Row, step: str) -> Row | None:
        """The row of another book that a step of a formula's path leads to, or None where there is
        none.
        """
        link = _elsewhere(row.scope, step)
        other = None if link is None or link.other is None else self.others.get(link.other)
        if link is None or other is None:
            return None
        owner = row.sheet or row.kpi
        if owner is None:
            return other.rows.of(link.to)[0]
        there = other.partner(owner)
        return None if there is None else other.rows.at(link.to, there, _column(row, link, there))

    def at(self, scope: Each, owner: Owner, column: str | None) -> Row | None:
        """The row of one column of a sheet or KPI, or its own row, for None."""
        row = self._places.get((scope, id(owner), column))
        if row is None and column is not None and scope == "year":
            return self._absent.get((id(owner), column))
        return row

    @cached_property
    def _places(self) -> Mapping[tuple[Each, int, str | None], Row]:
        return {(row.scope, id(row.sheet or row.kpi), row.column): row for row in self}

    def forget(self) -> None:
        """Forget what was computed of sets and groups of rows, because values of rows were changed:
        those that draw rows change one book's values over and over.
        """
        self._grouped.clear()
        self.__dict__.pop("sets", None)

    def once(self, compute: Callable[[Rows], T]) -> T:
        """What a function makes of the book, computed at its first call; for rules that compare
        sheets.
        """
        if compute not in self._once:
            self._once[compute] = compute(self)
        return cast(T, self._once[compute])

    def of(self, scope: Each) -> list[Row]:
        """The rows of one scope, in the book's order. To hold the claims of all sheets takes
        memory: what looks at one sheet asks for its claims.
        """
        return self._every_claim if scope == "claim" else self._of[scope]

    @cached_property
    def _every_claim(self) -> list[Row]:
        return self.of_sheets("claim", self.book.sheets)

    @cached_property
    def _columns(self) -> dict[tuple[Each, str | None], list[Row]]:
        columns: dict[tuple[Each, str | None], list[Row]] = {}
        for scope, rows in self._of.items():
            for row in rows:
                columns.setdefault((scope, row.column), []).append(row)
        return columns

    def column(self, row: Row) -> list[Row]:
        """The rows of the same scope and column as ``row``, itself among them."""
        if row.scope == "claim":
            return [other for other in self._every_claim if other.column == row.column]
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
        if figure is None:  # the record lacks it: what its document prints is not known
            return UNKNOWN
        if figure.state in ("blank", "dash"):
            return BLANK
        if figure.value is None:
            return UNKNOWN
        if figure.unit and figure.unit != definition.unit:
            if figure.unit in self.form.units:
                factor = self.form.factor(figure.unit)
            elif definition.unit in self.form.units:  # how much that is can't be told
                return UNKNOWN
        return spread(figure.value, definition.rounding, definition.step, factor)

    def _measures(self, each: Each) -> list[_Measured]:
        """The figures of a scope's records. KPI values have units of their own and stay as
        printed.
        """
        derived = {field.name for field in SCOPES[each].fields if field.origin == "derived"}
        return [
            _Measured(
                name,
                figure_reader(RECORDS[each], name),
                definition,
                Decimal(1) if each == "kpi" else self.form.factor(definition.unit),
            )
            for name, definition in self.form.definitions[each].items()
            if name not in derived
        ]

    def _sheet(self, sheet: Sheet) -> None:
        values = _READ["sheet"](sheet)
        for name, figure_of, definition, factor in self._totals:
            values[name] = self._value(figure_of(sheet), definition, factor)
        row = Row("sheet", self, sheet, values, self.groups, sheet=sheet)

        years = {key: self._year(key, year, sheet, row) for key, year in sheet.years.items()}
        row.links |= years
        self._of["sheet"].append(row)
        self._of["year"].extend(years.values())
        order = self._order(sheet.fiscal_year)
        absent = [key for key in order if key not in years]
        lacking = {key: self._absent_year(key, sheet, row) for key in absent}
        self._absent |= {(id(sheet), key): year for key, year in lacking.items()}
        years |= lacking
        _chain("year", [years[key] for key in order])
        row.links |= self._columns_of("sheet", sheet.fiscal_year, sheet, years)

        evaluations: list[Row] = []
        for key, evaluation in sorted(sheet.evaluations.items()):
            links = dict.fromkeys(_OWNERS["evaluation"], row)
            links |= self._columns_of("evaluation", evaluation.year, sheet, years)
            words = _READ["evaluation"](evaluation)
            evaluations.append(
                Row("evaluation", self, evaluation, words, self.groups, key, sheet, links=links)
            )
        self._of["evaluation"].extend(evaluations)
        _chain("evaluation", self._without_gaps(evaluations))

    def _ordered_columns(self, fiscal_year: int) -> list[str]:
        """The keys of the columns of a sheet, in the form's order."""
        return [self.form.column_id(column, fiscal_year) for column in self.form.columns]

    def _linked_columns(self, each: Each, year: int, fiscal_year: int) -> list[tuple[str, str]]:
        """The names and keys of the columns that the links of a row of ``year`` lead to."""
        keys = ((link, self.form.linked_column(link, year, fiscal_year)) for link in _COLUMNS[each])
        return [(link.name, key) for link, key in keys if key is not None]

    def _columns_of(
        self, each: Each, year: int, sheet: Sheet, years: Mapping[str, Row]
    ) -> dict[str, Row]:
        """The columns of the sheet that the links of a row of ``year`` lead to."""
        linked = self._linked(each, year, sheet.fiscal_year)
        return {name: years[key] for name, key in linked if key in years}

    def _year(self, key: str, year: FiscalYear, sheet: Sheet, owner: Row) -> Row:
        values = _READ["year"](year)
        unsure: set[str] = set()
        for name, figure_of, definition, factor in self._amounts:
            figure = figure_of(year)
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
            links=dict.fromkeys(_OWNERS["year"], owner),
            unsure=frozenset(unsure),
        )

    def _absent_year(self, key: str, sheet: Sheet, owner: Row) -> Row:
        """What links lead to where the form prints a column and the sheet's record lacks it: what
        the document says there is not known.
        """
        columns = self.form.columns
        column = columns[self._order(sheet.fiscal_year).index(key)]
        year = FiscalYear(year=sheet.fiscal_year + column.offset, kind=column.kind)
        row = self._year(key, year, sheet, owner)
        row.values = dict.fromkeys(row.values, UNKNOWN)
        return row

    def _without_gaps(self, evaluations: Sequence[Row]) -> list[Row]:
        """The evaluations of a sheet in their order, with one that is not known where the record
        lacks the years between two of them.
        """
        rows: list[Row] = []
        for row in evaluations:
            year = cast(Evaluation, row.record).year
            if rows and year > (before := cast(Evaluation, rows[-1].record).year + 1):
                values: dict[str, Value] = dict.fromkeys(row.values, UNKNOWN)
                absent = Evaluation(year=before)
                rows.append(
                    Row("evaluation", self, absent, values, self.groups, str(before), row.sheet)
                )
            rows.append(row)
        return rows

    def _kpi(self, kpi: Kpi) -> None:
        table = self.form.kpi
        if table is None:
            return
        printed = sorted(kpi.actuals.items())
        actuals = {
            f"actuals.{year}": self._value(figure, table.actual, Decimal(1))
            for year, figure in printed
        }
        values = _READ["kpi"](kpi)
        for name, figure_of, definition, factor in self._indicator:
            figure = figure_of(kpi)
            # Not every table has a column for each.
            is_there = figure is not None
            values[name] = self._value(figure, definition, factor) if is_there else BLANK
        values["due_actual"] = actuals.get(f"actuals.{kpi.due_year}", UNKNOWN)
        values |= actuals
        row = Row("kpi", self, kpi, values, {"actuals": tuple(actuals)}, kpi=kpi)
        self._of["kpi"].append(row)

        years: list[Row] = []
        for year, figure in printed:
            value = {"year": int(year), "actual": actuals[f"actuals.{year}"]}
            links = dict.fromkeys(_OWNERS["kpi_year"], row)
            years.append(Row("kpi_year", self, figure, value, {}, year, kpi=kpi, links=links))
        _chain("kpi_year", years)
        self._of["kpi_year"].extend(years)

    def __iter__(self) -> Iterator[Row]:
        for rows in self._of.values():
            yield from rows


_OWNERS: Final = {
    each: tuple(link.name for link in scope.links if link.over == "owner")
    for each, scope in SCOPES.items()
}
_COLUMNS: Final = {
    each: tuple(link for link in scope.links if link.over == "column")
    for each, scope in SCOPES.items()
}
_STEPS: Final = {
    each: tuple(link for link in scope.links if link.over == "row")
    for each, scope in SCOPES.items()
}


@cache
def _elsewhere(each: Each, step: str) -> Link | None:
    """The link to another book that a step is; None for any other."""
    scope = SCOPES[each]
    if step not in scope.link and kind_in(step) is None:
        return None
    link = scope.follow(step)
    return link if link.over == "book" else None


def _column(row: Row, link: Link, there: Owner) -> str | None:
    """The key of the column, evaluation or year of a record in another book that a row is linked
    to; None for the record itself, and an empty key, which no row has, where the form prints none.
    """
    fiscal_year = there.fiscal_year
    form = row.rows.form
    match link.to:
        case "year":
            if link.evaluated:
                return form.evaluated_column(fiscal_year, fiscal_year) or ""
            year = cast(FiscalYear, row.record)
            return form.exact_column(year.year, link.kind or year.kind, fiscal_year) or ""
        case "evaluation" | "kpi_year":
            return str(fiscal_year) if link.evaluated else row.column
        case "sheet" | "kpi" | "claim" | "book":
            return None


def _chain(each: Each, rows: list[Row]) -> None:
    """Links rows of one owner, which stand in their order, to those before and after."""
    for link in _STEPS[each]:
        ahead = abs(link.step)
        for earlier, later in zip(rows, rows[ahead:], strict=False):
            start, end = (earlier, later) if link.step > 0 else (later, earlier)
            start.links[link.name] = end


# --- the values of records


_Reader = Callable[[Any], dict[str, Value]]


def _meaning(evaluation: Evaluation) -> Value:
    """A printed word whose meaning the form doesn't tell is unknown, not blank."""
    return evaluation.meaning or (UNKNOWN if evaluation.result else BLANK)


def _due_year(kpi: Kpi) -> Value:
    return BLANK if kpi.due_year is None else kpi.due_year


def _first_year(kpi: Kpi) -> Value:
    return min((int(year) for year in kpi.actuals), default=BLANK)


def _last_printed_year(kpi: Kpi) -> Value:
    return max((int(year) for year in kpi.actuals), default=BLANK)


_COMPUTED: Final[Mapping[tuple[Each, str], Callable[[Any], Value]]] = {
    ("evaluation", "meaning"): _meaning,
    ("kpi", "due_year"): _due_year,
    ("kpi", "first_year"): _first_year,
    ("kpi", "last_printed_year"): _last_printed_year,
    ("kpi", "target_bound"): target_bound,
}
"""What is computed of a record: all that is derived, figures apart, and what a blank hides."""


def _reader(each: Each) -> _Reader:
    """A function that reads the values of a record that are no figures.

    What it needs is looked up once: rows are made of every record of a book.
    """
    computed = [(name, compute) for (of, name), compute in _COMPUTED.items() if of == each]
    plain = [
        field
        for field in SCOPES[each].named
        if field.origin == "record"
        and field.kind not in ("figure", "figures")
        and (each, field.name) not in _COMPUTED
    ]
    names = [field.name for field in plain]
    lists = [field.name for field in plain if field.kind == "texts"]
    # Numbers and keys are never blank.
    words = [field.name for field in plain if field.kind != "number" and not field.key]
    values_of = _getter(names)

    def read(record: Any) -> dict[str, Value]:
        values: dict[str, Value] = dict(zip(names, values_of(record), strict=True))
        for name in lists:
            values[name] = "、".join(cast("Iterable[str]", values[name]))
        for name in words:
            values[name] = values[name] or BLANK
        for name, compute in computed:
            values[name] = compute(record)
        return values

    return read


def _getter(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """A function that takes some attributes of a record."""
    if len(names) == 1:
        (name,) = names
        return lambda record: (getattr(record, name),)
    return attrgetter(*names)


_READ: Final[Mapping[Each, _Reader]] = {each: _reader(each) for each in RECORDS}
"""The readers of all records; a year of a KPI is a figure, and its key."""
