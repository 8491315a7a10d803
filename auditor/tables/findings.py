"""Findings as rows, and the file they go to when they are many: Parquet, JSON lines or CSV,
written as they come, whole at the end.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from auditor.records.errors import AuditorError

if TYPE_CHECKING:
    from auditor.rules.findings import Finding

__all__ = ["FINDINGS", "FindingFile", "FindingFileError", "finding_frame"]

FINDINGS: Final = pl.Schema(
    {
        "rule": pl.String(),
        "severity": pl.String(),
        "book": pl.String(),
        "document": pl.String(),
        "sheet": pl.Int64(),
        "kpi": pl.Int64(),
        "year": pl.String(),
        "expected": pl.String(),
        "actual": pl.String(),
        "difference": pl.String(),
        "unit": pl.String(),
    }
)
"""A row of findings. ``sheet`` and ``kpi`` are keys of tables, numbers in documents; ``year`` is
the id of a column.

Amounts are plain decimal numbers as text, in the ``unit`` beside them, so that no digit is lost;
null is what a finding does not have.
"""
_HELD: Final = 100_000
"""How many rows are held before they are written."""
_WHOLE: Final = "whole"


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
            _stored(finding.year),
            finding.expected,
            finding.actual,
            finding.difference,
            _stored(finding.unit),
        )
        for finding in findings
    ]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def _stored(text: str | None) -> str | None:
    """Text as a file can hold it: halves of characters, which a path may have, as escapes;
    nothing as null.
    """
    return text.encode("utf-8", "backslashreplace").decode() if text else None


class FindingFileError(AuditorError):
    """A file of findings that can't be written; ``refusal`` is the system's own, where it
    refused.
    """

    def __init__(self, en: str, ja: str, refusal: OSError | None = None) -> None:
        super().__init__(en, ja)
        self.refusal = refusal


class FindingFile:
    """A file of findings (``.parquet``, ``.jsonl``, ``.csv``), used as a context manager: it
    appears whole at the end, or not at all.

    It never stands in the place of one of ``inputs``, nor in a folder that is one, where the next
    audit would read it. Few rows are held at a time, however many are written. Raises
    FindingFileError.
    """

    def __init__(self, path: str | Path, inputs: Iterable[str | Path] = ()) -> None:
        self.path, self.rows = Path(path), 0
        self._target = Path(os.path.realpath(path))
        self._held: list[pl.DataFrame] = []
        self._written = self._parts = 0
        suffix = self.path.suffix.lower()
        if suffix not in _APPENDING:
            en, ja = ", ".join(_APPENDING), "、".join(_APPENDING)
            raise FindingFileError(
                f"{path}: a file of findings ends in {en}",
                f"{path}: 拡張子は {ja} のいずれかにしてください",
            )
        self._append = _APPENDING[suffix]
        for given in inputs:
            if _stands_in(self._target, Path(given)):
                en, ja = (
                    f"{path} is the input {given}, or lies in it",
                    f"{path} は入力の {given} か、その中のファイルです。書き出せません",
                )
                raise FindingFileError(en, ja)
        if self._target.exists() and not self._target.is_file():
            raise FindingFileError(
                f"{path} is no file; name another",
                f"{path} には書き出せません。別の名前を指定してください",
            )

    def __enter__(self) -> FindingFile:
        with self._told():
            self._folder = Path(tempfile.mkdtemp(prefix=".auditor-", dir=self._target.parent))
        return self

    def write(self, frame: pl.DataFrame) -> None:
        """Add rows; ``frame`` has the columns of ``FINDINGS``."""
        self._held.append(
            frame if frame.schema == FINDINGS else frame.select(FINDINGS.names()).cast(FINDINGS)
        )
        self.rows += frame.height
        if self.rows - self._written >= _HELD:
            self._flush()

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _flush(self) -> None:
        with self._told():
            self._append(
                pl.concat([pl.DataFrame(schema=FINDINGS), *self._held]), self._folder, self._parts
            )
        self._held, self._written, self._parts = [], self.rows, self._parts + 1

    def _finish(self) -> None:
        if self._held or not self._parts:
            self._flush()
        with self._told():
            whole = self._folder / _WHOLE
            if not whole.exists():
                parts = [self._folder / str(number) for number in range(self._parts)]
                pl.scan_parquet(parts, glob=False).sink_parquet(whole)
            if self._target.exists():
                whole.chmod(self._target.stat().st_mode & 0o777)
            whole.replace(self._target)

    @contextmanager
    def _told(self) -> Generator[None, None, None]:
        """What the system refuses, in words of ours; Polars passes some refusals on as errors of
        the file's format.
        """
        try:
            yield
        except (OSError, pl.exceptions.ComputeError) as fault:
            number = re.search(r"os error (\d+)", str(fault))
            code = (
                fault.errno
                if isinstance(fault, OSError) and fault.errno
                else int(number[1])
                if number
                else 0
            )
            refusal = OSError(code, os.strerror(code)) if code else OSError(str(fault))
            said = refusal.strerror or str(fault)
            raise FindingFileError(
                f"{self.path} can't be written: {said}",
                f"{self.path} に書き込めません（{said}）",
                refusal,
            ) from fault


def _stands_in(target: Path, given: Path) -> bool:
    """Whether a file is the given one, under whatever name, or lies in the given folder."""
    try:
        return target.is_relative_to(os.path.realpath(given)) or target.samefile(given)
    except OSError:
        return False


def _part(frame: pl.DataFrame, folder: Path, number: int) -> None:
    frame.write_parquet(folder / str(number))


def _lines(frame: pl.DataFrame, folder: Path, _: int) -> None:
    with (folder / _WHOLE).open("ab") as stream:
        frame.write_ndjson(stream)


def _csv(frame: pl.DataFrame, folder: Path, number: int) -> None:
    with (folder / _WHOLE).open("ab") as stream:
        frame.write_csv(stream, include_header=number == 0)


_APPENDING: Final[Mapping[str, Callable[[pl.DataFrame, Path, int], None]]] = {
    ".parquet": _part,
    ".jsonl": _lines,
    ".csv": _csv,
}
