"""The command ``auditor``: arguments in, the public API's answers out; what goes wrong is one
line and exit code 2.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from auditor.cli.arguments import Lang, Parser, wanted_language
from auditor.cli.output import (
    Progress,
    Refused,
    complain,
    is_input,
    prepare,
    refusal,
    safe_name,
    write,
    write_file,
)
from auditor.version import __version__

# What a command needs is imported where it is used: `auditor explain` must not wait for readers
# and report formats.
if TYPE_CHECKING:
    from auditor.auditing.documents import Report
    from auditor.auditing.formats import ReportContext
    from auditor.auditing.session import Session
    from auditor.readers.source import ReadResult
    from auditor.records.model import Book, NotChecked
    from auditor.records.text import Text
    from auditor.rules.ruleset import RuleSet
    from auditor.tables.findings import FindingFile

__all__ = ["main"]

Say = Callable[[str, str], str]
_EXTENSIONS: Final = {"terminal": "txt", "markdown": "md"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0, 1 for findings, 2 where something could not be
    done.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    lang = wanted_language(arguments)
    prepare()
    try:
        asked = _parser(lang).parse_args(arguments)
        run: Callable[[Namespace], int] = asked.run
        return run(asked)
    except SystemExit as end:  # argparse ends so, after a help text or a fault
        return end.code if isinstance(end.code, int) else 0
    except Refused as fault:
        complain(fault.ja if lang == "ja" else fault.en)
    except KeyboardInterrupt:
        complain("中断しました" if lang == "ja" else "interrupted")
    except Exception as fault:  # a fault of the program; users get a line, developers the traceback
        if os.environ.get("AUDITOR_TRACEBACK"):
            raise
        said = " ".join(f"{type(fault).__name__}: {fault}".split())
        hint = "AUDITOR_TRACEBACK=1"
        complain(
            f"プログラムの異常です: {said}（{hint} で詳細を表示）"
            if lang == "ja"
            else f"internal error: {said} ({hint} shows more)"
        )
    return 2


def _parser(lang: Lang) -> Parser:
    def say(en: str, ja: str) -> str:
        return ja if lang == "ja" else en

    parser = Parser(
        lang,
        prog="auditor",
        description=say(
            "Audits the figures of municipal result sheets.",
            "自治体の主要施策成果シートなどの数値を検査し、互いに矛盾する数値を指摘します。",
        ),
        epilog=say(
            "Exit codes: 0 no finding at or above --fail-on, 1 findings, 2 something could not be checked.",
            "終了コード: 0 --fail-on 以上の指摘なし、1 指摘あり、2 検査できなかったものあり",
        ),
    )
    parser.options.add_argument(
        "--version",
        action="version",
        version=f"auditor {__version__}",
        help=say("show the version", "版を表示します"),
    )
    _language_option(parser, say)
    parser.set_defaults(lang=lang, say=say, run=partial(_overview, parser))
    commands = parser.add_subparsers(
        title=say("commands", "コマンド"), metavar=say("COMMAND", "コマンド")
    )
    for name, (help_text, add, run) in _COMMANDS.items():
        text = say(*help_text)
        command = commands.add_parser(name, lang=lang, help=text, description=text)
        add(command, say)
        _language_option(command, say)
        command.set_defaults(run=run)
    return parser


def _overview(parser: Parser, _: Namespace) -> int:
    parser.print_help(sys.stderr)
    return 2


# --- options ---------------------------------------------------------------------------------------------------------


def _language_option(parser: Parser, say: Say) -> None:
    help_text = say(
        "language of the output (default: of the locale)",
        "表示の言語（省略時はロケールに従います）",
    )
    parser.options.add_argument("--lang", choices=("ja", "en"), help=help_text, default=parser.lang)


def _plugin_option(parser: Parser, say: Say) -> None:
    help_text = say(
        "use a plugin too: a module, a .py file, a rule or form file, or a folder of them (may be repeated)",
        "プラグインを追加します。モジュール名、.py ファイル、規則や様式のファイル、またはそのフォルダー（複数可）",
    )
    parser.options.add_argument(
        "--plugin", action="append", default=[], metavar=say("PLUGIN", "プラグイン"), help=help_text
    )


def _document_options(parser: Parser, say: Say) -> None:
    parser.arguments.add_argument(
        "files",
        nargs="+",
        metavar=say("FILE", "ファイル"),
        help=say("documents to read, or folders of them", "読み取る文書、またはそのフォルダー"),
    )
    parser.options.add_argument(
        "--form",
        metavar=say("FORM", "様式"),
        help=say(
            "insist on a form (default: recognised)", "様式を指定します（省略時は自動で判別します）"
        ),
    )
    parser.options.add_argument(
        "--table",
        action="store_true",
        help=say(
            "the files are tidy tables (CSV, Parquet); a folder of years.csv, sheets.csv … always is",
            "ファイルを表（CSV、Parquet）として読み取ります（years.csv、sheets.csv などのフォルダーは指定不要）",
        ),
    )
    parser.options.add_argument(
        "--jobs",
        type=_count,
        default=1,
        metavar="N",
        help=say(
            "read N documents at a time (default: 1)", "N 件の文書を同時に読み取ります（省略時は1）"
        ),
    )
    parser.options.add_argument(
        "--limits",
        type=_count,
        default=1,
        metavar="N",
        help=say(
            "let a workbook or PDF take N times the usual time, memory and size (default: 1)",
            "ブックや PDF の読み取りに、通常の N 倍の時間・メモリ・大きさを認めます（省略時は1）",
        ),
    )
    _plugin_option(parser, say)


def _count(text: str) -> int:
    return _number(text, 1, 64)


def _most(text: str) -> int:
    return _number(text, 0, 1_000_000_000)


def _number(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and low <= int(text) <= high):
        raise ArgumentTypeError(f"a number from {low} to {high} was expected")
    return int(text)


def _rule_options(parser: Parser, say: Say) -> None:
    rules = say("RULES", "規則")
    for option, en, ja in (
        (
            "--select",
            "check these rules only: codes, names or families, with commas",
            "この規則だけで検査します（規則コード・規則名・FND などの分類。コンマ区切り）",
        ),
        (
            "--ignore",
            "leave these rules out",
            "この規則では検査しません（書き方は --select と同じ）",
        ),
    ):
        parser.options.add_argument(
            option, action="append", default=[], metavar=rules, help=say(en, ja)
        )


def _output_options(parser: Parser, say: Say, formats: str) -> None:
    parser.options.add_argument(
        "--format",
        default="terminal",
        metavar=say("FORMAT", "形式"),
        help=say(f"{formats} (default: terminal)", f"{formats}（省略時は terminal）"),
    )
    parser.options.add_argument(
        "--output",
        type=Path,
        metavar=say("FILE", "ファイル"),
        help=say(
            "write to a file instead; never over an input",
            "画面の代わりにファイルへ書き出します（入力ファイルには上書きしません）",
        ),
    )


def _department_options(parser: Parser, say: Say, groups: tuple[str, ...]) -> None:
    parser.options.add_argument(
        "--department",
        action="append",
        default=[],
        metavar=say("NAME", "名称"),
        help=say(
            "only departments whose name holds this (may be repeated)",
            "名称にこの語を含む所管課・室だけを表示します（複数可）",
        ),
    )
    parser.options.add_argument(
        "--by",
        choices=groups,
        help=say("group by", "まとめ方: department 所管課・室、sheet シート、rule 規則"),
    )


def _report_options(parser: Parser, say: Say) -> None:
    _rule_options(parser, say)
    parser.options.add_argument(
        "--fail-on",
        choices=("error", "warning", "note", "never"),
        default="error",
        help=say(
            "findings from which on the exit code is 1 (default: error)",
            "終了コードを1にする指摘の重要度（省略時は error）",
        ),
    )
    _department_options(parser, say, ("department", "sheet", "rule"))
    for option, en, ja in (
        (
            "--totals",
            "add the book's totals by column and source",
            "年度・財源ごとの合計も表示します（決算書との照合用）",
        ),
        (
            "--unsure",
            "list the figures whose column was not sure",
            "年度の列が確実でない数値も表示します",
        ),
        (
            "--statistics",
            "add outcomes and findings of every rule",
            "規則別の判定と指摘の件数も表示します",
        ),
    ):
        parser.options.add_argument(option, action="store_true", help=say(en, ja))
    parser.options.add_argument(
        "--max-findings",
        type=_most,
        default=10_000,
        metavar="N",
        help=say(
            "list at most N findings; every count is of all findings all the same (default: 10000)",
            "掲載する指摘を N 件までにします。件数の表示は常に全件のものです（省略時は10000）",
        ),
    )
    _output_options(parser, say, "terminal, json, markdown, csv")
    parser.options.add_argument(
        "--output-dir",
        type=Path,
        metavar=say("DIR", "フォルダー"),
        help=say(
            "with --by department: one file for each department",
            "--by department とともに指定すると、所管課・室ごとにファイルを分けて書き出します",
        ),
    )
    parser.options.add_argument(
        "--force",
        action="store_true",
        help=say("let --output-dir replace files", "--output-dir で既存のファイルを置き換えます"),
    )


def _check_options(parser: Parser, say: Say) -> None:
    _document_options(parser, say)
    _report_options(parser, say)
    parser.options.add_argument(
        "--mark",
        type=Path,
        metavar=say("COPY", "写し"),
        help=say(
            "write a copy of the document (.xlsx, .xlsm, .pdf) with the findings on the spot; never over an input",
            "文書（.xlsx、.xlsm、.pdf）の写しを作り、指摘をその場所に書き込みます（入力ファイルには上書きしません）",
        ),
    )
    parser.options.add_argument(
        "--engine",
        choices=("polars", "duckdb", "spark"),
        help=say("what audits tables (default: polars)", "表を検査するエンジン（省略時は polars）"),
    )
    parser.options.add_argument(
        "--spark-master",
        metavar="URL",
        help=say(
            "with --engine spark: the cluster (default: local[*], this machine)",
            "--engine spark で使うクラスター（省略時は local[*]、このコンピューター）",
        ),
    )
    parser.options.add_argument(
        "--findings",
        type=Path,
        metavar=say("FILE", "ファイル"),
        help=say(
            "write every finding, a row each, to a .parquet, .jsonl or .csv file too; never among the inputs",
            "指摘を全件、1件1行で .parquet、.jsonl、.csv のファイルにも書き出します（入力の場所には書き込みません）",
        ),
    )


def _demo_options(parser: Parser, say: Say) -> None:
    _plugin_option(parser, say)
    _report_options(parser, say)


def _read_options(parser: Parser, say: Say) -> None:
    _document_options(parser, say)
    _output_options(parser, say, "terminal, json")


def _totals_options(parser: Parser, say: Say) -> None:
    _document_options(parser, say)
    _department_options(parser, say, ("department",))
    _output_options(parser, say, "terminal, json, csv")


def _rules_options(parser: Parser, say: Say) -> None:
    analyse = say(
        "say which rules contradict each other, follow from others, or never fail or apply",
        "矛盾する規則や不要な規則を示します",
    )
    suspects = say(
        "say which rules the search for suspects can't use, and why",
        "疑わしい箇所の探索に使えない規則とその理由を示します",
    )
    columns = say(
        "say which rules can't be columns, so that they judge tables row by row, and why",
        "列の式にできず、表を1行ずつ判定する規則とその理由を示します",
    )
    parser.options.add_argument("--analyse", action="store_true", help=analyse)
    parser.options.add_argument("--suspects", action="store_true", help=suspects)
    parser.options.add_argument("--columns", action="store_true", help=columns)
    _plugin_option(parser, say)
    _rule_options(parser, say)
    _output_options(parser, say, "terminal, json")


def _explain_options(parser: Parser, say: Say) -> None:
    codes = say(
        "code, name or family of a rule; a retired code too",
        "規則コード・規則名・分類（廃止されたコードも使えます）",
    )
    parser.arguments.add_argument("codes", nargs="+", metavar=say("CODE", "規則"), help=codes)
    _plugin_option(parser, say)
    _output_options(parser, say, "terminal, json")


def _plugins_options(parser: Parser, say: Say) -> None:
    _plugin_option(parser, say)
    _output_options(parser, say, "terminal, json")


def _test_rules_options(parser: Parser, say: Say) -> None:
    paths = say(
        "rule files (.toml, .py), or folders of them",
        "規則ファイル（.toml、.py）またはそのフォルダー",
    )
    parser.arguments.add_argument("paths", nargs="+", metavar=say("PATH", "パス"), help=paths)
    _plugin_option(parser, say)
    _output_options(parser, say, "terminal, json")


# --- commands --------------------------------------------------------------------------------------------------------


def _check(asked: Namespace) -> int:
    session = _session(asked)
    rules = _chosen(session, asked)
    _known_format(asked.format, session.reports)
    tables, others = _tables_and_others(session, asked)
    if _by_columns(asked, tables, others):
        missed = _read_documents(
            session, asked, tables, others
        ).not_checked  # what a folder holds beside its tables
        return _audited(
            asked,
            session,
            rules,
            (),
            partial(_tables_report, asked, session, rules, tables, missed),
            asked.files,
        )
    books, not_checked = _read_books(session, asked)
    return _audited(
        asked,
        session,
        rules,
        books,
        partial(_books_report, asked, session, rules, books, not_checked),
        asked.files,
    )


def _demo(asked: Namespace) -> int:
    """The exit code is 0 for a demonstration that worked, findings or not."""
    import auditor_datasets

    session = _session(asked)
    rules = _chosen(session, asked)
    _known_format(asked.format, session.reports)
    books = tuple(
        book
        for name in auditor_datasets.names()
        if name.endswith("faulty")
        for book in auditor_datasets.load(name)
    )
    return (
        2
        if _audited(
            asked,
            session,
            rules,
            books,
            partial(_books_report, asked, session, rules, books, ()),
            (),
        )
        == 2
        else 0
    )


def _by_columns(asked: Namespace, tables: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the inputs are tables, to be audited without a record of each row; refuses the
    options that ask for both.
    """
    from auditor.readers.folders import found_in

    options = {
        "--totals": asked.totals,
        "--unsure": asked.unsure,
        "--department": asked.department,
        "--by department": asked.by == "department",
        "--output-dir": asked.output_dir,
    }
    by_records = [option for option, given in options.items() if given]
    if asked.spark_master is not None and asked.engine != "spark":
        raise Refused(
            "--spark-master needs --engine spark",
            "--spark-master は --engine spark とともに指定してください",
        )
    if not tables and asked.engine is None:
        return False
    documents = [document for path in others for document in found_in(path, tables).documents]
    for option in ("--engine", "--findings") if tables else ("--engine",):
        if getattr(asked, option[2:]) is None:
            continue
        if documents:
            raise Refused(
                f"{option} needs tables alone, and {documents[0]} is a document; audit documents in a call of their own",
                f"{option} は表だけの検査で使えます。{documents[0]} は文書です。文書は別に検査してください",
            )
        if by_records:
            raise Refused(
                f"{option} of tables can't be combined with {by_records[0]}, which needs a record of every sheet",
                f"表の検査では、{option} を {by_records[0]}（すべてのシートの記録が必要です）と同時に指定できません",
            )
    return not documents and not by_records


