"""One cell of a worksheet: what it holds, how it looks, and the figure that it prints."""

from __future__ import annotations

import re
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Final, Literal

from auditor.readers.workbook.looks import Look, PrintsAs
from auditor.readers.workbook.number_formats import NumberFormat, Print
from auditor.records.addresses import address
from auditor.records.figures import Figure, Place, parse_figure

__all__ = [
    "LONGEST_TEXT",
    "Doubt",
    "Kind",
    "SheetCell",
    "number_in",
    "reads_as_number",
    "unescaped",
]

Kind = Literal["number", "text", "error", "boolean", "uncalculated"]
Doubt = Literal["condition", "scale", "covered", "narrow", "formulas", "outside"] | PrintsAs
"""A condition that was not worked out, a format with several scales, a drawing over the cell, a
column that is too narrow, a worksheet that shows formulas, a place outside of the print area, or
a look under which other characters are printed.
"""


_HIDES_LABELS: Final[frozenset[Doubt | None]] = frozenset({"symbols", "repeated", "formulas"})
"""What prints another thing than the number that is held, were it a year in a heading."""
_FIFTEEN: Final = Context(prec=15)
_LARGEST_EXPONENT: Final = 308
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
LONGEST_TEXT: Final = 40_000
_LONGEST_NUMBER: Final = 40
# Behind these a number is not the one that its digits say.
_SCALES: Final = frozenset("十百千万億兆")


_INDENT: Final = 2
"""A step of indentation is about as wide as a full-width character."""


