"""The page: what stands on it and in which order, and that documents are text on it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given

import auditor
import auditor_datasets
from auditor.auditing.formats import ReportContext
from auditor.auditing.occasion import Occasion
from auditor.auditing.report import Report
from auditor.auditing.rounds import EarlierCause, EarlierRound, since
from auditor.auditing.session import load
from auditor.records.languages import Lang
from auditor.records.model import NotChecked
from auditor.records.severities import SEVERITIES
from auditor.records.text import Why
from auditor.reports.document_names import document_names
from auditor.reports.html.page import HtmlReport
from auditor.reports.json_report import JsonReport
from auditor.rules.findings import SheetReference
from auditor.settings.model import APPROVAL, Departments, Office, Settings
from tests.reports.html_pages import ParsedPage, parsed
from tests.reports.test_hostile import CONTEXTS, REPORTS

Context = Callable[..., ReportContext]
LANGUAGES: tuple[Lang, ...] = ("ja", "en")
JAPAN = timezone(timedelta(hours=9))
SESSION = load()
BOOKS = tuple(
    book
    for name in auditor_datasets.names()
    if name.endswith("faulty")
    for book in auditor_datasets.load(name)
)
FAULTY = auditor.audit(BOOKS)


def page(report: Report, context: ReportContext) -> ParsedPage:
    return parsed(HtmlReport().render(report, context))


def shipped(lang: Lang, **more: Any) -> ReportContext:
    return ReportContext(lang, SESSION.rules, BOOKS, forms=SESSION.forms, **more)


@given(REPORTS, CONTEXTS)
def test_no_document_is_more_than_text(report: Report, context: ReportContext) -> None:
    shown = page(report, context)
    assert len(shown.of_class("card")) == len(report.causes)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_entry_of_the_json_report_has_a_card(lang: Lang) -> None:
    data = json.loads(JsonReport().render(FAULTY, shipped(lang)))
    shown = page(FAULTY, shipped(lang))
    cards = shown.of_class("card")
    assert Counter(card.attributes["data-severity"] for card in cards) == Counter(
        cause["severity"] for cause in data["causes"]
    )
    assert [card.attributes["id"] for card in cards] == [f"e{n}" for n in range(1, len(cards) + 1)]
    answers = [card for card in cards if card.attributes["data-severity"] != "note"]
    assert len(shown.of_class("answer")) == len(answers)
    text = shown.text()
    for finding in data["findings"]:
        assert finding["rule"] in text


def test_the_overview_counts_every_entry() -> None:
    text = HtmlReport().render(FAULTY, shipped("ja"))
    (foot,) = re.findall(r"<tfoot>(.*?)</tfoot>", text, re.DOTALL)
    numbers = re.findall(r'<td class="r">([0-9－]+)</td>', foot)
    counts = Counter(cause.severity for cause in FAULTY.causes)
    assert numbers[:3] == [str(counts[severity]) for severity in SEVERITIES]
    (body,) = re.findall(r'<table class="overview">.*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    first = [int(number) for number in re.findall(r'</th>\s*<td class="r">([0-9]+)', body)]
    assert first == sorted(first, reverse=True)


@pytest.mark.parametrize(
    ("lang", "sections"),
    [
        (
            "ja",
            [
                "結果",
                "照会先一覧",
                "点検できなかったもの",
                "総合政策部市民協働推進課",
                "総務部 総務課",
                "（所管課・室なし）",
                "合計（決算書との照合用）",
                "KPIの達成状況",
                "点検したもの",
                "用語",
            ],
        ),
        ("en", ["Result", "Whom to ask", "What could not be checked", "What was checked", "Words"]),
    ],
)
def test_what_could_not_be_checked_stands_before_any_entry(
    lang: Lang, sections: list[str], report: Report, context: Context
) -> None:
    text = HtmlReport().render(report, context(lang))
    headings = [re.sub(r"<span class.*|<[^>]*>", "", part) for part in re.findall(r"<h2.*", text)]
    assert [heading for heading in headings if heading in sections] == sections
    assert text.index('<section class="missed"') < text.index('class="card')


def test_a_card_redraws_the_table_and_marks_its_cells(report: Report, context: Context) -> None:
    shown = page(report, context("ja"))
    assert len(shown.of_class("likeliest")) == 1 + 3  # the cell, and a legend for each department
    text = " ".join(shown.text().split())
    assert "① 8,300計算上の値 8,030" in text
    assert "② 4,000計算上の値 4,270" in text
    assert "原資料（財務会計システム、決算書）で確認してください。" in text
    assert "□ 訂正した□ 記載のとおり（理由：）" in text
    assert "直すと、ほかの1件の指摘も解消します" in text


def test_without_records_a_card_names_the_cells(report: Report, context: Context) -> None:
    text = page(report, context("ja")._replace(books=())).text()
    assert "年度別の金額" not in text
    assert "▶事業費 総額 8,300千円" in text


def test_a_clean_result_says_in_which_range() -> None:
    clean = FAULTY.of_findings(()).model_copy(update={"counts": {}})
    for lang in LANGUAGES:
        shown = page(clean, shipped(lang))
        assert not shown.of_class("card")
        assert not shown.named("select", "nav")
        text = shown.text()
        assert (lang == "ja") == ("点検した範囲では不一致は見つかりませんでした（文書2件" in text)
        assert (lang == "en") == ("No findings in what was checked (2 documents" in text)


def test_nothing_but_what_was_not_checked() -> None:
    why = Why(code="empty", en="the file is empty", ja="ファイルが空です")
    report = Report(documents=(), not_checked=(NotChecked(document="空.txt", why=why),))
    text = page(report, ReportContext("ja", SESSION.rules)).text()
    assert "点検できたものはありません。" in text
    assert "空.txt：ファイルが空です" in text


def test_a_narrowed_page_says_so(report: Report, context: Context) -> None:
    part = context("ja", departments=("総務部 総務課",), hidden=3)
    assert "ほかの所管課・室の指摘（3件）は表示していません。" in page(report, part).text()


def test_the_head_tells_the_occasion_and_leaves_out_what_nobody_knows() -> None:
    occasion = Occasion(
        title="成果シートの点検",
        made_at=datetime(2025, 8, 4, 15, 30, tzinfo=JAPAN),
        round=2,
        office="財政部財政課",
        made_by="予算担当",
    )
    settings = Settings(approval=APPROVAL, office=Office(name="別の課"))
    shown = page(FAULTY, shipped("ja", occasion=occasion, settings=settings))
    text = " ".join(shown.text("h1", "dt", "dd").split())
    for part in ("成果シートの点検", "令和７年８月４日（月）１５時３０分", "第２回", "予算担当"):
        assert part in text
    assert "財政部財政課" in text
    assert "別の課" not in text
    assert all(role in shown.text("th") for role in APPROVAL)
    bare = page(FAULTY, shipped("ja"))
    assert not {"点検日時", "点検者", "とりまとめ課", "決裁"} & set(
        bare.text("dt", "caption").split()
    )
    assert "部長" not in bare.text("th")


def test_the_head_names_rules_whose_severity_an_office_changed() -> None:
    changed = FAULTY.model_copy(update={"severities": {"FND001": "warning"}})
    assert "FND001 要確認" in page(changed, shipped("ja")).text("dd")
    assert "区分を変えた規則" not in page(FAULTY, shipped("ja")).text("dt")


def test_departments_stand_in_their_official_order_and_name_whom_to_ask() -> None:
    names = list(dict.fromkeys(cause.sheet.department for cause in FAULTY.causes if cause.sheet))
    order = tuple(reversed(names))
    settings = Settings(departments=Departments(order=order, contacts={order[0]: "内線 2345"}))
    text = HtmlReport().render(FAULTY, shipped("ja", settings=settings))
    sections = re.findall(r'<h2 id="d[0-9]+">(.*?)<span', text)
    assert [name for name in sections if name in order] == [n for n in order if n in sections]
    assert f'{order[0]}</a><span class="contact">内線 2345</span>' in text
    # The totals of each department follow, in the same order.
    captions = re.findall(r'<caption id="total[0-9]+-caption">(\S+) 令和', text)
    assert len(set(order) & set(captions)) > 2
    assert [name for name in captions if name in order] == [n for n in order if n in captions]


def test_what_changed_since_the_earlier_round() -> None:
    gone = EarlierCause(
        id="x",
        severity="error",
        sheet=SheetReference(number=1, name="なくなった事業", department="水道部"),
        rules=("FND001",),
        places=("a",),
        values=("b",),
    )
    earlier = EarlierRound(round=1, made_at=datetime(2025, 7, 1, tzinfo=UTC), causes=(gone,))
    changes = since(earlier, FAULTY, BOOKS)
    text = page(FAULTY, shipped("ja", since=changes)).text()
    assert "前回から" in text
    assert "新規" in text
    assert "水道部" in text
    assert "第１回" in text


def test_long_lists_of_documents_stand_behind_the_entries() -> None:
    document = FAULTY.documents[0].model_copy(update={"sha256": "0123456789abcdef" * 4})
    many = tuple(document.model_copy(update={"path": f"{n}.xlsx"}) for n in range(40))
    for documents, behind in ((many[:3], False), (many, True)):
        text = HtmlReport().render(
            FAULTY.model_copy(update={"documents": documents}), shipped("ja")
        )
        assert (text.index(">0123456789ab<") > text.index('class="card')) == behind


def test_nothing_of_the_machine_stands_on_the_page() -> None:
    folder = "/home/suzuki/成果シート"
    paths = {document.path: f"{folder}/{document.path}" for document in FAULTY.documents}
    documents = tuple(
        document.model_copy(update={"path": paths[document.path]}) for document in FAULTY.documents
    )
    findings = tuple(
        finding.model_copy(
            update={
                "document": ", ".join(paths[path] for path in finding.document.split(", ")),
                "cells": tuple(
                    cell.model_copy(update={"document": paths.get(cell.document, cell.document)})
                    for cell in finding.cells
                ),
            }
        )
        for finding in FAULTY.findings
    )
    moved = FAULTY.model_copy(update={"documents": documents, "findings": findings})
    text = HtmlReport().render(moved, shipped("ja"))
    assert "suzuki" not in text
    assert "kushiro-r6-faulty.json" in text


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["成果シート/a.xlsx"], {}),
        (["/home/x/a.xlsx"], {"/home/x/a.xlsx": "a.xlsx"}),
        (["/x/a/1.txt", "/x/b/2.txt"], {"/x/a/1.txt": "a/1.txt", "/x/b/2.txt": "b/2.txt"}),
        (["C:\\u\\x\\a.xlsx", "b.txt"], {"C:\\u\\x\\a.xlsx": "a.xlsx"}),
        (["../y/a.xlsx"], {"../y/a.xlsx": "a.xlsx"}),
    ],
)
def test_names_of_documents(paths: list[str], names: dict[str, str]) -> None:
    assert document_names(paths) == names


def test_japanese_in_an_english_page_is_marked_as_such() -> None:
    text = HtmlReport().render(FAULTY, shipped("en"))
    assert '<span lang="ja">総合政策部企画課</span>' in text
    assert '<span lang="ja">' not in HtmlReport().render(FAULTY, shipped("ja"))


def test_the_glossary_says_what_the_check_is_not() -> None:
    assert (
        "本点検は、監査委員による決算審査（地方自治法第233条第２項）ではありません"
        in page(FAULTY, shipped("ja")).text()
    )
