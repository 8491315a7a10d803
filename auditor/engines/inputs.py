"""Where tables come from: frames of a user's, or files and folders.

Each source is a set of tables that belong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast

import polars as pl

from auditor.engines.engine import Engine, Frame, is_alike
from auditor.engines.expressions import Memory, Same
from auditor.forms.model import Form
from auditor.readers.source import UnreadableDocument
from auditor.records.errors import WrongArgument
from auditor.records.fields import NAMES, TableName
from auditor.records.model import NotChecked
from auditor.tables.cells import ROW, inner, outer
from auditor.tables.described import (
    Heading,
    NotDescribed,
    described,
    in_its_words,
    is_exact,
    rows_of,
    tidied,
)
from auditor.tables.files import described_files, table_files
from auditor.tables.guard import Fault, empty, structure
from auditor.tables.records import Tables
from auditor.tables.table_file import TableFile, damaged, unreadable

__all__ = ["Source", "sources_of"]

_TABLES: Final = frozenset(NAMES)


@dataclass
class Source:
    """Tables inside an engine, with the columns that can be used. ``paths`` are the documents of
    rows that name none.
    """

    frames: dict[TableName, Frame]
    paths: dict[TableName, str]
    sizes: dict[TableName, int] = field(default_factory=dict[TableName, int])
    columns: dict[TableName, frozenset[str]] = field(
        default_factory=dict[TableName, frozenset[str]]
    )
    faults: list[Fault] = field(default_factory=list[Fault])
    left_out: dict[TableName, int] = field(default_factory=dict[TableName, int])
    not_checked: list[NotChecked] = field(default_factory=list[NotChecked])
    files: list[TableFile] = field(default_factory=list[TableFile])
    """The tables' files; with them go the rows of large texts."""
    heading: Heading | None = None
    """Which columns of another table these were made of."""

    def damaged(self) -> dict[TableName, NotChecked]:
        """Those of the tables whose files can't be read to their end."""
        wrong: dict[TableName, NotChecked] = {}
        for table, path in self.paths.items():
            if path.endswith(".parquet") and (fault := unreadable(path)) is not None:
                wrong[table] = damaged(path, fault).not_checked
        return wrong

    def worded(self, faults: Iterable[Fault]) -> list[Fault]:
        """Faults with their columns as the table that was given heads them."""
        return list(faults) if self.heading is None else in_its_words(faults, self.heading)

    def examine(self, forms: Mapping[str, Form], form: str | None, engine: Engine) -> None:
        """Count the rows; tell what is wrong with the tables whatever their rows are, and pass
        over what can't be used.
        """
        usual = _structure(self.frames, forms, form, engine)
        self.faults += usual.faults
        self.sizes = engine.heights(self.frames)
        for table, frame in list(self.frames.items()):
            height = self.sizes[table]
            if not height:
                self.faults.append(empty(table))
            if table not in usual.usable:
                self.left_out[table] = self.left_out.get(table, 0) + height
                del self.frames[table]
                continue
            columns = frame.collect_schema().names()
            usable = usual.usable[table]
            self.columns[table] = frozenset(map(outer, columns))
            self.frames[table] = frame.select(
                name for name in columns if outer(name) in usable or name == ROW
            )


@dataclass(frozen=True)
class _Structure:
    """What is wrong with tables whatever their rows are, and which columns of which tables can be
    used.
    """

    faults: tuple[Fault, ...]
    usable: Mapping[TableName, frozenset[str]]


_STRUCTURES: Final = Memory[_Structure]()


def _structure(
    frames: Mapping[TableName, Frame], forms: Mapping[str, Form], form: str | None, engine: Engine
) -> _Structure:
    """What the columns of tables tell; kept between audits, as far as types have the same names in
    every engine.
    """
    schemas = {table: tuple(frame.collect_schema().items()) for table, frame in frames.items()}
    key = (tuple(schemas.items()), tuple(map(Same, forms.values())), form)
    is_kept = all(is_alike(frame.collect_schema()) for frame in frames.values())
    if is_kept and (before := _STRUCTURES.get(key)) is not None:
        return before
    heads: dict[TableName, pl.DataFrame] = {}
    for table, frame in frames.items():
        head = engine.head(frame)
        heads[table] = head.rename({name: outer(name) for name in head.columns})
    checked = structure(heads, forms, form)
    usable: dict[TableName, frozenset[str]] = {
        table: frozenset(head.columns) for table, head in checked.frames.items()
    }
    structure_of = _Structure(tuple(checked.faults), usable)
    return _STRUCTURES.put(key, structure_of) if is_kept else structure_of


