"""How ``why`` and ``try`` show rows: how many, in which steps, and in which formats."""

from __future__ import annotations

from typing import Final

from auditor.cli.arguments import Parser
from auditor.cli.documents import number_type

__all__ = ["FORMATS", "add_reason_options"]

FORMATS: Final = ("terminal", "json")


def add_reason_options(parser: Parser, *, en: str, ja: str, most: int) -> None:
    """Add ``--max-rows``, which the texts explain, and ``--verbose``."""
    parser.option(
        "--max-rows",
        en=f"{en} (default: {most})",
        ja=f"{ja}（省略時は{most}）",
        metavar="N",
        type=_number,
        default=most,
    )
    parser.flag(
        "--verbose",
        en="show each step as rule files have it, too",
        ja="規則ファイルの書き方での式も示します",
    )


def _number(text: str) -> int:
    return number_type(text, 1, 1_000_000)
