"""``auditor draft-form``: drafts the form of a document that no form fits, with its rules."""

from __future__ import annotations

import os
import re
import sys
from argparse import Namespace
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from auditor.cli.arguments import Parser
from auditor.cli.documents import number_type
from auditor.cli.output import Refused, print_error, write, write_file
from auditor.cli.session import add_plugin_option, form_named, session_of

if TYPE_CHECKING:
    from auditor.auditing.session import Session
    from auditor.drafting.coverage import Coverage
    from auditor.drafting.draft import Answers, Draft, Question
    from auditor.drafting.vocabulary import Vocabulary
    from auditor.forms.model import Form
    from auditor.readers.printed_grids import PrintedGrid
    from auditor.readers.source import AnyReader

__all__ = ["add_arguments", "run"]

_MOST_TRIES: Final = 3


def add_arguments(parser: Parser) -> None:
    parser.operand(
        "file",
        use="read",
        en="the document: a workbook, a PDF, a CSV or TSV file",
        ja="様式を作る文書（ブック、PDF、CSV、TSV）",
        metavar=("FILE", "ファイル"),
    )
    parser.option(
        "--output",
        use="written",
        en="the form's file to write, NAME.toml; the page that explains it is NAME.md beside it "
        "(default: named as the document). An earlier one is never written over",
        ja="書き出す様式のファイル（名前.toml）。説明は同じ場所の 名前.md に書き出します"
        "（省略時は文書の名前）。すでにあるファイルには上書きしません",
        metavar=("FILE", "ファイル"),
        type=Path,
    )
    parser.option(
        "--from",
        en="start from a form that the document nearly fits: the same, with the labels that the "
        "document prints",
        ja="文書がほぼ合う様式を基にします。文書にない見出しだけを、文書の見出しに置き換えます",
        metavar=("FORM", "様式"),
        dest="base",
    )
    parser.flag(
        "--interactive",
        en="ask the open questions on the terminal",
        ja="確認が必要な点を画面で質問します",
    )
    parser.option(
        "--limits",
        en="let a workbook or PDF take N times the usual time, memory and size (default: 1)",
        ja="ブックや PDF の読み取りに、通常の N 倍の時間・メモリ・大きさを認めます（省略時は1）",
        metavar="N",
        type=_times,
        default=1,
    )
    add_plugin_option(parser)


def _times(text: str) -> int:
    return number_type(text, 1, 64)


def run(arguments: Namespace) -> int:
    from auditor.drafting.draft import Answers
    from auditor.drafting.shipped import shipped_vocabulary

    session = session_of(arguments, [] if arguments.base is None else [arguments.base])
    form_file, page_file = _outputs(arguments, session)
    if arguments.base is not None:
        return _start(arguments, session, form_file)
    grids = _grids(arguments)
    vocabulary = shipped_vocabulary()
    drafting = _Drafting(arguments, grids, vocabulary, form_file.stem, _prefixes(session))
    draft = drafting.draft(Answers())
    if draft is None:
        raise Refused(
            f"{arguments.file}: nothing in it is laid out as sheets, a list or a table of items "
            "with numbers below or beside headings, so no form was drafted",
            f"{arguments.file}：見出しと数値の並ぶ個票・一覧・科目の表が見つからないため、"
            "様式を作成できませんでした",
        )
    return drafting.deliver(draft, session, form_file, page_file)


def _start(arguments: Namespace, session: Session, form_file: Path) -> int:
    """Write a form that starts from another one, and read the document with it. Gives the exit
    code: 2 where a label is open or a number not read. Raises Refused.
    """
    from auditor.drafting.coverage import coverage_of
    from auditor.drafting.explanation import numbers_read
    from auditor.drafting.started_file import started_text
    from auditor.drafting.starting import labels_replaced, started_from
    from auditor.forms.loading import load_form

    say, lang = arguments.say, arguments.lang
    base = _base(arguments, session)
    source, taken = Path(arguments.file).name, _prefixes(session)
    start = started_from(base, _grids(arguments), source, form_file.stem, taken)
    if not start.present:
        raise Refused(
            f"{arguments.file} has none of the labels of the form {base.name}; draft a form "
            "without --from",
            f"{arguments.file} には様式 {base.name} の見出しが1つもありません。--from を付けずに"
            "様式を作ってください",
        )
    write_file(form_file, started_text(start), [arguments.file])
    coverage = coverage_of(arguments.file, load_form(form_file), _readers(arguments, session))
    lines = [
        say(
            f"{arguments.file}: {start.present} labels of the form {base.name} ({base.title.en}) "
            f"are there; other labels: {len(start.replaced)}",
            f"{arguments.file}：様式 {base.name}（{base.title.ja}）の見出しのうち"
            f"{start.present}件があります。違う見出し：{len(start.replaced)}件",
        ),
        *(f"  {line.of(lang)}" for line in labels_replaced(start)),
        "",
        *numbers_read(coverage, lang),
        "",
        say(f"Wrote {form_file}.", f"書き出しました：{form_file}"),
        say(
            f"Next: auditor check {arguments.file} --plugin {form_file}",
            f"次にすること：auditor check {arguments.file} --plugin {form_file}",
        ),
    ]
    write("\n".join(lines) + "\n")
    for reason in session.problems:
        print_error(reason.why.of(lang))
    return 2 if start.open or not coverage.is_whole or session.problems else 0


