"""A workbook's package: its worksheets by name, its shared texts and styles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from auditor.files.ooxml import Disordered, Package, PackageError, parse_xml
from auditor.readers.characters import looks_blank
from auditor.readers.workbook.cells import unescaped
from auditor.readers.workbook.drawings import Drawing, drawings_in
from auditor.readers.workbook.faces import Faces, faces_in
from auditor.readers.workbook.limits import too_many_worksheets
from auditor.readers.workbook.looks import (
    PLAIN,
    Colours,
    Look,
    StyleReader,
    Styles,
    palette,
    theme_colours,
)
from auditor.readers.workbook.references import areas_named
from auditor.readers.workbook.runs import PLAIN_RUN, RUN_TAGS, Run, run_look
from auditor.readers.workbook.stream import Allowance, Shared, SheetStream, Unaddressed
from auditor.readers.workbook.worksheets import Visibility, Worksheet, WorksheetEntry
from auditor.records.addresses import Area

__all__ = ["Workbook"]

_PRINT_AREA: Final = "_xlnm.print_area"
_VISIBILITY: Final[dict[str, Visibility]] = {"hidden": "hidden", "veryHidden": "veryHidden"}


class Workbook:
    """A workbook's package. Worksheets are read when they are asked for, so that only one is held
    at a time.
    """

    from_1904: bool
    rounds_as_shown: bool
    print_areas: dict[str, Sequence[Area]]
    entries: tuple[WorksheetEntry, ...]

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
        self._open()
        self.runs: dict[int, tuple[Run, ...]] = {}
        self.styles: Styles = self._styles()
        self.strings: list[str] = self._strings()
        limits = package.limits
        self._allowance = Allowance(limits.cells, limits.filled_cells, limits.merges)

    def _part(self, kind: str) -> str | None:
        return next(self.package.related(self.package.main, kind), None)

    def _open(self) -> None:
        package = self.package
        reader = _Listing(package)
        parse_xml(package.chunks(package.main), package.main, reader.start, reader.end, reader.text)
        entries = reader.entries
        self.rounds_as_shown, self.from_1904 = reader.rounds_as_shown, reader.from_1904
        self._links = reader.links
        self.print_areas = reader.print_areas
        if not entries:
            raise PackageError("no-worksheet", "holds no worksheet", "ワークシートがありません")
        if len(entries) > package.limits.worksheets:
            raise too_many_worksheets(package.limits)
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
        look = PLAIN_RUN
        inside = phonetic = in_runs = False
        most, colours = self.package.limits.strings, self.styles.colours

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal inside, phonetic, look, in_runs
            if tag == "t":
                inside = not phonetic
            elif tag == "r":
                look, in_runs = PLAIN_RUN, True
            elif tag == "rPh":  # the reading of kanji is no part of the text
                phonetic = True
            elif tag in RUN_TAGS:
                look = run_look(look, tag, attributes, colours)

        def end(tag: str) -> None:
            nonlocal inside, phonetic, look, in_runs
            if tag == "t":
                inside = False
            elif tag == "r":
                look = PLAIN_RUN
            elif tag == "rPh":
                phonetic = False
            elif tag == "si":
                if len(strings) >= most:
                    raise PackageError(
                        "too-many-texts",
                        f"holds more than {most:,} texts",
                        f"文字列が{most:,}個を超えています",
                    )
                if in_runs and any(run.look != PLAIN_RUN for run in runs):
                    self.runs[len(strings)] = tuple(runs)
                string = unescaped("".join(pieces))
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

    def faces(self) -> Faces:
        """How the cells are drawn, by their styles."""
        return self._faces

    @cached_property
    def _faces(self) -> Faces:
        part = self._part("styles")
        if part is None:
            return Faces()
        return faces_in(self.package.chunks(part), part, self.styles.colours)

    def words(self) -> str:
        """All texts of the workbook, for finding out which form it has: the shared ones, and
        those that stand in the cells.
        """
        texts = list(self.strings)
        for entry in self.entries:
            if self._holds_inline(entry.part):
                cells = self.worksheet(entry, counted=False).cells.values()
                texts += [cell.raw for cell in cells if cell.kind == "text"]
        return "\n".join(texts)

    @property
    def holds_pictures_alone(self) -> bool:
        """Whether worksheets show pictures, and no cell holds anything."""
        pictures = False
        for entry in self.entries:
            sheet = self.worksheet(entry, counted=False)
            if sheet.cells:
                return False
            pictures = pictures or any(drawing.is_picture for drawing in sheet.drawings)
        return pictures

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

    def look(self, style: int) -> Look:
        """The look of a style; a plain one where there is no such style."""
        looks = self.styles.looks
        return looks[style] if 0 <= style < len(looks) else PLAIN

    def drawn(self, entry: WorksheetEntry, area: Area) -> Worksheet:
        """One worksheet's content with the cells of an area that only have looks."""
        return self.worksheet(entry, counted=False, drawn=area)

    def worksheet(
        self, entry: WorksheetEntry, *, counted: bool = True, drawn: Area | None = None
    ) -> Worksheet:
        """One worksheet's content. What is ``counted`` counts against the limits of the whole
        workbook. Of the area ``drawn`` the cells that only have looks are its blanks.
        """
        try:
            try:
                sheet, stream = self._stream(entry, whole=False, drawn=drawn)
            except Unaddressed:
                sheet, stream = self._stream(entry, whole=True, drawn=drawn)
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
            cells, filled, merges = self._allowance
            self._allowance = Allowance(
                cells - stream.seen, filled - len(sheet.cells), merges - len(sheet.merges)
            )
        sheet.drawings = self._drawings(entry, sheet)
        sheet.arrange()
        return sheet

    def _stream(
        self, entry: WorksheetEntry, *, whole: bool, drawn: Area | None
    ) -> tuple[Worksheet, SheetStream]:
        sheet = Worksheet(entry.name, entry.visibility)
        sheet.print_areas = self.print_areas.get(entry.name, ())
        shared = Shared(self.strings, self.runs, self.styles)
        stream = SheetStream(
            sheet, self.package, entry.part, shared, self._allowance, whole=whole, drawn=drawn
        )
        stream.read()
        return sheet, stream

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
            except (KeyError, ValueError, Disordered):
                message = f"worksheet {entry.name!r} has a drawing that is damaged"
                ja = f"ワークシート「{entry.name}」の図形が壊れています"
                raise PackageError("broken-worksheet", message, ja) from None
        return drawings


