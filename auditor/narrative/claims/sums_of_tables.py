"""Sums of small tables within a text: a line of totals below its parts, or a column of totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from auditor.narrative.claims.sums import Term, claim_of_sum
from auditor.narrative.model import Claim
from auditor.narrative.statements import SheetText
from auditor.narrative.text_tables import Cell, Row, TextTable, tables_of
from auditor.narrative.words import Words
from auditor.records.figures import Figure

__all__ = ["read"]

_FEWEST: Final = 2
_NO_PART: Final = re.compile(r"率|割合|比|平均|増減|差引|目標|うち|再掲|%|残|累")
_UNIT: Final = re.compile(r"\(([^()]{1,12})\)")


def read(text: SheetText) -> Iterator[Claim]:
    """Claims of kind ``sum``, ``within`` a list."""
    words = text.words
    for section in text.sections:
        if words.pattern("total").search(section.text) is None:
            continue
        for table in tables_of(section):
            yield from _of_rows(table, words)
            yield from _of_columns(table, words)


def _of_rows(table: TextTable, words: Words) -> Iterator[Claim]:
    """A claim for each column of a line of totals. The lines have to be of one unit."""
    parts: list[Row] = []
    for row in table.rows:
        if _UNIT.sub("", row.label).strip() not in words["total"]:
            parts.append(row)
            continue
        units = {unit for each in (*parts, row) for unit in _UNIT.findall(each.label)}
        is_plain = not any(_is_no_part(each.label, words) for each in parts)
        if len(parts) >= _FEWEST and len(units) <= 1 and is_plain:
            for column, cell in enumerate(row.cells):
                if table.heads and _NO_PART.search(table.heads[column]):
                    continue
                cells = [(each, each.cells[column]) for each in parts]
                yield from _claim(row, cell, cells)
        parts = []


def _of_columns(table: TextTable, words: Words) -> Iterator[Claim]:
    """A claim for each line of a table of which one column is of totals."""
    totals = [column for column, head in enumerate(table.heads) if head in words["total"]]
    if len(totals) != 1 or any(_NO_PART.search(head) for head in table.heads):
        return
    for row in table.rows:
        if _NO_PART.search(row.label):
            continue
        parts = [(row, cell) for column, cell in enumerate(row.cells) if column != totals[0]]
        if len(parts) >= _FEWEST:
            yield from _claim(row, row.cells[totals[0]], parts)


def _is_no_part(label: str, words: Words) -> bool:
    return _NO_PART.search(label) is not None or label in words["subtotal"]


def _claim(total_row: Row, total: Cell, parts: Sequence[tuple[Row, Cell]]) -> Iterator[Claim]:
    units = {cell.unit for _, cell in parts if cell.unit} | {total.unit} - {""}
    if len(units) <= 1 and "%" not in units:
        terms = [_term(row, cell) for row, cell in parts]
        yield from claim_of_sum(_term(total_row, total), terms, "", "list", total_row.label)


def _term(row: Row, cell: Cell) -> Term:
    statement = row.statement
    printed = statement.printed[cell.start : cell.end]
    unit = cell.unit or next(iter(_UNIT.findall(row.label)), "")
    figure = Figure(value=cell.value, state="number", printed=printed, unit=unit)
    return Term(statement, cell.start, cell.end, figure, cell.value)
