"""Expressions as DuckDB reads them: text that is written once, and used again by later audits."""

from __future__ import annotations

import functools
from typing import Any

import narwhals as nw

from auditor.engines.expressions import Expressions

__all__ = ["quoted", "written"]


def quoted(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def written(expressions: Expressions, relation: Any) -> str:
    """The expressions over the columns of a relation, as a list of SELECT."""
    columns, types = relation.columns, relation.types
    key = ("duckdb", *columns, *map(str, types))
    if key not in expressions.texts:
        expressions.texts[key] = _text(expressions, columns, types)
    return expressions.texts[key]


def _text(expressions: Expressions, columns: list[str], types: list[Any]) -> str:
    recorder = _recorder()
    relation = recorder.__new__(recorder)
    relation.names, relation.kinds = columns, types
    frame: nw.LazyFrame[Any] = nw.from_native(relation)
    frame.select(*expressions.all)
    return ", ".join(f"{item} as {quoted(item.get_name())}" for item in relation.expressions)


@functools.cache
def _recorder() -> Any:
    """The class of a relation without rows that remembers which expressions it was given."""
    import duckdb

    class Recorder(duckdb.DuckDBPyRelation):
        names: list[str]
        kinds: list[Any]
        expressions: list[Any]

        @property
        def columns(self) -> list[str]:
            return [*self.names]

        @property
        def types(self) -> list[Any]:
            return [*self.kinds]

        def select(self, *expressions: Any, groups: str = "") -> Any:
            """Take the expressions as DuckDB gets them."""
            del groups
            self.expressions = [*expressions]
            return self

        def aggregate(self, aggr_expr: Any, group_expr: Any = "") -> Any:
            """Take expressions over all rows as DuckDB gets them."""
            del group_expr
            self.expressions = [*aggr_expr]
            return self

    return Recorder
