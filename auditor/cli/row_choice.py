"""Which rows a command is about: ``--sheet``, ``--kpi``, ``--year``, ``--kind``, ``--column``."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser

if TYPE_CHECKING:
    from auditor.auditing.row_choice import RowChoice

__all__ = ["add_row_options", "row_choice_of"]


def add_row_options(parser: Parser) -> None:
    """Add the options that choose rows."""
    parser.option(
        "--sheet",
        en="only this sheet: its number, or its name or a part of it (may be repeated)",
        ja="このシートだけを示します。番号、または事業名（一部でも可）（複数可）",
        metavar=("SHEET", "シート"),
        action="append",
        default=[],
    )
    parser.option(
        "--kpi",
        en="only this KPI: its number, or its name or a part of it (may be repeated)",
        ja="この指標だけを示します。番号、または名称（一部でも可）（複数可）",
        metavar=("KPI", "指標"),
        action="append",
        default=[],
    )
    parser.option(
        "--year",
        en="only this fiscal year: 2024, FY2024 or R6 (may be repeated)",
        ja="この年度だけを示します。2024、R6、令和６年度のように指定します（複数可）",
        metavar=("YEAR", "年度"),
        action="append",
        default=[],
    )
    parser.option(
        "--kind",
        en="only columns of this kind: settled, expected, budgeted, requested (may be repeated)",
        ja="この区分の列だけを示します。決算額、決算見込額、予算額、要求額など（複数可）",
        metavar=("KIND", "区分"),
        action="append",
        default=[],
    )
    parser.option(
        "--column",
        en="only this column: its key, as 2024-budgeted, or what the form prints above it "
        "(may be repeated)",
        ja="この列だけを示します。2024-budgeted のような列の名前、または様式に印刷された見出し"
        "（複数可）",
        metavar=("COLUMN", "列"),
        action="append",
        default=[],
    )


def row_choice_of(arguments: Namespace) -> RowChoice:
    """The rows that the arguments choose. Raises WrongYear for a year that is none."""
    from auditor.auditing.row_choice import RowChoice

    return RowChoice(
        sheets=arguments.sheet,
        kpis=arguments.kpi,
        years=arguments.year,
        kinds=arguments.kind,
        columns=arguments.column,
    )
