"""Figures of the sheet's tables and indicators in its prose: 事業費 8,030千円, 人口152,875人.

A figure of prose is held against a table only where the label right before it is the table's and
its year is told or plain. 事業費 300千円 may be that of a part of the project: such a figure is a
claim where it is the table's or looks like it, or where the sentence speaks of the whole project
(本事業の決算額) or begins, below no head, with a label that stands nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.narrative.days import Day
from auditor.narrative.folding import folded
from auditor.narrative.likeness import may_be_meant
from auditor.narrative.model import Claim, ClaimKind, Reference
from auditor.narrative.of_forms import OncePerForm
from auditor.narrative.quantities import RATIOS, Quantity
from auditor.narrative.statements import SheetText, Statement
from auditor.narrative.words import words_of
from auditor.records.figures import Figure
from auditor.records.model import SHEET_FIELDS, Kpi
from auditor.records.sentences import Mark

__all__ = ["read"]

_BETWEEN: Final = re.compile(r"の?(?:総額|決算額|予算額|実績額|額|数)?[はがも:=(「]{0,4}[、計]?")
"""What may stand between a label and its figure."""

_REACH: Final = 32
"""How many characters before a figure its label may begin."""

_SHORTEST_NAME: Final = 4
"""Names of indicators that are shorter are words of everyday."""

_LEADING: Final = "のは、における・:"
"""What may stand between a year, the word for the project and a label."""

_AFTER_NAME: Final = "はがも:(="

_BEGINNINGS: Final = "。、,・:;(「『【のはがも"
"""What a label may stand behind: anything else makes it a part of a longer word."""

_OF_RESULTS: Final = frozenset({"achieved", "undivided", "captions", "issues"})
"""The sections that speak of the evaluated year where they name none."""

_BUDGET: Final = ("予算", "計上", "要求", "見込")


def read(text: SheetText) -> Iterator[Claim]:
    """Claims of kinds ``table`` and ``indicator``: ``stated`` in words, ``printed`` in tables."""
    labels = _labels(text.form)
    for statement in text.statements:
        for quantity in statement.tokens.quantities:
            if quantity.after:
                continue
            if quantity.counter not in RATIOS:
                yield from _of_sheet(text, statement, quantity, labels)
            yield from _of_kpis(text, statement, quantity)


# --- the budget table


class _Labels(NamedTuple):
    """The labels of a form's figures in prose, the longest first, and the figure of each."""

    pattern: re.Pattern[str]
    fields: Mapping[str, str]


def _labels_of(form: Form) -> _Labels:
    fields: dict[str, str] = {}
    words = words_of(form)
    for name, definition in form.fields.items():
        for label in (*definition.label, *words[f"field:{name}"]):
            fields.setdefault(folded(squeezed(label)), name)
    by_length = sorted(fields, key=len, reverse=True)
    alternatives = "|".join(re.escape(label) for label in by_length if label) or "(?!)"
    return _Labels(re.compile(alternatives), fields)


_labels: Final = OncePerForm(_labels_of)


def _of_sheet(
    text: SheetText, statement: Statement, quantity: Quantity, labels: _Labels
) -> Iterator[Claim]:
    label = _label_before(text, statement, quantity, labels)
    if label is None:
        return
    field = labels.fields[label]
    definition = text.form.fields[field]
    if (quantity.counter == "円") != definition.unit.endswith("円"):
        return
    reference = _reference(text, statement, quantity, field)
    if reference is None:
        return
    figure = _figure(text, reference)
    if figure is None or figure.value is None:
        return
    value = figure.value * text.form.factor(definition.unit)
    is_the_tables = label not in text.words[f"field:{field}"]
    if may_be_meant(quantity, value) or _is_of_all(text, statement, label, is_the_tables):
        yield _claim("table", statement, quantity, label, reference)


def _is_of_all(text: SheetText, statement: Statement, name: str, is_the_tables: bool) -> bool:
    """Whether a sentence speaks of the whole project: it says so, or begins with a name of the
    table's that stands nowhere else, and is an item of nothing.
    """
    plain = _without_days(statement, len(statement.text))
    head = plain[: plain.find(name)]
    all_of_it = text.words.pattern("this_project").sub("", head)
    if all_of_it.strip(_LEADING):
        return False
    if all_of_it != head:
        return True
    is_alone = sum(other.text.replace(" ", "").count(name) for other in text.statements) == 1
    return is_the_tables and is_alone and statement.paragraph.head is None


