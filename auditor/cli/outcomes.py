"""Which rows are listed by their outcome: ``--outcomes``."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Final, cast

from auditor.cli.arguments import Parser
from auditor.cli.output import Refused

if TYPE_CHECKING:
    from auditor.auditing.outcome_rows import OutcomeListing
    from auditor.rules.findings import Outcome

__all__ = ["add_outcomes_option", "check_outcome_format", "listing_of", "outcomes_of"]

_OF_FINDINGS: Final = ("csv", "sarif", "junit", "github")
"""The formats that have findings alone."""


def add_outcomes_option(parser: Parser, *, en: str, ja: str) -> None:
    """Add ``--outcomes``, which the texts explain."""
    parser.option(
        "--outcomes",
        en=en,
        ja=ja,
        metavar=("OUTCOMES", "判定"),
        action="append",
        default=[],
    )


def outcomes_of(arguments: Namespace) -> tuple[Outcome, ...]:
    """The outcomes that were asked for; all, where none was. Raises Refused for one that there is
    not.
    """
    from auditor.rules.findings import OUTCOMES

    words = [word.strip() for word in ",".join(arguments.outcomes).split(",")]
    names = [word.replace("-", "_").lower() for word in words if word]
    for name in names:
        if name not in OUTCOMES:
            en, ja = ", ".join(OUTCOMES), "、".join(OUTCOMES)
            raise Refused(
                f"--outcomes: there is no outcome {name}; there are {en}",
                f"--outcomes：「{name}」という判定はありません。指定できるもの：{ja}",
            )
    return cast("tuple[Outcome, ...]", tuple(dict.fromkeys(names))) or OUTCOMES


def check_outcome_format(arguments: Namespace) -> None:
    """Raise Refused for rows in a format that has findings alone."""
    if arguments.outcomes and arguments.format in _OF_FINDINGS:
        raise Refused(
            f"--outcomes: the format {arguments.format} has findings alone; terminal, json, jsonl, "
            "markdown and html list rows",
            f"--outcomes：{arguments.format} 形式には指摘だけを出力します。"
            "terminal、json、jsonl、markdown、html を指定してください",
        )


def listing_of(arguments: Namespace) -> OutcomeListing | None:
    """What takes the rows that are listed; None where none was asked for. All rows are listed of a
    report that is divided among departments afterwards. Raises Refused as ``outcomes_of`` does.
    """
    if not arguments.outcomes:
        return None
    from auditor.auditing.outcome_rows import MOST_ROWS, OutcomeChoice, OutcomeListing

    is_divided = bool(arguments.department or arguments.output_dir or arguments.deliver)
    most = None if is_divided else MOST_ROWS
    return OutcomeListing(OutcomeChoice(frozenset(outcomes_of(arguments)), most))
