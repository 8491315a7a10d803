"""A table's file: its columns, its rows, and what is wrong with it as a file.

A Parquet file stays where it is; the rows of a text and of a workbook come along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from auditor.readers.source import UnreadableDocument, cannot_open
from auditor.records.model import NotChecked
from auditor.tables.guard import Fault
from auditor.tables.stored import StoredRows

__all__ = ["TableFile", "check_decimals", "damaged", "parquet", "unreadable"]

_DIGITS: Final = 38
"""The most digits of decimals that every engine can hold."""


@dataclass
class TableFile:
    """One table's file. ``frame`` are the rows of a text, each with the line that it starts on;
    those of a large text are ``stored``, and a Parquet file stays where it is.
    """

    path: str
    columns: tuple[str, ...]
    frame: pl.DataFrame | None = None
    faults: list[Fault] = field(default_factory=list[Fault])
    left_out: int = 0
    not_checked: list[NotChecked] = field(default_factory=list[NotChecked])
    schema: Mapping[str, pl.DataType] | None = None
    stored: StoredRows | None = None

    def keep(self, rows: StoredRows) -> None:
        """Take the rows of a text."""
        self.frame, self.stored = rows.frame, rows

    @property
    def rows(self) -> Path:
        """The Parquet file of the rows, where they are not held."""
        stored = None if self.stored is None else self.stored.path
        return stored or Path(self.path)

    def read(self) -> pl.DataFrame:
        """All rows; raises UnreadableDocument for a damaged file."""
        if self.frame is not None:
            return self.frame
        try:
            return pl.read_parquet(self.rows, glob=False)
        except (
            Exception,
            pl.exceptions.PanicException,
        ) as fault:  # a damaged file fails in many ways inside the engine
            raise damaged(self.path, fault) from None


def damaged(path: str, fault: BaseException) -> UnreadableDocument:
    """What is said of a Parquet file that can't be read to its end."""
    why = " ".join(str(fault).split())[:120]
    return UnreadableDocument(
        path,
        "damaged",
        f"is no complete Parquet file ({why})",
        f"Parquet ファイルとして読めません。途中で切れていませんか（{why}）",
    )


def unreadable(path: str) -> BaseException | None:
    """Why a Parquet file can't be read to its end, a part at a time; None where it can."""
    try:
        for _ in pl.scan_parquet(path, glob=False).collect_batches():
            pass
    except (Exception, pl.exceptions.PanicException) as fault:
        return fault
    return None


def parquet(path: Path) -> TableFile:
    if not path.exists():
        raise cannot_open(str(path), FileNotFoundError())
    try:
        schema = pl.scan_parquet(path, glob=False).collect_schema()
    except (
        Exception,
        pl.exceptions.PanicException,
    ) as fault:  # a damaged file fails in many ways inside the engine
        raise damaged(str(path), fault) from None
    return TableFile(str(path), tuple(schema), schema=dict(schema))


def check_decimals(file: TableFile, columns: Iterable[str]) -> None:
    """Raises UnreadableDocument for decimals that are longer than any engine's."""
    for column in columns:
        dtype = (file.schema or {}).get(column)
        if isinstance(dtype, pl.Decimal) and dtype.precision > _DIGITS:
            raise UnreadableDocument(
                file.path,
                "too-precise",
                f"column {column} holds decimals of {dtype.precision} digits, and no more than "
                f"{_DIGITS} can be read; write it as decimals of {_DIGITS} digits, or as text",
                f"{column} 列は {dtype.precision} 桁の小数です。読めるのは {_DIGITS} 桁までのため、"
                f"{_DIGITS} 桁以内の小数か文字列で書き出してください",
            )
