"""A workbook's worksheets, streamed one at a time: cells with address, cached value, formula and
format, merges, what is hidden.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, InvalidOperation
from functools import partial
from typing import Final, Literal, NoReturn, assert_never
from urllib.parse import unquote

from auditor.files.ooxml import Package, PackageError, parse_xml
from auditor.readers.characters import looks_blank
from auditor.readers.workbook.conditions import (
    Blank,
    Condition,
    Content,
    Fault,
    Value,
)
from auditor.readers.workbook.drawings import Drawing, drawings_in
from auditor.readers.workbook.extras import EXTRA_TAGS, Extras, Widths
from auditor.readers.workbook.looks import (
    PLAIN,
    Colours,
    Look,
    StyleReader,
    Styles,
    number_of,
    palette,
    theme_colours,
)
from auditor.readers.workbook.number_formats import NumberFormat, Print
from auditor.readers.workbook.runs import RUN_TAGS, Run, RunLook, plain_text, run_look
from auditor.records.addresses import MAX_COLUMN, MAX_ROW, Area, address, parse_address, parse_area
from auditor.records.figures import Figure, Place, parse_figure

__all__ = [
    "Doubt",
    "Kind",
    "SheetCell",
    "Visibility",
    "Workbook",
    "Worksheet",
    "WorksheetEntry",
    "shifted",
]

Kind = Literal["number", "text", "error", "boolean", "uncalculated"]
Visibility = Literal["visible", "hidden", "veryHidden"]
Doubt = Literal["condition", "scale", "covered", "narrow"]
"""A condition that was not worked out, a format with several scales, a drawing over the cell, a
column that is too narrow.
"""

_FIFTEEN: Final = Context(prec=15)
_LARGEST_EXPONENT: Final = 308
_EMPTY_CELL: Final = re.compile(
    rb'<(?:[a-z]+:)?c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,5}")?(?:/>|></(?:[a-z]+:)?c>)'
)
_NO_SIZE: Final = 0.75
_PLAIN_RUN: Final = RunLook()
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LONGEST_TEXT: Final = 40_000
_LONGEST_NUMBER: Final = 40
# Behind these a number is not the one that its digits say.
_SCALES: Final = frozenset("十百千万億兆")
_REFERENCE: Final = re.compile(
    r"""("(?:[^"]|"")*")|((?:'(?:[^']|'')*'|[^\W\d][\w.]*)!)?(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![\w(.!])""",
    re.UNICODE,
)


class SheetCell:
    """One cell that holds something.

    ``raw`` is the cached value as the file has it, ``plain`` a text without the runs that are
    raised, lowered, struck or not seen. A merged cell spans its area. ``unseen``: the worksheet does not show it.
    ``uncertain`` is why it is not known what it shows, where it is not.
    """

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
        self.unseen = False
        self.uncertain: Doubt | None = None
        self._shown: Print | None = None

    @property
    def format(self) -> NumberFormat:
        return self.look.format

    @property
    def address(self) -> str:
        return address(self.row, self.column)

    @property
    def place(self) -> Place:
        return Place(sheet=self.sheet, cell=address(self.row, self.column))

    @property
    def number(self) -> Decimal | None:
        """The cached number, at the 15 digits that a spreadsheet program itself keeps and shows."""
        return _number(self.raw) if self.kind == "number" else None

    @property
    def shown(self) -> Print | None:
        """What the cell prints for its number; None where it holds none."""
        if self._shown is None and self.kind == "number":
            number = _number(self.raw)
            self._shown = self.look.format.printed(number) if number is not None else None
        return self._shown

    def prints(self, shown: Print) -> None:
        """Set what the cell prints, where the worksheet says more about it than its format."""
        self._shown = shown

    @property
    def is_seen(self) -> bool:
        """Whether a number shows, or a text that looks like one; other texts are taken as seen."""
        if self.kind == "text":
            return self.look.shows() or not self.may_be_number
        shown = self.shown
        return shown is None or (not self.unseen and self.look.shows(shown.colour))

    @property
    def may_be_number(self) -> bool:
        """Whether it holds a number, or a text that looks like one."""
        return self.kind == "number" or (self.kind == "text" and _reads_as_number(self.raw))

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
        plain = _unescaped(text)[:_LONGEST_TEXT]
        self.plain = self.raw if plain == self.raw else plain

    @property
    def has_marks(self) -> bool:
        """Whether runs of its text are raised, lowered, struck or not seen."""
        return self.plain is not self.raw

    @property
    def text(self) -> str:
        """What the cell shows."""
        if self.kind == "uncalculated":
            return f"={self.formula}"
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
        if self.kind != "number":
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


