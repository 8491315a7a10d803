"""What people see of findings on texts: the sentence with its figures marked, and questions apart
from what has to be answered.
"""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path

import openpyxl
import pytest

import auditor
from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.rounds import EarlierRound, since
from auditor.auditing.session import load
from auditor.marking.copies import entries_in, note
from auditor.marking.workbook.copy import mark_workbook
from auditor.readers.documents import read_documents
from auditor.reports.brief import brief
from auditor.reports.changes import changes_tables
from auditor.reports.entries import QUESTIONS
from auditor.reports.findings import wording_of
from auditor.reports.html.page import HtmlReport
from auditor.reports.terminal import TerminalReport
from auditor.reports.workbook.findings import findings_workbook
from auditor.reports.workbook.reply import reply_form
from auditor.rules.ruleset import RuleSet
from tests.documents.workbook_writer import parts_of
from tests.reports.prose import ACHIEVED, missed, prose_book, prose_report, share

WORKBOOKS = Path(__file__).resolve().parents[1] / "documents" / "workbooks"
DEPARTMENT = "総務部 総務課"
QUOTED = (
    "手続のうち電子申請を受け付けたものは、【9,880件】中【9,864件】（利用率【98.9％】）であった。"
)


@pytest.fixture(scope="module")
def report() -> Report:
    return prose_report()


@pytest.fixture(scope="module")
def context() -> ReportContext:
    return ReportContext("ja", RuleSet([]), books=(prose_book(),), forms=load().forms, width=80)


def rows_of(data: bytes, name: str) -> list[list[str]]:
    """The texts of a worksheet, row by row."""
    sheet = openpyxl.load_workbook(io.BytesIO(data))[name]
    return [
        [str(value) for value in row if value is not None]
        for row in sheet.iter_rows(values_only=True)
    ]


def test_the_page_marks_the_figures_of_a_sentence(report: Report, context: ReportContext) -> None:
    page = HtmlReport().render(report, context)
    quotes = re.findall("<blockquote>(.*?)</blockquote>", page)
    figures = [re.findall("<mark>(.*?)</mark>", quote) for quote in quotes]
    assert figures == [["9,880件", "9,864件", "98.9％"], ["12回", "9回"]]


def test_the_page_asks_after_all_that_needs_an_answer(
    report: Report, context: ReportContext
) -> None:
    page = HtmlReport().render(report, context)
    before, _, questions = page.partition('id="questions"')
    assert "PRS001" in before
    assert "PRS002" not in before
    card = questions[: questions.index("</article>")]
    assert 'data-severity="question"' in card
    assert "訂正した" not in card
    assert "原資料" not in card


def test_a_department_with_questions_alone_is_led_to_them(context: ReportContext) -> None:
    page = HtmlReport().render(auditor.audit(prose_book(), missed), context)
    target = re.search(f'<a href="#(q[0-9]+)">{DEPARTMENT}</a>', page)
    assert target is not None
    assert f'<h3 id="{target[1]}">' in page
    assert "不一致は見つかりませんでした" in page


def test_the_workbook_has_questions_on_a_worksheet_of_their_own(
    report: Report, context: ReportContext
) -> None:
    data = findings_workbook(report, context)
    causes = "\n".join("".join(row) for row in rows_of(data, "指摘一覧"))
    asked = "\n".join("".join(row) for row in rows_of(data, "説明を求められそうな箇所"))
    assert QUOTED in causes
    assert "想定質問" not in causes
    assert "目標の【12回】に対し【9回】の開催" in asked
    heads = next(row for row in rows_of(data, "照会先一覧") if "要訂正" in row)
    assert heads[:5] == ["所管課・室", "要訂正", "要確認", "参考", "想定質問"]


def test_without_questions_the_workbook_is_as_before(context: ReportContext) -> None:
    data = findings_workbook(auditor.audit(prose_book(), share), context)
    assert "説明を求められそうな箇所" not in openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert not any("想定質問" in row for row in rows_of(data, "照会先一覧"))


