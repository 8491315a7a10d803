"""The records: a project's sheet, a KPI, and the book of one form and fiscal year.

They are pydantic models that never change. Figures keep the unit their document prints; a figure
that the form does not have is ``None``, a cell that the document left empty is a blank figure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Any, Final, Literal, cast, get_args, get_origin

from pydantic import Field

from auditor.records.decimals import PlainDecimal
from auditor.records.fields import SCOPES, Each, figure_names
from auditor.records.figures import Figure, Place, Record
from auditor.records.fiscal import fiscal_year_of
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.text import Text, Why

__all__ = [
    "RECORDS",
    "SHEET_FIELDS",
    "YEAR_FIELDS",
    "Book",
    "Direction",
    "DirectionSource",
    "Document",
    "Evaluation",
    "Evidence",
    "FiscalYear",
    "Kpi",
    "Meaning",
    "NotChecked",
    "Part",
    "PartState",
    "PassedOver",
    "Remark",
    "RemarkCell",
    "Role",
    "Sheet",
    "Status",
    "UnreadNumber",
    "default_of",
    "figure_reader",
    "figures_of_sheet",
    "figures_of_year",
    "numbers_in",
    "options_of",
]

SHEET_FIELDS: Final = figure_names("sheet")
"""The figures of a sheet that every form may have."""


YEAR_FIELDS: Final = figure_names("year")
"""Those of a column, beside its funding sources."""

_YEAR_ORDER: Final = tuple(
    field.name
    for field in SCOPES["year"].fields
    if field.kind == "figure" or field.name == "funding"
)


Status = Literal["continuing", "new", "single_year", "not_evaluated"]


Role = Literal["row", "total"]
"""Whether a row stands for itself, or totals others."""

Meaning = Literal[
    "expand",
    "continue",
    "improve",
    "reduce",
    "merge",
    "suspend",
    "end",
    "complete",
    "abolish",
]
"""What a printed evaluation means."""

Direction = Literal["higher", "lower"]


DirectionSource = Literal["declared", "inferred", "assumed"]


class NotChecked(Record):
    """Something that the audit could not do; there is no exit code 0 beside one. ``excerpt`` are
    lines of the file at fault, where that is one of rules, forms or Python. An entry with ``more``
    stands for as many others of its document, rule and code, which are not listed.
    """

    document: str | None = None
    sheet: int | None = None
    rule: str | None = None
    why: Why
    more: int = Field(default=0, ge=0)
    excerpt: tuple[str, ...] = Field(default=(), exclude=True)
    """For people alone: what programs need, ``why`` says."""


class PassedOver(Record):
    """A file that was not audited and need not be: one that this program wrote, or one that says
    nothing new.
    """

    document: str
    why: Why


class UnreadNumber(Record):
    """A number that is visible in a document and that no record holds; ``sheet`` is the number of
    the sheet in whose area it stands.
    """

    printed: str
    place: Place | None = None
    sheet: int | None = None


PartState = Literal["passed_over", "left_out"]


class Part(Record):
    """A page or worksheet that was not audited, and need not be.

    One that was passed over was decoded and shows no sheet of the form, as a cover does; one that
    was left out is so by the form's or the user's choice. ``unread`` are the first 1,000 numbers
    that stand on a part which was passed over.
    """

    place: Place
    state: PartState
    why: Why
    unread: tuple[UnreadNumber, ...] = ()


Evidence = Literal["text", "left_out", "counted_twice", "typed_over", "stale", "uncertain"]
"""What a reader knows of a cell that bears on which cell is wrong.

