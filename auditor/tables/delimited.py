"""Tables in text files, read line by line.

No file is held as a whole, and of its rows no more than some.
"""

from __future__ import annotations

import csv
import io
import os
import stat
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final, cast

import polars as pl

from auditor.readers.source import LARGEST, UnreadableDocument, cannot_open, too_large
from auditor.records.addresses import MAX_COLUMN
from auditor.records.text import Text
from auditor.tables.cells import ROW
from auditor.tables.encodings import Decoding, decoding
from auditor.tables.guard import Fault
from auditor.tables.headings import Header, Layout, header_in
from auditor.tables.shape import SHOWN
from auditor.tables.stored import StoredRows

__all__ = ["DELIMITERS", "LARGEST_TIDY", "Delimited", "Rows"]

LARGEST_TIDY: Final = 8 << 30
"""How many bytes the text of a tidy table may have. It is audited some books at a time; a table
that a form describes is made tidy as a whole, and is no larger than any other file.
"""

DELIMITERS: Final = (",", ";", "\t", "|")
"""The delimiters that a table may have undeclared, in the order in which they are tried."""

_AT_A_TIME: Final = 50_000
_PIECE: Final = 1 << 20


@dataclass
class Rows:
    """The rows of a text that have as many fields as its heading, and what is wrong with the
    others.
    """

    stored: StoredRows
    faults: list[Fault] = field(default_factory=list[Fault])
    left_out: int = 0


