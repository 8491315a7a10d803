"""``auditor new-form``: writes a form to start from, with a document that it reads."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from auditor.cli.arguments import Parser
from auditor.cli.new_files import add_target, shown, target_of
from auditor.cli.output import write
from auditor.cli.session import session_of

__all__ = ["add_arguments", "run"]


def add_arguments(parser: Parser) -> None:
    parser.operand(
        "name",
        en="the form's name, such as mycity",
        ja="様式の名前（例：mycity）",
        metavar=("NAME", "名前"),
    )
    add_target(
        parser,
        en="the file to write (default: NAME.toml); a document that it reads is written beside it",
        ja="書き出すファイル（省略時は「名前.toml」）。読み取れる文書の例も同じ場所に書き出します",
    )


def run(arguments: Namespace) -> int:
    from auditor.starting.files import schema_beside, write_new
    from auditor.starting.form import example_text, form_text
    from auditor.starting.names import check_form_name

    name: str = arguments.name
    arguments.plugin = list(arguments.settings.plugins)
    check_form_name(name, session_of(arguments))
    file = target_of(arguments, Path(f"{name}.toml"))
    line, schemas = schema_beside(file, "form")
    example = file.with_name(f"{file.stem}-example.csv")
    files = {
        file: f"{line}\n{form_text(name, arguments.lang)}",
        example: example_text(name),
        **schemas,
    }
    write_new(files)
    check = f"auditor forms check {file} {example}"
    write(
        arguments.say(
            f"Wrote {shown(files, ', ')}\n"
            f"Next: change the form, and try it: {check}\n"
            "`auditor draft-form DOCUMENT` drafts a form from a document of yours instead.\n",
            f"書き出しました：{shown(files, '、')}\n"
            f"次にすること：様式を書き換え、{check} で確認してください\n"
            "お手元の文書から様式の案を作るときは、auditor draft-form 文書 を使います。\n",
        )
    )
    return 0
