"""What no label of a sheet claims: numbers inside its tables, and text."""

from __future__ import annotations

from auditor.readers.grid.area import Area
from auditor.readers.grid.headers import Header
from auditor.readers.grid.labels import Found
from auditor.readers.grid.texts import printed_lines
from auditor.readers.grid.yearly import YearlyFigures

__all__ = ["captions", "report_strays"]


def report_strays(area: Area, yearly: YearlyFigures) -> None:
    """Numbers inside the tables that belong to no label: rows that the form does not know,
    values outside of the years.
    """
    rows: set[int] = set()
    tables: dict[int, tuple[Header, list[Found]]] = {}
    for name in area.at:
        if name not in area.form.amounts:
            continue
        label, header = yearly.dated(name)
        if header is not None:
            tables.setdefault(id(header), (header, []))[1].append(label)
    for header, labels in tables.values():
        if header.across:
            top, bottom = header.end + 1, max(label.bottom for label in labels)
            while (
                line := area.grid.within(bottom + 1, header.first, bottom + 1, header.last)
            ) and any(id(box) not in area.used for box in line):
                bottom += 1
            left = min(label.right for label in labels) + 1
            inside = area.grid.within(top, left, bottom, header.last)
        else:
            left, right = header.end + 1, max(label.right for label in labels)
            inside = area.grid.within(header.first, left, header.last, right)
        for box in inside:
            if (
                id(box) not in area.used
                and id(box) not in rows
                and box.cell.figure("", area.labels.units).state == "number"
            ):
                rows.add(id(box))
                area.stray(box)


def captions(area: Area) -> str:
    """The text that belongs to no label and is not what every sheet prints."""
    return printed_lines(
        [
            box
            for box in area.grid.boxes
            if id(box) not in area.used and not area.labels.is_furniture(box.text)
        ]
    )