def _base(arguments: Namespace, session: Session) -> Form:
    """The form to start from. Raises Refused for one that is not there, or of plain tables."""
    name: str = arguments.base
    form = form_named(name, session, arguments)
    if form.table is not None:
        raise Refused(
            f"--from {name}: a form of documents was expected, not of plain tables",
            f"--from {name}：表データの様式は基にできません。文書の様式を指定してください",
        )
    return form


def _readers(arguments: Namespace, session: Session) -> Sequence[AnyReader]:
    from auditor.readers.guarded import GuardedReader

    return [
        reader.raised(arguments.limits) if isinstance(reader, GuardedReader) else reader
        for reader in session.readers
    ]


def _prefixes(session: Session) -> frozenset[str]:
    """The prefixes of the codes that rules have."""
    return frozenset(rule.code.rstrip("0123456789") for rule in session.rules)


def _outputs(arguments: Namespace, session: Session) -> tuple[Path, Path]:
    """The files to write. Raises Refused, before any work, where one is there already, or a form
    is called so.
    """
    slug = _slug(Path(arguments.file).stem)
    names = session.forms.keys() | session.catalogue.keys()
    slug = f"{slug}-draft" if slug in names else slug
    path: Path = arguments.output or Path(f"{slug}.toml")
    if path.stem in names:
        raise Refused(
            f"--output {path}: there is a form {path.stem} already; give this one another name",
            f"--output {path}：様式 {path.stem} はすでにあります。別の名前にしてください",
        )
    if path.suffix.lower() != ".toml":
        raise Refused(
            f"--output {path}: the name must end in .toml",
            f"--output {path}：名前の末尾は .toml にしてください",
        )
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", path.stem):
        raise Refused(
            f"--output {path}: a form is called by small letters, digits, - and _, such as "
            "mycity.toml",
            f"--output {path}：様式の名前は英小文字・数字・ハイフン・_ で付けてください"
            "（例：mycity.toml）",
        )
    page = path.with_suffix(".md")
    for file in (path, page):
        if os.path.lexists(file):
            raise Refused(
                f"{file} exists already and is not written over; name another file with --output",
                f"{file} はすでにあります。上書きしないので、--output で別の名前を指定してください",
            )
    return path, page


