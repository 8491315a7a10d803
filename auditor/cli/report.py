"""The report of an audit, as ``check`` and ``demo`` write it.

It is whole, narrowed to departments, or in a file for each of them.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast, get_args

from auditor.auditing.formats import By, Section
from auditor.auditing.options import AuditOptions, FindingSink
from auditor.auditing.steps import Settling, of_round
from auditor.cli.arguments import Parser
from auditor.cli.departments import add_department_options, departments_of
from auditor.cli.display import add_output_options, context_of, deliver
from auditor.cli.documents import number_type
from auditor.cli.output import Refused, print_error, write, write_file
from auditor.cli.rule_choice import add_rule_options
from auditor.files.atomic import refusals
from auditor.files.names import safe_name
from auditor.records.errors import AuditorError, message_of
from auditor.records.reasons import reason
from auditor.records.severities import FailOn

if TYPE_CHECKING:
    from auditor.auditing.changes import FilesOf
    from auditor.auditing.formats import ReportContext, ReportFormat
    from auditor.auditing.page_list import SheetPages
    from auditor.auditing.report import Report
    from auditor.auditing.rounds import EarlierRound, Since
    from auditor.auditing.session import Session
    from auditor.records.model import Book, Document, NotChecked
    from auditor.records.text import Text
    from auditor.rules.ruleset import RuleSet
    from auditor.waivers.model import Waiver

__all__ = ["Writer", "add_report_options"]

_SECTIONS: Final[Mapping[Section, tuple[str, str]]] = {
    "totals": (
        "add the book's totals by column and source",
        "年度・財源ごとの合計も表示します（決算書との照合用）",
    ),
    "unsure": (
        "list the figures whose column was not sure",
        "年度の列が確実でない数値も表示します",
    ),
    "unread": (
        "list the numbers that are printed and were not read",
        "読み取れなかった数値をすべて表示します",
    ),
    "statistics": (
        "add outcomes and findings of every rule",
        "規則別の判定と指摘の件数も表示します",
    ),
}
_EXTENSIONS: Final = {"terminal": "txt", "markdown": "md", "junit": "xml", "github": "txt"}
"""Suffixes of the files of formats whose name is not their suffix."""


def add_report_options(parser: Parser) -> None:
    """Add the rules to check, what the report holds, and where it goes."""
    add_rule_options(parser)
    parser.option(
        "--fail-on",
        en="findings from which on the exit code is 1 (default: error)",
        ja="終了コードを1にする指摘の区分：error（要訂正）、warning（要確認）、note（参考）、"
        "never（常に0）（省略時は error）",
        choices=get_args(FailOn),
    )
    add_department_options(parser, get_args(By))
    for section, (en, ja) in _SECTIONS.items():
        parser.flag(f"--{section}", en=en, ja=ja)
    parser.option(
        "--max-findings",
        en="list the entries of the first N findings; every count is of all findings all the same "
        "(default: 10000)",
        ja="最初の N 件の指摘と、それと同じ項目の指摘だけを掲載します。件数の表示は常に全件の"
        "ものです（省略時は10000）",
        metavar="N",
        type=_limit,
        default=10_000,
    )
    add_output_options(parser, parser.report_formats)
    parser.option(
        "--output-dir",
        use="filled",
        en="with --by department: one file for each department",
        ja="--by department とともに指定すると、所管課・室ごとにファイルを分けて書き出します",
        metavar=("DIR", "フォルダー"),
        type=Path,
    )
    parser.flag(
        "--force",
        en="let --output-dir replace files",
        ja="--output-dir で既存のファイルを置き換えます",
    )


def _limit(text: str) -> int:
    return number_type(text, 0, 1_000_000_000)


def _documents(
    report: Report, books: Sequence[Book], departments: Collection[str]
) -> tuple[Document, ...]:
    """The documents of a report in which some departments have a sheet; those without any sheet
    belong to no department.
    """
    paths: set[str] = set()
    for book in books:
        paths.update(sheet.document for sheet in book.sheets)
    return tuple(
        document
        for document in report.documents
        if document.path in paths or (not document.sheets and "" in departments)
    )


def _handed(report: Report, to: ReportFormat) -> Report:
    """What a report format gets: one of a plugin gets a copy, since exit code and marked copies are
    made of the report after it.
    """
    is_ours = type(to).__module__.partition(".")[0] == __name__.partition(".")[0]
    return report if is_ours else deepcopy(report)


def _gives_no_text(text: object) -> Text:
    from auditor.records.text import Text

    if isinstance(text, str):
        en, ja = "an empty text", "空の文字列"
    else:
        en = ja = "None" if text is None else type(text).__name__
    return Text(
        en=f"render() gives {en}; a text was expected",
        ja=f"render() の戻り値が {ja} です。文字列が必要です",
    )


class _FormatFailed(AuditorError):
    """A report format that could not write the report; the terminal report is shown instead."""

    def __init__(self, missed: NotChecked) -> None:
        super().__init__(missed.why.en, missed.why.ja)
        self.missed = missed


@dataclass(eq=False)
class Writer:
    """Writes the report of an audit. ``books`` are the audited records, where there are any,
    ``inputs`` the files that are never written over; ``earlier`` is the round before, ``files``
    the SHA-256 of today's documents where that matters. ``waivers`` are for the findings that were
    accepted as they are, ``baseline`` has those that do not fail. ``pages`` are those of the
    printed book.
    """

    arguments: Namespace
    session: Session
    rules: RuleSet
    books: Sequence[Book]
    inputs: Sequence[str] = ()
    earlier: EarlierRound | None = None
    waivers: Sequence[Waiver] = ()
    baseline: EarlierRound | None = None
    files: FilesOf | None = None
    since: Since | None = None
    """What changed since the round before, once the report is whole."""
    pages: SheetPages | None = None

    def options(
        self, not_checked: Sequence[NotChecked], findings: FindingSink | None = None
    ) -> AuditOptions:
        """The audit's options; raises Refused for a folder of reports that are not apart.

        A report that is narrowed to departments, or has waivers or a baseline, is limited after
        that, not by the audit.
        """
        arguments = self.arguments
        if arguments.output_dir and (arguments.by != "department" or arguments.output):
            raise Refused(
                "--output-dir needs --by department, and no --output",
                "--output-dir は --by department とともに、--output なしで指定してください",
            )
        return AuditOptions(
            claim_readers=self.session.claim_readers,
            jobs=getattr(arguments, "jobs", 1),
            not_checked=(*self.session.problems, *not_checked),
            fail_on=arguments.fail_on,
            max_findings=None if self._limited_later else arguments.max_findings,
            left_out=self.rules.left_out_of(self.session.rules),
            form=getattr(arguments, "form", None),
            departments=arguments.settings.departments,
            findings=findings,
        )

    @property
    def _narrowed_later(self) -> bool:
        """Whether the report is divided after the audit: what every department gets is not
        limited.
        """
        arguments = self.arguments
        deliver = getattr(arguments, "deliver", None)
        return bool(arguments.department or arguments.output_dir or deliver)

    @property
    def _limited_later(self) -> bool:
        """Whether something is done to the whole report after the audit."""
        is_held = self.earlier is not None or self.baseline is not None
        return self._narrowed_later or bool(self.waivers) or is_held

    def settled(self, report: Report) -> Report:
        """The report with the waived findings apart from the others, held against the round before
        and the baseline, and limited then. Raises UnrelatedBooks where there is nothing to hold
        together.
        """
        settling = Settling(
            self.arguments.made_at.date(),
            self.waivers,
            self.earlier,
            self.baseline,
            self.files,
            self.arguments.settings.departments,
        )
        report, self.since = settling.settled(report, self.books, self.session.rules)
        return report if self._narrowed_later else report.limited(self.arguments.max_findings)

    def context(self) -> ReportContext:
        """What the report on all departments may look at."""
        context = context_of(self.arguments, self.session, self.rules, self.books)
        if self.pages is not None:
            context = context._replace(pages=self.pages)
        return of_round(context, self.since)

    def write(self, report: Report) -> Report:
        """Write the report to where the arguments send it; gives it as it was shown."""
        arguments = self.arguments
        departments = departments_of(arguments, self.books, report.not_checked)
        context = self.context()
        if departments and not arguments.output_dir:
            report, context = self._narrowed(report, context, departments, departments)
        try:
            if arguments.output_dir:
                self._write_each(report, context, departments)
            else:
                deliver(arguments, self._rendered(report, context), self.inputs)
        except _FormatFailed as fault:
            report = report.limited(arguments.max_findings).model_copy(
                update={"not_checked": (*report.not_checked, fault.missed)}
            )
            write(self.session.reports["terminal"].render(report, context))
        return report

    def conclude(self, report: Report) -> None:
        """Report the conclusion on the standard error, where the report went to files."""
        from auditor.reports import findings

        if self.arguments.output or self.arguments.output_dir:
            context = context_of(self.arguments, self.session, self.rules, self.books)
            words = findings.wording_of(report, context)
            narrowed = bool(self.arguments.department)
            print_error(findings.conclusion(report, words, narrowed=narrowed))

    def _narrowed(
        self,
        report: Report,
        whole: ReportContext,
        departments: Collection[str],
        titles: tuple[str, ...],
    ) -> tuple[Report, ReportContext]:
        """The report on some departments, with the titles that it shows for them; ``whole`` is the
        context of the report on all.
        """
        from auditor.auditing.departments import books_of, of_departments

        part = of_departments(report, departments)
        hidden = len(report.findings) - len(part.findings)
        books = books_of(self.books, departments)
        part = part.model_copy(update={"documents": _documents(part, books, departments)})
        changes = whole.since.of_departments(departments) if whole.since is not None else None
        context = whole._replace(books=books, departments=titles, hidden=hidden, since=changes)
        return part.limited(self.arguments.max_findings), context

    def _write_each(self, report: Report, whole: ReportContext, departments: Sequence[str]) -> None:
        """Write a file for each of these departments; for all that there are, where none is
        named.
        """
        from auditor.auditing.departments import departments as departments_in

        order = self.arguments.settings.departments
        names = list(departments or departments_in(self.books, order))
        owners = {*(f.department for f in report.findings), *(k.department for k in report.kpis)}
        if not departments and "" in owners and "" not in names:
            names.append("")
        title_without: str = self.arguments.say("no department", "所管課・室なし")
        paths = self._paths(names, title_without)
        for name, path in zip(names, paths, strict=True):
            part, context = self._narrowed(report, whole, {name}, (name or title_without,))
            write_file(path, self._rendered(part, context), self.inputs)

    def _paths(self, names: Sequence[str], otherwise: str) -> list[Path]:
        """A file for each department, in a folder that there is; raises Refused, before anything
        is written, where one exists already.
        """
        folder: Path = self.arguments.output_dir
        extension = _EXTENSIONS.get(self.arguments.format, self.arguments.format)
        taken: set[str] = set()
        paths = [folder / f"{safe_name(name, taken, otherwise)}.{extension}" for name in names]
        with refusals(folder):
            existing = [path for path in paths if path.exists()]
        if existing and not self.arguments.force:
            more = len(existing) - 1
            more_en = f", and {more} more" if more else ""
            more_ja = f"など{more + 1}件のファイル" if more else ""
            raise Refused(
                f"{existing[0]} exists already{more_en}; "
                "nothing was written; use --force to replace",
                f"{existing[0]} {more_ja}がすでにあるため、何も書き出しませんでした。"
                "置き換えるには --force を付けてください",
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            en, ja = reason(fault)
            raise Refused(
                f"{folder} can't be made: {en}", f"{folder} を作成できません（{ja}）"
            ) from None
        return paths

    def _rendered(self, report: Report, context: ReportContext) -> str:
        name: str = self.arguments.format
        try:
            report_format = self.session.reports[name]
            text = report_format.render(_handed(report, report_format), context)
            if isinstance(cast(object, text), str) and text.strip():
                return text
            message = _gives_no_text(text)
            excerpt: tuple[str, ...] = ()
        except BaseException as fault:  # a report format of a plugin is foreign code
            from auditor.records.foreign import excerpt_of, is_interrupt

            if is_interrupt(fault):
                raise
            message, excerpt = message_of(fault), excerpt_of(fault)
        raise _FormatFailed(self._failed(name, message, excerpt))

    def _failed(self, name: str, message: Text, excerpt: tuple[str, ...]) -> NotChecked:
        from auditor.records.model import NotChecked
        from auditor.records.text import Why

        plugin = next(origin.plugin for origin in self.session.origins if name in origin.reports)
        return NotChecked(
            why=Why(
                code="format-failed",
                en=f"plugin {plugin}: the format {name} failed: {message.en}; "
                "this report is shown instead",
                ja=f"プラグイン {plugin}：形式 {name} の出力に失敗しました（{message.ja}）。"
                "代わりにこの結果を表示しています",
            ),
            excerpt=excerpt,
        )
