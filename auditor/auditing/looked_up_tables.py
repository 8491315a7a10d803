"""The tables of an audit that rows of others are looked up in, made records of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from auditor.auditing.looked_up import looked_up_forms
from auditor.engines.engine import Engine
from auditor.engines.inputs import Source
from auditor.engines.leftover import plain
from auditor.forms.model import Form
from auditor.records.fields import TableName
from auditor.rules.lookups import NO_LOOKUPS, Lookups
from auditor.rules.rows import Rows
from auditor.tables.books import books_of
from auditor.tables.guard import Guarded, guarded

__all__ = ["lookups_of_sources"]


def lookups_of_sources(
    sources: Iterable[Source], forms: Mapping[str, Form], form: str | None, engine: Engine
) -> Lookups:
    """The tables of some sources that rows of others are looked up in."""
    names = looked_up_forms(forms)
    if not names:
        return NO_LOOKUPS
    tables: dict[str, list[Rows]] = {}
    partial: set[str] = set()
    for source in sources:
        checked = _checked(source, names, forms, form, engine)
        for book in books_of(checked, forms, source.paths):
            if book.form in names:
                tables.setdefault(book.form, []).append(Rows(book, forms[book.form]))
        if source.left_out or source.not_checked or any(checked.left_out.values()):
            partial |= names if source.heading is None else {source.heading.form.name}
    return Lookups(tables, partial)


def _checked(
    source: Source,
    names: Collection[str],
    forms: Mapping[str, Form],
    form: str | None,
    engine: Engine,
) -> Guarded:
    """The tables of a source, as far as they may be of the forms that are looked up."""
    if source.heading is not None and source.heading.form.name not in names:
        return Guarded()
    frames: dict[TableName, pl.DataFrame] = {
        table: plain(engine.collected(frame)) for table, frame in source.frames.items()
    }
    return guarded(frames, forms, form)
