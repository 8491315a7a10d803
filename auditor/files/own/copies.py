"""What a marked copy says of itself: the document that it is a copy of, and what its cells held.

A copy that comes back is known by it, also after a spreadsheet program saved it. Whether somebody
has changed a cell, the fingerprints of its worksheets tell.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal

from pydantic import Field

from auditor.files.ooxml import Limits, Package, PackageError, is_zip, parse_xml
from auditor.files.own.properties import PART, own_properties
from auditor.records.figures import Record
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.own import OwnKind

__all__ = [
    "PDF_KEY",
    "CopyState",
    "MarkedCopy",
    "copy_in",
    "copy_properties",
    "original_of_pdf",
    "own_properties_in",
]

CopyState = Literal["untouched", "unchanged", "changed", "unknown"]
"""What became of a copy: the same file, saved anew with the same cells, other cells, or one of
which only its records can tell.
"""

PDF_KEY: Final = "/SheetAuditorCopy"
"""Under this name, in the private data of its catalog, a PDF says what it is a copy of."""

_KIND: Final[OwnKind] = "marked_copy"
_ORIGINAL: Final = "original"
_PARTS: Final = "parts"
_WORKSHEET: Final = "worksheet"
_FILLS: Final = "fills"
_NOTES: Final = "notes"
_FILL: Final = re.compile(r"\b(rgb|theme|tint|indexed)=([0-9A-Fa-f.\-]+)")
_LONGEST: Final = 240
_DIGITS: Final = 16
"""How many hexadecimal digits of a fingerprint are kept; a property holds 255 characters."""
_NONE: Final = "-"
"""Stands for the fingerprint of results where the file has none stored."""
_SPACES: Final = re.compile(r"\s+|_x000[Dd]_")
_IN_PDF: Final = re.compile(
    rb"/SheetAuditorCopy\s*<<\s*/Original\s*/([0-9a-f]{64})\s*"
    rb"/Start\s*/([0-9a-f]{64})\s*/Length\s+([0-9]{1,12})\s*/Pages\s*\[([0-9\s]*)\]\s*>>"
)
_END: Final = b"%%EOF"


class MarkedCopy(Record):
    """A file that is a marked copy of a document.

    ``original`` is the SHA-256 of that document. ``worksheets`` are those that were written, and
    ``changed`` those of them whose cells are others now, or that are gone. ``pages`` are the
    numbers that the pages of a PDF have in the original; none where the copy is whole.

    ``fills`` has the colours that marks cover, by worksheet and cell: spreadsheet programs keep no
    colour that is not shown. ``notes`` has the digests of the marks' texts: one that somebody has
    changed is no longer the program's.
    """

    original: str
    state: CopyState
    worksheets: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    fills: Frozen[str, Frozen[str, Frozen[str, str]]] = Field(default_factory=FrozenDict)
    notes: Frozen[str, Frozen[str, str]] = Field(default_factory=FrozenDict)


Fingerprint = tuple[str, str]
"""Of the constants of a worksheet, and of the stored results of its formulas (``-`` for none)."""


def copy_in(data: bytes, limits: Limits | None = None) -> MarkedCopy | None:
    """What a file says of itself as a marked copy; None where it is none, or a broken one."""
    if b"%PDF-" in data[:1024]:
        return _pdf_copy(data)
    if not is_zip(data):
        return None
    try:
        package = Package(data, limits)
        properties = own_properties_in(package)
        if properties.get("") != _KIND:
            return None
        return _workbook_copy(package, properties)
    except PackageError:  # who reads the file says what is wrong with it
        return None


def own_properties_in(package: Package) -> dict[str, str]:
    """The program's own properties in a package; none where it says nothing. Raises
    PackageError.
    """
    if PART not in package:
        return {}
    return own_properties(package.read(PART))


# — workbooks —


def copy_properties(
    original: bytes,
    worksheets: Mapping[str, str],
    others: Sequence[str],
    strings: str | None,
    fills: Mapping[str, Mapping[str, Mapping[str, str]]],
    notes: Mapping[str, Mapping[str, str]],
    read: Callable[[str], bytes],
) -> dict[str, str]:
    """The properties of a copy of a document whose bytes are ``original``.

    ``worksheets`` are the parts of those that it shows, by name; ``others`` are parts that change
    too when a program saves it, ``strings`` that of the shared texts. ``fills`` and ``notes``
    are as in ``MarkedCopy``. ``read`` gives the bytes of a part. Raises PackageError.
    """
    texts = _shared_strings(read(strings), strings) if strings is not None else []
    properties: dict[str, str] = {
        "": _KIND,
        _ORIGINAL: hashlib.sha256(original).hexdigest(),
        _PARTS: _digest_of_parts([*worksheets.values(), *others], read),
    }
    for number, (name, part) in enumerate(worksheets.items(), 1):
        constants, results = _fingerprint(read(part), part, texts)
        properties[f"{_WORKSHEET} {number}"] = f"{constants} {results} {name}"
        colours = (
            " ".join([cell, *(f"{key}={value}" for key, value in colour.items())])
            for cell, colour in fills.get(name, {}).items()
        )
        digests = (f"{cell} {digest}" for cell, digest in notes.get(name, {}).items())
        for key, items in ((_FILLS, colours), (_NOTES, digests)):
            for at, line in enumerate(_lines(items), 1):
                properties[f"{key} {number} {at}"] = line
    return properties


def _lines(items: Iterable[str]) -> Iterator[str]:
    """Items, as many in a line as a property may hold."""
    line = ""
    for item in items:
        if line and len(line) + len(item) > _LONGEST:
            yield line
            line = ""
        line += f"{';' if line else ''}{item}"
    if line:
        yield line


def _of_cells(properties: Mapping[str, str], kind: str) -> dict[str, dict[str, str]]:
    """What the properties of a kind say of cells, by worksheet and cell."""
    names = {
        key.removeprefix(f"{_WORKSHEET} "): value.split(" ", 2)[-1]
        for key, value in properties.items()
        if key.startswith(f"{_WORKSHEET} ")
    }
    of_cells: dict[str, dict[str, str]] = {name: {} for name in names.values()}
    for key, value in properties.items():
        name = names.get(key.split(" ")[1]) if key.startswith(f"{kind} ") else None
        for item in value.split(";") if name is not None else ():
            cell, _, content = item.partition(" ")
            of_cells[name or ""][cell] = content
    return of_cells


def _workbook_copy(package: Package, properties: Mapping[str, str]) -> MarkedCopy | None:
    written = {name: (constants, results) for name, constants, results in _written(properties)}
    if not written:
        return None
    parts = dict(_worksheet_parts(package))
    strings = next(package.related(package.main, "sharedStrings"), None)
    styles = next(package.related(package.main, "styles"), None)
    others = [part for part in (package.main, strings, styles) if part is not None]
    state: CopyState = "unchanged"
    changed: list[str] = []
    if all(name in parts for name in written):
        watched = [*(parts[name] for name in written), *others]
        if _digest_of_parts(watched, package.read) == properties.get(_PARTS):
            state = "untouched"
    if state != "untouched":
        texts = _shared_strings(package.read(strings), strings) if strings is not None else []
        changed = [
            name
            for name, fingerprint in written.items()
            if name not in parts
            or not _alike(fingerprint, _fingerprint(package.read(parts[name]), name, texts))
        ]
    fills = {
        name: {cell: dict(_FILL.findall(colour)) for cell, colour in cells.items()}
        for name, cells in _of_cells(properties, _FILLS).items()
    }
    return MarkedCopy(
        original=properties.get(_ORIGINAL, ""),
        state="changed" if changed else state,
        worksheets=tuple(written),
        changed=tuple(changed),
        fills=fills,
        notes=_of_cells(properties, _NOTES),
    )


def _written(properties: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The name and the fingerprint of each worksheet, as the properties have them."""
    for key, value in properties.items():
        parts = value.split(" ", 2)
        if key.startswith(f"{_WORKSHEET} ") and len(parts) == 3:
            yield parts[2], parts[0], parts[1]