def _number(raw: str) -> Decimal | None:
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


def _reads_as_number(text: str) -> bool:
    if len(text) > _LONGEST_NUMBER or not any(map(str.isdigit, text)):
        return False
    return parse_figure(text).state == "number"


@dataclass
class Worksheet:
    """One worksheet: its cells in reading order by row and column, its merges, and what is
    hidden. ``lost`` is one whose content is damaged or missing, whatever cells it has.
    """

    name: str
    visibility: Visibility = "visible"
    cells: dict[tuple[int, int], SheetCell] = field(
        default_factory=dict[tuple[int, int], SheetCell]
    )
    merges: list[Area] = field(default_factory=list[Area])
    hidden_rows: set[int] = field(default_factory=set[int])
    hidden_columns: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    lost: bool = False
    covered: dict[tuple[int, int], SheetCell] = field(
        default_factory=dict[tuple[int, int], SheetCell]
    )
    """What lies under merged areas, where nobody sees it; formulas do."""
    conditions: list[Condition] = field(default_factory=list[Condition])
    shows_zeros: bool = True
    widths: Widths = field(default_factory=Widths)
    heights: dict[int, float] = field(default_factory=dict[int, float])
    default_height: float = 13.5
    drawings: list[Drawing] = field(default_factory=list["Drawing"])
    _of_areas: dict[int, list[Value]] = field(default_factory=dict[int, list[Value]])
    """What the cells hold that conditions are for, by the condition's identity."""

    def hides(self, row: int, column: int) -> bool:
        """Whether the row or the column is hidden."""
        return row in self.hidden_rows or any(
            first <= column <= last for first, last in self.hidden_columns
        )

    def stored(self, row: int, column: int) -> SheetCell | None:
        """What a formula finds in a cell, whether it is seen or not."""
        return self.cells.get((row, column)) or self.covered.get((row, column))

    def arrange(self) -> None:
        """What the whole worksheet says of its cells: which of them span merged areas or lie
        under one, which zeros are not shown, what conditions change.
        """
        for area in self.merges:
            if cell := self.cells.get((area.top, area.left)):
                cell.rows, cell.columns = area.bottom - area.top + 1, area.right - area.left + 1
        for at in self._under_merges():
            self.covered[at] = self.cells.pop(at)
        if not self.shows_zeros:
            for cell in self.cells.values():
                cell.unseen = cell.kind == "number" and not cell.number
        if self.conditions:
            self._apply_conditions()
        self._find_narrow()
        for drawing in self.drawings:
            self._lay_over(drawing)
        mixed = [cell for cell in self.cells.values() if cell.format.mixes_scales and cell.number]
        if mixed:
            _print_at_one_scale(mixed)

    def _find_narrow(self) -> None:
        """Numbers that print as ####: their columns are by far too narrow for their digits."""
        widths = self.widths
        enough = 2 * widths.least
        for cell in self.cells.values():
            if len(cell.raw) * cell.look.width < enough:
                continue
            if cell.kind != "number" or cell.look.fits:
                continue
            width = widths.of(cell.column, cell.column + cell.columns - 1)
            if len(cell.raw) * cell.look.width < 2 * width or (shown := cell.shown) is None:
                continue
            text = shown.text.partition(".")[0] if shown.general else shown.text
            digits = sum(map(str.isdecimal, text))
            if digits * cell.look.width > 2 * width and width > _NO_SIZE and cell.is_seen:
                cell.uncertain = "narrow"

    def _lay_over(self, drawing: Drawing) -> None:
        """What is not known of cells under a drawing. A number that is written in one is a cell
        that was not read.
        """
        is_number = _reads_as_number(drawing.text)
        if drawing.area is not None and (drawing.is_opaque or drawing.strikes or is_number):
            for at in self._filled(drawing.area):
                if self.cells[at].may_be_number and self.cells[at].is_seen:
                    self.cells[at].uncertain = "covered"
        if is_number and (at := self._first_of(drawing.middle)) not in self.cells:
            cell = SheetCell(self.name, *at, "text", drawing.text, None, 0, PLAIN)
            cell.uncertain = "covered"
            self.cells[at] = cell

    def _first_of(self, at: tuple[int, int]) -> tuple[int, int]:
        """The first cell of the merged area in which a cell lies, or the cell itself."""
        areas = (area for area in self.merges if area.holds(*at))
        return next(((area.top, area.left) for area in areas), at)

    def _under_merges(self) -> list[tuple[int, int]]:
        """The cells that a merged area covers, its first one apart."""
        last = max((row for row, _ in self.cells), default=0)
        areas: dict[int, list[Area]] = {}
        for area in self.merges:
            for row in range(area.top, min(area.bottom, last) + 1):
                areas.setdefault(row, []).append(area)
        return [
            (row, column)
            for row, column in self.cells
            if any(
                area.left <= column <= area.right and (row, column) != area[:2]
                for area in areas.get(row, ())
            )
        ]

    def _filled(self, area: Area) -> list[tuple[int, int]]:
        """Where an area holds something."""
        if area.size > len(self.cells):
            return [at for at in self.cells if area.holds(*at)]
        return [
            (row, column)
            for row in range(area.top, area.bottom + 1)
            for column in range(area.left, area.right + 1)
            if (row, column) in self.cells
        ]

    def _apply_conditions(self) -> None:
        by_cell: dict[tuple[int, int], list[Condition]] = {}
        for condition in sorted(self.conditions, key=lambda condition: condition.priority):
            for area in condition.areas:
                for at in self._filled(area):
                    if self.cells[at].may_be_number:
                        by_cell.setdefault(at, []).append(condition)
        for at, conditions in by_cell.items():
            self._apply(self.cells[at], conditions)

    def _apply(self, cell: SheetCell, conditions: list[Condition]) -> None:
        """Give a cell the look that its conditions make, those of high priority first."""
        look = cell.look
        changes = (change for condition in conditions for change in condition.changes())
        if not any(condition.hides for condition in conditions) and not any(
            cell.changes_with(change.over(look, set())) for change in changes
        ):
            return
        settled: set[str] = set()
        for condition in conditions:
            values = partial(self._values, condition)
            holds = condition.hides or condition.holds(cell.row, cell.column, self._content, values)
            if holds is None:
                looks = [change.over(look, settled) for change in condition.changes()]
                if any(map(cell.changes_with, looks)):
                    cell.uncertain = "condition"
            elif holds:
                change = condition.change.over(look, settled)
                cell.unseen = cell.unseen or condition.hides
                look, settled = change, settled | condition.change.names()
                if condition.stops:
                    break
        cell.look = look

    def _values(self, condition: Condition) -> Sequence[Value]:
        """What the cells hold that a condition is for."""
        if (values := self._of_areas.get(id(condition))) is None:
            places = {at for area in condition.areas for at in self._filled(area)}
            contents = (self._content(*at) for at in sorted(places))
            values = [value for value in contents if not isinstance(value, Blank | Fault)]
            self._of_areas[id(condition)] = values
        return values

    def _content(self, row: int, column: int) -> Content:
        """What a condition finds in a cell."""
        cell = self.stored(row, column)
        if cell is None:
            return Blank()
        kind: Kind = cell.kind
        match kind:
            case "number":
                return cell.number or Decimal(0)
            case "text":
                return cell.raw
            case "boolean":
                return cell.raw == "TRUE"
            case "error":
                return Fault()
            case "uncalculated":
                raise LookupError
            case _:
                assert_never(kind)


