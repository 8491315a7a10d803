"""Reply forms as they come back: filled in, sorted anew, or spoilt, by another program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl

from auditor.reports.workbook.cells import HEADS

__all__ = ["FormRows", "edited", "filled"]

Given = Mapping[str, Mapping[str, str]]
"""What is filled in, by the id of the row and the key of the column."""


class FormRows:
    """The rows of a form, whose cells are set by the keys of the columns."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        names = {text: key for key, head in HEADS.items() for text in (head.ja, head.en)}
        head = next(row for row in sheet.iter_rows() if row[-1].value in _IDS)
        self.columns: dict[str, int] = {
            names.get(cell.value, "confirmation"): cell.column for cell in head
        }
        self.rows: list[int] = list(range(head[0].row + 1, sheet.max_row + 1))

    def get(self, row: int, key: str) -> Any:
        """What a cell holds."""
        return self.sheet.cell(row, self.columns[key]).value

    def put(self, row: int, key: str, value: object) -> None:
        """Set what a cell holds."""
        self.sheet.cell(row, self.columns[key]).value = value

    def by_id(self) -> dict[str, int]:
        """The rows by their ids."""
        return {self.get(row, "id"): row for row in self.rows}

    def reorder(self, order: Sequence[int]) -> None:
        """Bring the rows into another order, as sorting does."""
        texts = [
            {key: self.get(self.rows[number], key) for key in self.columns} for number in order
        ]
        for row, cells in zip(self.rows, texts, strict=True):
            for key, value in cells.items():
                self.put(row, key, value)


_IDS = (HEADS["id"].ja, HEADS["id"].en)


def edited(form: bytes, path: Path, change: Callable[[FormRows], None]) -> Path:
    """Save a form under a path after a change to its rows."""
    book = openpyxl.load_workbook(BytesIO(form))
    change(FormRows(book.worksheets[0]))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def filled(form: bytes, path: Path, given: Given, order: Sequence[int] | None = None) -> Path:
    """Save a form with answers, its rows in some order."""

    def fill(rows: FormRows) -> None:
        lines = rows.by_id()
        for key, texts in given.items():
            for column, text in texts.items():
                if key in lines:
                    rows.put(lines[key], column, text)
        if order is not None:
            rows.reorder(order)

    return edited(form, path, fill)