def test_the_reply_form_asks_nothing_about_questions(
    report: Report, context: ReportContext
) -> None:
    data = reply_form(report, context, DEPARTMENT)
    answered = "\n".join("".join(row) for row in rows_of(data, "回答票"))
    asked = rows_of(data, "説明を求められそうな箇所")
    assert QUOTED in answered
    assert "PRS002" not in answered
    assert asked[0] == [
        "議会などで説明を求められることが考えられる箇所です。訂正も回答も不要です。"
        "説明の準備にお使いください。"
    ]
    assert "所管課回答" not in asked[1]


def test_the_brief_counts_questions_apart(report: Report, context: ReportContext) -> None:
    shown = brief(report, context)
    assert "説明を求められそうな箇所は1件です" in shown
    assert re.search(r"要訂正 +要確認 +参考 +想定質問", shown)


def test_rounds_say_that_an_earlier_entry_was_a_question(
    report: Report, context: ReportContext
) -> None:
    gone = auditor.audit(prose_book("講座を開いた。"), [share, missed])
    compared = since(EarlierRound.of(report), gone, context.books)
    tables = changes_tables(compared, context, wording_of(gone, context))
    (causes,) = (table for table in tables if table.key == "causes")
    assert {row[1] for row in causes.table[1]} == {"要訂正", "想定質問"}


def marked_workbook(path: Path) -> Report:
    """The audit of a workbook, in one of whose texts the sentences stand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(WORKBOOKS / "kushiro-clean.xlsx")
    book.worksheets[0]["Q4"].value = ACHIEVED
    book.save(path)
    session = load()
    read = read_documents([path], forms=session.forms, readers=session.readers)
    options = AuditOptions(not_checked=read.not_checked)
    return audit(read.books, auditor.load_rules(share, missed), session.forms, options)


def test_a_marked_copy_quotes_the_sentence_at_the_cell_of_the_text(tmp_path: Path) -> None:
    source, target = tmp_path / "book.xlsx", tmp_path / "marked.xlsx"
    report = marked_workbook(source)
    mark_workbook(source, report, target, "ja", forms=load().forms)
    cell = openpyxl.load_workbook(target).worksheets[0]["Q4"]
    assert cell.comment is not None
    assert QUOTED in cell.comment.text
    assert "【要訂正・指摘1】" in cell.comment.text
    assert "【想定質問・指摘2】" in cell.comment.text
    listed = b"".join(parts_of(target.read_bytes()).values()).decode("utf-8", "replace")
    assert QUOTED in listed


def test_the_note_of_a_copy_says_what_the_text_says(report: Report, context: ReportContext) -> None:
    words = wording_of(report, context)
    entry, question = entries_in(report, [document.path for document in report.documents])
    assert f"本文：{QUOTED}" in note(1, entry, words)
    assert note(2, question, words).startswith("【想定質問・指摘2】")
    assert QUESTIONS.ja not in note(2, question, words)


def test_what_a_text_was_read_to_say_is_no_cell_of_it(context: ReportContext) -> None:
    text = "令和６年度目標：令和５年度を上回ること。\n令和５年度実績　110件\n令和６年度実績　98件"
    report = auditor.audit(prose_book(text), auditor.load_rules().select(["TXT033"]))
    shown = TerminalReport().render(report, context)
    assert "98件 ＜ 110件" in shown
    assert re.search("事業の実績と成果（[0-9]+行目）：実績 98件、目標 110件\n", shown)
    assert "more" not in shown


def test_a_figure_that_is_likely_wrong_has_the_value_that_fits(context: ReportContext) -> None:
    report = auditor.audit(prose_book(), auditor.load_rules().select(["TXT010"]))
    page = HtmlReport().render(report, context)
    assert '<mark class="likeliest">98.9％</mark><span class="fits"> → 99.8％</span>' in page
    assert "<mark>9,880件</mark>" in page