``text``: a number stored as text, which sums skip. ``left_out`` and ``counted_twice``: a sum that
leaves out a part, or adds it more than once. ``typed_over``: a number where its neighbours have a
formula. ``stale``: a stored result that is not what the formula gives. ``uncertain``: what the
cell says was not read for certain.
"""


class RemarkCell(Record):
    """A figure that a remark concerns beside its own, or one of many that it concerns alike.

    ``recomputed`` is what a result would print, in its printed unit, once what the remark says is
    put right; None where that could not be worked out, and for a cell that is no result.
    """

    sheet: int | None = None
    kpi: int | None = None
    field: str
    year: str | None = None
    printed: str = ""
    place: Place | None = None
    recomputed: PlainDecimal | None = None


class Remark(Record):
    """What a reader found wrong with the document itself; ``rule`` is the code that it becomes
    a finding of.

    ``evidence`` is what it tells of the cell at ``field`` and ``year``. For ``text`` that cell is
    the part, and ``cells`` are the results that skip it; for ``left_out`` and ``counted_twice``
    it is the result, and ``cells`` are the parts. ``recomputed`` is the cell's own, as that of a
    ``RemarkCell``.

    A remark on many cells ``alike`` has no field of its own: all of them are its ``cells``.
    """

    rule: str
    sheet: int | None = None
    kpi: int | None = None
    field: str | None = None
    year: str | None = None
    printed: str = ""
    place: Place | None = None
    detail: Text | None = None
    evidence: Evidence | None = None
    recomputed: PlainDecimal | None = None
    cells: tuple[RemarkCell, ...] = ()
    alike: bool = False


def _arguments(figures: Mapping[str, Figure | None], common: Collection[str]) -> dict[str, Any]:
    """Figures by field as the arguments of their record: those that every form knows, and the
    rest together.
    """
    others = {
        name: figure
        for name, figure in figures.items()
        if name not in common and figure is not None
    }
    return {
        **{name: figures[name] for name in common if name in figures},
        "figures": FrozenDict(others),
    }


def figures_of_sheet(figures: Mapping[str, Figure | None]) -> dict[str, Any]:
    """A sheet's figures by field (``population`` …) as the arguments of a ``Sheet``."""
    return _arguments(figures, SHEET_FIELDS)


def figures_of_year(figures: Mapping[str, Figure | None]) -> dict[str, Any]:
    """A column's figures by field (``total_cost``, ``funding.grants`` …) as the arguments of a
    ``FiscalYear``.
    """
    funding = {
        name.removeprefix("funding."): figure
        for name, figure in figures.items()
        if name.startswith("funding.")
    }
    others = {name: figure for name, figure in figures.items() if not name.startswith("funding.")}
    printed = FrozenDict(
        {source: figure for source, figure in funding.items() if figure is not None}
    )
    return {**_arguments(others, YEAR_FIELDS), "funding": printed}


class FiscalYear(Record):
    """One column of a sheet's budget table; money in the unit printed, headcount in persons.

    ``figures`` are those that only its form has.
    """

    year: int
    kind: str
    total_cost: Figure | None = None
    funding: Frozen[str, Figure] = Field(default_factory=FrozenDict)
    staff_cost: Figure | None = None
    headcount: Figure | None = None
    figures: Frozen[str, Figure] = Field(default_factory=FrozenDict)

    def figure(self, name: str) -> Figure | None:
        """The figure of a field (``total_cost``, ``funding.grants`` …), or None where the column
        has none.
        """
        if name.startswith("funding."):
            return self.funding.get(name.removeprefix("funding."))
        return (
            cast("Figure | None", getattr(self, name))
            if name in YEAR_FIELDS
            else self.figures.get(name)
        )

    def figure_items(self) -> Iterator[tuple[str, Figure]]:
        """The figures that are there, by field."""
        for name in _YEAR_ORDER:
            if name == "funding":
                for source, figure in self.funding.items():
                    yield f"funding.{source}", figure
            elif (single := cast("Figure | None", getattr(self, name))) is not None:
                yield name, single
        yield from self.figures.items()


class Evaluation(Record):
    """One year's evaluation block: ``result`` as printed, ``meaning`` the form's canonical word
    for it.

    ``reason`` is the printed sentence that says why the block is blank, ``reason_code`` its key
    in the form. ``places`` are those of the texts that stand elsewhere than ``place``, by field.
    """

    year: int
    result: str | None = None
    meaning: str | None = None
    reason: str | None = None
    reason_code: str | None = None
    issues: str = ""
    direction: str = ""
    place: Place | None = None
    places: Frozen[str, Place] = Field(default_factory=FrozenDict)


