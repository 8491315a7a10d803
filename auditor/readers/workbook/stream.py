"""One pass over a worksheet's XML, which fills its cells, merges and sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Final, NamedTuple, NoReturn

from auditor.files.ooxml import Disordered, Package, PackageError, parse_xml
from auditor.readers.characters import looks_blank
from auditor.readers.workbook.cells import LONGEST_TEXT, Kind, SheetCell, number_in, unescaped
from auditor.readers.workbook.extras import EXTRA_TAGS, Extras
from auditor.readers.workbook.limits import too_many_filled_cells, too_much_merged
from auditor.readers.workbook.looks import PLAIN, Styles, number_of
from auditor.readers.workbook.references import shifted
from auditor.readers.workbook.runs import PLAIN_RUN, RUN_TAGS, Run, RunLook, plain_text, run_look
from auditor.readers.workbook.worksheets import NO_SIZE, Worksheet
from auditor.records.addresses import MAX_COLUMN, MAX_ROW, Area, address, parse_address, parse_area

__all__ = ["Allowance", "Shared", "SheetStream", "Unaddressed"]

_EMPTY_CELL: Final = re.compile(
    rb'<(?:[a-z]+:)?c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,5}")?(?:/>|></(?:[a-z]+:)?c>)'
)
_KINDS: Final[dict[str, Kind]] = {
    "n": "number",
    "str": "text",
    "inlineStr": "text",
    "e": "error",
    "b": "boolean",
    "d": "text",
}


class Shared(NamedTuple):
    """What the worksheets of a workbook share: texts, their runs by the texts' numbers, styles."""

    strings: Sequence[str]
    runs: Mapping[int, tuple[Run, ...]]
    styles: Styles


class Allowance(NamedTuple):
    """How much of a workbook's limits is left for the worksheets that were not read."""

    cells: int
    filled: int
    merges: int


class Unaddressed(Exception):
    """A cell without an address stands behind cells that were left out."""


