"""The units of a sheet's figures: beside a label, between it and its figures, or over the table."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from auditor.forms.model import FieldDefinition
from auditor.readers.grid.area import Area
from auditor.readers.grid.cells import Box
from auditor.readers.grid.headers import Header
from auditor.readers.grid.label_text import bare, label_key
from auditor.readers.grid.labels import Label

__all__ = ["Units"]

_UNIT: Final = re.compile(r"\(?単位[:は]?([^()]+)\)?")
_AS_UNIT: Final = re.compile(r"[^0-9]{0,6}(?:円|人|%)")


class Units:
    """The units that one sheet prints."""

    def __init__(self, area: Area) -> None:
        self.area = area

    def of(
        self, label: Label, header: Header | None, definition: FieldDefinition, name: str
    ) -> tuple[str, list[Box]]:
        """The unit that a label prints: in its brackets, in a cell between it and its figures, or
        over the table; else the form's.
        """
        for words in label.match.brackets:
            if (unit := self.area.labels.unit(words)) is not None:
                return unit, []
            if _AS_UNIT.fullmatch(label_key(words)):
                self.area.unknown_unit(words, name, label.place)
        if header is None or header.across:
            last = header.first - 1 if header else label.right + 3
            beside = self.area.grid.within(label.first_row, label.right + 1, label.bottom, last)
        else:
            beside = self.area.grid.within(
                label.bottom + 1, label.boxes[-1].left, header.first - 1, label.right
            )
        for box in beside:
            if (
                id(box) not in self.area.label_boxes
                and (unit := self.area.labels.unit(box.label)) is not None
            ):
                return unit, [box]
            if id(box) not in self.area.used and _AS_UNIT.fullmatch(bare(box.label)):
                self.area.unknown_unit(box.text.strip(), name, box.place)
                return definition.unit, [box]
        if (
            definition.unit == self.area.form.unit
            and (unit := self._table_unit(label.first_row)) is not None
        ):
            return unit, []
        return definition.unit, []

    @cached_property
    def _stated_units(self) -> list[tuple[int, str]]:
        """The units that the sheet states apart from its labels, with the rows of their cells."""
        units: list[tuple[int, str]] = []
        for box in self.area.grid.boxes:
            text = box.label
            if "単" in text and len(text) <= 20 and (match := _UNIT.fullmatch(label_key(text))):
                self.area.used.add(id(box))
                if (unit := self.area.labels.unit(match[1])) is not None:
                    units.append((box.top, unit))
                else:
                    self.area.unknown_unit(match[1], "total_cost", box.place)
        return units

    def _table_unit(self, row: int) -> str | None:
        """The unit that the table states over itself: 単位：千円."""
        above = [unit for top, unit in self._stated_units if top <= row]
        return above[-1] if above else None
