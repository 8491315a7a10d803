"""The findings that were accepted as they are: ``--waivers`` and ``--no-waivers``."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser
from auditor.cli.output import Refused

if TYPE_CHECKING:
    from auditor.waivers.model import Waiver

__all__ = ["add_waiver_options", "waivers_of"]


def add_waiver_options(parser: Parser) -> None:
    """Add ``--waivers`` and ``--no-waivers``."""
    parser.option(
        "--waivers",
        use="read",
        en="a file of findings that were accepted as they are: they are shown apart and do not "
        "count (may be repeated; default: the settings)",
        ja="確認済みファイル（訂正不要と確認した指摘の登録）を指定します。該当する指摘は"
        "「確認済み（訂正不要）」に分けて表示し、件数に含めません（複数可。省略時は設定のとおり）",
        metavar=("FILE", "ファイル"),
        action="append",
        default=[],
    )
    parser.flag(
        "--no-waivers",
        en="waive nothing: every finding counts",
        ja="確認済みファイルを使わず、すべての指摘を件数に含めます",
    )


def waivers_of(arguments: Namespace) -> tuple[Waiver, ...]:
    """The waivers of the files in force. Raises WaiverError for a file with faults, Refused for
    files and none at once.
    """
    in_settings = [arguments.settings.waivers]
    if arguments.no_waivers:
        if arguments.waivers and arguments.waivers != in_settings:
            raise Refused(
                "--waivers and --no-waivers exclude each other",
                "--waivers と --no-waivers は同時に指定できません",
            )
        return ()
    if not arguments.waivers:
        return ()
    from auditor.waivers.loading import read_waivers

    return read_waivers(arguments.waivers)
