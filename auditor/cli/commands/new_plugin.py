"""``auditor new-plugin``: writes an installable plugin to start from, with its tests."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from auditor.cli.arguments import Parser
from auditor.cli.new_files import add_target, target_of
from auditor.cli.output import write
from auditor.cli.session import session_of

__all__ = ["add_arguments", "run"]


def add_arguments(parser: Parser) -> None:
    parser.operand(
        "name",
        en="the name of the plugin and of its form, such as mycity",
        ja="プラグインと様式の名前（例：mycity）",
        metavar=("NAME", "名前"),
    )
    add_target(
        parser,
        en="the folder to write into (default: sheet-auditor-NAME)",
        ja="書き出すフォルダー（省略時は「sheet-auditor-名前」）",
        metavar=("FOLDER", "フォルダー"),
    )
    parser.option(
        "--prefix",
        en="what the codes of its rules begin with, such as CTY (default: the letters of NAME)",
        ja="規則コードの接頭辞（例：CTY。省略時は名前の英字）",
        metavar=("CTY", "CTY"),
    )


def run(arguments: Namespace) -> int:
    from auditor.starting.files import write_new
    from auditor.starting.names import check_form_name, check_prefix, prefix_of
    from auditor.starting.plugin import distribution, plugin_files

    name: str = arguments.name
    arguments.plugin = list(arguments.settings.plugins)
    session = session_of(arguments)
    check_form_name(name, session)
    prefix: str = arguments.prefix or prefix_of(name)
    check_prefix(prefix, session)
    folder = target_of(arguments, Path(distribution(name)))
    files = plugin_files(name, prefix, arguments.lang)
    write_new({folder / path: text for path, text in files.items()})
    install, example = 'pip install -e ".[test]"', f"example/{name}-2024.csv"
    listing = "\n".join(f"  {path}" for path in sorted(map(str, files)))
    write(
        arguments.say(
            f"Wrote into {folder}:\n{listing}\n"
            f"Next: cd {folder}, {install}, pytest, auditor check {example}\n",
            f"{folder} に書き出しました。\n{listing}\n"
            f"次にすること：cd {folder}、{install}、pytest、auditor check {example}\n",
        )
    )
    return 0
