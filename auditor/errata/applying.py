"""Errata applied to a book: the records with what is right in place of what was published."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Literal, NamedTuple

from auditor.comparison.contents import Content, Spot, contents
from auditor.errata.changed import Excerpt, replaced
from auditor.errata.model import ErrataRow, RecordName
from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.readers.evaluations import status_of
from auditor.records.fields import SCOPES
from auditor.records.figures import Figure, parse_figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import (
    SHEET_FIELDS,
    YEAR_FIELDS,
    Book,
    Evaluation,
    FiscalYear,
    Kpi,
    Sheet,
)

__all__ = ["Applied", "NotApplied", "WhyNot", "apply_errata", "is_figure", "record_name"]

WhyNot = Literal["other book", "no record", "several records", "no place", "other content"]
"""Why a row was not applied: it is of another form or year; no record, or more than one, is
called so; the record has no such place; what stands there is not what the row calls wrong.
"""


class NotApplied(NamedTuple):
    """A row that was not applied, and why."""

    row: ErrataRow
    why: WhyNot


class Applied(NamedTuple):
    """A book with its errata applied, and the rows that could not be."""

    book: Book
    not_applied: tuple[NotApplied, ...]


def record_name(record: Sheet | Kpi, form: str) -> RecordName:
    """What tells a record of a form apart."""
    if isinstance(record, Kpi):
        return RecordName(
            form=form,
            fiscal_year=record.fiscal_year,
            record="kpi",
            project=record.project,
            indicator=record.name,
            department=record.department,
        )
    return RecordName(
        form=form,
        fiscal_year=record.fiscal_year,
        project=record.name,
        stages=record.budget_stages,
        department=record.department,
    )


def _key(name: RecordName) -> tuple[object, ...]:
    texts = (name.project, name.indicator, name.department, *name.stages)
    return name.form, name.fiscal_year, name.record, *map(squeezed, texts)


def apply_errata(book: Book, rows: Iterable[ErrataRow], form: Form) -> Applied:
    """The book with what the rows call right, where it prints what they call wrong.

    A row that fits no place, or more than one, changes nothing and is among ``not_applied``; one
    whose place prints what is right already changes nothing either, but is none of these. The
    places of figures and texts stay those of the book; what follows from a word (the meaning of an
    evaluation, the status of a sheet) is worked out anew by ``form``, which is the book's.
    """
    by_record: defaultdict[tuple[object, ...], list[ErrataRow]] = defaultdict(list)
    not_applied: list[NotApplied] = []
    for row in rows:
        if (row.of.form, row.of.fiscal_year) == (book.form, book.fiscal_year):
            by_record[_key(row.of)].append(row)
        else:
            not_applied.append(NotApplied(row, "other book"))
    holders: defaultdict[tuple[object, ...], list[Sheet | Kpi]] = defaultdict(list)
    records: list[Sheet | Kpi] = [*book.sheets, *book.kpis]
    for record in records:
        holders[_key(record_name(record, book.form))].append(record)
    changed: dict[int, Sheet | Kpi] = {}
    for key, its_rows in by_record.items():
        named = holders.get(key, [])
        if len(named) == 1:
            changed[id(named[0])], refused = _corrected(named[0], its_rows, form)
            not_applied += refused
        else:
            why: WhyNot = "several records" if named else "no record"
            not_applied += (NotApplied(row, why) for row in its_rows)
    update = {
        "sheets": tuple(changed.get(id(sheet), sheet) for sheet in book.sheets),
        "kpis": tuple(changed.get(id(kpi), kpi) for kpi in book.kpis),
    }
    return Applied(book.model_copy(update=update), tuple(not_applied))


def _corrected(
    record: Sheet | Kpi, rows: Iterable[ErrataRow], form: Form
) -> tuple[Sheet | Kpi, list[NotApplied]]:
    """A record with its rows applied, and the rows that could not be."""
    before = contents(record)
    by_spot: defaultdict[Spot, list[ErrataRow]] = defaultdict(list)
    for row in rows:
        by_spot[Spot(row.field, row.year)].append(row)
    refused: list[NotApplied] = []
    for spot, its_rows in by_spot.items():
        content = before.get(spot)
        after = None
        if _fits(content, its_rows):
            after = _with(record, spot, content, its_rows, form)
        if after is None and _is_right(content, its_rows):
            continue
        if after is None:
            why: WhyNot = "no place" if content is None else "other content"
            refused += (NotApplied(row, why) for row in its_rows)
        else:
            record = after
    return record, refused


def _fits(content: Content | None, rows: Sequence[ErrataRow]) -> bool:
    """Whether what stands at a place is what its rows call wrong. The parts of a text are looked
    for when they are replaced.
    """
    if all(row.is_part for row in rows):
        return content is not None
    if len(rows) > 1:
        return False
    (row,) = rows
    if content is None or row.wrong is None:
        return content is None and row.wrong is None
    if content.state == "unread":
        return False
    if content.value is not None:
        figure = row.wrong_figure
        return (figure.value, figure.unit) == (content.value, content.unit)
    return squeezed(content.shown()) == squeezed(row.wrong)


def _is_right(content: Content | None, rows: Sequence[ErrataRow]) -> bool:
    """Whether a place prints what its rows call right already."""
    reverse = [
        row.model_copy(
            update={
                "wrong": row.right,
                "right": row.wrong,
                "wrong_unit": row.right_unit,
                "right_unit": row.wrong_unit,
            }
        )
        for row in rows
    ]
    if not _fits(content, reverse):
        return False
    if not rows[0].is_part:
        return True
    return all(row.right for row in rows) and _right_text(content, reverse) is not None


def _with(
    record: Sheet | Kpi, spot: Spot, content: Content | None, rows: Sequence[ErrataRow], form: Form
) -> Sheet | Kpi | None:
    """The record with what is right at a spot; None where it can't stand there."""
    row = rows[0]
    if not is_figure(record, spot):
        text = _right_text(content, rows)
        return None if text is None else _with_text(record, spot, text, form)
    unit = row.right_unit or row.wrong_unit
    place = content.place if content is not None else None
    figure = parse_figure(row.right or "", unit=unit, units=(unit,), place=place)
    return _with_figure(record, spot, row, figure)