def _slug(stem: str) -> str:
    """The name of a form for a document: its own in small letters, where that can be one."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", stem.casefold()).strip("-")
    return plain if plain and plain[0].isalpha() else "draft"


def _grids(arguments: Namespace) -> Sequence[PrintedGrid]:
    """The cells of the document. Raises Refused for one that is of no kind with cells."""
    from auditor.readers.printing import printed_grids
    from auditor.readers.source import Source, UnreadableDocument

    try:
        source = Source.open(arguments.file)
    except UnreadableDocument as fault:
        why = fault.message
        raise Refused(f"{arguments.file}: {why.en}", f"{arguments.file}：{why.ja}") from None
    grids = printed_grids(source, arguments.limits)
    if grids is None:
        raise Refused(
            f"{arguments.file}: a workbook, a PDF, a CSV or TSV file was expected",
            f"{arguments.file}：ブック、PDF、CSV、TSV のいずれでもありません",
        )
    return grids


class _Drafting:
    """A document and its draft, which changes with the answers."""

    def __init__(
        self,
        arguments: Namespace,
        grids: Sequence[PrintedGrid],
        vocabulary: Vocabulary,
        name: str,
        taken: Collection[str],
    ) -> None:
        self.arguments, self.grids, self.vocabulary = arguments, grids, vocabulary
        self.name, self.taken = name, taken

    def draft(self, answers: Answers) -> Draft | None:
        """The draft with the answers of ``--interactive``."""
        draft = self._drafted(answers)
        if draft is None or not self.arguments.interactive:
            return draft
        done: set[str] = set()
        while question := next((q for q in draft.questions if q.key not in done), None):
            done.add(question.key)
            answers = self._ask(question, answers)
            draft = self._drafted(answers)
            if draft is None:
                return None
        return draft

    def _drafted(self, answers: Answers) -> Draft | None:
        from auditor.drafting.drafter import drafted

        source = Path(self.arguments.file).name
        return drafted(
            self.grids,
            self.vocabulary,
            source=source,
            name=self.name,
            answers=answers,
            taken=self.taken,
        )

    def _ask(self, question: Question, answers: Answers) -> Answers:
        """The answers with what is typed; a question that is not answered stays open."""
        from auditor.drafting.questions import WrongAnswer, answered, how_to_answer

        say = self.arguments.say
        hint = how_to_answer(question)
        text = f"{say(question.text.en, question.text.ja)}\n  {say(hint.en, hint.ja)}"
        if question.suggestion:
            text += say(f" [{question.hint.en}]", f"　［{question.hint.ja}］")
        for _ in range(_MOST_TRIES):
            write(f"{text}\n> ")
            line = sys.stdin.readline() if sys.stdin is not None else ""
            if not line:
                write("\n")
                return answers
            try:
                return answered(answers, question, line, self.vocabulary)
            except WrongAnswer as fault:
                hint = fault.text
                text = say(f"Please answer: {hint.en}", f"次のように答えてください：{hint.ja}")
        return answers

    def deliver(self, draft: Draft, session: Session, form_file: Path, page_file: Path) -> int:
        """Show the draft, write its files, and read the document with it. Gives the exit code: 2
        where a number is not read or an answer is needed for that, 1 where there are findings.
        """
        from auditor.drafting.explanation import explanation_page
        from auditor.drafting.form_file import form_text
        from auditor.forms.loading import load_form

        lang = self.arguments.lang
        self._show(draft)
        write_file(form_file, form_text(draft), [self.arguments.file])
        form = load_form(form_file)
        from auditor.drafting.coverage import coverage_of

        coverage = coverage_of(self.arguments.file, form, _readers(self.arguments, session))
        write_file(page_file, explanation_page(draft, coverage, lang), [self.arguments.file])
        self._show_end(draft, coverage, form_file, page_file)
        for reason in session.problems:
            print_error(reason.why.of(lang))
        if not coverage.is_whole or draft.is_blocked or session.problems:
            return 2
        return 1 if draft.findings else 0

    def _show(self, draft: Draft) -> None:
        from auditor.drafting.explanation import finding_lines, layout_line

        say, lang = self.arguments.say, self.arguments.lang
        lines = [f"{draft.source}", layout_line(draft, lang), ""]
        if draft.findings:
            lines.append(
                say(
                    "First findings: places where numbers do not agree as they do elsewhere "
                    f"({len(draft.findings):,})",
                    f"最初の指摘：ほかの行では合う計算が合わない箇所が{len(draft.findings):,}か所あります",
                )
            )
            lines += (f"  {line}" for line in finding_lines(draft.findings, lang))
            lines.append("")
        write("\n".join(lines) + "\n")

    def _show_end(self, draft: Draft, coverage: Coverage, form_file: Path, page_file: Path) -> None:
        from auditor.drafting.explanation import coverage_lines, open_lines

        say, lang = self.arguments.say, self.arguments.lang
        lines: list[str] = []
        if to_look_at := list(open_lines(draft, lang)):
            lines.append(say("Open questions:", "確認が必要な点："))
            lines += (f"  {line}" for line in to_look_at)
            lines.append("")
        lines += coverage_lines(coverage, draft, lang)
        lines += [
            "",
            say(
                f"Wrote {form_file} (the form) and {page_file} (what it says and why).",
                f"書き出しました：{form_file}（様式）、{page_file}（説明）",
            ),
            say(
                f"Next: auditor check {self.arguments.file} --plugin {form_file}",
                f"次にすること：auditor check {self.arguments.file} --plugin {form_file}",
            ),
        ]
        write("\n".join(lines) + "\n")