class Delimited:
    """A text file of rows. Raises UnreadableDocument, as all that reads from it does, where it is
    missing, empty, too large or no text. ``largest`` is how many bytes it may have.
    """

    path: str

    def __init__(self, path: str, largest: int = LARGEST) -> None:
        self.path, self._largest = path, largest
        self._copy: BinaryIO | None = None
        try:
            status = Path(path).stat()
            if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
                self._copy = self._copied()
        except (OSError, ValueError) as fault:
            raise cannot_open(path, fault) from None
        self._size = status.st_size if self._copy is None else self._copy.seek(0, os.SEEK_END)
        self.check_size(largest)
        self.beginning: bytes = next(self._pieces(), b"")
        if not self.beginning.strip():
            raise UnreadableDocument(path, "empty", "the file is empty", "ファイルが空です")

    def check_size(self, largest: int) -> None:
        """Raises UnreadableDocument where the text has more bytes."""
        if self._size > largest:
            raise too_large(self.path, largest)

    def _copied(self) -> BinaryIO:
        """What a pipe gives, which can be read only once."""
        copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - it lives as long as this
        with Path(self.path).open("rb") as pipe:
            while copy.tell() <= self._largest and (piece := pipe.read(_PIECE)):
                copy.write(piece)
        return copy

    @contextmanager
    def _stream(self) -> Generator[BinaryIO]:
        if self._copy is not None:
            self._copy.seek(0)
            yield self._copy
            return
        try:
            stream = Path(self.path).open("rb")  # noqa: SIM115 - closed below
        except (OSError, ValueError) as fault:
            raise cannot_open(self.path, fault) from None
        with stream:
            yield stream

    def _pieces(self) -> Iterator[bytes]:
        with self._stream() as stream:
            try:
                while piece := stream.read(_PIECE):
                    yield piece
            except OSError as fault:
                raise cannot_open(self.path, fault) from None

    @cached_property
    def decoding(self) -> Decoding | None:
        """The encoding that the text seems to have."""
        return decoding(self._pieces())

    def encoding(self, layout: Layout) -> str:
        """The encoding that is declared, or that the text surely has."""
        if layout.encoding is not None:
            return "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding
        seen = self.decoding
        hint_en = "save it as UTF-8, or set encoding in [table.dialect] of its form"
        hint_ja = "UTF-8 で保存し直すか、様式の [table.dialect] に encoding を指定してください"
        if seen is None:
            raise UnreadableDocument(
                self.path,
                "encoding",
                f'is no text in UTF-8 or CP932; {hint_en} (such as "latin-1")',
                f"UTF-8 または CP932 のテキストとして読めません。{hint_ja}（「latin-1」など）",
            )
        if seen.certainty == "unknown":
            raise UnreadableDocument(
                self.path,
                "encoding",
                f"its encoding is not sure: as CP932 it would say {seen.example!r}; {hint_en} "
                '(such as "latin-1" or "cp932")',
                "文字コードを確実に判別できません"
                f"（CP932 として読むと「{seen.example}」となります）。"
                f"{hint_ja}（「latin-1」「cp932」など）",
            )
        return seen.encoding

    def delimiter(self, layout: Layout) -> str:
        """The delimiter that is declared, or that goes with the name."""
        if layout.delimiter:
            return layout.delimiter
        return "\t" if self.path.lower().endswith(".tsv") else ","

    def lines(self, layout: Layout) -> Iterator[tuple[list[str], int]]:
        """The rows that hold anything, and the line on which each starts."""
        encoding = self.encoding(layout)
        start = 1
        with self._stream() as stream:
            text = io.TextIOWrapper(stream, encoding=encoding, newline="")
            reader = csv.reader(text, delimiter=self.delimiter(layout))
            try:
                for cells in reader:
                    if any(cells):
                        yield cells, start
                    start = reader.line_num + 1
            except csv.Error:
                most = csv.field_size_limit()
                raise UnreadableDocument(
                    self.path,
                    "damaged",
                    f"line {start}: is no CSV: a field has more than {most:,} characters, or "
                    "quotation marks are not closed",
                    f"{start}行目を CSV として読めません（1項目が{most:,}字を超えるか、引用符が"
                    "閉じていません）",
                ) from None
            except UnicodeError:
                raise UnreadableDocument(
                    self.path,
                    "encoding",
                    f"is no text in {encoding} (after line {start})",
                    f"{encoding} のテキストとして読めません（{start}行目以降）",
                ) from None
            except OSError as fault:
                raise cannot_open(self.path, fault) from None
            finally:
                text.detach()

    def header(self, layout: Layout) -> Header | None:
        """The headings; None where the file has no such line."""
        if self.beginning.count(self.delimiter(layout).encode()) > MAX_COLUMN:
            first = self.beginning.splitlines()[0]
            if first.count(self.delimiter(layout).encode()) > MAX_COLUMN:
                raise self._too_wide()
        header = header_in(self.lines(layout), layout.header_row)
        if header is not None and len(header.columns) > MAX_COLUMN:
            raise self._too_wide()
        return header

    def _too_wide(self) -> UnreadableDocument:
        return UnreadableDocument(
            self.path,
            "too-wide",
            f"its heading has more than {MAX_COLUMN:,} columns",
            f"見出しの列が {MAX_COLUMN:,} を超えています",
        )

    def read(
        self, layout: Layout, header: Header, columns: Sequence[int], names: Sequence[str]
    ) -> Rows:
        """The rows below the heading: texts of some columns, by their names, and their lines."""
        width = len(header.columns)
        rows = Rows(StoredRows(self.path))
        rows.stored.add(_part([], [], columns, names))
        cells_of_part: list[list[str]] = []
        lines: list[int] = []
        for cells, line in self.lines(layout):
            if line <= header.last:
                continue
            if len(cells) != width:
                rows.left_out += 1
                if rows.left_out <= SHOWN:
                    rows.faults.append(_ragged(cells, line, width))
                continue
            cells_of_part.append(cells)
            lines.append(line)
            if len(lines) == _AT_A_TIME:
                rows.stored.add(_part(cells_of_part, lines, columns, names))
                cells_of_part, lines = [], []
        if rows.left_out > SHOWN:
            detail = Text(
                en="the number of fields differs from the header's", ja="欄の数が見出しと合いません"
            )
            rows.faults.append(Fault("TBL010", "years", "", detail, more=rows.left_out - SHOWN))
        rows.stored.add(_part(cells_of_part, lines, columns, names))
        rows.stored.end()
        return rows


def _part(
    rows: Sequence[Sequence[str]],
    lines: Sequence[int],
    columns: Sequence[int],
    names: Sequence[str],
) -> pl.DataFrame:
    """Some rows of a text; cells as Python has them take several times as much memory."""
    series = [
        pl.Series(name, [cells[index] or None for cells in rows], dtype=pl.String)
        for name, index in zip(names, columns, strict=True)
    ]
    return pl.DataFrame([*series, pl.Series(ROW, lines, dtype=pl.Int64)])


def _ragged(cells: Sequence[str], line: int, width: int) -> Fault:
    detail = Text(
        en=f"line {line} has {len(cells)} fields, the header {width}; it was left out",
        ja=f"{line}行目の欄は{len(cells)}個で、見出しの{width}個と合わないため、読み飛ばしました",
    )
    return Fault("TBL010", "years", "", detail, printed=",".join(cells)[:60])
