"""Where else that stands which the published version printed wrong: a list to look at.

It is looked for in other documents, and in the texts of the corrected version, which may still
quote it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from auditor.comparison.contents import Content, Spot, contents
from auditor.errata.applying import is_figure, record_name
from auditor.errata.model import Elsewhere, ErrataRow
from auditor.forms.words import squeezed
from auditor.records.figures import parse_figure
from auditor.records.model import Book, Kpi, Sheet

__all__ = ["elsewhere"]

_BESIDE: Final = 20
"""How many characters of a text stand beside a figure that it quotes."""
_LEAST_DIGITS: Final = 3
"""A number of fewer digits stands in any text."""


def elsewhere(rows: Sequence[ErrataRow], books: Iterable[Book]) -> Iterator[Elsewhere]:
    """The places of other books at which a record of the same project prints the same content
    under the same field and year, and texts of that project that quote the same figure.
    """
    records: defaultdict[str, list[tuple[str, Sheet | Kpi]]] = defaultdict(list)
    for book in books:
        for record in chain[Sheet | Kpi](book.sheets, book.kpis):
            name = record_name(record, book.form)
            records[squeezed(name.project)].append((book.form, record))
    for number, row in enumerate(rows, 1):
        if row.wrong is None or not row.wrong.strip() or row.is_part:
            continue
        for form, record in records.get(squeezed(row.of.project), ()):
            yield from _of_record(number, row, form, record)


def _of_record(number: int, row: ErrataRow, form: str, record: Sheet | Kpi) -> Iterator[Elsewhere]:
    for spot, content in contents(record).items():
        quoted = ""
        if is_figure(record, spot):
            is_same = _is_same_place(row, spot, record) and _is_same_figure(row, content)
        else:
            quoted = _quoted(row, content.shown())
            is_same = bool(quoted)
        if is_same:
            column = record.years.get(spot.year or "") if isinstance(record, Sheet) else None
            name = record_name(record, form)
            yield Elsewhere(
                row=number,
                document=record.document,
                project=name.project,
                indicator=name.indicator,
                department=name.department,
                field=spot.field,
                year=spot.year,
                kind=column.kind if column is not None else "",
                form=form,
                content=row.wrong or "" if quoted else content.shown(),
                unit=content.unit,
                text=quoted,
                place=content.place or record.place,
            )


def _is_same_place(row: ErrataRow, spot: Spot, record: Sheet | Kpi) -> bool:
    """Whether a spot is the row's: the same field of the same year, in a column of the same kind
    where both have one, and of the same indicator.
    """
    if isinstance(record, Kpi) != (row.of.record == "kpi") or spot.field != row.field:
        return False
    if isinstance(record, Kpi):
        return spot.year == row.year and squeezed(record.name) == squeezed(row.of.indicator)
    if spot.year is None or row.year is None:
        return spot.year == row.year
    column = record.years.get(spot.year)
    kind = column.kind if column is not None else ""
    return spot.year[:4] == row.year[:4] and kind == row.kind


def _is_same_figure(row: ErrataRow, content: Content) -> bool:
    wrong = row.wrong_figure
    if wrong.value is None:
        return content.value is None and squeezed(content.shown()) == squeezed(row.wrong or "")
    return (wrong.value, wrong.unit) == (content.value, content.unit)


def _quoted(row: ErrataRow, text: str) -> str:
    """The part of a text around the row's figure; empty where it does not quote it."""
    value = row.wrong_figure.value
    if value is None or sum(map(str.isdigit, f"{value.copy_abs():f}")) < _LEAST_DIGITS:
        return ""
    whole = squeezed(text)
    for match in _NUMBERS.finditer(whole):
        number = parse_figure(match[0]).value
        if number is not None and number.copy_abs() == value.copy_abs():
            return whole[max(match.start() - _BESIDE, 0) : match.end() + _BESIDE]
    return ""


_NUMBERS: Final = re.compile(r"[0-9]+(?:,[0-9]+)*(?:\.[0-9]+)?")
