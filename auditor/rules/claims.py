"""Claims of prose as rows.

Their figures are in base units, with what words may have rounded away. Figures of the sheet's
tables that they are held against stand beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from auditor.forms.model import FieldDefinition
from auditor.formula.values import BLANK, UNKNOWN, Value
from auditor.narrative.folding import folded
from auditor.narrative.scales import factor_of, is_ratio
from auditor.records.fields import SCOPES
from auditor.records.figures import Figure, Place, Quantity, Rounding, base_units, spread
from auditor.records.model import Kpi, Sheet
from auditor.records.sentences import Sentence
from auditor.rules.claim_reading import ClaimReading
from auditor.rules.rows import Cell, ClaimsOf, Row, Rows

if TYPE_CHECKING:
    from auditor.narrative.model import Claim, Reference

__all__ = ["ClaimRow", "claim_rows"]

_NAMED: Final = {field.name: field for field in SCOPES["claim"].named}
_NOTHING: Final[Mapping[str, Value]] = {
    name: BLANK for name, field in _NAMED.items() if field.kind != "figures"
}
_GROUPS: Final = tuple(name for name, field in _NAMED.items() if field.kind == "figures")


class _Table(NamedTuple):
    """The row and the field of a figure of the sheet's tables; no row where there is none."""

    row: Row | None
    field: str

    @property
    def figure(self) -> Figure | None:
        return None if self.row is None else self.row.figure(self.field)

    @property
    def definition(self) -> FieldDefinition | None:
        """What the form says of the figure, in the unit that stands there."""
        definition = None if self.row is None else self.row.definition(self.field)
        if definition is None or self.row is None:
            return None
        figure = self.figure
        unit = (figure.unit if figure is not None else "") or definition.unit
        unit = unit or (self.row.kpi.unit if self.row.kpi is not None else "")
        is_other = unit != definition.unit
        return definition.model_copy(update={"unit": unit}) if is_other else definition

    @property
    def value(self) -> Value:
        """What stands there in the base units of prose, whatever those of the form are."""
        if self.row is None:
            return UNKNOWN
        figure, definition = self.figure, self.definition
        if figure is None or definition is None:
            return self.row.values.get(self.field, UNKNOWN) if figure is None else UNKNOWN
        if figure.state in ("blank", "dash"):
            return BLANK
        if figure.value is None:
            return UNKNOWN
        return spread(
            figure.value, definition.rounding, definition.step, factor_of(definition.unit)
        )


class ClaimRow(Row):
    """A claim of a sheet's prose. ``statement`` tells it from the other claims of its section,
    from one round to the next: the wording around its figures.
    """

    content: Claim
    beside: Sequence[Claim]
    """The claims of its sheet; no rows, which would hold one another for good."""

    number: int
    """How many of them were read before it."""

    tables: Mapping[str, _Table]

    __slots__ = ("beside", "content", "number", "tables")

    @property
    def claim(self) -> Claim:
        return self.content

    @property
    def statement(self) -> str:
        """The wording of the claim; of those alike in it, which of its section it is."""
        statement, here = _statement(self.content), _text_of(self.content)
        before = islice(self.beside, self.number)
        beside = (claim for claim in before if _text_of(claim) == here)
        alike = sum(_statement(claim) == statement for claim in beside)
        return f"{statement} #{alike + 1}" if alike else statement

    @property
    def formula_cells(self) -> frozenset[str]:
        return frozenset()

    def param(self, name: str) -> Quantity | None:
        """A number that the form sets for the sheet's fiscal year: a year in words is no column."""
        assert self.sheet is not None
        value = self.form.param(name, self.sheet.fiscal_year)
        unit = self.form.param_units.get(name, "")
        return None if value is None else base_units(value, factor_of(unit))

    def factor(self, unit: str) -> Decimal:
        return factor_of(unit)

    def figure(self, name: str) -> Figure | None:
        table = self.tables.get(name)
        if table is not None:
            return table.figure
        figure = self.content.figures.get(name)
        return None if figure is None else _as_printed(figure)

    def definition(self, name: str) -> FieldDefinition | None:
        if name in self.tables:
            return self.tables[name].definition
        figure = self.figure(name)
        return None if figure is None else _definition(*_rounded(figure), figure.unit)

    def is_printed(self, name: str) -> bool:
        marks = self.content.sentence.marks
        return (
            name in self.content.figures
            or name in self.tables
            or any(mark.name == name for mark in marks)
        )

    def cell(self, name: str) -> Cell:
        """The cell of a figure or a word: the section of its sentence or, for a figure of a table,
        the cell there. The cell of no name holds the whole sentence.
        """
        table = self.tables.get(name)
        if table is not None and table.row is not None:
            return table.row.cell(table.field)
        sheet, sentence = self.sheet, self.content.sentence
        assert sheet is not None
        figure = None if table is not None else self.figure(name)
        value = self.values.get(name)
        text = next((sentence.text[m.start : m.end] for m in sentence.marks if m.name == name), "")
        text = text or (sentence.text if not name else "")
        printed = text if figure is None else figure.shown()
        if not printed and isinstance(value, int | str):
            printed = str(value)
        return Cell(
            document=sheet.document,
            sheet=sheet.number,
            field=_field(sentence),
            name=name,
            year=sentence.year,
            value=printed or None if figure is None else figure.value,
            printed=printed,
            unit="" if figure is None else figure.unit,
            place=_place(sheet, sentence),
        )


def _text_of(claim: Claim) -> tuple[str, str | None]:
    """The text of the sheet in which a claim stands: its field, and the key of its evaluation."""
    return claim.sentence.section, claim.sentence.year