class Sheet(Record):
    """One project's page. ``number`` counts the sheets of its document from 1; ``identifier`` is
    what a table tells its rows apart by, where that is no plain number.

    ``undivided`` keeps text of which the document no longer tells whether it is plan or result;
    ``figures`` are those that only its form has. ``status`` is None where an evaluation that would
    tell it was not found: nobody knows it then, and no formula over it is decided. ``place`` is
    where the sheet begins, ``places`` where each of its texts does, by field.

    A row of a table may total others (its ``role``). ``totals`` says which: ``all``, those
    ``above`` it, or those alike in some labels. Rows stand in blocks, which end with each row
    that totals those above: such a row totals the blocks from ``since`` to its own. ``parent`` is
    the number of the row that this one is part of, or its name where rows have no number.
    """

    document: str = ""
    number: int = 1
    identifier: str = ""
    name: str
    role: Role = "row"
    parent: str = ""
    totals: tuple[str, ...] = ()
    block: int | None = None
    since: int | None = None
    budget_stages: tuple[str, ...] = ()
    fiscal_year: int
    department: str = ""
    category: str = ""
    plans: tuple[str, ...] = ()
    purpose: str = ""
    planned: str = ""
    achieved: str = ""
    undivided: str = ""
    captions: str = ""
    population: Figure | None = None
    population_as_of: date | None = None
    cost_per_capita: Figure | None = None
    bond_burden_per_capita: Figure | None = None
    figures: Frozen[str, Figure] = Field(default_factory=FrozenDict)
    evaluations: Frozen[str, Evaluation] = Field(default_factory=FrozenDict)
    status: Status | None = None
    years: Frozen[str, FiscalYear] = Field(default_factory=FrozenDict)
    place: Place | None = None
    places: Frozen[str, Place] = Field(default_factory=FrozenDict)

    def figure(self, name: str) -> Figure | None:
        """The figure of a field (``population`` …), or None where the sheet has none."""
        return (
            cast("Figure | None", getattr(self, name))
            if name in SHEET_FIELDS
            else self.figures.get(name)
        )

    def figure_items(self) -> Iterator[tuple[str, Figure]]:
        """The figures of the sheet that are there, by field; those of its columns are theirs."""
        for name in SHEET_FIELDS:
            if (figure := cast("Figure | None", getattr(self, name))) is not None:
                yield name, figure
        yield from self.figures.items()

    def every_figure(self) -> Iterator[tuple[str, str | None, Figure]]:
        """The figures of the sheet and of its columns, by field and column; the sheet's have no
        column.
        """
        for name, figure in self.figure_items():
            yield name, None, figure
        for key, year in self.years.items():
            for name, figure in year.figure_items():
                yield name, key, figure


class Kpi(Record):
    """One indicator with its target and the actuals of the printed years, by fiscal year.

    ``department`` is printed only where the table has a column for it. ``place`` is that of the
    row, ``places`` are those of its texts, by field.
    """

    document: str = ""
    number: int = 1
    fiscal_year: int
    project: str
    department: str = ""
    grant_type: str = ""
    summary: str = ""
    name: str
    target: Figure
    unit: str = ""
    due: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}$")
    actuals: Frozen[str, Figure] = Field(default_factory=FrozenDict)
    direction: Direction = "higher"
    direction_source: DirectionSource = "assumed"
    declared_achieved: Literal["achieved", "missed"] | None = None
    declared_rate: Figure | None = None
    place: Place | None = None
    places: Frozen[str, Place] = Field(default_factory=FrozenDict)

    @property
    def due_year(self) -> int | None:
        """The fiscal year in which the target is due."""
        return fiscal_year_of(self.due) if self.due else None

    def figure_items(self) -> Iterator[tuple[str, Figure]]:
        """The figures that are there, by field; actuals by their years."""
        for name, year, figure in self.every_figure():
            yield (name if year is None else f"{name}.{year}"), figure

    def every_figure(self) -> Iterator[tuple[str, str | None, Figure]]:
        """The figures that are there, by field and year; only actuals have a year."""
        yield "target", None, self.target
        for year, figure in self.actuals.items():
            yield "actuals", year, figure
        if self.declared_rate is not None:
            yield "declared_rate", None, self.declared_rate


