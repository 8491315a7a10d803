"""Findings as a data frame for people who go on with them: typed amounts, messages, causes.

The file of findings (``auditor.tables.findings``) is for programs, and keeps every digit as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from auditor.records.decimals import plain_digits
from auditor.records.errors import AuditorError
from auditor.records.languages import Lang

if TYPE_CHECKING:
    from auditor.rules.findings import Finding

__all__ = ["COLUMNS", "MissingPandas", "pandas_frame", "polars_frame"]

AMOUNTS: Final = ("expected", "actual", "difference")
KEYS: Final = ("sheet", "kpi")
COLUMNS: Final = (
    "rule",
    "name",
    "severity",
    "document",
    "sheet",
    "kpi",
    "department",
    "project",
    "year",
    *AMOUNTS,
    "unit",
    "message",
    "action",
    "cause",
    "id",
)
"""The columns of a frame of findings."""
_MOST_DIGITS: Final = 38
"""What a decimal of polars holds."""


class MissingPandas(AuditorError):
    """A frame of pandas was asked for where pandas is not installed."""


def polars_frame(
    findings: Iterable[Finding], causes: Mapping[str, str], language: Lang
) -> pl.DataFrame:
    """The findings as a frame of polars, a row each. ``causes`` has the id of each finding's cause.

    Amounts are decimals, exact; a column in which one has more than 38 digits is text.
    """
    columns = _columns(findings, causes, language)
    series = [
        _amounts(name, values)
        if name in AMOUNTS
        else pl.Series(name, values, dtype=pl.Int64 if name in KEYS else pl.String)
        for name, values in columns.items()
    ]
    return pl.DataFrame(series)


def pandas_frame(findings: Iterable[Finding], causes: Mapping[str, str], language: Lang) -> Any:
    """The same as a frame of pandas; amounts are objects, each a ``Decimal`` or None. Raises
    MissingPandas.
    """
    try:
        pandas: Any = import_module("pandas")
    except ImportError:
        raise MissingPandas(
            "pandas is not installed: pip install pandas, or take the frame of polars",
            "pandas がインストールされていません。pip install pandas を実行するか、"
            "polars の表を使ってください",
        ) from None
    columns = _columns(findings, causes, language)
    return pandas.DataFrame(
        {
            name: pandas.Series(values, dtype="Int64" if name in KEYS else "object")
            for name, values in columns.items()
        }
    )


def _columns(
    findings: Iterable[Finding], causes: Mapping[str, str], language: Lang
) -> dict[str, list[Any]]:
    """The values of each column; None is what a finding does not have."""
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for finding in findings:
        values = (
            finding.rule,
            finding.name,
            finding.severity,
            finding.document,
            None if finding.sheet is None else finding.sheet.number,
            None if finding.kpi is None else finding.kpi.number,
            finding.department or None,
            finding.project or None,
            finding.year,
            finding.expected,
            finding.actual,
            finding.difference,
            finding.unit or None,
            finding.message.of(language),
            finding.action.of(language),
            causes.get(finding.id),
            finding.id,
        )
        for name, value in zip(COLUMNS, values, strict=True):
            columns[name].append(_whole(value) if isinstance(value, str) else value)
    return columns


def _whole(text: str) -> str:
    """A text without halves of characters, which a path may have and no frame takes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _amounts(name: str, values: Sequence[Decimal | None]) -> pl.Series:
    """Amounts as decimals with as many places as the longest one has."""
    tuples = [value.as_tuple() for value in values if value is not None]
    places = max((-int(each.exponent) for each in tuples), default=0)
    scale = max(places, 0)
    whole = max((len(each.digits) + int(each.exponent) for each in tuples), default=0)
    if max(whole, 0) + scale <= _MOST_DIGITS:
        return pl.Series(name, values, dtype=pl.Decimal(_MOST_DIGITS, scale))
    texts = [None if value is None else plain_digits(value) for value in values]
    return pl.Series(name, texts, dtype=pl.String)
