"""Which form of tables a heading fits, each form in the layout that it declares.

Where a heading stands in another place, what to declare.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Final

from auditor.forms.model import Form
from auditor.readers.source import UnreadableDocument
from auditor.records.text import Text
from auditor.tables.delimited import DELIMITERS, Delimited
from auditor.tables.described import Heading, NotDescribed, UnlikeAny, heading, several
from auditor.tables.headings import Layout, layout_of

__all__ = ["fitting", "with_advice", "with_line"]

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
                match = heading(columns, of_layout, of_layout[0] if insisted else None)
            except NotDescribed as fault:
                faults.append(fault)
            else:
                fits += [match] if match is not None else []
    if len(fits) > 1:
        raise several(fits)
    if fits:
        return fits[0]
    raise faults[0] if faults else _unlike(by_layout)


def _unlike(by_layout: Mapping[Layout, Sequence[Form]]) -> UnlikeAny:
    forms = list(chain.from_iterable(by_layout.values()))
    needed = "; ".join(map(_headings_of, forms[:_SHOWN]))
    return UnlikeAny(
        f"its heading fits no form of tables ({needed})",
        f"見出しに合う表の様式がありません（{needed}）",
    )


_SHOWN: Final = 3


def _headings_of(form: Form) -> str:
    return f"{form.name}: {', '.join(labels[0] for labels in form.headers.values())}"


def with_advice(fault: NotDescribed, text: Delimited, forms: Sequence[Form]) -> NotDescribed:
    """The fault with what to declare, where a form would then fit."""
    try:
        advice = _advice(text, forms)
    except UnreadableDocument:
        advice = None
    return fault if advice is None else _advised(fault, advice)


def with_line(
    fault: NotDescribed, rows: Sequence[tuple[Sequence[str], int]], forms: Iterable[Form]
) -> NotDescribed:
    """The fault of a worksheet with the line of the headings to declare, where a form would then
    fit; ``rows`` come with their lines.
    """
    for form in forms:
        advice = _line_of(rows, form, ())
        if advice is not None:
            return _advised(fault, advice)
    return fault


def _advised(fault: NotDescribed, advice: Text) -> NotDescribed:
    return NotDescribed(f"{fault.message.en}; {advice.en}", f"{fault.message.ja}。{advice.ja}")


def _advice(text: Delimited, forms: Sequence[Form]) -> Text | None:
    """Another delimiter, or another line of headings, with which a form fits."""
    for form in forms:
        layout = layout_of(form)
        usual = text.delimiter(layout)
        for delimiter in (usual, *(other for other in DELIMITERS if other != usual)):
            rows = text.lines(layout._replace(delimiter=delimiter, header_row=()))
            keys = () if delimiter == usual else (f"delimiter = {json.dumps(delimiter)}",)
            advice = _line_of(list(islice(rows, _TRIED)), form, keys)
            if advice is not None:
                return advice
    return None


def _line_of(
    rows: Sequence[tuple[Sequence[str], int]], form: Form, keys: tuple[str, ...]
) -> Text | None:
    """What to declare so that a row's headings are read, beside other ``keys``; None where they
    are read already, or fit nowhere.
    """
    stated = layout_of(form).header_row
    for number, (cells, line) in enumerate(rows[:_TRIED]):
        further = number > 0 if not stated else line not in stated
        declared = [*keys, *([f"header_row = {line}"] if further else [])]
        if declared and _is_heading(cells, form):
            shown = ", ".join(declared)
            return Text(
                en=f"line {line} has the headings of form {form.name}; to read it, set {shown} in "
                "its [table.dialect]",
                ja=f"{line}行目に様式 {form.name} の見出しがあります。読み取るには、その "
                f"[table.dialect] に {shown} を指定してください",
            )
    return None


def _is_heading(cells: Sequence[str], form: Form) -> bool:
    try:
        return heading(cells, [form]) is not None
    except NotDescribed:
        return False
