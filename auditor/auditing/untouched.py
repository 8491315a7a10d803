"""That plugins leave records as they are: what code in Python is handed, others are judged by."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Final

from auditor.records.fields import Each
from auditor.records.model import NotChecked
from auditor.records.text import Why

if TYPE_CHECKING:
    from auditor.rules.rows import Row, Rows

__all__ = ["Untouched"]

_SCOPES: Final[tuple[Each, ...]] = ("sheet", "year", "evaluation", "kpi")


class Untouched:
    """The records of a book as they are before code of plugins sees them. Records refuse to be
    changed, but Python has ways around that.
    """

    def __init__(self, rows: Rows, plugins: Collection[str]) -> None:
        self._rows, self._plugins = rows, plugins
        self._records = self._written()
        self._values = [(row, dict(row.values)) for row in self._all()]

    def not_checked(self) -> Iterator[NotChecked]:
        """Reports that the records are others now."""
        is_same = self._written() == self._records and all(
            row.values == values for row, values in self._values
        )
        if is_same:
            return
        en, ja = ", ".join(self._plugins), "、".join(self._plugins)
        why = Why(
            code="plugin-failed",
            en=f"plugin {en}: it changed the records that it was handed; what is listed may not "
            "be what the documents say",
            ja=f"プラグイン {ja}：渡された記録を書き換えました。"
            "指摘の内容が文書と違う可能性があります",
        )
        yield NotChecked(why=why)

    def _all(self) -> Iterator[Row]:
        return chain.from_iterable(map(self._rows.of, _SCOPES))

    def _written(self) -> str | None:
        try:
            return self._rows.book.model_dump_json(warnings=False)
        except Exception:  # what no record may hold can't be written
            return None