def _print_at_one_scale(cells: list[SheetCell]) -> None:
    """Of cells whose format prints large numbers in thousands and others as they are, most tell
    the scale of the table. What the others print is misleading: they stand for what they hold.
    """
    prints = [(cell, cell.shown) for cell in cells if cell.shown is not None]
    numbers = [(cell, shown) for cell, shown in prints if shown.kind == "number"]
    scales = Counter(shown.shift for _, shown in numbers).most_common(2)
    for cell, shown in numbers:
        if len(scales) == 2 and scales[0][1] == scales[1][1]:
            cell.uncertain = "scale"
        elif shown.shift != scales[0][0] and shown.held is not None:
            held = shown.held.scaleb(scales[0][0] - shown.shift)
            cell.prints(shown._replace(value=held, held=held, misleads=True))


@dataclass(frozen=True)
class WorksheetEntry:
    """A worksheet as the workbook lists it."""

    name: str
    part: str
    visibility: Visibility


class Workbook:
    """A workbook's package. Worksheets are read when they are asked for, so that only one is held
    at a time.
    """

    has_formulas = True

    def __init__(self, package: Package) -> None:
        self.package = package
        kind = package.content_type(package.main)
        if "sheet.binary" in kind:
            raise PackageError(
                "xlsb",
                "is a binary workbook (.xlsb); save it as .xlsx",
                "バイナリ形式のブック（.xlsb）です。.xlsx で保存し直してください",
            )
        if "spreadsheetml" not in kind and "ms-excel" not in kind:
            raise PackageError(
                "no-workbook",
                "is an Office file, but no workbook",
                "Office のファイルですが、ブックではありません",
            )
        self.from_1904 = self.rounds_as_shown = False
        self._links: list[str] = []
        self.entries: tuple[WorksheetEntry, ...] = ()
        self._open()
        self.runs: dict[int, tuple[Run, ...]] = {}
        self.styles = self._styles()
        self.strings = self._strings()
        self._cells_left = package.limits.cells
        self._filled_left = package.limits.filled_cells
        self._merges_left = package.limits.merges

    def _part(self, kind: str) -> str | None:
        rels = self.package.relationships(self.package.main).values()
        return next(
            (
                rel.target
                for rel in rels
                if rel.kind == kind and not rel.external and rel.target in self.package
            ),
            None,
        )

    def _open(self) -> None:
        package = self.package
        rels = package.relationships(package.main)
        entries: list[WorksheetEntry] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "calcPr":
                self.rounds_as_shown = attributes.get("fullPrecision") in ("0", "false")
            elif tag == "externalReference":
                self._links.append(attributes.get("id", ""))
            elif tag == "workbookPr":
                self.from_1904 = attributes.get("date1904") in ("1", "true")
            elif tag == "sheet":
                # The relationship's id is the attribute of another namespace; without namespaces
                # both can be called id.
                rel = rels.get(attributes.get("id", ""))
                state = attributes.get("state")
                name = attributes.get("name", "")
                if rel is None or rel.external or rel.target not in package:
                    raise PackageError(
                        "missing-worksheet",
                        f"worksheet {name!r} is missing from the file",
                        f"ワークシート「{name}」の中身がファイルにありません",
                    )
                if rel.kind != "worksheet":
                    return
                visibility: Visibility = (
                    "hidden"
                    if state == "hidden"
                    else "veryHidden"
                    if state == "veryHidden"
                    else "visible"
                )
                entries.append(WorksheetEntry(name, rel.target, visibility))

        parse_xml(package.chunks(package.main), package.main, start)
        if not entries:
            raise PackageError("no-worksheet", "holds no worksheet", "ワークシートがありません")
        if len(entries) > package.limits.worksheets:
            most = f"{package.limits.worksheets:,}"
            raise PackageError(
                "too-many-worksheets",
                f"holds more than {most} worksheets",
                f"ワークシートが{most}枚を超えています",
            )
        if len({entry.name.casefold() for entry in entries}) < len(entries):
            raise PackageError(
                "duplicate-worksheet",
                "holds two worksheets of one name",
                "同じ名前のワークシートが2枚あります",
            )
        self.entries = tuple(entries)

    @property
    def linked_files(self) -> tuple[str, ...]:
        """The other files that formulas name, by their numbers from 1; one that is not known is
        its number.
        """
        package = self.package
        rels = package.relationships(package.main)
        files: list[str] = []
        for number, link in enumerate(self._links, 1):
            part = rels.get(link)
            targets = package.relationships(part.target).values() if part is not None else ()
            path = next((rel.target for rel in targets if rel.external), f"[{number}]")
            files.append(unquote(path.replace("\\", "/").rpartition("/")[2]))
        return tuple(files)

    def _strings(self) -> list[str]:
        """The shared texts. Those with runs that may not be what the text says are in ``runs``,
        too.
        """
        part = self._part("sharedStrings")
        if part is None:
            return []
        strings: list[str] = []
        pieces: list[str] = []
        runs: list[Run] = []
        look = _PLAIN_RUN
        inside = phonetic = in_runs = False
        most, colours = self.package.limits.strings, self.styles.colours

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal inside, phonetic, look, in_runs
            if tag == "t":
                inside = not phonetic
            elif tag == "r":
                look, in_runs = _PLAIN_RUN, True
            elif tag == "rPh":  # the reading of kanji is no part of the text
                phonetic = True
            elif tag in RUN_TAGS:
                look = run_look(look, tag, attributes, colours)

        def end(tag: str) -> None:
            nonlocal inside, phonetic, look, in_runs
            if tag == "t":
                inside = False
            elif tag == "r":
                look = _PLAIN_RUN
            elif tag == "rPh":
                phonetic = False
            elif tag == "si":
                if len(strings) >= most:
                    raise PackageError(
                        "too-many-texts",
                        f"holds more than {most:,} texts",
                        f"文字列が{most:,}個を超えています",
                    )
                if in_runs and any(run.look != _PLAIN_RUN for run in runs):
                    self.runs[len(strings)] = tuple(runs)
                string = _unescaped("".join(pieces))
                strings.append("" if looks_blank(string) else string)
                pieces.clear()
                runs.clear()
                in_runs = False

        def text(data: str) -> None:
            if inside:
                pieces.append(data)
                if in_runs:
                    runs.append(Run(data, look))

        parse_xml(self.package.chunks(part), part, start, end, text)
        return strings

    def _styles(self) -> Styles:
        part = self._part("styles")
        if part is None:
            return Styles()
        theme = self._part("theme")
        colours = Colours()
        if theme is not None:
            colours = Colours(theme_colours(self.package.chunks(theme), theme))
        if b"rgbColor" in self.package.read(part):
            colours = Colours(colours.theme, palette(self.package.chunks(part), part))
        reader = StyleReader(colours, self.from_1904)
        parse_xml(self.package.chunks(part), part, reader.start, reader.end)
        return reader.styles()

    def words(self) -> str:
        """All texts of the workbook, for finding out which form it has: the shared ones, and
        those that stand in the cells.
        """
        inline = [
            cell.raw
            for entry in self.entries
            if self._holds_inline(entry.part)
            for cell in self.worksheet(entry, counted=False).cells.values()
            if cell.kind == "text"
        ]
        return "\n".join([*self.strings, *inline])

    def _holds_inline(self, part: str) -> bool:
        tail = b""
        for chunk in self.package.chunks(part):
            if any(word in tail + chunk for word in (b"inlineStr", b't="str"', b"t='str'")):
                return True
            tail = chunk[-16:]
        return False

    def worksheets(self) -> Iterator[Worksheet]:
        """Every worksheet, in the workbook's order."""
        for entry in self.entries:
            yield self.worksheet(entry)

    def worksheet(self, entry: WorksheetEntry, *, counted: bool = True) -> Worksheet:
        """One worksheet's content. What is ``counted`` counts against the limits of the whole
        workbook.
        """
        sheet = Worksheet(entry.name, entry.visibility)
        stream = _SheetStream(sheet, self, entry.part)
        limits = self._cells_left, self._filled_left, self._merges_left
        try:
            try:
                stream.read(*limits)
            except _Unaddressed:
                sheet = Worksheet(entry.name, entry.visibility)
                stream = _SheetStream(sheet, self, entry.part, whole=True)
                stream.read(*limits)
        except PackageError as fault:
            if fault.code not in ("broken-xml", "damaged-part"):
                raise
            message, name = fault.message, entry.name
            raise PackageError(
                fault.code,
                f"worksheet {name!r} can't be read: {message.en}",
                f"ワークシート「{name}」を読み取れません：{message.ja}",
            ) from None
        if counted:
            self._cells_left -= stream.seen
            self._filled_left -= len(sheet.cells)
            self._merges_left -= len(sheet.merges)
        sheet.drawings = self._drawings(entry, sheet)
        sheet.arrange()
        return sheet

    def _drawings(self, entry: WorksheetEntry, sheet: Worksheet) -> list[Drawing]:
        """What lies over the cells of a worksheet."""
        package = self.package
        drawings: list[Drawing] = []
        for rel in package.relationships(entry.part).values():
            if rel.kind != "drawing" or rel.external or rel.target not in package:
                continue
            try:
                drawings += drawings_in(
                    package.chunks(rel.target),
                    rel.target,
                    lambda column: sheet.widths.of(column, column),
                    lambda row: sheet.heights.get(row, sheet.default_height),
                )
            except (KeyError, ValueError):
                message = f"worksheet {entry.name!r} has a drawing that is damaged"
                ja = f"ワークシート「{entry.name}」の図形が壊れています"
                raise PackageError("broken-worksheet", message, ja) from None
        return drawings


