"""Which form of tables a heading fits, each form in the layout that it declares; and what to
declare where a heading stands in another place.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from auditor.forms.model import Form
from auditor.readers.source import UnreadableDocument
from auditor.records.text import Text
from auditor.tables.delimited import DELIMITERS, Delimited
from auditor.tables.described import Heading, NotDescribed, UnlikeAny, heading, several
from auditor.tables.headings import Layout, layout_of

__all__ = ["fitting", "with_advice"]

_TRIED: Final = 20
"""The rows that are tried for headings."""


def fitting(
    headers: Mapping[Layout, Sequence[str]], forms: Iterable[Form], *, insisted: bool
) -> Heading:
    """The form that fits one of the headings, which are as its layout has them. Raises
    NotDescribed; UnlikeAny where no heading is anything like a form's.
    """
    by_layout: dict[Layout, list[Form]] = {}
    for form in forms:
        by_layout.setdefault(layout_of(form), []).append(form)
    fits: list[Heading] = []
    faults: list[NotDescribed] = []
    for layout, of_layout in by_layout.items():
        # A file of typed columns has one heading, whatever the layout.
        columns = headers.get(layout) or next(iter(headers.values()), ())
        if layout in headers or len(headers) < len(by_layout):
            try:
                found = heading(columns, of_layout, of_layout[0] if insisted else None)
            except NotDescribed as fault:
                faults.append(fault)
            else:
                fits += [found] if found is not None else []
    if len(fits) > 1:
        raise several(fits)
    if fits:
        return fits[0]
    raise faults[0] if faults else _unlike(by_layout)


def _unlike(by_layout: Mapping[Layout, Sequence[Form]]) -> UnlikeAny:
    forms = [form for of_layout in by_layout.values() for form in of_layout]
    needed = "; ".join(
        f"{form.name}: {', '.join(labels[0] for labels in form.headers.values())}"
        for form in forms[:_SHOWN]
    )
    return UnlikeAny(
        f"its heading fits no form of tables ({needed})",
        f"見出しに合う表の様式がありません（{needed}）",
    )


_SHOWN: Final = 3


def with_advice(fault: NotDescribed, text: Delimited, forms: Sequence[Form]) -> NotDescribed:
    """The fault with what to declare, where a form would then fit."""
    try:
        advice = _advice(text, forms)
    except UnreadableDocument:
        return fault
    if advice is None:
        return fault
    return NotDescribed(f"{fault.message.en}; {advice.en}", f"{fault.message.ja}。{advice.ja}")


def _advice(text: Delimited, forms: Sequence[Form]) -> Text | None:
    """Another delimiter, or another line of headings, with which a form fits."""
    for form in forms:
        layout = layout_of(form)
        usual = text.delimiter(layout)
        for delimiter in (usual, *(other for other in DELIMITERS if other != usual)):
            rows = text.lines(layout._replace(delimiter=delimiter, header_row=()))
            for number, (cells, line) in enumerate(islice(rows, _TRIED)):
                declared = _declared(usual, delimiter, number, line)
                if declared and _is_heading(cells, form):
                    return Text(
                        en=f"line {line} has the headings of form {form.name}; to read it, set "
                        f"{declared} in its [table.dialect]",
                        ja=f"{line}行目に様式 {form.name} の見出しがあります。読み取るには、その "
                        f"[table.dialect] に {declared} を指定してください",
                    )
    return None


def _declared(usual: str, delimiter: str, number: int, line: int) -> str:
    """The keys to set for a row of headings; none where it is read already."""
    keys = [f"delimiter = {json.dumps(delimiter)}"] if delimiter != usual else []
    keys += [f"header_row = {line}"] if number else []
    return ", ".join(keys)


def _is_heading(cells: Sequence[str], form: Form) -> bool:
    try:
        return heading(cells, [form]) is not None
    except NotDescribed:
        return False
