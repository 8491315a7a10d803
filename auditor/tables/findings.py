"""Findings as rows, and the file they go to when they are many.

It is Parquet, JSON lines or CSV, written as they come, whole at the end.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

import polars as pl

from auditor.files.atomic import UnwritableFile, input_at, refusals, replacement
from auditor.records.decimals import plain_digits
from auditor.records.own import FINDING_COLUMNS

if TYPE_CHECKING:
    from auditor.rules.findings import Finding

__all__ = ["FINDINGS", "FindingFile", "finding_frame"]

FINDINGS: Final = pl.Schema(
    {name: pl.Int64() if name in ("sheet", "kpi") else pl.String() for name in FINDING_COLUMNS}
)
"""A row of findings. ``sheet`` and ``kpi`` are keys of tables, numbers in documents;
``department`` and ``project`` name them. ``year`` is the id of a column.

Amounts are plain decimal numbers as text, in the ``unit`` beside them, so that no digit is lost;
null is what a finding does not have.
"""
_HELD: Final = 100_000
"""How many rows are held before they are written."""


def finding_frame(findings: Iterable[Finding], book: str) -> pl.DataFrame:
    """Findings of one book as rows of ``FINDINGS``; ``book`` is its key."""
    rows = [
        (
            finding.rule,
            finding.severity,
            _stored(book),
            _stored(finding.document),
            finding.sheet.number if finding.sheet else None,
            finding.kpi.number if finding.kpi else None,
            _stored(finding.sheet.department if finding.sheet else None),
            _stored(_project(finding)),
            _stored(finding.year),
            _amount(finding.expected),
            _amount(finding.actual),
            _amount(finding.difference),
            _stored(finding.unit),
        )
        for finding in findings
    ]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def _project(finding: Finding) -> str | None:
    if finding.sheet is not None:
        return finding.sheet.name
    return finding.kpi.project if finding.kpi is not None else None


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else plain_digits(value)


def _stored(text: str | None) -> str | None:
    """Text as a file can hold it: halves of characters, which a path may have, as escapes;
    nothing as null.
    """
    return text.encode("utf-8", "backslashreplace").decode() if text else None


class FindingFile:
    """A file of findings (``.parquet``, ``.jsonl``, ``.csv``), used as a context manager: it
    appears whole at the end, or not at all.

    It never stands in the place of one of ``inputs``, nor in a folder that is one, where the next
    audit would read it. Few rows are held at a time, however many are written. Raises
    UnwritableFile.
    """

    path: Path
    rows: int

    def __init__(self, path: str | Path, inputs: Iterable[str | Path] = ()) -> None:
        self.path, self.rows = Path(path), 0
        self._held: list[pl.DataFrame] = []
        self._written = self._parts = 0
        suffix = self.path.suffix.lower()
        if suffix not in _APPENDING:
            en, ja = ", ".join(_APPENDING), "、".join(_APPENDING)
            raise UnwritableFile(
                f"{path}: a file of findings ends in {en}",
                f"{path}：拡張子は {ja} のいずれかにしてください",
            )
        self._append = _APPENDING[suffix]
        source = input_at(path, inputs, also_new=True)
        if source is not None:
            raise UnwritableFile(
                f"{path} is the input {source}, or lies in it",
                f"{path} は入力の {source} か、その中のファイルです。書き出せません",
            )
        target = Path(os.path.realpath(path))
        with refusals(path):
            is_other = target.exists() and not target.is_file()
        if is_other:
            raise UnwritableFile(
                f"{path} is no file; name another",
                f"{path} には書き出せません。別の名前を指定してください",
            )

    def __enter__(self) -> FindingFile:
        with ExitStack() as exits:
            self._whole = exits.enter_context(replacement(self.path))
            exits.push(self._finish)
            self._exits = exits.pop_all()
        return self

    def write(self, frame: pl.DataFrame) -> None:
        """Add rows; ``frame`` has the columns of ``FINDINGS``."""
        self._held.append(
            frame if frame.schema == FINDINGS else frame.select(FINDINGS.names()).cast(FINDINGS)
        )
        self.rows += frame.height
        if self.rows - self._written >= _HELD:
            self._flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exits.__exit__(kind, fault, trace)

    def _flush(self) -> None:
        frame = pl.concat([pl.DataFrame(schema=FINDINGS), *self._held])
        with self._refusals():
            self._append(frame, self._whole, self._parts)
        self._held, self._written, self._parts = [], self.rows, self._parts + 1

    def _finish(self, kind: object, *_: object) -> None:
        if kind is not None:
            return
        if self._held or not self._parts:
            self._flush()
        with self._refusals():
            if not self._whole.exists():
                parts = [self._whole.with_name(str(number)) for number in range(self._parts)]
                pl.scan_parquet(parts, glob=False).sink_parquet(self._whole)

    @contextmanager
    def _refusals(self) -> Generator[None, None, None]:
        """What the system refuses, as UnwritableFile; Polars passes some refusals on as errors of
        the file's format.
        """
        with refusals(self.path):
            try:
                yield
            except (OSError, pl.exceptions.ComputeError) as fault:
                if isinstance(fault, OSError) and fault.errno:
                    raise
                number = re.search(r"os error (\d+)", str(fault))
                if number is None:
                    raise OSError(str(fault)) from fault
                raise OSError(int(number[1]), os.strerror(int(number[1]))) from fault


def _part(frame: pl.DataFrame, whole: Path, number: int) -> None:
    frame.write_parquet(whole.with_name(str(number)))


def _lines(frame: pl.DataFrame, whole: Path, _: int) -> None:
    with whole.open("ab") as stream:
        frame.write_ndjson(stream)


def _csv(frame: pl.DataFrame, whole: Path, number: int) -> None:
    with whole.open("ab") as stream:
        frame.write_csv(stream, include_header=number == 0)


_APPENDING: Final[Mapping[str, Callable[[pl.DataFrame, Path, int], None]]] = {
    ".parquet": _part,
    ".jsonl": _lines,
    ".csv": _csv,
}