def _tables_report(
    asked: Namespace,
    session: Session,
    rules: RuleSet,
    tables: Sequence[str],
    not_checked: Sequence[NotChecked],
    file: FindingFile | None,
    most: int | None,
) -> Report:
    from auditor.auditing.options import AuditOptions
    from auditor.auditing.tables import audit_tables
    from auditor.engines import MissingEngine, engine_named

    try:
        engine = engine_named(asked.engine or "polars", asked.spark_master)
    except MissingEngine as fault:
        raise Refused(fault.reason.en, fault.reason.ja) from None
    with Progress(asked.say("auditing", "検査中")) as progress:
        return audit_tables(
            tables,
            rules,
            session.forms,
            AuditOptions(
                not_checked=[*session.problems, *not_checked],
                fail_on=asked.fail_on,
                max_findings=most,
                findings=file,
                form=asked.form,
                engine=engine,
                progress=progress.told,
            ),
        )


def _books_report(
    asked: Namespace,
    session: Session,
    rules: RuleSet,
    books: Sequence[Book],
    not_checked: Sequence[NotChecked],
    file: FindingFile | None,
    most: int | None,
) -> Report:
    from auditor.auditing.documents import audit
    from auditor.auditing.options import AuditOptions

    missed = [*session.problems, *not_checked]
    return audit(
        books,
        rules,
        session.forms,
        AuditOptions(not_checked=missed, fail_on=asked.fail_on, max_findings=most, findings=file),
    )


