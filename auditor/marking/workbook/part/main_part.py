"""The main part of a workbook, and that of a part of it.

It lists the sheets, the defined names and the other workbooks that formulas name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from auditor.marking.workbook.part.scope import Scope
from auditor.marking.workbook.splices import Patch, Tag, relationship_of, tags, text_in

__all__ = ["DefinedName", "MainPart", "SheetEntry", "names_of_part"]

_STAYING: Final = frozenset(
    [
        "fileVersion",
        "workbookPr",
        "workbookProtection",
        "bookViews",
        "sheets",
        "externalReferences",
        "definedNames",
        "calcPr",
    ]
)
"""What a workbook says that is true of a part of it; all else goes."""
_MACROS: Final = ("function", "vbProcedure", "xlm")
_YES: Final = ("1", "true")


class SheetEntry(NamedTuple):
    """A sheet as the workbook lists it: a worksheet, or one of a chart, dialog or macros."""

    name: str
    is_visible: bool


class DefinedName(NamedTuple):
    """A name and what it stands for. ``sheet`` is the number of the sheet, from 0, to which it
    belongs; None where it is the whole workbook's.
    """

    name: str
    sheet: int | None
    formula: str
    is_macro: bool


class MainPart:
    """The main part of a workbook, without comments and unparsed sections."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._elements, _ = tags(data, lambda _, depth: depth in (1, 2))

    @cached_property
    def sheets(self) -> list[SheetEntry]:
        """The sheets in their order."""
        return [
            SheetEntry(
                tag.attributes.get("name", ""),
                tag.attributes.get("state", "visible") == "visible",
            )
            for tag in self._members("sheet")
        ]

    @cached_property
    def names(self) -> list[DefinedName]:
        """The defined names."""
        return [self._defined(tag) for tag in self._members("definedName")]

    @cached_property
    def links(self) -> list[str]:
        """The relationships to other workbooks, which formulas name by their numbers from 1."""
        return [relationship_of(tag) for tag in self._members("externalReference")]

    @property
    def active(self) -> int:
        """The number of the sheet that is shown first, from 0."""
        for tag in self._members("workbookView"):
            number = tag.attributes.get("activeTab", "0")
            return int(number) if number.isdecimal() else 0
        return 0

    def _members(self, name: str) -> list[Tag]:
        return [tag for tag in self._elements if tag.name == name and tag.depth == 2]

    def _defined(self, tag: Tag) -> DefinedName:
        attributes = tag.attributes
        number = attributes.get("localSheetId", "")
        return DefinedName(
            attributes.get("name", ""),
            int(number) if number.isdecimal() else None,
            text_in(self.data, tag),
            any(attributes.get(name) in _YES for name in _MACROS),
        )

    def of_part(
        self,
        sheets: Mapping[int, int],
        active: int,
        names: Collection[DefinedName],
        links: Collection[str],
        scope: Scope,
    ) -> bytes:
        """The main part of a part of the workbook. ``sheets`` are the old numbers of its sheets,
        from 0, with the new ones. The ``active`` one, by its old number, is shown first; it is
        made visible. ``names`` and ``links`` are those that stay.
        """
        patch = Patch(self.data)
        gone = [tag for tag in self._elements if tag.depth == 1 and tag.name not in _STAYING]
        for number, tag in enumerate(self._members("sheet")):
            if number not in sheets:
                gone.append(tag)
            elif number == active and "state" in tag.attributes:
                patch.set_attributes(tag, {"state": "visible"})
        for tag in self._members("definedName"):
            name = self._defined(tag)
            if name not in names:
                gone.append(tag)
                continue
            if name.sheet is not None:
                patch.set_attributes(tag, {"localSheetId": str(sheets[name.sheet])})
            if (formula := scope.renumbered(name.formula)) != name.formula:
                patch.replace(tag.open_end, tag.close, escape(formula))
        gone += [
            tag for tag in self._members("externalReference") if relationship_of(tag) not in links
        ]
        for tag in self._members("workbookView"):
            patch.set_attributes(tag, {"activeTab": str(sheets[active]), "firstSheet": "0"})
        for tag in self._with_empty_groups(gone):
            patch.replace(tag.start, tag.end, "")
        return patch.result

    def _with_empty_groups(self, gone: Iterable[Tag]) -> list[Tag]:
        """Elements that go, and the lists that lose all of theirs, without what these hold."""
        starts = {tag.start for tag in gone}
        outer: list[Tag] = []
        inner: list[Tag] = []
        for group in self._elements:
            if group.depth != 1:
                continue
            inside = [tag for tag in self._elements if group.start < tag.start < group.end]
            members = [tag for tag in inside if tag.start in starts]
            if group.start in starts or (inside and len(members) == len(inside)):
                outer.append(group)
            else:
                inner += members
        return outer + inner


def names_of_part(
    names: Iterable[DefinedName], sheets: Collection[int], formulas: Iterable[str], scope: Scope
) -> list[DefinedName]:
    """The names that a part keeps: those of its worksheets, and those of the workbook that speak
    of them or stand in its ``formulas``. None reaches out of the part: the others are gone from
    the ``scope``.

    ``sheets`` are the numbers of its worksheets among all sheets.
    """
    rest = [name for name in names if name.sheet is None or name.sheet in sheets]
    while out := [name for name in rest if name.is_macro or scope.reaches_out(name.formula)]:
        scope.gone |= {name.name.casefold() for name in out}
        rest = [name for name in rest if name not in out]
    used: set[str] = set()
    for formula in formulas:
        if not scope.reaches_out(formula):
            used |= scope.words(formula)
    staying: list[DefinedName] = []
    while more := [name for name in rest if _stays(name, used, scope)]:
        staying += more
        rest = [name for name in rest if name not in more]
        for name in more:
            used |= scope.words(name.formula)
    return staying


def _stays(name: DefinedName, used: Collection[str], scope: Scope) -> bool:
    return (
        name.sheet is not None or name.name.casefold() in used or scope.names_inside(name.formula)
    )