def sources_of(
    tables: Tables | Mapping[str, Any] | Iterable[str | Path],
    forms: Mapping[str, Form],
    form: str | None,
    engine: Engine,
    limits: int = 1,
) -> list[Source]:
    """The sources of an audit, looked at for their columns. Raises ValueError for a table of no
    known name, TypeError for no frame.
    """
    if isinstance(tables, Tables | Mapping):
        sources = [
            _of_frames(
                tables.frames if isinstance(tables, Tables) else cast("Mapping[str, Any]", tables),
                engine,
            )
        ]
    else:
        foreign, groups, not_checked = described_files(tables, forms, form, limits)
        sources = [_of_described(file, heading, engine) for file, heading in foreign]
        sources += [_of_files(group, engine) for group in groups]
        if not_checked:
            sources.append(Source({}, {}, not_checked=not_checked))
    for source in sources:
        source.examine(forms, form, engine)
    return sources


def _of_frames(frames: Mapping[Any, Any], engine: Engine) -> Source:
    unknown = [name for name in frames if name not in _TABLES]
    if unknown:
        names = ", ".join(NAMES)
        raise WrongArgument(
            f"there is no table {unknown[0]}; known are {names}",
            f"表 {unknown[0]} はありません。使えるのは {names} です",
        )
    named = cast("Mapping[TableName, Any]", frames)
    return Source(
        {name: engine.lifted(named[name]) for name in NAMES if name in named},
        {name: name for name in named},
    )


def _of_described(file: TableFile, heading: Heading, engine: Engine) -> Source:
    """A table that a form describes, made tidy where it lies if all its figures can be had
    exactly there, else in this process.
    """
    faults: list[Fault] = []
    frames: dict[TableName, Frame] | None
    try:
        frames = _where_it_lies(file, heading, engine)
        if frames is None:
            tables, faults = described(file.read(), heading)
            frames = {name: engine.lifted(frame) for name, frame in tables.items()}
    except UnreadableDocument as fault:
        return Source({}, {}, not_checked=[fault.not_checked])
    of_rows = rows_of(heading)
    source = Source(frames, dict.fromkeys(frames, file.path), heading=heading)
    source.faults += faults
    source.faults += [replace(fault, table=of_rows) for fault in file.faults]
    if file.left_out:
        source.left_out[of_rows] = file.left_out
    return source


def _where_it_lies(
    file: TableFile, heading: Heading, engine: Engine
) -> dict[TableName, Frame] | None:
    if file.schema is None or any(inner(name) != name for name in heading.columns):
        return None
    if not is_exact(file.schema, heading):
        return None
    if heading.form.table is not None and heading.form.table.totals:
        # Which rows total which is read from the order of the rows.
        return None
    try:
        scanned = engine.scan(Path(file.path))
        return tidied(
            scanned,
            replace(
                heading, columns={name: inner(column) for name, column in heading.columns.items()}
            ),
            line=ROW,
        )
    except NotDescribed:
        return None
    except Exception as fault:  # each engine has its own words for a file that it can't read
        raise damaged(file.path, fault) from None


def _of_files(paths: list[Path], engine: Engine) -> Source:
    files, not_checked = table_files(paths)
    source = Source({}, {name: file.path for name, file in files.items()}, not_checked=not_checked)
    for name in NAMES:
        if name not in files:
            continue
        file = files[name]
        source.files.append(file)
        source.faults += file.faults
        if file.left_out:
            source.left_out[name] = file.left_out
        try:
            source.frames[name] = (
                engine.scan(file.rows) if file.frame is None else engine.lifted(file.frame)
            )
        except Exception as fault:  # each engine has its own words for a file that it can't read
            source.not_checked.append(damaged(file.path, fault).not_checked)
    return source