def _label_before(
    text: SheetText, statement: Statement, quantity: Quantity, labels: _Labels
) -> str | None:
    """The label that stands right before a figure and is no part of a longer word (前年度決算額,
    当初予算額).
    """
    head = _without_days(statement, quantity.start)[-_REACH:]
    for match in labels.pattern.finditer(head):
        if _BETWEEN.fullmatch(head[match.end() :]):
            before = head[: match.start()]
            begins = not before or before[-1] in _BEGINNINGS
            of_all = text.words.ending("this_project").search(before, len(before))
            return match.group() if begins or of_all else None
    return None


def _without_days(statement: Statement, end: int) -> str:
    """A statement up to a place, without spaces, and with a comma for each day and year."""
    pieces: list[str] = []
    start = 0
    for day in statement.tokens.days:
        if day.end > end:
            break
        pieces += [statement.text[start : day.start], "、"]
        start = day.end
    pieces.append(statement.text[start:end])
    return "".join(pieces).replace(" ", "")


def _reference(
    text: SheetText, statement: Statement, quantity: Quantity, field: str
) -> Reference | None:
    """The cell of the sheet's table that a figure repeats; None where that is not plain."""
    sheet, form = text.sheet, text.form
    year = _year_of(text, statement, quantity)
    if year is None:
        return None
    if field in SHEET_FIELDS or field in sheet.figures:
        return Reference(scope="sheet", field=field) if year == sheet.fiscal_year else None
    is_budget = any(word in statement.text for word in _BUDGET)
    kind = "budgeted" if is_budget else "settled"
    column = form.exact_column(year, kind, sheet.fiscal_year)
    if column is None or column not in sheet.years:
        return None
    return Reference(scope="year", column=column, field=field)


def _year_of(text: SheetText, statement: Statement, quantity: Quantity) -> int | None:
    """The fiscal year that a figure is of: the one named last before it, else the section's; None
    where that is not told, or told as 前年度.
    """
    section = statement.section
    if text.words.pattern("before").search(statement.text, 0, quantity.start):
        return None
    named: Day | None = None
    for day in statement.tokens.days:
        if day.start < quantity.start and (day.is_fiscal or day.year is not None):
            named = day
    if named is not None:
        return named.year if named.is_fiscal else None
    if section.year is not None and section.year != str(text.sheet.fiscal_year):
        return None
    return text.sheet.fiscal_year if section.field in _OF_RESULTS else None


def _figure(text: SheetText, reference: Reference) -> Figure | None:
    if reference.column is None:
        return text.sheet.figure(reference.field)
    return text.sheet.years[reference.column].figure(reference.field)


# --- indicators


def _of_kpis(text: SheetText, statement: Statement, quantity: Quantity) -> Iterator[Claim]:
    head = statement.text[: quantity.start].replace(" ", "")
    for kpi in text.kpis:
        name = folded(squeezed(kpi.name))
        if len(name) < _SHORTEST_NAME or not head.rstrip(_AFTER_NAME).endswith(name):
            continue
        if folded(squeezed(kpi.unit)) != quantity.unit:
            continue
        reference = _of_kpi(text, statement, quantity, kpi, name)
        if reference is not None:
            yield _claim("indicator", statement, quantity, kpi.name, reference)


def _of_kpi(
    text: SheetText, statement: Statement, quantity: Quantity, kpi: Kpi, name: str
) -> Reference | None:
    year = _year_of(text, statement, quantity)
    figure = None if year is None else kpi.actuals.get(str(year))
    if figure is None or figure.value is None:
        return None
    value = figure.value * Decimal(quantity.factor)
    if not may_be_meant(quantity, value) and not _is_of_all(text, statement, name, True):
        return None
    return Reference(scope="kpi_year", column=str(year), kpi=kpi.number, field="actual")


def _claim(
    kind: ClaimKind, statement: Statement, quantity: Quantity, noun: str, reference: Reference
) -> Claim:
    return Claim(
        kind=kind,
        sentence=statement.sentence(Mark(start=quantity.start, end=quantity.end, name="stated")),
        figures={"stated": quantity.figure},
        words={"noun": noun, "counter": quantity.counter},
        references={"printed": reference},
    )
