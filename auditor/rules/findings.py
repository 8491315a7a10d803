"""Findings: what contradicts what, and in which cells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple, get_args

from auditor.records.decimals import EXACT, PlainDecimal, number, plain_digits
from auditor.records.figures import Place, Record
from auditor.records.model import Kpi, Sheet
from auditor.records.sentences import Sentence
from auditor.records.severities import QUESTION, CountedAs, Severity
from auditor.records.text import Text
from auditor.rules.rows import Cell

__all__ = [
    "OUTCOMES",
    "Finding",
    "FindingKeys",
    "KpiReference",
    "Outcome",
    "SheetReference",
    "department_of",
    "key_of",
    "keys_of",
    "where",
]

_YEAR_DIGITS: Final = 4

Outcome = Literal["pass", "may", "fail", "unknown", "not_applicable", "crashed"]


OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


class SheetReference(Record):
    """The sheet that a finding is on. ``identifier`` is what a table tells its rows apart by, where
    that is no plain number.
    """

    number: int
    name: str
    department: str = ""
    identifier: str = ""

    @classmethod
    def of(cls, sheet: Sheet) -> SheetReference:
        """The reference to a sheet."""
        return cls(
            number=sheet.number,
            name=sheet.name,
            department=sheet.department,
            identifier=sheet.identifier,
        )


class KpiReference(Record):
    """The indicator that a finding is on. ``department`` is the table's own, else that of the
    sheet of the same project.
    """

    number: int
    project: str
    name: str
    department: str = ""

    @classmethod
    def of(cls, kpi: Kpi) -> KpiReference:
        """The reference to an indicator."""
        return cls(number=kpi.number, project=kpi.project, name=kpi.name, department=kpi.department)


class Finding(Record):
    """One contradiction: rule, place, the figures, what was expected.

    ``place`` is a key of what is contradicted: rule, form, department, project, budget stage,
    fields and year. ``values`` is a key of what the cells hold. ``id`` is made of both; like them
    it is the same in every run and under every path.

    ``recurring`` is a key of the same place in the book of any year: years count from the book's
    own, and the department, which may be renamed, has no part in it. It is empty where the finding
    is on neither a sheet nor a KPI.

    ``sentence`` is the passage of the text that it is about, with its figures marked; None where it
    is about no text. A ``question`` is no error, but a place that somebody may ask about.
    """

    id: str
    place: str = ""
    values: str = ""
    recurring: str = ""
    rule: str
    name: str
    severity: Severity
    document: str
    sheet: SheetReference | None = None
    year: str | None = None
    kpi: KpiReference | None = None
    cells: tuple[Cell, ...] = ()
    equation: str = ""
    expected: PlainDecimal | None = None
    actual: PlainDecimal | None = None
    difference: PlainDecimal | None = None
    unit: str = ""
    sentence: Sentence | None = None
    question: bool = False
    message: Text
    action: Text

    @property
    def counted_as(self) -> CountedAs:
        """What it counts as in a report: a question is none of its notes."""
        return QUESTION if self.question else self.severity

    @property
    def department(self) -> str:
        """The department that the finding is for; empty where nobody knows it."""
        return department_of(self.sheet, self.kpi)

    @property
    def project(self) -> str:
        """The project that the finding is on: the sheet's name, or the KPI's project; empty where
        it is on neither.
        """
        if self.sheet is not None:
            return self.sheet.name
        return self.kpi.project if self.kpi is not None else ""

    def __repr__(self) -> str:
        return f"<Finding {self.rule} {self.severity}, {self._where}{self._amounts}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """The finding as a notebook shows it: its message, and a row for each of its cells."""
        from auditor.records.html import table
        from auditor.records.languages import users_language

        rows = [(cell.field, cell.year or "", cell.shown(), cell.unit) for cell in self.cells]
        message = self.message.of(users_language())
        caption = f"{self.rule} {self.severity}, {self._where}: {message}"
        return table(caption, ("field", "year", "printed", "unit"), rows)

    @property
    def _where(self) -> str:
        return where(self.document, self.sheet, self.kpi) + (f", {self.year}" if self.year else "")

    @property
    def _amounts(self) -> str:
        if self.expected is None or self.actual is None:
            return ""
        amounts = f"expected {number(self.expected)}, printed {number(self.actual)}"
        return f": {amounts} {self.unit}".rstrip()

    @property
    def first_placed(self) -> Cell | None:
        """The first of its own book's cells whose place is known."""
        return next((cell for cell in self.cells if cell.place and cell.other_book is None), None)

    @property
    def first_place(self) -> Place | None:
        """Where that cell stands."""
        cell = self.first_placed
        return None if cell is None else cell.place


