"""What does not fail again: ``--baseline`` names an earlier JSON report."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser

if TYPE_CHECKING:
    from auditor.auditing.rounds import EarlierRound

__all__ = ["add_baseline_option", "baseline_of"]


def add_baseline_option(parser: Parser) -> None:
    """Add ``--baseline``."""
    parser.option(
        "--baseline",
        use="read",
        en="an earlier JSON report: what it reports is shown as known, and the exit code is 1 only "
        "for what is new",
        ja="以前の JSON の結果を指定します。そこにある指摘は「既知」と表示し、新規の指摘が"
        "あるときだけ終了コードを1にします",
        metavar=("RESULT", "結果"),
        type=Path,
    )


def baseline_of(arguments: Namespace) -> EarlierRound | None:
    """The audit that ``--baseline`` names. Raises EarlierError for what is none, or does not list
    all its findings.
    """
    if arguments.baseline is None:
        return None
    from auditor.reports.earlier import whole_round

    return whole_round(arguments.baseline)
