"""The departments that a command is narrowed to: ``--department`` and ``--by``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from auditor.auditing.formats import By
from auditor.cli.arguments import Parser
from auditor.cli.display import print_missed
from auditor.cli.output import Refused

if TYPE_CHECKING:
    from auditor.records.model import Book, NotChecked

__all__ = ["add_department_options", "departments_of"]


def add_department_options(parser: Parser, groups: Sequence[By]) -> None:
    """Add ``--department``, and ``--by`` with these groups where there are some."""
    parser.option(
        "--department",
        en="only departments whose name holds this (may be repeated)",
        ja="名称にこの語を含む所管課・室だけを表示します（複数可）",
        metavar=("NAME", "名称"),
        action="append",
        default=[],
    )
    if groups:
        parser.option(
            "--by",
            en="group by",
            ja="まとめ方：department（所管課・室）、sheet（シート）、rule（規則）",
            choices=groups,
        )


def departments_of(
    arguments: Namespace, books: Sequence[Book], not_checked: Iterable[NotChecked]
) -> tuple[str, ...]:
    """The departments that ``--department`` names; none without it.

    Raises Refused, with the names that there are, where one is unknown. ``not_checked`` is
    reported then: the department may be in what could not be read.
    """
    from auditor.auditing.departments import departments, matching

    if not arguments.department:
        return ()
    names = [name for name in departments(books, arguments.settings.departments) if name]
    matches, unknown = matching(names, arguments.department)
    if unknown:
        print_missed(not_checked, arguments)
        raise Refused(
            f"no department is called {unknown[0]!r}; known: {', '.join(names) or 'none'}",
            f"「{unknown[0]}」を含む所管課・室はありません。"
            f"読み取れた所管課・室：{'、'.join(names) or 'なし'}",
        )
    return matches