def _field(sentence: Sentence) -> str:
    """The field of a section, as cells name it."""
    return sentence.section if sentence.year is None else f"evaluations.{sentence.section}"


def _place(sheet: Sheet, sentence: Sentence) -> Place | None:
    """The line in which a sentence begins, else where its section stands; where that is not known,
    where its record begins.
    """
    record = sheet if sentence.year is None else sheet.evaluations.get(sentence.year, sheet)
    place = record.places.get(sentence.section)
    if place is None:
        return record.place
    is_line = place.line is not None and place.page is None and place.cell is None
    # A text has the lines that a document of lines has there.
    return Place(line=(place.line or 0) + sentence.line) if is_line else place


def _as_printed(figure: Figure) -> Figure:
    """The figure with its unit in the width in which the sentence prints it."""
    ending = figure.shown()[-len(figure.unit) :] if figure.unit else ""
    if ending == figure.unit or folded(ending) != folded(figure.unit):
        return figure
    return figure.model_copy(update={"unit": ending})


def _rounded(figure: Figure) -> tuple[Rounding, Decimal]:
    """How words may have rounded a figure, and to what: prose doesn't say. Counted things and yen
    are printed as they are.
    """
    value = figure.value
    exponent = value.as_tuple().exponent if value is not None else 0
    places = exponent if isinstance(exponent, int) and exponent < 0 else 0
    is_counted = places == 0 and not is_ratio(figure.unit) and factor_of(figure.unit) == 1
    return ("exact" if is_counted else "either"), Decimal(1).scaleb(places)


@lru_cache(maxsize=256)
def _definition(rounding: Rounding, step: Decimal, unit: str) -> FieldDefinition:
    return FieldDefinition(unit=unit, rounding=rounding, step=step)


def _value(figure: Figure) -> Value:
    if figure.state in ("blank", "dash"):
        return BLANK
    if figure.value is None:
        return UNKNOWN
    return spread(figure.value, *_rounded(figure), factor_of(figure.unit))


# --- the rows of a book


def claim_rows(rows: Rows, sheet: Sheet, claims_of: ClaimsOf | None) -> list[Row]:
    """The claims of a sheet as rows, in the order in which they were read."""
    read = ClaimReading() if claims_of is None else claims_of
    making = _Making(rows)
    claims = list(read(rows, sheet))
    rows_of = [making.row(sheet, claim) for claim in claims]
    for number, row in enumerate(rows_of):
        row.beside, row.number = claims, number
    return list[Row](rows_of)


class _Making:
    """Makes rows of the claims of one sheet."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._links_of: dict[str | None, dict[str, Row]] = {}

    def row(self, sheet: Sheet, claim: Claim) -> ClaimRow:
        rows, sentence = self._rows, claim.sentence
        tables = {name: self._table(sheet, item) for name, item in claim.references.items()}
        values: dict[str, Value] = dict(_NOTHING)
        values |= {"kind": claim.kind, "section": sentence.section}
        values |= claim.words
        values |= claim.values
        values |= {name: _value(figure) for name, figure in claim.figures.items()}
        values |= {name: table.value for name, table in tables.items()}
        names = (*claim.figures, *tables)
        groups = {
            group: tuple(name for name in names if name.startswith(f"{group}."))
            for group in _GROUPS
        }
        row = ClaimRow(
            "claim",
            rows,
            claim,
            values,
            groups,
            column=sentence.year,
            sheet=sheet,
            links=self._linked(sheet, sentence),
        )
        row.content, row.tables = claim, tables
        return row

    def _linked(self, sheet: Sheet, sentence: Sentence) -> dict[str, Row]:
        """The same for all sentences of a text."""
        if sentence.year not in self._links_of:
            self._links_of[sentence.year] = self._links(sheet, sentence)
        return self._links_of[sentence.year]

    def _links(self, sheet: Sheet, sentence: Sentence) -> dict[str, Row]:
        """The sheet's row, and the columns that links lead to."""
        year = sheet.fiscal_year
        if sentence.year is not None and sentence.year in sheet.evaluations:
            year = sheet.evaluations[sentence.year].year
        links: dict[str, Row] = {}
        for link in SCOPES["claim"].links:
            key = None
            if link.over == "column":
                key = self._rows.form.linked_column(link, year, sheet.fiscal_year)
                if key is None:
                    continue
            there = self._rows.at(link.to, sheet, key)
            if there is not None:
                links[link.name] = there
        return links

    def _table(self, sheet: Sheet, reference: Reference) -> _Table:
        """What a reference leads to."""
        owners: list[Sheet | Kpi] = [sheet]
        if reference.scope in ("kpi", "kpi_year"):
            kpis = self._rows.kpis_of(sheet)
            owners = [kpi for kpi in kpis if kpi.number == reference.kpi]
        # Two documents may count their indicators from 1.
        row = (
            self._rows.at(reference.scope, owners[0], reference.column)
            if len(owners) == 1
            else None
        )
        return _Table(row, reference.field)


_DIGITS: Final = re.compile("[0-9０-９][0-9０-９,，.．]*")


def _statement(claim: Claim) -> str:
    """The wording of a claim without its digits, and which of the numbers in it are its figures."""
    sentence = claim.sentence
    starts = [match.start() for match in _DIGITS.finditer(sentence.text)]
    marks = (
        f"{mark.name}@{sum(start < mark.start for start in starts)}" for mark in sentence.marks
    )
    return "|".join([claim.kind, _DIGITS.sub("0", sentence.text), *marks])