class SheetStream:
    """Takes up the elements of a worksheet, in their order.

    Cells that only have looks are left out before they are parsed, most cells being such; not
    where the ``whole`` part is to be parsed. Those in the area ``drawn`` are the worksheet's
    blanks. Names keep their prefix, which the root element
    tells; that is faster than namespaces.
    """

    package: Package
    part: str
    sheet: Worksheet
    drawn: Area | None
    allowance: Allowance
    shared: Shared
    whole: bool
    left_out: int
    seen: int

    def __init__(
        self,
        sheet: Worksheet,
        package: Package,
        part: str,
        shared: Shared,
        allowance: Allowance,
        *,
        whole: bool = False,
        drawn: Area | None = None,
    ) -> None:
        self.sheet, self.package, self.part = sheet, package, part
        self.whole, self.drawn = whole or drawn is not None, drawn
        self.shared, self.allowance = shared, allowance
        self.seen = self.left_out = 0
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {}
        self._ends: dict[str, Callable[[], None]] = {}
        self._extras = Extras(shared.styles)
        self._size: Area | None = None
        self._has_body = False
        self._merged = 0
        self._row = self._column = 0
        # The cell that is being read.
        self._kind, self._style = "n", 0
        self._reference: str | None = None
        self._value: list[str] = []
        self._formula: list[str] = []
        self._has_formula = False
        self._shared_id: str | None = None
        self._shared_formulas: dict[str, tuple[str, int, int]] = {}
        self._held: list[str] | None = None
        """Where character data goes."""
        self._is_reading = False
        """Whether the text is the reading of kanji, which is no part of it."""
        self._run_begins = 0
        self._run_look = PLAIN_RUN
        self._runs: list[tuple[int, int, RunLook]] = []

    def read(self) -> None:
        """Fill the worksheet."""
        sheet, extras = self.sheet, self._extras
        try:
            parse_xml(self._filled(), self.part, self._start, self._end, self._text, prefixed=True)
        except Disordered:
            raise PackageError(
                "broken-worksheet",
                f"worksheet {sheet.name!r} is damaged",
                f"ワークシート「{sheet.name}」が壊れています",
            ) from None
        sheet.shows_zeros, sheet.shows_formulas = extras.shows_zeros, extras.shows_formulas
        sheet.conditions, sheet.shows_grid = extras.conditions, extras.shows_grid
        sheet.widths, sheet.default_height = extras.widths, extras.height
        # A worksheet that says how large it is has cells, if only with looks.
        is_empty = self._size is not None and self._size.size > 1 and self.seen == 0
        sheet.lost = not self._has_body or is_empty
        if any(first > second for first, second in pairwise(sheet.cells)):
            sheet.cells = dict(sorted(sheet.cells.items()))
        sheet.hidden_columns = [
            (first, min(last, MAX_COLUMN)) for first, last in sheet.hidden_columns
        ]

    def _filled(self) -> Iterator[bytes]:
        """The part without its empty cells. Where comments or unparsed sections begin, one could
        look like a cell.
        """
        for chunk in self.package.chunks(self.part):
            self.whole = self.whole or b"<!" in chunk
            if self.whole:
                yield chunk
                continue
            filled, count = _EMPTY_CELL.subn(b"", chunk)
            self.left_out += count
            self.seen += count
            if self.seen > self.allowance.cells:
                self._too_many()
            yield filled

    def _too_many(self) -> NoReturn:
        most = f"{self.package.limits.cells:,}"
        raise PackageError(
            "too-many-cells", f"has more than {most} cells", f"セルが{most}個を超えています"
        )

    # What expat calls.

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        handler = self._starts.get(tag)
        if handler is not None:
            handler(attributes)
        elif not self._starts:
            self._name_tags(tag[: tag.find(":") + 1])
        elif self._extras.inside or ":" in tag:
            self._extra_starts(tag.rpartition(":")[2], attributes)

    def _end(self, tag: str) -> None:
        handler = self._ends.get(tag)
        if handler is not None:
            handler()
        elif self._extras.inside:
            self._held = None
            self._extras.end(tag.rpartition(":")[2])

    def _text(self, data: str) -> None:
        if self._held is not None:
            self._held.append(data)

    def _name_tags(self, prefix: str) -> None:
        """Name the elements as this worksheet writes them."""
        starts: dict[str, Callable[[dict[str, str]], None]] = {
            "c": self._cell_starts,
            "v": self._value_starts,
            "t": self._value_starts,
            "f": self._formula_starts,
            "r": self._run_starts,
            "rPh": self._reading_starts,
            "row": self._row_starts,
            "col": self._columns,
            "mergeCell": self._merge,
            "dimension": self._dimension,
            "sheetData": self._body_starts,
        }
        starts |= {tag: partial(self._of_run, tag) for tag in RUN_TAGS}
        starts |= {tag: partial(self._extra_starts, tag) for tag in EXTRA_TAGS}
        ends = {
            "c": self._cell_ends,
            "v": self._content_ends,
            "f": self._content_ends,
            "t": self._text_ends,
            "r": self._run_ends,
            "rPh": self._reading_ends,
        }
        self._starts = {prefix + tag: handler for tag, handler in starts.items()}
        self._ends = {prefix + tag: handler for tag, handler in ends.items()}

    # Rows and columns.

    def _row_starts(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        row = self._row = int(reference) if reference else self._row + 1
        if not 1 <= row <= MAX_ROW:
            raise PackageError("bad-address", f"has a row {row}", f"行番号が不正です：{row}")
        self._column, self._reference = 0, None
        if "ht" in attributes:
            self.sheet.heights[row] = number_of(attributes["ht"])
        if attributes.get("hidden") in ("1", "true") or _is_nothing(attributes, "ht"):
            self.sheet.hidden_rows.add(row)
        if self.drawn is not None and self.drawn.top <= row <= self.drawn.bottom:
            self._row_is_drawn(row, attributes)

    def _row_is_drawn(self, row: int, attributes: dict[str, str]) -> None:
        style = attributes.get("s", "0")
        if attributes.get("customFormat") in ("1", "true") and style.isdecimal() and style != "0":
            self.sheet.row_styles[row] = int(style)

    def _columns(self, attributes: dict[str, str]) -> None:
        self._extras.column(attributes)
        if attributes.get("hidden") in ("1", "true") or _is_nothing(attributes, "width"):
            first, last = attributes.get("min", "1"), attributes.get("max", "1")
            self.sheet.hidden_columns.append((int(first), int(last)))

    def _dimension(self, attributes: dict[str, str]) -> None:
        self._size = parse_area(attributes.get("ref", ""))

    def _body_starts(self, _: dict[str, str]) -> None:
        self._has_body = True

    def _merge(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("ref", "")
        area = parse_area(reference)
        if area is None:
            raise PackageError(
                "bad-address",
                f"merges {reference[:40]!r}",
                f"結合セルの番地が不正です：{reference[:40]!r}",
            )
        self._merged += area.size
        limits, merges = self.package.limits, self.sheet.merges
        if (
            area.size > limits.merged_area_once
            or self._merged > limits.merged_area
            or len(merges) >= self.allowance.merges
        ):
            raise too_much_merged(self.sheet.name)
        merges.append(area)

    # Cells.

    def _cell_starts(self, attributes: dict[str, str]) -> None:
        self.seen += 1
        if self.seen > self.allowance.cells:
            self._too_many()
        reference = attributes.get("r")
        if reference is None:
            if self.left_out:
                raise Unaddressed
            # Without an address, a cell stands behind the one before it.
            if self._reference is not None:
                self._column = _located(self._reference)[1]
            self._column += 1
        self._reference = reference
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))

    def _value_starts(self, _: dict[str, str]) -> None:
        if not self._is_reading:
            self._held = self._value
            self._run_begins = len(self._value)

    def _formula_starts(self, attributes: dict[str, str]) -> None:
        self._held = self._formula
        self._has_formula = True
        is_shared = attributes.get("t") == "shared"
        self._shared_id = attributes.get("si", "") if is_shared else None

    def _content_ends(self) -> None:
        self._held = None

    def _cell_ends(self) -> None:
        # Most cells only have looks; where they stand concerns nobody but who draws them.
        if not self._value and not self._has_formula:
            self._blank()
            return
        if self._reference is not None:
            self._row, self._column = _located(self._reference)
        cell = self._cell()
        if cell is not None:
            self._put(cell)
        else:
            self._blank()
        self._value.clear()
        self._formula.clear()
        self._runs.clear()
        self._has_formula = False

    def _blank(self) -> None:
        """Take up a cell that only has looks, in the area that is drawn."""
        if self.drawn is None:
            return
        if self._reference is not None:
            self._row, self._column = _located(self._reference)
        if self.drawn.holds(self._row, self._column):
            self.sheet.blanks[self._row, self._column] = self._style

    def _cell(self) -> SheetCell | None:
        """The cell, or None where it holds nothing. A formula without a stored result was never
        calculated.
        """
        kind, raw = self._kind, "".join(self._value)
        formula = self._written_formula() if self._has_formula else None
        if not raw:
            if formula is None or kind == "str":
                return None
            content: Kind = "uncalculated"
        elif kind == "s":
            content = "text"
            raw = self.shared.strings[int(raw)][:LONGEST_TEXT]
            if not raw:
                return None
        else:
            content = _KINDS.get(kind, "text")
            if content == "text":
                raw = unescaped(raw)[:LONGEST_TEXT]
                if looks_blank(raw):
                    return None
            elif content == "boolean":
                raw = "TRUE" if raw.strip() == "1" else "FALSE"
            elif content == "number" and number_in(raw) is None:
                content = "text"
        looks = self.shared.styles.looks
        style = self._style
        look = looks[style] if style < len(looks) else PLAIN
        name = self.sheet.name
        return SheetCell(name, self._row, self._column, content, raw, formula, style, look)

    def _written_formula(self) -> str:
        """The formula; where it is shared, the one of its group as it reads in this cell."""
        formula = "".join(self._formula)
        if self._shared_id is None:
            return formula
        if formula:
            self._shared_formulas[self._shared_id] = formula, self._row, self._column
        elif (pattern := self._shared_formulas.get(self._shared_id)) is not None:
            return shifted(pattern[0], self._row - pattern[1], self._column - pattern[2])
        return formula

    def _put(self, cell: SheetCell) -> None:
        if self._kind == "s":
            if self.shared.runs and (parts := self.shared.runs.get(int("".join(self._value)))):
                cell.set_plain(plain_text(parts, cell.look))
        elif self._runs:
            parts = tuple(
                Run("".join(self._value[first:last]), look) for first, last, look in self._runs
            )
            cell.set_plain(plain_text(parts, cell.look))
        cells, at = self.sheet.cells, (cell.row, cell.column)
        if at in cells:
            where = address(*at)
            raise PackageError(
                "duplicate-cell", f"has two cells {where}", f"セル{where}が2つあります"
            )
        cells[at] = cell
        if len(cells) > self.allowance.filled:
            raise too_many_filled_cells(self.package.limits)

    # Texts that stand in their cells, and what is neither cell nor text.

    def _run_starts(self, _: dict[str, str]) -> None:
        self._run_look = PLAIN_RUN

    def _run_ends(self) -> None:
        self._run_look = PLAIN_RUN

    def _text_ends(self) -> None:
        if self._held is not None and self._kind == "inlineStr":
            self._runs.append((self._run_begins, len(self._value), self._run_look))
        self._held = None

    def _reading_starts(self, _: dict[str, str]) -> None:
        self._is_reading = True

    def _reading_ends(self) -> None:
        self._is_reading = False

    def _of_run(self, tag: str, attributes: dict[str, str]) -> None:
        if self._extras.inside:
            self._extra_starts(tag, attributes)
        else:
            colours = self.shared.styles.colours
            self._run_look = run_look(self._run_look, tag, attributes, colours)

    def _extra_starts(self, tag: str, attributes: dict[str, str]) -> None:
        self._held = self._extras.start(tag, attributes)


def _located(reference: str) -> tuple[int, int]:
    at = parse_address(reference)
    if at is None:
        raise PackageError(
            "bad-address",
            f"has a cell {reference[:20]!r}",
            f"セルの番地が不正です：{reference[:20]!r}",
        )
    return at


def _is_nothing(attributes: dict[str, str], name: str) -> bool:
    """Whether a row's height or a column's width is so small that nothing is seen of it."""
    return name in attributes and number_of(attributes[name]) < NO_SIZE