def _audited(
    asked: Namespace,
    session: Session,
    rules: RuleSet,
    books: Sequence[Book],
    audited: Callable[[FindingFile | None, int | None], Report],
    inputs: Sequence[str],
) -> int:
    """Write what ``audited`` says, given the file for findings and how many to list; ``books``
    are their records, where there are any.
    """
    from auditor.auditing import departments as overview
    from auditor.reports import findings as told

    if asked.output_dir and (asked.by != "department" or asked.output):
        raise Refused(
            "--output-dir needs --by department, and no --output",
            "--output-dir は --by department とともに、--output なしで指定してください",
        )
    narrowing = asked.department or asked.output_dir  # a report is narrowed first, then limited
    with _finding_file(asked, inputs) as file:
        report = audited(file, None if narrowing else asked.max_findings)
    wanted = _departments(asked, books, report.not_checked)
    context = _context(asked, session, rules, books)
    try:
        if asked.output_dir:
            names = list(wanted or overview.departments(books))
            apart = any(finding.sheet is None for finding in report.findings) or report.kpis
            if not wanted and apart and "" not in names:
                names.append("")
            _write_departments(asked, session, rules, books, report, names, inputs)
        else:
            if wanted:
                shown = overview.of_departments(report, wanted)
                hidden = len(report.findings) - len(shown.findings)
                context = _context(
                    asked, session, rules, overview.books_of(books, wanted), wanted, hidden
                )
                report = shown.limited(asked.max_findings)
            _deliver(asked, _rendered(asked, session, report, context), inputs)
    except _FormatFailed as fault:
        report = report.limited(asked.max_findings).model_copy(
            update={"not_checked": (*report.not_checked, fault.missed)}
        )
        write(session.reports["terminal"].render(report, context))
    if getattr(asked, "mark", None) is not None:
        _mark(asked, session, report, inputs)
    if asked.output or asked.output_dir:
        complain(
            told.conclusion(
                report,
                told.wording_of(report, _context(asked, session, rules, books)),
                narrowed=bool(wanted),
            )
        )
    return report.exit_code


