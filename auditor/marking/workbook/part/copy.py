"""A copy of a workbook with some of its worksheets alone.

Only parts that these worksheets use come along, and of what all worksheets share only what is
theirs. The parts that stay are those of the original, byte for byte, where they name nothing that
is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote

from auditor.files.ooxml import Limits, Package, PackageError, Relationship, rels_of
from auditor.marking.workbook.package import PackageCopy
from auditor.marking.workbook.part.attached import (
    ATTACHED,
    with_linked_sheets,
    with_persons,
    without_relationships,
)
from auditor.marking.workbook.part.main_part import MainPart, names_of_part
from auditor.marking.workbook.part.plain import plain
from auditor.marking.workbook.part.scope import Scope
from auditor.marking.workbook.part.strings import with_strings
from auditor.marking.workbook.part.worksheet import WorksheetPart
from auditor.marking.workbook.splices import tags

__all__ = ["part_of_workbook"]

_MAIN: Final = "officeDocument"
_SHARED: Final = frozenset(["styles", "theme", "sharedStrings", "person"])
_FOLLOWED: Final[Mapping[str, frozenset[str]]] = {
    "worksheet": frozenset(
        [
            "comments",
            "ctrlProp",
            "drawing",
            "hyperlink",
            "image",
            "printerSettings",
            "table",
            "threadedComment",
            "vmlDrawing",
        ]
    ),
    "drawing": frozenset(
        [
            "chart",
            "chartEx",
            "diagramColors",
            "diagramData",
            "diagramDrawing",
            "diagramLayout",
            "diagramQuickStyle",
            "hyperlink",
            "image",
        ]
    ),
    "chart": frozenset(
        ["chartColorStyle", "chartStyle", "chartUserShapes", "image", "themeOverride"]
    ),
    "chartEx": frozenset(["chartColorStyle", "chartStyle", "image", "themeOverride"]),
    "chartUserShapes": frozenset(["hyperlink", "image"]),
    "diagramData": frozenset(["hyperlink", "image"]),
    "diagramDrawing": frozenset(["hyperlink", "image"]),
    "externalLink": frozenset(["externalLinkPath", "xlPathMissing", "xlStartup", "xlLibrary"]),
    "theme": frozenset(["image"]),
    "vmlDrawing": frozenset(["image"]),
}
"""What parts may bring along, by the kinds of relationships: whatever is not named here stays
behind. Embedded files, macros, pivot tables and the results of queries may hold anything.
"""
_LINKED_BOOK: Final = b"externalBook"
_NAMES_OF_TABLE: Final = ("name", "displayName")
_QUICK: Final = 1
"""How hard the copy is packed: it is packed anew when it is marked."""


class _Attached(NamedTuple):
    """A part that comes along: the kind of relationship that leads to it, and the ids of its own
    relationships that stay behind.
    """

    kind: str
    dropped: frozenset[str]


def part_of_workbook(
    data: bytes, worksheets: Collection[str], limits: Limits | None = None
) -> bytes:
    """A workbook with some worksheets, by their names, and nothing of the others.

    Formulas that name what is not there become their stored results. Raises PackageError, also
    where there is no such worksheet, and ExpatError for a part that is no XML.
    """
    return _Part(Package(data, limits), worksheets).zipped()


class _Part:
    """The copy while it is made."""

    def __init__(self, package: Package, worksheets: Collection[str]) -> None:
        self._copy = PackageCopy(package)
        self._main = MainPart(plain(self._copy.part(package.main)))
        self._rels = package.relationships(package.main)
        order = [sheet.name for sheet in self._main.sheets]
        parts = self._copy.worksheets
        chosen = [
            number for number, name in enumerate(order) if name in worksheets and name in parts
        ]
        if not chosen or len(chosen) < len(set(worksheets)):
            raise PackageError(
                "no-worksheet",
                "lacks a worksheet that its copy is to hold",
                "写しに入れるワークシートが見つかりません",
            )
        self._numbers = {number: new for new, number in enumerate(chosen)}
        self._sheets = {
            number: WorksheetPart(plain(self._copy.part(parts[order[number]]))) for number in chosen
        }
        self._parts = {number: parts[order[number]] for number in chosen}
        self._others = {part for name, part in parts.items() if name not in worksheets}
        self._attached: dict[str, _Attached] = {}
        for part in self._parts.values():
            self._follow(part, "worksheet")
        self._scope = self._scope_of(order, worksheets)
        self._names = names_of_part(self._main.names, self._numbers, self._formulas(), self._scope)

    def _follow(self, part: str, kind: str) -> None:
        """Take a part along, and what it uses."""
        package = self._copy.package
        followed = _FOLLOWED.get(kind, frozenset())
        dropped: set[str] = set()
        following: list[Relationship] = []
        for rel in package.relationships(part).values():
            inside = rel.target in package and rel.target not in self._others
            if rel.kind not in followed or not (rel.external or inside):
                dropped.add(rel.id)
            elif not rel.external:
                following.append(rel)
        self._attached[part] = _Attached(kind, frozenset(dropped))
        for rel in following:
            if rel.target not in self._attached:
                self._follow(rel.target, rel.kind)

    def _formulas(self) -> Iterable[str]:
        for sheet in self._sheets.values():
            yield from sheet.formulas

    def _scope_of(self, order: list[str], worksheets: Collection[str]) -> Scope:
        """What formulas may name: the tables of other worksheets are gone, and so are links to
        other workbooks that none of the formulas names.
        """
        books = {
            number: number
            for number, rel_id in enumerate(self._main.links, 1)
            if self._is_book(self._rels.get(rel_id))
        }
        scope = Scope(order, worksheets, books)
        scope.gone |= self._tables_left()
        # Names may stand between a formula and the workbook that it uses.
        names = names_of_part(self._main.names, self._numbers, self._formulas(), scope)
        texts = [*self._formulas(), *(name.formula for name in names)]
        self._linked: set[tuple[int, str]] = set()
        for text in texts:
            if "[" in text and not scope.reaches_out(text):
                self._linked |= scope.linked_sheets(text)
        used = sorted({number for number, _ in self._linked if number in books})
        result = Scope(order, worksheets, {number: new for new, number in enumerate(used, 1)})
        result.gone |= scope.gone
        return result

    def _is_book(self, rel: Relationship | None) -> bool:
        if rel is None or rel.external or rel.target not in self._copy.package:
            return False
        return _LINKED_BOOK in self._copy.part(rel.target)

    def _tables_left(self) -> set[str]:
        """The names of the tables of other worksheets, in lower case."""
        names: set[str] = set()
        for part in self._others:
            for table in self._copy.package.related(part, "table"):
                elements, _ = tags(self._copy.part(table), lambda _, depth: depth == 0)
                attributes = elements[0].attributes
                names |= {attributes.get(name, "").casefold() for name in _NAMES_OF_TABLE}
        return names - {""}

    @property
    def _active(self) -> int:
        """The number of the worksheet that is shown first: the one that is now, or the first that
        is visible.
        """
        if self._main.active in self._numbers:
            return self._main.active
        visible = [number for number in self._numbers if self._main.sheets[number].is_visible]
        return next(iter(visible or self._numbers))

    def zipped(self) -> bytes:
        """The bytes of the copy."""
        copy, active = self._copy, self._active
        for part, attached in self._attached.items():
            self._attached[part] = attached._replace(dropped=attached.dropped | self._jumps(part))
        for number, part in self._parts.items():
            copy.changed[part] = self._sheets[number].patched(
                self._scope, self._attached[part].dropped, active=number == active
            )
        links = self._take_shared()
        for part, (kind, dropped) in self._attached.items():
            if (patched := ATTACHED.get(kind)) is not None:
                copy.changed[part] = patched(copy.part(part), self._scope, dropped)
            self._drop(part, dropped)
        copy.changed[copy.main] = self._main.of_part(
            self._numbers, active, self._names, links, self._scope
        )
        package_rels = copy.package.relationships("").values()
        self._drop("", [rel.id for rel in package_rels if rel.kind != _MAIN])
        copy.keep_parts({copy.main, *self._attached})
        return copy.zipped(_QUICK)

    def _jumps(self, part: str) -> set[str]:
        """The relationships of a part that lead to cells which are not there."""
        return {
            rel.id
            for rel in self._copy.package.relationships(part).values()
            if rel.external
            and rel.target.startswith("#")
            and self._scope.reaches_out(unquote(rel.target[1:]))
        }

    def _drop(self, part: str, relationships: Collection[str]) -> None:
        """Take relationships from a part."""
        if relationships:
            name = rels_of(part)
            self._copy.changed[name] = without_relationships(self._copy.part(name), relationships)

    def _take_shared(self) -> set[str]:
        """Take along what all worksheets share, with no more in it than is theirs. Returns the
        relationships to other workbooks that stay.
        """
        copy = self._copy
        links = {number: self._main.links[number - 1] for number in self._scope.links}
        worksheets = set(self._parts.values())
        dropped: list[str] = []
        for rel in self._rels.values():
            is_there = not rel.external and rel.target in copy.package
            if is_there and (rel.kind in _SHARED or rel.id in links.values()):
                self._follow(rel.target, rel.kind)
            elif not is_there or rel.target not in worksheets:
                dropped.append(rel.id)
        self._drop(copy.main, dropped)
        strings = set[int]().union(*(sheet.strings for sheet in self._sheets.values()))
        comments = [
            copy.part(part)
            for part, attached in self._attached.items()
            if attached.kind == "threadedComment"
        ]
        for part, attached in self._attached.items():
            if attached.kind == "sharedStrings":
                copy.changed[part] = with_strings(plain(copy.part(part)), strings)
            elif attached.kind == "person":
                copy.changed[part] = with_persons(copy.part(part), comments)
        for number, rel_id in links.items():
            part = self._rels[rel_id].target
            names = {name for linked, name in self._linked if linked == number}
            copy.changed[part] = with_linked_sheets(copy.part(part), names)
        return set(links.values())