def where(document: str, sheet: SheetReference | None, kpi: KpiReference | None) -> str:
    """What a finding or a cause is on, in a few words."""
    if sheet is not None:
        return f"sheet {sheet.number} {sheet.name}"
    return f"KPI {kpi.number} {kpi.name}" if kpi is not None else document


def department_of(sheet: SheetReference | None, kpi: KpiReference | None) -> str:
    """The department of what a finding or a cause is about; empty where nobody knows it."""
    owner = sheet or kpi
    return owner.department if owner else ""


class FindingKeys(NamedTuple):
    """The keys of a finding; see ``Finding``."""

    id: str
    place: str
    values: str
    recurring: str


def keys_of(
    code: str,
    form: str,
    owner: Sheet | Kpi | None,
    year: str | None,
    cells: Sequence[Cell],
    statement: str = "",
) -> FindingKeys:
    """The keys of a finding on a sheet or KPI, or on neither. ``statement`` tells what it is on
    from all else that stands in the same field.

    Paths and numbers of sheets have no part in them, since both change from one round to the
    next. Only a cell without a field, which a reader reports, is named by its address.
    """
    names = [f"{_name(cell)}@{cell.year}" for cell in cells]
    within = (statement,) if statement else ()
    place = key_of([code, form, *_owner_names(owner), year or "", *sorted(set(names)), *within])
    values = key_of([f"{name}={_content(cell)}" for name, cell in zip(names, cells, strict=True)])
    recurring = _recurring(code, form, owner, year, cells, within)
    return FindingKeys(key_of([place, values]), place, values, recurring)


def _recurring(
    code: str,
    form: str,
    owner: Sheet | Kpi | None,
    year: str | None,
    cells: Sequence[Cell],
    within: tuple[str, ...],
) -> str:
    """The key of a place in the book of any year; empty where there is no record to count from."""
    if owner is None:
        return ""
    first = owner.fiscal_year
    names = {f"{_name(cell)}@{_counted(cell.year, first)}" for cell in cells}
    return key_of([code, form, *_names_of(owner), _counted(year, first), *sorted(names), *within])


def _counted(year: str | None, first: int) -> str:
    """A column's or a year's key, its year counted from another one: 2023-settled is -1-settled
    in the book of 2024.
    """
    number, dash, kind = (year or "").partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) == _YEAR_DIGITS):
        return year or ""
    return f"{int(number) - first:+d}{dash}{kind}"


def key_of(parts: Iterable[str]) -> str:
    """A short key of some texts."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _owner_names(owner: Sheet | Kpi | None) -> tuple[str, ...]:
    """What a sheet or KPI is known by."""
    if owner is None:
        return ()
    names = _names_of(owner)
    is_sheet = isinstance(owner, Sheet)
    return (owner.department, *names) if is_sheet or owner.department else names


def _names_of(owner: Sheet | Kpi) -> tuple[str, str]:
    """What a sheet or KPI is known by beside its department."""
    if isinstance(owner, Sheet):
        return owner.name, "/".join(owner.budget_stages)
    return owner.project, owner.name


def _name(cell: Cell) -> str:
    if cell.other_book is not None:
        return f"{cell.other_book}.{cell.field}"
    if cell.name:
        return f"{cell.field}.{cell.name}"
    if cell.field or cell.place is None:
        return cell.field
    return cell.place.cell or ""


def _content(cell: Cell) -> str:
    """A cell's content for the key of its values: 12 and 12.0 are one value."""
    if isinstance(cell.value, Decimal):
        return plain_digits(EXACT.normalize(cell.value))
    return cell.shown()
