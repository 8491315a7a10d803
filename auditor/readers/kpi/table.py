"""The reader of a form's table of indicators (KPIs) in tab- or comma-separated text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.forms.model import Form, KpiTable
from auditor.forms.words import squeezed
from auditor.readers.delimited import DelimitedReader, grid_of_text, rows_in
from auditor.readers.kpi.labels import Labels
from auditor.readers.kpi.rows import Row, split
from auditor.readers.source import Reading, Source, UnreadableDocument, too_wide
from auditor.records.addresses import MAX_COLUMN

if TYPE_CHECKING:
    from auditor.readers.grid import Grid

__all__ = ["KpiTableReader"]


class KpiTableReader:
    """Reads KPI tables as TSV or CSV: one or several sections, each with its own header, merged
    cells left empty.
    """

    name = "kpi-table"

    def accepts(self, source: Source, form: Form) -> bool:
        """Whether the text holds a header of the form's table."""
        return (
            form.kpi is not None
            and form.listed is None  # its indicators stand on the rows of projects
            and source.text is not None
            and (
                _delimited(source, Labels(form.kpi)) is not None
                or (
                    not DelimitedReader().accepts(source, form)
                    and _with_rows_beside(source, form.kpi) is not None
                )
            )
        )

    def read(self, source: Source, form: Form) -> Reading:
        """The indicators; raises UnreadableDocument where the text holds no such table, or one
        without a year.
        """
        # Every text is held against this reader, and few are tables of indicators.
        from auditor.readers.kpi.grid import read_indicators, unread_numbers
        from auditor.readers.kpi.reading import TableReading

        if source.widest > MAX_COLUMN:
            raise too_wide(source)
        labels = Labels(form.kpi or KpiTable())
        if form.kpi is not None and (grid := _with_rows_beside(source, form.kpi)) is not None:
            reading = read_indicators(source.path, form.kpi, grid, ())
            if reading is not None:
                return reading
        table = _delimited(source, labels)
        if table is None or form.kpi is None or source.text is None:
            raise UnreadableDocument(
                source.path,
                "no-table",
                "holds no table of indicators (KPIs)",
                "KPI の表が見つかりません",
            )
        rows, broken_line = table
        table_reading = TableReading(source.path, form.kpi, labels)
        table_reading.read(rows)
        if broken_line is not None:
            table_reading.not_read(
                "broken-csv",
                f"the table could not be read from line {broken_line} on: "
                "a quotation mark is not closed, or a cell is too long",
                f"{broken_line}行目から先の表を読めません。"
                "引用符が閉じていないか、セルが長すぎます",
            )
        if form.detect and all(squeezed(word) in source.body for word in form.detect):
            table_reading.not_read(
                "also-sheets",
                "the file holds project sheets beside the KPI table; "
                "put them into a file of their own",
                "KPI の表のほかに事業シートが含まれています。別のファイルに分けてください",
            )
        reading = table_reading.done()
        grid = grid_of_text([(row.line, row.cells) for row in rows])
        return replace(reading, unread=unread_numbers(grid, reading.kpis))


def _with_rows_beside(source: Source, table: KpiTable) -> Grid | None:
    """The cells of a text in which indicators have rows of their own for their figures."""
    body = source.body
    words = [map(squeezed, table.labels.get(part, ())) for part in ("target", "actuals", "name")]
    if not all(any(word in body for word in of_part) for of_part in words):
        return None
    rows = rows_in(source.text or "")
    if rows is None:
        return None
    from auditor.readers.kpi.kind_grids import with_rows_beside

    grid = grid_of_text(rows)
    return grid if with_rows_beside(grid, table) is not None else None


def _delimited(source: Source, labels: Labels) -> tuple[list[Row], int | None] | None:
    """The rows by the delimiter under which a header shows, and the line from which they can't be
    split; None where none does.
    """
    text = source.text or ""
    if not labels.may_head(source.body):
        return None
    if source.widest > MAX_COLUMN:
        return [], None
    for delimiter in "\t", ",":
        if delimiter in text:
            rows, broken_line = split(text, delimiter)
            if labels.in_use(rows):
                return rows, broken_line
    return None