def _alike(written: Fingerprint, now: Fingerprint) -> bool:
    """Whether cells hold the same. Results that were not stored when the copy was written tell
    nothing: a spreadsheet program has worked them out since.
    """
    return written[0] == now[0] and (written[1] in (now[1], _NONE) or now[1] == _NONE)


def _digest_of_parts(parts: Sequence[str], read: Callable[[str], bytes]) -> str:
    digest = hashlib.sha256()
    for part in sorted(set(parts)):
        digest.update(hashlib.sha256(read(part)).digest())
    return digest.hexdigest()


def _worksheet_parts(package: Package) -> Iterator[tuple[str, str]]:
    """The worksheets of a package by their names, with their parts."""
    relationships = package.relationships(package.main)
    sheets: list[tuple[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            sheets.append((attributes.get("name", ""), attributes.get("id", "")))

    parse_xml(package.chunks(package.main), package.main, start)
    for name, relationship in sheets:
        target = relationships.get(relationship)
        if target is not None and target.kind == "worksheet" and target.target in package:
            yield name, target.target


def _shared_strings(data: bytes, part: str) -> list[str]:
    texts: list[str] = []
    pieces: list[str] = []
    inside = reading = False

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal inside, reading
        if tag == "rPh":  # how kanji are read is no part of the text
            reading = True
        elif tag == "t":
            inside = not reading

    def end(tag: str) -> None:
        nonlocal inside, reading
        if tag == "t":
            inside = False
        elif tag == "rPh":
            reading = False
        elif tag == "si":
            texts.append("".join(pieces))
            pieces.clear()

    def text(content: str) -> None:
        if inside:
            pieces.append(content)

    parse_xml(iter([data]), part, start, end, text)
    return texts


class _Cells:
    """What the cells of a worksheet hold, while its part is parsed."""

    def __init__(self, strings: Sequence[str]) -> None:
        self.constants: list[str] = []
        self.results: list[str] = []
        self.uncalculated = False
        self._strings = strings
        self._address = self._kind = ""
        self._is_formula = self._inside = self._reading = False
        self._pieces: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._address, self._kind = attributes.get("r", ""), attributes.get("t", "n")
            self._is_formula = False
            self._pieces.clear()
        elif tag == "f":
            self._is_formula = True
        elif tag == "rPh":
            self._reading = True
        elif tag in ("v", "t"):
            self._inside = not self._reading

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._inside = False
        elif tag == "rPh":
            self._reading = False
        elif tag == "c":
            self._take()

    def text(self, content: str) -> None:
        if self._inside:
            self._pieces.append(content)

    def _take(self) -> None:
        value = self._value("".join(self._pieces))
        if self._is_formula:
            self.uncalculated = self.uncalculated or not self._pieces
            self.results.append(f"{self._address}\t{value}")
        elif value:
            self.constants.append(f"{self._address}\t{value}")

    def _value(self, raw: str) -> str:
        """What a cell holds, whichever program wrote it."""
        if self._kind == "s":
            at = int(raw) if raw.isdecimal() else -1
            raw = self._strings[at] if 0 <= at < len(self._strings) else ""
        elif self._kind == "n" and raw:
            try:
                return f"{float(raw):.14g}"
            except ValueError:
                return raw
        return _SPACES.sub("", raw)


def _fingerprint(data: bytes, part: str, strings: Sequence[str]) -> Fingerprint:
    cells = _Cells(strings)
    parse_xml(iter([data]), part, cells.start, cells.end, cells.text)
    results = _NONE if cells.uncalculated else _digest(cells.results)
    return _digest(cells.constants), results


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:_DIGITS]


# — PDFs —


def _pdf_copy(data: bytes) -> MarkedCopy | None:
    matches = list(_IN_PDF.finditer(data))
    if not matches:
        return None
    last = matches[-1]
    length = int(last[3])
    # Others add behind the end of the file, or write the whole file anew.
    is_untouched = (
        data.count(_END, length) == 1
        and hashlib.sha256(data[:length]).hexdigest() == last[2].decode()
    )
    return MarkedCopy(
        original=last[1].decode(),
        state="untouched" if is_untouched else "unknown",
        pages=tuple(map(int, last[4].split())),
    )


def original_of_pdf(data: bytes) -> bytes | None:
    """The bytes of the document with which a whole copy begins; None where they are not there."""
    for match in reversed(list(_IN_PDF.finditer(data))):
        start = data[: int(match[3])]
        if start and hashlib.sha256(start).hexdigest() == match[1].decode():
            return start
    return None
