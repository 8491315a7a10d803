"""``auditor unmark``: writes marked copies without their marks."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from auditor.cli.arguments import Parser
from auditor.cli.display import print_missed
from auditor.cli.documents import number_type
from auditor.cli.output import Refused, print_error, write
from auditor.files.atomic import input_at, refusals, write_whole
from auditor.files.names import loose_name
from auditor.records.errors import AuditorError

if TYPE_CHECKING:
    from auditor.records.model import NotChecked

__all__ = ["add_arguments", "run"]

_MARKED: Final = "（指摘）"


def add_arguments(parser: Parser) -> None:
    parser.operands(
        "files",
        use="read",
        en="marked copies (.xlsx, .xlsm, .pdf), or folders of them",
        ja="指摘を書き込んだ写し（.xlsx、.xlsm、.pdf）、またはそのフォルダー",
        metavar=("COPY", "写し"),
    )
    parser.option(
        "--output",
        use="written",
        en="write the one copy to a file",
        ja="写しが1つのとき、書き出すファイルを指定します",
        metavar=("FILE", "ファイル"),
        type=Path,
    )
    parser.option(
        "--output-dir",
        use="filled",
        en="write the copies into a folder, under their names without （指摘）",
        ja="写しをフォルダーに書き出します（名前から「（指摘）」を除きます）",
        metavar=("DIR", "フォルダー"),
        type=Path,
    )
    parser.flag(
        "--force",
        en="let --output and --output-dir replace files",
        ja="既存のファイルを置き換えます",
    )
    parser.option(
        "--limits",
        en="let a workbook or PDF take N times the usual time, memory and size (default: 1)",
        ja="ブックや PDF の処理に、通常の N 倍の時間・メモリ・大きさを認めます（省略時は1）",
        metavar="N",
        type=_times,
        default=1,
    )


def _times(text: str) -> int:
    return number_type(text, 1, 64)


def run(arguments: Namespace) -> int:
    """Write all copies that can be written; 2 where one could not be."""
    from auditor.marking.unmarking import unmarked

    missed: list[NotChecked] = []
    copies = list(dict.fromkeys(_copies(arguments.files, missed)))
    failed = bool(print_missed(missed, arguments))
    targets = _targets(arguments, copies)
    for copy, target in zip(copies, targets, strict=True):
        try:
            data = _bytes_of(copy)
            write_whole(target, unmarked(data, arguments.limits), like=Path(copy))
        except AuditorError as fault:
            failed = True
            message = fault.message
            print_error(arguments.say(f"{copy}: {message.en}", f"{copy}：{message.ja}"))
            continue
        write(arguments.say(f"Written: {target}\n", f"書き出しました：{target}\n"))
    return 2 if failed else 0


def _copies(paths: Iterable[str], missed: list[NotChecked]) -> Iterator[str]:
    """The files that are named, and the marked copies in folders; folders that can't be read are
    added to ``missed``.
    """
    from auditor.readers.folders import contents_of, is_folder

    for path in paths:
        if not os.path.lexists(path):
            raise Refused(f"there is no {path}", f"{path} がありません")
        if not is_folder(path):
            yield path
            continue
        contents = contents_of(path)
        copies = contents.copies
        unread = [item for item in contents.not_checked if item.why.code == "unreadable"]
        missed += unread
        if not copies and not unread:
            raise Refused(
                f"there is no marked copy in {path}",
                f"{path} に、指摘を書き込んだ写しがありません",
            )
        yield from copies


def _bytes_of(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError):
        raise Refused(f"{path} can't be opened", f"{path} を開けません") from None


def _targets(arguments: Namespace, copies: list[str]) -> list[Path]:
    """Where each copy goes. Raises Refused, before anything is written, where one can't."""
    output, folder = arguments.output, arguments.output_dir
    if (output is None) == (folder is None):
        raise Refused(
            "name where to write: --output FILE, or --output-dir DIR",
            "書き出し先を --output か --output-dir で指定してください",
        )
    if output is not None and len(copies) != 1:
        raise Refused(
            f"--output takes one copy, and there are {len(copies)}; use --output-dir",
            f"--output で書き出せるのは1件です（写しは{len(copies)}件あります）。"
            "--output-dir を指定してください",
        )
    targets = [output] if output is not None else [_in_folder(folder, copy) for copy in copies]
    names = [loose_name(os.path.realpath(target)) for target in targets]
    for copy, target, name in zip(copies, targets, names, strict=True):
        if names.count(name) > 1:
            raise Refused(
                f"several copies would become {target}; write them one at a time with --output",
                f"複数の写しが {target} になってしまいます。--output で1件ずつ書き出してください",
            )
        _check(target, copy, copies, arguments.force)
    if folder is not None:
        with refusals(folder):
            folder.mkdir(parents=True, exist_ok=True)
    return targets


def _in_folder(folder: Path, copy: str) -> Path:
    path = Path(copy)
    stem = path.stem
    while stem.endswith(_MARKED) and stem != _MARKED:
        stem = stem.removesuffix(_MARKED)
    return folder / f"{stem}{path.suffix}"


def _check(target: Path, copy: str, copies: list[str], force: bool) -> None:
    """Raises Refused for a file that must not be written."""
    if input_at(target, copies) is not None:
        raise Refused(
            f"{target} is one of the input files", f"{target} は入力ファイルです。上書きしません"
        )
    ending = Path(copy).suffix.lower()
    if target.suffix.lower() != ending:
        raise Refused(
            f"the file without marks has to end in {ending}, as {copy} does",
            f"書き出すファイルの名前は、{copy} と同じく {ending} で終わる必要があります",
        )
    with refusals(target):
        exists = target.exists()
    if exists and not force:
        raise Refused(
            f"{target} exists already; use --force to replace it",
            f"{target} はすでにあります。置き換えるには --force を付けてください",
        )