def is_figure(record: Sheet | Kpi, spot: Spot) -> bool:
    """Whether a figure stands at a spot of a record, or would."""
    if isinstance(record, Kpi):
        return spot.field in ("target", "actuals", "declared_rate")
    if spot.field.startswith(_OF_EVALUATIONS):
        return False
    field = SCOPES["sheet"].by_name.get(spot.field)
    return spot.year is not None or field is None or field.kind == "figure"


def _right_text(content: Content | None, rows: Sequence[ErrataRow]) -> str | None:
    """The corrected text; None where a part is not in it once."""
    if not rows[0].is_part:
        return rows[0].right or ""
    text = "" if content is None else content.shown()
    return replaced(text, [Excerpt(row.wrong or "", row.right or "") for row in rows])


def _with_figure(
    record: Sheet | Kpi, spot: Spot, row: ErrataRow, figure: Figure
) -> Sheet | Kpi | None:
    """The record with a figure at a spot; a column that it does not print is added."""
    if isinstance(record, Kpi):
        if spot.year is not None:
            actuals = FrozenDict({**record.actuals, spot.year: figure})
            return record.model_copy(update={"actuals": actuals})
        return record.model_copy(update={spot.field: figure})
    if spot.year is None:
        if spot.field in SHEET_FIELDS:
            return record.model_copy(update={spot.field: figure})
        figures = FrozenDict({**record.figures, spot.field: figure})
        return record.model_copy(update={"figures": figures})
    column = record.years.get(spot.year) or _new_column(spot.year, row.kind)
    if column is None:
        return None
    years = FrozenDict({**record.years, spot.year: _in_column(column, spot.field, figure)})
    return record.model_copy(update={"years": years})


def _new_column(key: str, kind: str) -> FiscalYear | None:
    year = key[:4]
    return FiscalYear(year=int(year), kind=kind) if year.isdecimal() and kind else None


def _in_column(column: FiscalYear, name: str, figure: Figure) -> FiscalYear:
    if name.startswith("funding."):
        funding = {**column.funding, name.removeprefix("funding."): figure}
        return column.model_copy(update={"funding": FrozenDict(funding)})
    if name in YEAR_FIELDS:
        return column.model_copy(update={name: figure})
    return column.model_copy(update={"figures": FrozenDict({**column.figures, name: figure})})


def _with_text(record: Sheet | Kpi, spot: Spot, text: str, form: Form) -> Sheet | Kpi | None:
    """The record with a text at a spot; None where no such text can stand there."""
    if isinstance(record, Sheet) and spot.field.startswith(_OF_EVALUATIONS):
        return _with_evaluation(record, spot, text, form)
    try:
        value = _VALUES.get(spot.field, str)(text)
    except ValueError:
        return None
    return record.model_copy(update={spot.field: value})


def _with_evaluation(sheet: Sheet, spot: Spot, text: str, form: Form) -> Sheet | None:
    """The sheet with a text of one year's evaluation, and what follows from it."""
    key = spot.year or ""
    if not key.isdecimal():
        return None
    before = sheet.evaluations.get(key) or Evaluation(year=int(key))
    name = spot.field.removeprefix(_OF_EVALUATIONS)
    update: dict[str, object] = {name: text}
    if name == "result":
        update = {"result": text or None, "meaning": form.meaning(text or None)}
    elif name == "reason":
        update = {"reason": text or None, "reason_code": form.reason_code(text) if text else None}
    evaluations = FrozenDict({**sheet.evaluations, key: before.model_copy(update=update)})
    status = status_of(form, sheet.fiscal_year, evaluations)
    return sheet.model_copy(update={"evaluations": evaluations, "status": status})


def _several(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _month(text: str) -> str | None:
    if text and not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
        raise ValueError(text)
    return text or None


def _achievement(text: str) -> str | None:
    if text not in ("", "achieved", "missed"):
        raise ValueError(text)
    return text or None


_OF_EVALUATIONS: Final = "evaluations."
_VALUES: Final[Mapping[str, Callable[[str], object]]] = {
    "plans": _several,
    "budget_stages": _several,
    "population_as_of": _day,
    "due": _month,
    "declared_achieved": _achievement,
}
"""Texts that records hold as something else."""
