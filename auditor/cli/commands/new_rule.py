"""``auditor new-rule``: writes a rule to start from."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser
from auditor.cli.new_files import add_target, shown, target_of
from auditor.cli.output import write
from auditor.cli.session import add_plugin_option, form_named, session_of

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.forms.model import Form

__all__ = ["add_arguments", "run"]

_EACH = ("year", "sheet", "evaluation", "kpi", "kpi_year", "claim", "figure")


def add_arguments(parser: Parser) -> None:
    parser.operand(
        "code",
        en="the rule's code, such as CTY001",
        ja="規則のコード（例：CTY001）",
        metavar=("CODE", "コード"),
    )
    add_target(
        parser,
        en="the file to write (default: CODE.toml)",
        ja="書き出すファイル（省略時は「コード.toml」）",
    )
    parser.option(
        "--each",
        en="what it is judged on: year (each column of a sheet), sheet, evaluation, kpi, kpi_year, "
        "claim (what the text says of figures) or figure (default: year)",
        ja="何ごとに判定するか。year（シートの年度の列）、sheet（シート）、evaluation（評価）、"
        "kpi（指標）、kpi_year（指標の年度）、claim（文中の記述）、figure（合計できる項目）"
        "（省略時は year）",
        choices=_EACH,
        default="year",
        metavar=("ROW", "行"),
    )
    parser.option(
        "--form",
        en="the form that it is for, and that its cases are on (default: that of --plugin, else "
        "for all result sheets)",
        ja="規則の対象とし、例に使う様式（省略時は --plugin の様式、なければ成果シート全般）",
        metavar=("FORM", "様式"),
    )
    add_plugin_option(parser)


def run(arguments: Namespace) -> int:
    from auditor.starting.files import schema_beside, write_new
    from auditor.starting.names import check_code
    from auditor.starting.rule import rule_text

    session = session_of(arguments)
    code: str = arguments.code
    file = target_of(arguments, Path(f"{code}.toml"))
    check_code(code, file, session)
    form, is_named = _form(arguments, session)
    text = rule_text(code, arguments.each, form, session.forms, arguments.lang, named=is_named)
    line, schemas = schema_beside(file, "rule")
    files = {file: f"{line}\n{text}", **schemas}
    write_new(files)
    plugins = "".join(f" --plugin {name}" for name in arguments.plugin)
    test = f"auditor test-rules {file}{plugins}"
    write(
        arguments.say(
            f"Wrote {shown(files, ', ')}\nNext: change the rule and its cases, then {test}\n",
            f"書き出しました：{shown(files, '、')}\n"
            f"次にすること：規則と例を書き換え、{test} で試験してください\n",
        )
    )
    return 0


def _form(arguments: Namespace, session: Session) -> tuple[Form, bool]:
    """The form of the cases, and whether the rule is for it alone."""
    if arguments.form is not None:
        return form_named(arguments.form, session, arguments), True
    if session.forms_of_paths:
        return session.forms[session.forms_of_paths[0]], False
    from auditor.testing.build import largest_form

    return largest_form(), False
