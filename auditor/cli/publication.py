"""What the files would give away if they were published: ``--before-publication``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser
from auditor.cli.output import Progress, Refused

if TYPE_CHECKING:
    from auditor.cli.documents import Inputs
    from auditor.publication.disclosures import Disclosures
    from auditor.rules.ruleset import RuleSet

__all__ = ["add_publication_option", "check_publication", "disclosures_of"]


def add_publication_option(parser: Parser) -> None:
    """Add ``--before-publication``."""
    parser.flag(
        "--before-publication",
        en="list too what the files would give away if they were published: hidden parts, "
        "comments, names of people, links, telephone numbers … (notes)",
        ja="ファイルをそのまま公開すると読み取られるもの（非表示の部分、コメント、人の名前、リンク、"
        "電話番号など）も参考として表示します",
    )


def check_publication(arguments: Namespace, rules: RuleSet) -> None:
    """Raise Refused, before any work, where the selection of rules leaves nothing to look for."""
    if arguments.before_publication and not rules.of_files:
        raise Refused(
            "--before-publication needs the rules PUB, which --select or --ignore leave out",
            "--before-publication には規則 PUB が必要ですが、--select または --ignore で"
            "除かれています",
        )


def disclosures_of(
    arguments: Namespace, inputs: Inputs, name_of: Callable[[str], str]
) -> tuple[Disclosures, ...] | None:
    """What each of the files would give away; None where nobody asked. ``name_of`` gives the name
    that a path has in the report.
    """
    if not arguments.before_publication:
        return None
    from auditor.publication.files import disclosures_in

    with Progress(arguments.say, "looking through", "公開前の確認中") as progress:
        return disclosures_in(
            _files(inputs),
            name_of=name_of,
            factor=arguments.limits,
            jobs=arguments.jobs,
            progress=progress.show,
        )


def _files(inputs: Inputs) -> list[str]:
    """All files that are read, each once: documents, and the files of tables."""
    from auditor.readers.folders import contents_of

    paths: dict[str, None] = {}
    for path in inputs.others:
        paths |= dict.fromkeys(contents_of(path, inputs.tables).documents)
    for path in inputs.tables:
        folder = Path(path)
        files = sorted(folder.iterdir()) if folder.is_dir() else [folder]
        paths |= dict.fromkeys(str(file) for file in files if file.is_file())
    return list(paths)