class _Unaddressed(Exception):
    """A cell without an address stands behind cells that were left out."""


class _SheetStream:
    """One pass over a worksheet's XML. Cells that only have looks are left out of it before it is
    parsed, most cells being such.
    """

    def __init__(
        self, sheet: Worksheet, workbook: Workbook, part: str, *, whole: bool = False
    ) -> None:
        self.sheet, self.workbook, self.part, self.whole = sheet, workbook, part, whole
        self.seen = self.left_out = 0

    def _filled(self, most_cells: int) -> Iterator[bytes]:
        """The part without its empty cells. Where comments or unparsed sections begin, one could
        look like a cell.
        """
        for chunk in self.workbook.package.chunks(self.part):
            self.whole = self.whole or b"<!" in chunk
            if self.whole:
                yield chunk
                continue
            kept, count = _EMPTY_CELL.subn(b"", chunk)
            self.seen += count
            self.left_out += count
            if self.seen > most_cells:
                self._too_many()
            yield kept

    def _too_many(self) -> NoReturn:
        most = f"{self.workbook.package.limits.cells:,}"
        raise PackageError(
            "too-many-cells", f"has more than {most} cells", f"セルが{most}個を超えています"
        )

    def read(self, most_cells: int, most_filled: int, most_merges: int) -> None:
        """Fill the worksheet. Names keep their prefix, which the root element tells; that is
        faster than namespaces.
        """
        sheet, part, limits = self.sheet, self.part, self.workbook.package.limits
        strings, looks = self.workbook.strings, self.workbook.styles.looks
        runs_of, extras = self.workbook.runs, Extras(self.workbook.styles)
        colours = self.workbook.styles.colours
        cells, name, hidden_rows, merges = sheet.cells, sheet.name, sheet.hidden_rows, sheet.merges
        shared: dict[str, tuple[str, int, int]] = {}
        tags: dict[str, str] = {}
        row = column = style = merged = 0
        kind, shared_id, shares = "n", "", False
        value: list[str] = []
        formula: list[str] = []
        held: list[str] | None = None  # where character data goes
        phonetic = False
        run = 0
        run_is = _PLAIN_RUN
        runs: list[tuple[int, int, RunLook]] = []  # of a text that stands in its cell
        has_formula = False
        cell_reference: str | None = None
        size: Area | None = None
        has_body = False

        def located(reference: str) -> tuple[int, int]:
            at = parse_address(reference)
            if at is None:
                raise PackageError(
                    "bad-address",
                    f"has a cell {reference[:20]!r}",
                    f"セルの番地が不正です：{reference[:20]!r}",
                )
            return at

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal \
                row, \
                column, \
                style, \
                kind, \
                held, \
                shared_id, \
                shares, \
                phonetic, \
                run, \
                run_is, \
                merged, \
                has_formula, \
                cell_reference, \
                size, \
                has_body
            if not tags:
                prefix = tag[: tag.find(":") + 1]
                tags.update({prefix + local: local for local in (*_TAGS, *RUN_TAGS, *EXTRA_TAGS)})
            local = tags.get(tag)
            if local == "c":
                self.seen += 1
                if self.seen > most_cells:
                    self._too_many()
                if "r" in attributes:
                    cell_reference = attributes["r"]
                elif self.left_out:
                    raise _Unaddressed
                elif cell_reference is None:
                    column += 1
                else:  # without an address, a cell stands behind the one before it
                    column = located(cell_reference)[1] + 1
                    cell_reference = None
                kind = attributes.get("t", "n")
                style = int(attributes.get("s", "0"))
            elif local == "v" or local == "t":
                if not phonetic:
                    held = value
                    run = len(value)
            elif local == "f":
                held = formula
                has_formula = True
                shares = attributes.get("t") == "shared"
                shared_id = attributes.get("si", "")
            elif local == "row":
                reference = attributes.get("r")
                row = int(reference) if reference else row + 1
                if not 1 <= row <= MAX_ROW:
                    raise PackageError(
                        "bad-address", f"has a row {row}", f"行番号が不正です：{row}"
                    )
                column, cell_reference = 0, None
                if "ht" in attributes:
                    sheet.heights[row] = number_of(attributes["ht"])
                if attributes.get("hidden") in ("1", "true") or _is_nothing(attributes, "ht"):
                    hidden_rows.add(row)
            elif local == "rPh":
                phonetic = True
            elif local == "sheetData":
                has_body = True
            elif local == "dimension":
                size = parse_area(attributes.get("ref", ""))
            elif local == "mergeCell":
                area = parse_area(attributes.get("ref", ""))
                if area is None:
                    reference = attributes.get("ref", "")[:40]
                    raise PackageError(
                        "bad-address",
                        f"merges {reference!r}",
                        f"結合セルの番地が不正です：{reference!r}",
                    )
                merged += area.size
                if (
                    area.size > limits.merged_area_once
                    or merged > limits.merged_area
                    or len(merges) >= most_merges
                ):
                    raise PackageError(
                        "too-much-merged",
                        f"worksheet {name!r} merges too many cells",
                        f"ワークシート「{name}」の結合セルが大きすぎるか多すぎます",
                    )
                merges.append(area)
            elif local == "col":
                extras.column(attributes)
                if attributes.get("hidden") in ("1", "true") or _is_nothing(attributes, "width"):
                    first, last = attributes.get("min", "1"), attributes.get("max", "1")
                    sheet.hidden_columns.append((int(first), int(last)))
            elif local == "r":
                run_is = _PLAIN_RUN
            elif local in RUN_TAGS and not extras.inside:
                run_is = run_look(run_is, local, attributes, colours)
            elif local is not None or extras.inside or ":" in tag:
                held = extras.start(tag.rpartition(":")[2], attributes)

        def end(tag: str) -> None:
            nonlocal held, phonetic, run_is, has_formula, row, column
            local = tags.get(tag)
            if local == "c":
                if (
                    value or has_formula
                ):  # most cells only have looks; where they stand is nobody's concern
                    if cell_reference is not None:
                        row, column = located(cell_reference)
                    written = "".join(formula) if has_formula else None
                    if has_formula and shares:
                        if written:
                            shared[shared_id] = (written, row, column)
                        elif shared_id in shared:
                            pattern, from_row, from_column = shared[shared_id]
                            written = shifted(pattern, row - from_row, column - from_column)
                    look = looks[style] if style < len(looks) else PLAIN
                    raw = "".join(value)
                    cell = _cell(name, row, column, kind, raw, written, style, look, strings)
                    if cell is not None and kind == "s" and runs_of:
                        if (parts := runs_of.get(int(raw))) is not None:
                            cell.set_plain(plain_text(parts, look))
                    elif cell is not None and runs:
                        parts = tuple(
                            Run("".join(value[first:last]), of_run) for first, last, of_run in runs
                        )
                        cell.set_plain(plain_text(parts, look))
                    if cell is not None:
                        if (row, column) in cells:
                            where = address(row, column)
                            raise PackageError(
                                "duplicate-cell",
                                f"has two cells {where}",
                                f"セル{where}が2つあります",
                            )
                        cells[row, column] = cell
                        if len(cells) > most_filled:
                            most = f"{limits.filled_cells:,}"
                            raise PackageError(
                                "too-many-cells",
                                f"has more than {most} filled cells",
                                f"入力セルが{most}個を超えています",
                            )
                    value.clear()
                    formula.clear()
                    runs.clear()
                    has_formula = False
            elif local == "t":
                held = None
                if kind == "inlineStr":
                    runs.append((run, len(value), run_is))
            elif local == "v" or local == "f":
                held = None
            elif extras.inside:
                held = None
                extras.end(tag.rpartition(":")[2])
            elif local == "r":
                run_is = _PLAIN_RUN
            elif local == "rPh":
                phonetic = False

        def text(data: str) -> None:
            if held is not None:
                held.append(data)

        try:
            parse_xml(self._filled(most_cells), part, start, end, text, prefixed=True)
        except (ValueError, IndexError):
            raise PackageError(
                "broken-worksheet",
                f"worksheet {name!r} is damaged",
                f"ワークシート「{name}」が壊れています",
            ) from None
        sheet.shows_zeros, sheet.conditions = extras.shows_zeros, extras.conditions
        sheet.widths, sheet.default_height = extras.widths, extras.height
        # A worksheet that says how large it is has cells, if only with looks.
        sheet.lost = not has_body or (size is not None and size.size > 1 and self.seen == 0)
        if any(first > second for first, second in zip(cells, list(cells)[1:], strict=False)):
            sheet.cells = dict(sorted(cells.items()))
        sheet.hidden_columns = [
            (first, min(last, MAX_COLUMN)) for first, last in sheet.hidden_columns
        ]