@contextmanager
def _finding_file(
    asked: Namespace, inputs: Sequence[str]
) -> Generator[FindingFile | None, None, None]:
    """The file of --findings, open for rows; None without one."""
    path: Path | None = getattr(asked, "findings", None)
    if path is None:
        yield None
        return
    for name, other in (("--output", asked.output), ("--mark", asked.mark)):
        if other is not None and os.path.realpath(other) == os.path.realpath(path):
            raise Refused(
                f"--findings and {name} name the same file",
                f"--findings と {name} が同じファイルです",
            )
    from auditor.tables.findings import FindingFile, FindingFileError

    try:
        with FindingFile(path, inputs) as file:
            yield file
    except FindingFileError as fault:
        if fault.refusal is None:
            raise Refused(fault.reason.en, fault.reason.ja) from None
        said = refusal(fault.refusal)
        raise Refused(
            f"{path} can't be written: {said.en}", f"{path} に書き込めません（{said.ja}）"
        ) from None


def _mark(asked: Namespace, session: Session, report: Report, inputs: Sequence[str]) -> None:
    """Write the marked-up copy of the one document of its kind."""
    from auditor.files.confined import Limits
    from auditor.files.ooxml import Limits as WorkbookLimits
    from auditor.marking.copies import MarkError
    from auditor.marking.pdf.copy import mark_pdf
    from auditor.marking.workbook.copy import mark_workbook
    from auditor.readers.documents import documents_in

    kind = asked.mark.suffix.lower()
    named = [document for path in inputs for document in documents_in(path)]
    same = [path for path in named if Path(path).suffix.lower() == kind]
    source = named[0] if len(named) == 1 else same[0] if len(same) == 1 else None
    if source is None:
        raise Refused(
            f"--mark copies one document, and {len(same)} of the files are {kind or 'of that kind'}",
            f"--mark で写しを作れる文書は1つだけです（{kind or '同じ種類'} の入力は {len(same)} 件あります）",
        )
    if is_input(asked.mark, inputs):
        raise Refused(
            f"{asked.mark} is one of the input files",
            f"{asked.mark} は入力ファイルです。上書きしません",
        )
    if os.path.realpath(source) not in {
        os.path.realpath(document.path) for document in report.documents
    }:
        raise Refused(
            f"{source} was not read, so no marked copy was made",
            f"{source} を読み取れなかったため、写しは作成していません",
        )
    try:
        if kind == ".pdf":
            caution = mark_pdf(
                source,
                report,
                asked.mark,
                asked.lang,
                forms=session.forms,
                limits=Limits().raised(asked.limits),
            )
        else:
            size = WorkbookLimits().raised(asked.limits)
            caution = mark_workbook(
                source, report, asked.mark, asked.lang, forms=session.forms, limits=size
            )
    except MarkError as fault:
        raise Refused(fault.reason.en, fault.reason.ja) from None
    if caution is not None:
        complain(f"{asked.mark}: {caution.of(asked.lang)}")