class Document(Record):
    """One file that was read: how much it held, what its reader remarks, and what could not be
    read.
    """

    path: str
    form: str
    fiscal_year: int
    sha256: str | None = None
    """Of the bytes that were read, in hexadecimal digits; None where no file was, as of tables."""
    sheets: int = 0
    kpis: int = 0
    figures: int | None = None
    """How many figures of its records are numbers; None where nobody counted, as of tables."""
    unread: tuple[UnreadNumber, ...] = ()
    parts: tuple[Part, ...] = ()
    remarks: tuple[Remark, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()

    @classmethod
    def of(
        cls,
        path: str,
        form: str,
        fiscal_year: int,
        sheets: Collection[Sheet] = (),
        kpis: Collection[Kpi] = (),
        **messages: Any,
    ) -> Document:
        """The document with how much its records are; ``messages`` are its other fields."""
        counts = {"sheets": len(sheets), "kpis": len(kpis), "figures": numbers_in(sheets, kpis)}
        return cls(path=path, form=form, fiscal_year=fiscal_year, **counts, **messages)


def numbers_in(sheets: Collection[Sheet], kpis: Collection[Kpi]) -> int:
    """How many figures of some records are numbers; what several indicators share counts once."""
    figures = chain.from_iterable(sheet.every_figure() for sheet in sheets)
    numbers = sum(figure.state == "number" for _, _, figure in figures)
    places: set[tuple[str, Place]] = set()
    for kpi in kpis:
        for _, _, figure in kpi.every_figure():
            at = None if figure.place is None else (kpi.document, figure.place)
            numbers += figure.state == "number" and at not in places
            if at is not None:
                places.add(at)
    return numbers


class Book(Record):
    """All documents of one form and fiscal year in an audit; tables hold many such books, told
    apart by their names.

    ``name`` is what the tables call the book. It is empty where documents are read: one form and
    fiscal year are one book then.
    """

    name: str = ""
    form: str
    fiscal_year: int
    documents: tuple[Document, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    kpis: tuple[Kpi, ...] = ()

    @staticmethod
    def of_key(key: str, form: str, fiscal_year: int, documents: tuple[Document, ...]) -> Book:
        """The book that tables call ``key``, without its records; it has a name only where that
        is not form and fiscal year.
        """
        name = "" if key == f"{form}-{fiscal_year}" else key
        return Book(name=name, form=form, fiscal_year=fiscal_year, documents=documents)

    @property
    def key(self) -> str:
        """What the tables' column ``book`` holds: the name, or form and fiscal year where there
        is none.
        """
        return self.name or f"{self.form}-{self.fiscal_year}"

    @staticmethod
    def merged(books: Iterable[Book]) -> tuple[Book, ...]:
        """The same records with the books of one key, form and fiscal year put together, in the
        order of first sight.
        """
        parts: dict[tuple[str, str, int], list[Book]] = {}
        for book in books:
            parts.setdefault((book.key, book.form, book.fiscal_year), []).append(book)
        return tuple(_together(group) for group in parts.values())


def _together(books: list[Book]) -> Book:
    """Books of one key, form and fiscal year as one."""
    first, *others = books
    if not others:
        return first
    return Book(
        name=first.name,
        form=first.form,
        fiscal_year=first.fiscal_year,
        documents=tuple(chain.from_iterable(book.documents for book in books)),
        sheets=tuple(_in_blocks_of_their_own(books)),
        kpis=tuple(chain.from_iterable(book.kpis for book in books)),
    )


def _in_blocks_of_their_own(books: Iterable[Book]) -> Iterator[Sheet]:
    """The sheets of some books. Rows of one are in no block of another: each total is of its own
    document.
    """
    before = 0
    for book in books:
        highest = before
        for sheet in book.sheets:
            if sheet.block is None or not before:
                yield sheet
            else:
                since = None if sheet.since is None else before + sheet.since
                yield sheet.model_copy(update={"block": before + sheet.block, "since": since})
            highest = max(highest, before + (sheet.block or 0))
        before = highest


RECORDS: Final[Mapping[Each, type[Record]]] = {
    "sheet": Sheet,
    "year": FiscalYear,
    "evaluation": Evaluation,
    "kpi": Kpi,
    "book": Book,
}
"""The records of the scopes; a year of a KPI is a figure."""


def figure_reader(record: type[Record], name: str) -> Callable[[Any], Figure | None]:
    """A function that gives the figure of a field of such a record, as its ``figure`` does; the
    name is looked up once.
    """
    group, _, source = name.partition(".")
    if source:
        return lambda each: getattr(each, group).get(source)
    if name in record.model_fields:
        return attrgetter(name)
    return lambda each: each.figures.get(name)


def default_of(record: type[Record], name: str) -> Any:
    """What a text is where nothing was printed; blank for one that every record has."""
    field = record.model_fields[name]
    return "" if field.is_required() else field.get_default(call_default_factory=True)


def options_of(record: type[Record], name: str) -> tuple[str, ...]:
    """The words that a field may hold; none where it may hold any."""
    stated = record.model_fields[name].annotation
    parts = (stated, *get_args(stated))
    return next((get_args(part) for part in parts if get_origin(part) is Literal), ())
