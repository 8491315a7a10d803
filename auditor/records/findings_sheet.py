"""The worksheet of findings in a marked workbook, by its name and headings.

It is known again when the copy is corrected and audited.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from auditor.records.text import Text

__all__ = ["HEADINGS", "NAME", "is_findings_sheet"]

NAME: Final = Text(en="Audit findings", ja="点検結果")
HEADINGS: Final = (
    Text(en="no.", ja="番号"),
    Text(en="severity", ja="区分"),
    Text(en="rule", ja="規則"),
    Text(en="cell", ja="セル"),
    Text(en="worksheet", ja="ワークシート"),
    Text(en="finding", ja="指摘"),
    Text(en="figures", ja="数値"),
    Text(en="suspect", ja="疑わしい欄"),
    Text(en="certainty", ja="確からしさ"),
    Text(en="what to do", ja="対応"),
)


def is_findings_sheet(name: str, headings: Sequence[str]) -> bool:
    """Whether a worksheet is one of findings, by its name and the texts of its first row."""
    return any(
        name.startswith(NAME.of(lang))
        and list(headings) == [heading.of(lang) for heading in HEADINGS]
        for lang in ("en", "ja")
    )
