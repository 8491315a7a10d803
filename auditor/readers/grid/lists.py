"""Lists of projects: a header row and a project on each row below it.

A list is no sheet, and no name is joined from its rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.readers.grid.cells import Box, Grid
from auditor.readers.grid.furniture import numbers_in
from auditor.readers.grid.headers import heads_column
from auditor.readers.grid.label_text import bare
from auditor.readers.grid.labels import Label, Labels, boxes_of
from auditor.readers.remarks import part_named
from auditor.readers.wording import name_and_stages
from auditor.records.figures import Place
from auditor.records.model import NotChecked, Part, Sheet, UnreadNumber
from auditor.records.text import Why

__all__ = ["ProjectList", "judged", "list_in"]

_TOTAL: Final = re.compile(r"(?:総|小|累)?合?計|総額")


class ProjectList(NamedTuple):
    """A list: the place of its name's heading, the names on its rows, and the numbers in it."""

    place: Place
    names: tuple[str, ...]
    unread: tuple[UnreadNumber, ...] = ()


def list_in(grid: Grid, labels: Labels, printed_labels: Sequence[Label]) -> ProjectList | None:
    """The list that an area of a grid is, or None where it is a sheet: several names below the
    name's label, figures beside each, and the labels of figures above them all.
    """
    label_boxes = set(map(id, boxes_of(printed_labels)))
    figures = [label for label in printed_labels if label.name in labels.form.fields]
    for heading in printed_labels:
        if heading.name != "name" or heading.match.rest:
            continue
        rows: list[Box] = []
        for box in grid.within(heading.bottom + 1, heading.left, grid.bottom, heading.right):
            if id(box) in label_boxes:
                break
            if _is_name(box, labels) and _has_figure(grid, box, labels):
                rows.append(box)
        above = [label for label in figures if rows and label.bottom < rows[0].top]
        if len(rows) > 1 and 2 * len(above) > len(figures):
            names = (" ".join(box.text.split()) for box in rows)
            return ProjectList(heading.place, tuple(names), numbers_in(grid))
    return None


def _is_name(box: Box, labels: Labels) -> bool:
    words = bare(box.label)
    is_text = box.cell.figure("", labels.units).state == "text"
    return (
        bool(words)
        and is_text
        and not _TOTAL.fullmatch(words)
        and not heads_column(box.label, labels)
    )


def _has_figure(grid: Grid, name: Box, labels: Labels) -> bool:
    """Whether a number stands beside a name."""
    beside = grid.rows(name.top, name.bottom)
    return any(
        box.left > name.right and box.cell.figure("", labels.units).state == "number"
        for box in beside
    )


def judged(
    lists: Iterable[ProjectList], sheets: Iterable[Sheet], form: Form, document: str
) -> tuple[list[NotChecked], list[Part], list[UnreadNumber]]:
    """The lists that were not checked, those that are passed over as a table of contents (most
    of their projects have a sheet in the document), and the unread numbers of the former.
    """
    names = {_key(sheet.name, form) for sheet in sheets}
    not_checked: list[NotChecked] = []
    parts: list[Part] = []
    unread: list[UnreadNumber] = []
    for projects in lists:
        rows = len(projects.names)
        sheets_here = sum(_key(name, form) in names for name in projects.names)
        if 2 * sheets_here < rows:
            why = _why(projects, sheets_here)
            not_checked.append(NotChecked(document=document, why=why))
            unread += projects.unread
            continue
        why = Why(
            code="list-of-sheets",
            en=f"a list of {rows} projects, {sheets_here} of them with a sheet in this document",
            ja=f"事業の一覧（{rows}行。うち{sheets_here}件のシートがこの文書にあります）",
        )
        part = Part(place=projects.place, state="passed_over", why=why, unread=projects.unread)
        parts.append(part)
    return not_checked, parts, unread


def _key(name: str, form: Form) -> str:
    return bare(name_and_stages(form, name)[0])


def _why(projects: ProjectList, sheets: int) -> Why:
    count = len(projects.names)
    en, ja = where(projects.place)
    if sheets:
        return Why(
            code="list",
            en=f"{en}this is a list of {count} rows, {sheets} of them with a sheet in this "
            "document; the others were not read",
            ja=f"{ja}{count}行の一覧表です。うち{sheets}件のシートがこの文書にありますが、"
            "ほかの行は読み取っていません",
        )
    return Why(
        code="list",
        en=f"{en}this is a list of {count} rows, and no sheet of the form; it was not read",
        ja=f"{ja}{count}行の一覧表です。様式のシートではないため、読み取っていません",
    )


def where(place: Place) -> tuple[str, str]:
    """How a sentence begins that speaks of a worksheet or a page, in both languages."""
    name = part_named(place)
    return (f"{name.en}: ", f"{name.ja}：") if name.en else ("", "")