class SheetCell:
    """One cell that holds something.

    ``raw`` is the cached value as the file has it, ``plain`` a text without the runs that are
    raised, lowered, struck or not seen. A merged cell spans its area. ``unseen``: the worksheet
    does not show it. ``uncertain`` is why it is not known what it shows, where it is not.
    """

    column: int
    raw: str
    row: int
    sheet: str
    formula: str | None
    look: Look
    style: int
    columns: int
    rows: int
    plain: str

    __slots__ = (
        "_shown",
        "column",
        "columns",
        "formula",
        "kind",
        "look",
        "plain",
        "raw",
        "row",
        "rows",
        "sheet",
        "style",
        "uncertain",
        "unseen",
    )

    def __init__(
        self,
        sheet: str,
        row: int,
        column: int,
        kind: Kind,
        raw: str,
        formula: str | None,
        style: int,
        look: Look,
        plain: str | None = None,
    ) -> None:
        self.sheet, self.row, self.column, self.raw = sheet, row, column, raw
        self.kind: Kind = kind
        self.formula, self.style, self.look = formula, style, look
        self.plain = raw if plain is None else plain
        self.rows = self.columns = 1
        self.unseen: bool = False
        self.uncertain: Doubt | None = None
        self._shown: Print | None = None

    @property
    def format(self) -> NumberFormat:
        return self.look.format

    @property
    def indent(self) -> int:
        """How far in its text begins by its format, in half-width characters."""
        return _INDENT * self.look.indent

    @property
    def address(self) -> str:
        return address(self.row, self.column)

    @property
    def place(self) -> Place:
        return Place(sheet=self.sheet, cell=address(self.row, self.column))

    @property
    def number(self) -> Decimal | None:
        """The cached number, at the 15 digits that a spreadsheet program itself keeps and shows."""
        return number_in(self.raw) if self.kind == "number" else None

    @property
    def shown(self) -> Print | None:
        """What the cell prints for its number; None where it holds none."""
        if self._shown is None and self.kind == "number":
            number = number_in(self.raw)
            self._shown = self.look.format.printed(number) if number is not None else None
        return self._shown

    def prints(self, shown: Print) -> None:
        """Set what the cell prints, where the worksheet says more about it than its format."""
        self._shown = shown

    @property
    def is_seen(self) -> bool:
        """Whether a number shows, or a text that looks like one; other texts are taken as seen."""
        if self.kind == "text":
            return self.look.shows_text or not self.may_be_number
        shown = self.shown
        return shown is None or (not self.unseen and self.look.shows(shown.colour))

    @property
    def may_be_number(self) -> bool:
        """Whether it holds a number, or a text that looks like one."""
        return self.kind == "number" or (self.kind == "text" and reads_as_number(self.raw))

    def shows_as_typed(self) -> bool:
        """Whether the cell says the same where its worksheet shows formulas and no formats."""
        if self.formula is not None:
            return False
        return self.shown is None or (
            self.shown.kind == "number" and self.shown.value == self.number
        )

    def changes_with(self, look: Look) -> bool:
        """Whether the cell says something else with another look."""
        before = self.look
        if look is before:
            return False
        if look.struck != before.struck:
            return True
        if (number := self.number) is None:
            return look.shows() != before.shows()
        usual, changed = before.format.printed(number), look.format.printed(number)
        seen = look.shows(changed.colour)
        return seen != before.shows(usual.colour) or (seen and usual.text != changed.text)

    def set_plain(self, text: str) -> None:
        """Set what the text says without the runs that are no part of it."""
        plain = unescaped(text)[:LONGEST_TEXT]
        self.plain = self.raw if plain == self.raw else plain

    @property
    def has_marks(self) -> bool:
        """Whether runs of its text are raised, lowered, struck or not seen."""
        return self.plain is not self.raw

    @property
    def text(self) -> str:
        """What the cell shows."""
        if self.kind == "uncalculated":
            return f"={self.formula or ''}"
        if not self.is_seen:
            return ""
        if self.kind == "text":
            form = self.look.format
            return form.show_text(self.raw) if form.changes_texts else self.raw
        return self.raw if self.shown is None else self.shown.text

    @property
    def label(self) -> str:
        """What the cell shows where that can be a label: its format prints words around the
        number, or the number is a year.
        """
        if self.kind == "text":
            return self.plain if self.is_seen else ""
        if self.kind != "number" or self.uncertain in _HIDES_LABELS:
            return ""
        if self.format.has_words or (len(self.raw) == 4 and self.raw[:2] in ("19", "20")):
            return self.text
        return ""

    def figure(self, unit: str, units: tuple[str, ...]) -> Figure:
        """The cell as a figure in the unit that it prints, and what it holds where that is
        another value.

        What a struck number, or one under a condition that was not worked out, is to say is not
        known: it is unread.
        """
        figure = self._printed(unit, units)
        held = None
        if self.shown is not None and self.shown.held != figure.value:
            held = self.shown.held
        if self.uncertain or (self.look.struck and figure.state != "blank"):
            figure = figure.model_copy(update={"state": "unread", "value": None})
        cached = None if self.kind == "uncalculated" else self.raw
        more = {"place": self.place, "formula": self.formula, "cached": cached, "held": held}
        return figure.model_copy(update=more)

    def _printed(self, unit: str, units: tuple[str, ...]) -> Figure:
        """The figure that the cell prints."""
        if self.shown is None:
            if self.kind != "text":
                return Figure(state="text", printed=self.text, unit=unit, placed_by="position")
            text = self.plain if self.has_marks else self.text
            if self.has_marks and not text.strip():
                return Figure(
                    state="unread", printed=self.raw.strip(), unit=unit, placed_by="position"
                )
            return parse_figure(text, unit=unit, units=units, placed_by="position")
        text = self.text.strip()
        if self.shown.kind in ("day", "unknown"):
            return Figure(state="text", printed=text, unit=unit, placed_by="position")
        figure = parse_figure(text, unit=unit, units=units, placed_by="position")
        if figure.state == "dash" and not self.shown.held:
            # How the format prints a zero.
            return figure.model_copy(update={"value": Decimal(0), "state": "number"})
        if self.shown.kind == "words" or figure.state == "blank":
            return figure
        if figure.state != "number" and not _SCALES.isdisjoint(text):
            return figure
        update = {"value": self.shown.value, "state": "number", "unit": figure.unit}
        return figure.model_copy(update=update)


def number_in(raw: str) -> Decimal | None:
    """The number that a stored value says, at 15 digits; None where it says none, or one that no
    spreadsheet program holds.
    """
    # Worksheets of one form have many values in common; only short ones are remembered.
    return _number_in(raw) if len(raw) <= _LONGEST_NUMBER else _number_in.__wrapped__(raw)


@lru_cache(maxsize=4_096)
def _number_in(raw: str) -> Decimal | None:
    if len(raw) <= 15 and raw.isascii() and raw.isdigit():
        return Decimal(raw)
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > _LARGEST_EXPONENT:
        return None
    if len(value.as_tuple().digits) > 15:
        value = _FIFTEEN.plus(value).normalize()
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole and abs(value.adjusted()) < 27 else value


def reads_as_number(text: str) -> bool:
    """Whether a text says a number and nothing else."""
    return len(text) <= _LONGEST_NUMBER and _reads_as_number(text)


@lru_cache(maxsize=4_096)
def _reads_as_number(text: str) -> bool:
    return any(map(str.isdigit, text)) and parse_figure(text).state == "number"


def unescaped(text: str) -> str:
    """``_x000D_`` is how a worksheet writes what XML can't hold."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(
        lambda match: (
            chr(int(match[1], 16)) if not 0xD800 <= int(match[1], 16) <= 0xDFFF else match[0]
        ),
        text,
    )