_TAGS: Final = (
    "c",
    "v",
    "f",
    "t",
    "is",
    "r",
    "rPh",
    "row",
    "col",
    "mergeCell",
    "dimension",
    "sheetData",
)


def _is_nothing(attributes: dict[str, str], name: str) -> bool:
    """Whether a row's height or a column's width is so small that nothing is seen of it."""
    return name in attributes and number_of(attributes[name]) < _NO_SIZE


_KINDS: Final[dict[str, Kind]] = {
    "n": "number",
    "str": "text",
    "inlineStr": "text",
    "e": "error",
    "b": "boolean",
    "d": "text",
}


def _cell(
    sheet: str,
    row: int,
    column: int,
    kind: str,
    raw: str,
    formula: str | None,
    style: int,
    look: Look,
    strings: list[str],
) -> SheetCell | None:
    """The cell, or None where it holds nothing. A formula without a cached value was never
    calculated.
    """
    if not raw:
        if formula is None or kind == "str":
            return None
        return SheetCell(sheet, row, column, "uncalculated", "", formula, style, look)
    if kind == "s":
        raw = strings[int(raw)]
        if not raw:
            return None
        return SheetCell(sheet, row, column, "text", raw[:_LONGEST_TEXT], formula, style, look)
    found = _KINDS.get(kind, "text")
    if found == "text":
        raw = _unescaped(raw)[:_LONGEST_TEXT]
        if looks_blank(raw):
            return None
    elif found == "boolean":
        raw = "TRUE" if raw.strip() == "1" else "FALSE"
    elif found == "number" and _number(raw) is None:
        found = "text"
    return SheetCell(sheet, row, column, found, raw, formula, style, look)


def _unescaped(text: str) -> str:
    """``_x000D_`` is how a worksheet writes what XML can't hold."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(
        lambda match: (
            chr(int(match[1], 16)) if not 0xD800 <= int(match[1], 16) <= 0xDFFF else match[0]
        ),
        text,
    )


def shifted(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads when it is filled from its cell to another: what is not fixed by
    ``$`` moves along.
    """

    def moved(match: re.Match[str]) -> str:
        text, sheet, fixed_column, letters, fixed_row, digits = match.groups()
        if text is not None:
            return text
        at = parse_address(letters + digits)
        if at is None:
            return match[0]
        row = at[0] if fixed_row else at[0] + rows
        column = at[1] if fixed_column else at[1] + columns
        if not (1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN):
            return "#REF!"
        letter = address(1, column)[:-1]
        return f"{sheet or ''}{fixed_column}{letter}{fixed_row}{row}"

    return _REFERENCE.sub(moved, formula)
