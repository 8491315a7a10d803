"""Conditional formats of a marked worksheet.

Their fills lie over those of cells, so a mark within one is a condition too, before all others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from auditor.marking.workbook.boxes import Position
from auditor.marking.workbook.splices import Patch, Tag
from auditor.marking.workbook.styles import Styles
from auditor.records.addresses import Area, address, parse_area

__all__ = ["cover_conditions"]


def cover_conditions(
    patch: Patch,
    elements: Sequence[Tag],
    prefix: str,
    colors: Mapping[Position, str],
    styles: Styles,
) -> None:
    """Show the marks of cells that a worksheet's conditional formats may fill; the conditions of an
    earlier audit go.

    ``elements`` are those of the worksheet, ``colors`` the fills of its marked cells.
    """
    others: list[Tag] = []
    rules: list[Tag] = []
    all_rules = [tag for tag in elements if tag.name == "cfRule"]
    for conditions in elements:
        if conditions.name != "conditionalFormatting" or conditions.depth != 1:
            continue
        inside = [rule for rule in all_rules if conditions.start < rule.start < conditions.end]
        if inside and all(_is_own(rule, styles) for rule in inside):
            patch.replace(conditions.start, conditions.end, "")
        else:
            others.append(conditions)
            rules += inside
    by_look: dict[int, list[str]] = {}
    areas = list(chain.from_iterable(map(_areas, others)))
    for at, color in colors.items():
        if not any(area.holds(*at) for area in areas):
            continue
        look = styles.condition(color)
        if look is not None:
            by_look.setdefault(look, []).append(address(*at))
    if not by_look:
        return
    conditions_added = [
        f'<{prefix}conditionalFormatting sqref="{" ".join(cells)}">'
        f'<{prefix}cfRule type="expression" dxfId="{look}" priority="{priority}">'
        f"<{prefix}formula>TRUE</{prefix}formula></{prefix}cfRule></{prefix}conditionalFormatting>"
        for priority, (look, cells) in enumerate(by_look.items(), 1)
    ]
    patch.insert(others[0].start, "".join(conditions_added))
    for rule in rules:
        priority = rule.attributes.get("priority", "")
        if priority.isdecimal():
            behind = int(priority) + len(by_look)
            patch.set_attributes(rule, {"priority": str(behind)})


def _areas(conditions: Tag) -> list[Area]:
    areas = map(parse_area, conditions.attributes.get("sqref", "").split())
    return [area for area in areas if area is not None]


def _is_own(rule: Tag, styles: Styles) -> bool:
    look = rule.attributes.get("dxfId", "")
    return (
        rule.attributes.get("type") == "expression"
        and look.isdecimal()
        and styles.is_own_condition(int(look))
    )
