"""The operand of the commands that write files to start from, and what they say of these."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from auditor.cli.arguments import Metavar, Parser
from auditor.cli.output import Refused

__all__ = ["add_target", "shown", "target_of"]


def add_target(
    parser: Parser, *, en: str, ja: str, metavar: Metavar = ("FILE", "ファイル")
) -> None:
    """Add the operand that says where to write; there may be none."""
    parser.optional_operands("target", use="written", en=en, ja=ja, metavar=metavar)


def target_of(arguments: Namespace, otherwise: Path) -> Path:
    """Where to write. Raises Refused for more than one place."""
    places: list[str] = arguments.target
    if len(places) > 1:
        listed = ", ".join(places)
        raise Refused(
            f"one file or folder was expected, not {listed}",
            f"書き出す場所は1つだけ指定してください（指定：{listed}）",
        )
    return Path(places[0]) if places else otherwise


def shown(files: Iterable[Path], between: str) -> str:
    """Paths for people."""
    return between.join(map(str, files))
