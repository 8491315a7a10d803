"""The shipped pack: rules by family, one file each, and form definitions.

Those in ``forms/`` are in use; ``catalogue/`` has one for each layout that cities publish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from auditor import hookimpl
from auditor.records.text import Text

__all__ = ["FAMILIES", "auditor_catalogue", "auditor_forms", "auditor_rules"]

HERE = Path(__file__).parent
FORMS = HERE / "forms"
CATALOGUE = HERE / "catalogue"

FAMILIES: Final[Mapping[str, Text]] = {
    "REQ": Text(en="Required figures", ja="必須の数値"),
    "FND": Text(en="Funding", ja="財源"),
    "TOT": Text(en="Totals", ja="合計"),
    "PCC": Text(en="Per capita", ja="市民一人あたりの額"),
    "STF": Text(en="Staff", ja="職員"),
    "KPI": Text(en="Indicators", ja="指標（KPI）"),
    "EVL": Text(en="Evaluations", ja="評価"),
    "BOK": Text(en="Across a book", ja="冊子全体"),
    "ACC": Text(en="Against the accounts", ja="財務会計との照合"),
    "YOY": Text(en="Against last year's book", ja="前年度の冊子との照合"),
    "TXT": Text(en="Texts", ja="文章"),
    "RD": Text(en="Reading", ja="読み取り"),
    "XLS": Text(en="Workbooks", ja="Excel ブック"),
    "PUB": Text(en="Before publication", ja="公開前の確認"),
    "TBL": Text(en="Tables", ja="表データ"),
}
"""What each family of rules is about, in the order of the docs."""


@hookimpl
def auditor_rules() -> Iterable[Path]:
    """All rules of the pack, which stand in the folders of their families."""
    files = [*HERE.glob("*/*.toml"), *HERE.glob("*/*.py")]
    return [file for file in sorted(files) if file.parent not in (FORMS, CATALOGUE)]


@hookimpl
def auditor_forms() -> Iterable[Path]:
    """All forms of the pack."""
    return (FORMS,)


@hookimpl
def auditor_catalogue() -> Iterable[Path]:
    """The forms of the pack that are used by name alone."""
    return (CATALOGUE,)
