"""``auditor desk``: opens the page that audits in a browser, or says how to come by it."""

from __future__ import annotations

import sys
import sysconfig
from argparse import Namespace
from pathlib import Path
from typing import Final

from auditor.cli.arguments import Parser
from auditor.cli.output import Refused, write

__all__ = ["PAGE", "add_arguments", "page", "places", "run"]

PAGE: Final = "auditor-desk.html"
_PACKAGE: Final = Path(__file__).resolve().parents[2]


def add_arguments(parser: Parser) -> None:
    parser.option(
        "--where",
        en="only show where the page lies",
        ja="画面のファイルの場所だけを表示します（開きません）",
        action="store_true",
    )


def run(arguments: Namespace) -> int:
    file = page()
    if file is None:
        target = places()[0].parent
        raise Refused(
            f"the page {PAGE} is not installed here; it comes as a file of its own beside the "
            f"release. Open that file by a double click, or put it into {target} for this command",
            f"画面のファイル {PAGE} が見つかりません。プログラムとは別に配布しています。"
            f"入手したファイルをダブルクリックで開くか、{target} に置いてから、"
            "もう一度実行してください",
        )
    if not arguments.where and not _opened(file):
        write(
            arguments.say(
                "There is no browser to open here. Open this file in Microsoft Edge or Google "
                "Chrome:\n",
                "ブラウザーを開けませんでした。次のファイルを Microsoft Edge または "
                "Google Chrome で開いてください。\n",
            )
        )
    write(f"{file}\n")
    return 0


def places() -> tuple[Path, ...]:
    """Where the page may lie: with the installation, beside the package, or as it was built."""
    return (
        Path(sysconfig.get_path("data"), "share", "sheet-auditor", PAGE),
        _PACKAGE / PAGE,
        _PACKAGE.parent / PAGE,
        _PACKAGE.parent / "dist" / PAGE,
    )


def page() -> Path | None:
    """The page's file; None where there is none."""
    return next((place for place in places() if place.is_file()), None)


def _opened(file: Path) -> bool:
    """Whether a browser took the page."""
    import webbrowser

    # A browser in the terminal would take it over, and runs no such page.
    if sys.platform.startswith("linux") and not _has_screen():
        return False
    try:
        return webbrowser.open(file.as_uri())
    except (webbrowser.Error, OSError):
        return False


def _has_screen() -> bool:
    import os

    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