class _Listing:
    """Takes up what a workbook's main part says: its worksheets, the areas of them that are
    printed, the other files that formulas name, and how it calculates.
    """

    def __init__(self, package: Package) -> None:
        self.package, self.rels = package, package.relationships(package.main)
        self.entries: list[WorksheetEntry] = []
        self.print_areas: dict[str, Sequence[Area]] = {}
        self.links: list[str] = []
        self.rounds_as_shown = self.from_1904 = False
        self._names: list[str] = []
        """The names of all sheets, those of charts among them."""
        self._printed: str | None = None
        self._pieces: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "calcPr":
                self.rounds_as_shown = attributes.get("fullPrecision") in ("0", "false")
            case "externalReference":
                self.links.append(attributes.get("id", ""))
            case "workbookPr":
                self.from_1904 = attributes.get("date1904") in ("1", "true")
            case "sheet":
                self._sheet(attributes)
            case "definedName" if attributes.get("name", "").casefold() == _PRINT_AREA:
                number = attributes.get("localSheetId", "")
                if number.isdecimal() and int(number) < len(self._names):
                    self._printed, self._pieces = self._names[int(number)], []
            case _:
                pass

    def end(self, tag: str) -> None:
        if tag == "definedName" and self._printed is not None and self._pieces is not None:
            self.print_areas[self._printed] = areas_named("".join(self._pieces))
            self._printed = self._pieces = None

    def text(self, data: str) -> None:
        if self._pieces is not None:
            self._pieces.append(data)

    def _sheet(self, attributes: dict[str, str]) -> None:
        # The relationship's id is the attribute of another namespace; without namespaces both can
        # be called id.
        rel = self.rels.get(attributes.get("id", ""))
        name = attributes.get("name", "")
        self._names.append(name)
        if rel is None or rel.external or rel.target not in self.package:
            raise PackageError(
                "missing-worksheet",
                f"worksheet {name!r} is missing from the file",
                f"ワークシート「{name}」の中身がファイルにありません",
            )
        if rel.kind == "worksheet":
            visibility = _VISIBILITY.get(attributes.get("state", ""), "visible")
            self.entries.append(WorksheetEntry(name, rel.target, visibility))