def _write_departments(
    asked: Namespace,
    session: Session,
    rules: RuleSet,
    books: Sequence[Book],
    report: Report,
    names: Sequence[str],
    inputs: Sequence[str],
) -> None:
    from auditor.auditing import departments as overview

    folder: Path = asked.output_dir
    otherwise = asked.say("no department", "所管課・室なし")
    taken: set[str] = set()
    extension = _EXTENSIONS.get(asked.format, asked.format)
    paths = [folder / f"{safe_name(name, taken, otherwise)}.{extension}" for name in names]
    existing = [str(path) for path in paths if path.exists()]
    if existing and not asked.force:
        more = len(existing) - 1
        raise Refused(
            f"{existing[0]} exists already"
            + (f", and {more} more" if more else "")
            + "; nothing was written; use --force to replace",
            f"{existing[0]} "
            + (f"など{more + 1}件のファイル" if more else "")
            + "がすでにあるため、何も書き出しませんでした。置き換えるには --force を付けてください",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        said = refusal(fault)
        raise Refused(
            f"{folder} can't be made: {said.en}", f"{folder} を作成できません（{said.ja}）"
        ) from None
    for name, path in zip(names, paths, strict=True):
        shown = overview.of_departments(report, {name})
        hidden = len(report.findings) - len(shown.findings)
        context = _context(
            asked, session, rules, overview.books_of(books, {name}), (name or otherwise,), hidden
        )
        write_file(
            path, _rendered(asked, session, shown.limited(asked.max_findings), context), inputs
        )


def _read(asked: Namespace) -> int:
    session = _session(asked)
    _known_format(asked.format, ("terminal", "json"))
    books, not_checked = _read_books(session, asked)
    missed = [*session.problems, *not_checked]
    if asked.format == "json":
        from auditor.readers.json.records import dump_records

        text = dump_records(books)
        unread = [
            *missed,
            *(
                reason
                for book in books
                for document in book.documents
                for reason in document.not_checked
            ),
        ]
        _complaints(unread, asked)
    else:
        from auditor.reports.reading import reading_text

        text = reading_text(missed, _context(asked, session, session.rules, books))
    _deliver(asked, text, asked.files)
    return (
        2
        if missed or any(document.not_checked for book in books for document in book.documents)
        else 0
    )


def _totals(asked: Namespace) -> int:
    from auditor.auditing import departments as overview
    from auditor.auditing import totals as totals_of
    from auditor.reports.wording import Wording

    session = _session(asked)
    _known_format(asked.format, ("terminal", "json", "csv"))
    books, not_checked = _read_books(session, asked)
    missed = [
        *session.problems,
        *not_checked,
        *(
            reason
            for book in books
            for document in book.documents
            for reason in document.not_checked
        ),
    ]
    wanted = _departments(asked, books, missed)
    chosen = overview.books_of(books, wanted) if wanted else tuple(books)
    context = _context(asked, session, session.rules, chosen)
    words = Wording(asked.lang, session.forms)
    if asked.format == "json":
        from auditor.reports.json_report import dumped

        text = dumped(
            [
                total.model_dump(mode="json")
                for total in totals_of.totals(chosen, asked.by == "department")
            ]
        )
    elif asked.format == "csv":
        from auditor.reports.csv_table import totals_csv

        text = totals_csv(totals_of.totals(chosen, asked.by == "department"), words)
    else:
        from auditor.reports.terminal import totals_text

        text = "\n".join(totals_text(context, words)).lstrip("\n") + "\n"
    _deliver(asked, text, asked.files)
    _complaints(missed, asked)
    return 2 if missed else 0


def _rules(asked: Namespace) -> int:
    from auditor.reports.rule_pages import rule_data, rule_list

    session = _session(asked)
    _known_format(asked.format, ("terminal", "json"))
    chosen = _chosen(session, asked)
    if asked.analyse or asked.suspects or asked.columns:
        from auditor.reports.rule_analysis import analysis_data, analysis_text

        told = analysis_data if asked.format == "json" else analysis_text
        context = _context(asked, session, chosen)
        columns = _not_columnar(session, chosen) if asked.columns else None
        text = told(
            chosen, context, analysed=asked.analyse, suspects=asked.suspects, columns=columns
        )
    elif asked.format == "json":
        from auditor.reports.json_report import dumped

        text = dumped([rule_data(rule) for rule in chosen])
    else:
        text = rule_list(chosen, _context(asked, session, chosen))
    _deliver(asked, text, ())
    return _complaints(session.problems, asked)


def _not_columnar(session: Session, rules: RuleSet) -> dict[str, Text]:
    from auditor.engines import not_columnar

    return not_columnar(rules, session.forms)


def _explain(asked: Namespace) -> int:
    from auditor.reports.rule_pages import rule_data, rule_page, shipped_rule
    from auditor.reports.wording import Wording

    _known_format(asked.format, ("terminal", "json"))
    words = Wording(asked.lang)
    problems: tuple[NotChecked, ...] = ()
    # No plugin can change a shipped rule, so its page need not wait for all the others.
    found = (
        []
        if asked.plugin
        else [(data, code) for code in asked.codes if (data := shipped_rule(code))]
    )
    if len(found) < len(asked.codes):
        session = _session(asked)
        words, problems = Wording(asked.lang, session.forms), session.problems
        pairs = [
            (session.rules.get(code), name)
            for name in asked.codes
            for code in _known_codes(session, name, asked)
        ]
        found = [(rule_data(rule), name) for rule, name in pairs if rule]
    if asked.format == "json":
        text = json.dumps([data for data, _ in found], ensure_ascii=False, indent=2) + "\n"
    else:
        width, color = _width(asked), asked.output is None and _in_colour()
        text = "\n".join(rule_page(data, name, words, width, color) for data, name in found)
    _deliver(asked, text, ())
    return _complaints(problems, asked) if problems else 0


def _plugins(asked: Namespace) -> int:
    from auditor.reports.authoring import plugin_data, plugin_list

    session = _session(asked)
    _known_format(asked.format, ("terminal", "json"))
    if asked.format == "json":
        from auditor.reports.json_report import dumped

        text = dumped(plugin_data(session.origins))
    else:
        text = plugin_list(session.origins, _context(asked, session, session.rules))
    _deliver(asked, text, ())
    return _complaints(session.problems, asked)


def _test_rules(asked: Namespace) -> int:
    """The exit code is 1 where a case came out otherwise or a rule has none, 2 where a rule can't
    be used at all.
    """
    from auditor.records.text import Text
    from auditor.reports.authoring import case_data, case_list, untested
    from auditor.rules.loading import load_rule_file, rule_files
    from auditor.rules.rows import vocabulary
    from auditor.rules.rule import Rule, RuleError
    from auditor.rules.ruleset import RuleSet
    from auditor.testing.cases import run_cases

    session = _session(asked)
    _known_format(asked.format, ("terminal", "json"))
    words = vocabulary(session.forms.values())
    rules: list[Rule] = []
    faults: list[RuleError] = []
    for path in dict.fromkeys(asked.paths):
        before = len(rules) + len(faults)
        try:
            files = rule_files(path)
        except RuleError as fault:
            faults.append(fault)
            continue
        for file in files:
            try:
                rules = list(RuleSet([*rules, *load_rule_file(file, words)]))
            except RuleError as fault:
                faults.append(fault)
        if len(rules) + len(faults) == before:
            faults.append(
                RuleError(str(path), "-", Text(en="holds no rule", ja="規則がありません"))
            )
    results = {rule.code: run_cases(rule, session.forms) for rule in rules}
    if asked.format == "json":
        from auditor.reports.json_report import dumped

        text = dumped(case_data(result for rule in rules for result in results[rule.code]))
    else:
        text = case_list(rules, results, _context(asked, session, session.rules)) if rules else ""
    _deliver(asked, text, ())
    for bad in faults:
        place = f"{bad.file}: {bad.key}" + (f" {bad.column}" if bad.column else "")
        complain(f"{place}: {bad.reason.of(asked.lang)}")
    if _complaints(session.problems, asked) or faults:
        return 2
    return (
        1
        if any(untested(rule) for rule in rules)
        or any(not result.passed for found in results.values() for result in found)
        else 0
    )


_COMMANDS: Final[
    dict[str, tuple[tuple[str, str], Callable[[Parser, Say], None], Callable[[Namespace], int]]]
] = {
    "check": (("audit documents", "文書を検査します"), _check_options, _check),
    "read": (
        ("show what was read of documents", "文書から読み取った内容を表示します"),
        _read_options,
        _read,
    ),
    "totals": (
        (
            "add up the figures by column and source",
            "年度・財源ごとの合計を表示します（決算書との照合用）",
        ),
        _totals_options,
        _totals,
    ),
    "rules": (("list the rules", "規則の一覧を表示します"), _rules_options, _rules),
    "explain": (
        ("explain rules, with examples", "規則を例とともに説明します"),
        _explain_options,
        _explain,
    ),
    "plugins": (
        (
            "list the plugins and what each brings",
            "プラグインと、それぞれが追加したものを表示します",
        ),
        _plugins_options,
        _plugins,
    ),
    "test-rules": (
        ("run the cases of rule files", "規則ファイルに書かれた例を試験します"),
        _test_rules_options,
        _test_rules,
    ),
    "demo": (
        ("audit the shipped faulty example", "付属の誤りを含む例を検査します"),
        _demo_options,
        _demo,
    ),
}


# --- what the commands share -----------------------------------------------------------------------------------------


def _session(asked: Namespace) -> Session:
    from auditor.auditing.session import load

    return load(tuple(asked.plugin))


def _known_codes(session: Session, name: str, asked: Namespace) -> list[str]:
    from auditor.rules.rule import RuleError

    try:
        return session.rules.codes(name)
    except RuleError as fault:
        _complaints(session.problems, asked)  # the rule may be that of a plugin that would not load
        raise Refused(fault.reason.en, fault.reason.ja) from None


def _chosen(session: Session, asked: Namespace) -> RuleSet:
    """The rules of --select without those of --ignore."""
    select, ignore = _separate(asked.select), _separate(asked.ignore)
    for name in (*select, *ignore):
        _known_codes(session, name, asked)
    if asked.select and not select:
        raise Refused("--select names no rule", "--select に規則が指定されていません")
    chosen = session.rules.select(select, ignore)
    if not chosen and session.rules:
        raise Refused(
            "--ignore leaves no rule to check", "--ignore により、検査する規則がなくなりました"
        )
    return chosen


def _separate(values: Iterable[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def _known_format(name: str, known: Iterable[str]) -> None:
    if name not in known:
        listed = ", ".join(known)
        raise Refused(
            f"there is no format {name}; known: {listed}",
            f"{name} という形式はありません。指定できるもの: {listed}",
        )


def _tables_and_others(session: Session, asked: Namespace) -> tuple[list[str], list[str]]:
    """The tables among the inputs, and all else; a folder of tables is among both, for the
    documents that it may hold too.
    """
    from auditor.readers.folders import tables_in
    from auditor.readers.source import unknown_form

    if asked.form is not None and asked.form not in session.forms:
        why = unknown_form(asked.form, session.forms)
        raise Refused(why.en, why.ja)
    if not all(asked.files):
        raise Refused("the name of a file is empty", "ファイル名が空です")
    tables = [
        inside
        for path in asked.files
        for inside in tables_in(path) or ([path] if asked.table else [])
    ]
    return tables, [path for path in asked.files if path not in tables or Path(path).is_dir()]


def _read_documents(
    session: Session, asked: Namespace, tables: Sequence[str], others: Sequence[str]
) -> ReadResult:
    from auditor.readers.documents import read_documents
    from auditor.readers.guarded import GuardedReader

    readers = [
        reader.raised(asked.limits) if isinstance(reader, GuardedReader) else reader
        for reader in session.readers
    ]
    with Progress(asked.say("reading", "読み取り中")) as progress:
        return read_documents(
            others,
            forms=session.forms,
            readers=readers,
            form=asked.form,
            jobs=asked.jobs,
            told=progress.told,
            tables=tables,
        )


def _read_books(
    session: Session, asked: Namespace
) -> tuple[tuple[Book, ...], tuple[NotChecked, ...]]:
    tables, others = _tables_and_others(session, asked)
    result = _read_documents(session, asked, tables, others)
    if not tables:
        return result.books, result.not_checked
    from auditor.tables import read_tables

    of_tables = read_tables(tables, session.forms, asked.form)
    return (*result.books, *of_tables.books), (*result.not_checked, *of_tables.not_checked)


def _departments(
    asked: Namespace, books: Sequence[Book], not_checked: Iterable[NotChecked]
) -> tuple[str, ...]:
    """The departments that --department names; an unknown one is refused with a list of the
    known.
    """
    from auditor.auditing import departments as overview

    if not asked.department:
        return ()
    known = [name for name in overview.departments(books) if name]
    found, unknown = overview.matching(known, asked.department)
    if unknown:
        _complaints(not_checked, asked)
        raise Refused(
            f"no department is called {unknown[0]!r}; known: {', '.join(known) or 'none'}",
            f"「{unknown[0]}」を含む所管課・室はありません。読み取れた所管課・室: {'、'.join(known) or 'なし'}",
        )
    return found


def _context(
    asked: Namespace,
    session: Session,
    rules: RuleSet,
    books: Iterable[Book] = (),
    departments: tuple[str, ...] = (),
    hidden: int = 0,
) -> ReportContext:
    from auditor.auditing.formats import ReportContext, Section

    chosen: list[Section] = [
        section for section in ("totals", "unsure", "statistics") if getattr(asked, section, False)
    ]
    return ReportContext(
        lang=asked.lang,
        rules=rules,
        books=tuple(books),
        color=not _to_file(asked) and _in_colour(),
        width=_width(asked),
        forms=session.forms,
        by=getattr(asked, "by", None),
        sections=frozenset(chosen),
        departments=departments,
        hidden=hidden,
    )


def _to_file(asked: Namespace) -> bool:
    return asked.output is not None or getattr(asked, "output_dir", None) is not None


def _width(asked: Namespace) -> int:
    return (
        100 if _to_file(asked) else min(max(shutil.get_terminal_size((100, 24)).columns, 40), 160)
    )


def _in_colour() -> bool:
    """Whether the output goes to a terminal that wants colours (and, on Windows, is known to
    understand them).
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return False
    return sys.platform != "win32" or any(
        name in os.environ for name in ("WT_SESSION", "TERM", "ANSICON")
    )


class _FormatFailed(Exception):
    """A report format that could not write the report; the terminal report is shown instead."""

    def __init__(self, missed: NotChecked) -> None:
        super().__init__(missed.why.en)
        self.missed = missed


def _rendered(asked: Namespace, session: Session, report: Report, context: ReportContext) -> str:
    from auditor.records.model import NotChecked
    from auditor.records.text import Why

    try:
        text = session.reports[asked.format].render(report, context)
        if isinstance(cast(object, text), str):
            return text
        said = f"{type(text).__name__} in place of a text"
    except (Exception, SystemExit) as fault:  # a report format of a plugin is foreign code
        said = f"{type(fault).__name__}: {fault}"
    plugin = next(origin.plugin for origin in session.origins if asked.format in origin.reports)
    en = f"plugin {plugin}: the format {asked.format} failed: {said}; this report is shown instead"
    ja = f"プラグイン {plugin}: 形式 {asked.format} の出力に失敗しました（{said}）。代わりにこの結果を表示しています"
    raise _FormatFailed(NotChecked(why=Why(code="format-failed", en=en, ja=ja)))


def _deliver(asked: Namespace, text: str, inputs: Sequence[str]) -> None:
    if asked.output is not None:
        write_file(asked.output, text, inputs)
    else:
        write(text, exact=asked.format != "terminal")


def _complaints(not_checked: Iterable[NotChecked], asked: Namespace) -> int:
    """Say each on the standard error; 2 if there are any."""
    from auditor.reports.findings import missed
    from auditor.reports.wording import Wording

    reasons = list(not_checked)
    for reason in reasons:
        complain(missed(reason, Wording(asked.lang)))
    return 2 if reasons else 0
