"""Rows that are read part by part.

They are held in memory while they are few, else kept in a Parquet file of their own until the
audit has ended.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Final

import polars as pl

from auditor.readers.source import UnreadableDocument

__all__ = ["StoredRows"]

_HELD: Final = 64 << 20
"""How many bytes of rows are held."""


class StoredRows:
    """The rows of the text ``source``, of which ``held`` bytes stay in memory. Their file goes with
    this object.

    Raises UnreadableDocument where the system has no room for them.
    """

    held: int
    source: str

    def __init__(self, source: str) -> None:
        self.source, self.held = source, _HELD
        self.frame: pl.DataFrame | None = None
        """The rows, once all were added, if they are held."""
        self.path: Path | None = None
        """Their file, once all were added, if they are not."""
        self._parts: list[pl.DataFrame] = []
        self._files: list[Path] = []
        self._size = 0
        self._folder = Path()

    def add(self, part: pl.DataFrame) -> None:
        """Add rows; each part has the same columns."""
        self._parts.append(part)
        self._size += int(part.estimated_size())
        if self._size > self.held:
            self._put_away()

    def end(self) -> None:
        """Make the rows ready, after the last part."""
        if not self._files:
            self.frame = pl.concat(self._parts)
        else:
            if self._parts:
                self._put_away()
            whole = self._folder / "rows.parquet"
            try:
                pl.scan_parquet(self._files, glob=False).sink_parquet(whole)
                for file in self._files:
                    file.unlink()
            except (OSError, pl.exceptions.PolarsError):
                raise self._no_room() from None
            self.path = whole
        self._parts = []

    def _put_away(self) -> None:
        """Write what is held to a file."""
        try:
            if not self._files:
                self._folder = Path(tempfile.mkdtemp(prefix="auditor-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            file = self._folder / f"{len(self._files)}.parquet"
            pl.concat(self._parts).write_parquet(file)
        except (OSError, pl.exceptions.PolarsError):
            raise self._no_room() from None
        self._files.append(file)
        self._parts, self._size = [], 0

    def _no_room(self) -> UnreadableDocument:
        folder = tempfile.gettempdir()
        return UnreadableDocument(
            self.source,
            "no-room",
            f"its rows can't be kept in {folder} while they are audited; make room there, or write "
            "the table as Parquet",
            f"点検中の行を {folder} に保存できません。"
            "空き容量を増やすか、表を Parquet で書き出してください",
        )
