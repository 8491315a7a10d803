"""What reports say: counts, places, years, and never "no findings" for what was not checked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.departments import departments, matching, of_departments
from auditor.auditing.formats import ReportContext, ReportFormat
from auditor.auditing.report import Report
from auditor.auditing.totals import totals
from auditor.auditing.uncertain import uncertain_figures
from auditor.forms.model import Form
from auditor.records.figures import Place
from auditor.records.languages import Lang
from auditor.records.model import Document, NotChecked, Part, UnreadNumber
from auditor.records.text import Why
from auditor.reports.csv_table import CsvReport
from auditor.reports.findings import conclusion, documents_table
from auditor.reports.json_report import SCHEMA_FILE, JsonReport, schema
from auditor.reports.markdown import MarkdownReport
from auditor.reports.terminal import TerminalReport
from auditor.reports.wording import Wording

Context = Callable[..., ReportContext]
DOCUMENT = Document(path="a.txt", form="kushiro", fiscal_year=2024, sheets=1)
UNREAD = Document(
    path="c.pdf",
    form="kushiro",
    fiscal_year=2024,
    sheets=2,
    kpis=1,
    unread=(UnreadNumber(printed="5,000"),),
    parts=(
        Part(
            place=Place(page=1),
            state="passed_over",
            why=Why(code="no-sheet", en="shows no sheet", ja="シートがありません"),
        ),
    ),
)
MISSED = NotChecked(
    document="b.txt", why=Why(code="empty", en="the file is empty", ja="ファイルが空です")
)


def test_shipped_schema_is_up_to_date() -> None:
    """``python -c "from auditor.reports.json_report import write_schema; write_schema()"`` renews
    it.
    """
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == schema()


def test_json_report_has_the_keys_of_the_contract(report: Report, context: Context) -> None:
    data = json.loads(JsonReport().render(report, context("en")))
    jsonschema.validate(data, schema())
    assert list(data) == [
        "schema_version",
        "tool_version",
        "exit_code",
        "documents",
        "not_checked",
        "passed_over",
        "returned",
        "summary",
        "findings",
        "causes",
        "waived",
        "waivers_unused",
        "accepted_earlier",
        "kpis",
        "rules_left_out",
        "severities_changed",
    ]
    assert data["exit_code"] == 2
    document = data["documents"][0]
    assert (document["path"], document["form"]) == ("報告書/シート.txt", "kushiro")
    assert [document[name] for name in ("fiscal_year", "sheets", "kpis", "figures")] == [
        2024,
        2,
        0,
        16,
    ]
    assert document["unread"][0] == {"printed": "5,000", "place": {"page": 2}, "sheet": 1}
    (part,) = document["parts"]
    assert (part["place"], part["state"], part["why"]["code"]) == (
        {"page": 1},
        "passed_over",
        "no-sheet",
    )
    assert data["summary"]["by_severity"] == {"error": 2, "warning": 2, "note": 0}
    first = data["findings"][0]["cells"][0]
    assert first == {
        "document": "報告書/シート.txt",
        "sheet": 1,
        "kpi": None,
        "field": "total_cost",
        "name": "",
        "year": "2024",
        "value": "8300",
        "printed": "8,300",
        "unit": "千円",
        "place": {"line": 130},
    }


def test_json_report_with_sections_follows_the_schema_too(report: Report, context: Context) -> None:
    asked = context(
        "ja", sections=frozenset({"totals", "unsure"}), departments=("総務部 総務課",), hidden=2
    )
    data = json.loads(JsonReport().render(report, asked))
    jsonschema.validate(data, schema())
    assert data["narrowed"] == {"departments": ["総務部 総務課"], "hidden_findings": 2}
    assert data["totals"][0]["totals"][0]["field"] == "total_cost"


def test_schema_refuses_a_report_that_lacks_something(report: Report, context: Context) -> None:
    data = json.loads(JsonReport().render(report, context("ja")))
    del data["findings"][0]["cells"][0]["field"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema())


CONCLUSIONS = [
    (Report(documents=()), "Nothing was checked.", "点検できたものはありません。"),
    (
        Report(documents=(), not_checked=(MISSED,)),
        "Nothing was checked. 1 item could not be checked.",
        "点検できたものはありません。点検できなかったものが1件あります。",
    ),
    (
        Report(documents=(DOCUMENT,), outcomes={"FND001": {"not_applicable": 3}}),
        "Nothing was checked.",
        "点検できたものはありません。",
    ),
    (
        Report(documents=(DOCUMENT,), outcomes={"FND001": {"pass": 3}}),
        "No findings in what was checked (1 document, 1 sheet, 3 judgements, 0 of them "
        "undecided). Nothing was left unchecked.",
        "点検した範囲では不一致は見つかりませんでした（文書1件、シート1枚、判定3件、うち判定不能0件）。"
        "点検できなかったものはありません。",
    ),
    (
        Report(documents=(DOCUMENT,), outcomes={"FND001": {"pass": 3, "unknown": 2}}),
        "No findings in what was checked (1 document, 1 sheet, 5 judgements, 2 of them undecided).",
        "点検した範囲では不一致は見つかりませんでした"
        "（文書1件、シート1枚、判定5件、うち判定不能2件）。",
    ),
    (
        Report(
            documents=(UNREAD,),
            outcomes={"FND001": {"pass": 1_000}},
            not_checked=(MISSED,),
            left_out=("REQ001", "TXT001"),
        ),
        "No findings in what was checked (1 document, 2 sheets, 1 KPI, 1,000 judgements, 0 of "
        "them undecided). Not checked: 1 item, 1 unread number, 1 page or worksheet, 2 rules.",
        "点検した範囲では不一致は見つかりませんでした"
        "（文書1件、シート2枚、KPI1件、判定1,000件、うち判定不能0件）。"
        "点検していないもの：点検できなかったもの1件、読み取れなかった数値1件、"
        "対象外のページ・ワークシート1件、点検から除いた規則2件。",
    ),
]


def test_conclusion_of_a_department_speaks_of_it_alone() -> None:
    report = Report(documents=(DOCUMENT,), outcomes={"FND001": {"pass": 3}})
    assert conclusion(report, Wording("en"), narrowed=True) == (
        "No findings of these departments in what was checked (1 document, 1 sheet, "
        "3 judgements of the whole audit, 0 of them undecided). Nothing was left unchecked."
    )
    assert conclusion(report, Wording("ja"), narrowed=True) == (
        "点検した範囲では、この所管課・室の不一致は見つかりませんでした"
        "（文書1件、シート1枚、点検全体の判定3件、うち判定不能0件）。"
        "点検できなかったものはありません。"
    )


@pytest.mark.parametrize(
    ("report", "en", "ja"),
    CONCLUSIONS,
)
def test_conclusion_says_what_was_not_checked(report: Report, en: str, ja: str) -> None:
    assert conclusion(report, Wording("en")) == en
    assert conclusion(report, Wording("ja")) == ja


@pytest.mark.parametrize(
    "form",
    [TerminalReport(), MarkdownReport(), CsvReport(), JsonReport()],
    ids=lambda form: form.name,
)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_format_names_all_findings_and_all_that_was_not_checked(
    form: ReportFormat, lang: Lang, report: Report, context: Context
) -> None:
    text = form.render(report, context(lang, width=2_000))
    for finding in report.findings:
        assert finding.rule in text
        assert f"{finding.sheet.name if finding.sheet else 'しごと創生'}" in text
    for reason in report.not_checked:
        assert reason.why.of(lang) in text


def test_colour_is_used_only_where_it_is_wanted(report: Report, context: Context) -> None:
    assert "\x1b[" in TerminalReport().render(report, context("ja", color=True))
    assert "\x1b[" not in TerminalReport().render(report, context("ja", color=False))


@pytest.mark.parametrize(
    ("key", "ja", "en"),
    [
        ("2024", "令和６年度", "FY2024"),
        ("2019", "令和元年度", "FY2019"),
        ("2018", "平成３０年度", "FY2018"),
        ("1989", "平成元年度", "FY1989"),
        ("1988", "昭和６３年度", "FY1988"),
        ("2024-budgeted", "令和６年度（予算額）", "FY2024 (budgeted)"),
        ("R6", "R6", "R6"),
    ],
)
def test_years_are_fiscal_years_of_the_language(key: str, ja: str, en: str) -> None:
    assert Wording("ja").year(key) == ja
    assert Wording("en").year(key) == en


@given(st.datetimes(datetime(1927, 1, 1), datetime(2100, 1, 1)))
def test_dates_and_times_of_day(moment: datetime) -> None:
    ja, en = Wording("ja").moment(moment), Wording("en").moment(moment)
    assert ja.startswith(Wording("ja").date(moment.date()))
    assert not re.search("[0-9]", ja)
    time = re.search("([０-９]+)時([０-９]{2})分$", ja)
    assert time is not None
    assert (int(time[1]), int(time[2])) == (moment.hour, moment.minute)
    day, _, clock = en.partition(" (")
    assert datetime.strptime(day, "%d %B %Y").date() == moment.date()
    assert clock == f"{moment:%a}) {moment:%H:%M}"


def test_a_moment_as_it_is_read() -> None:
    moment = datetime(2025, 8, 4, 15, 5, tzinfo=UTC)
    assert Wording("ja").moment(moment) == "令和７年８月４日（月）１５時０５分"
    assert Wording("en").moment(moment) == "4 August 2025 (Mon) 15:05"


@pytest.mark.parametrize(
    ("year", "short", "month", "short_month"),
    [
        ("2024", "R6", "2024-03", "R6.3"),
        ("2019", "R1", "2019-12", "R1.12"),
        ("2018", "H30", "2018-03", "H30.3"),
        ("1985", "S60", "1985-10", "S60.10"),
        ("1920", "1920", "1920-10", "1920-10"),
        ("R6", "R6", "", ""),
    ],
)
def test_short_years_and_months_name_the_era(
    year: str, short: str, month: str, short_month: str
) -> None:
    assert Wording("ja").short_year(year) == short
    assert Wording("ja").month(month) == short_month
    assert Wording("en").short_year(year) == year
    assert Wording("en").month(month) == month


def test_figures_have_the_label_that_their_form_prints(forms: dict[str, Form]) -> None:
    words = Wording("ja", forms, {"a.txt": "kushiro"})
    assert words.field("population", "a.txt") == "釧路市民の人口"
    assert words.field("population", "b.txt") == "人口"
    assert (
        Wording("en", forms, {"a.txt": "kushiro"}).field("funding.local_bonds", "a.txt")
        == "local bonds"
    )


def test_totals_add_printed_figures_and_count_the_rest(context: Context) -> None:
    (book,) = totals(context("ja").books)
    total = {(item.field, item.year): item for item in book.totals}
    assert (total["total_cost", "2024"].value, total["total_cost", "2024"].summed) == (10_280, 2)
    later = total["total_cost", "2025"]
    assert (later.value, later.summed, later.blank, later.text) == (-20, 1, 0, 1)
    grants = total["funding.grants", "2025"]
    assert (grants.summed, grants.blank) == (0, 2)
    by_department = totals(context("ja").books, by_department=True)
    assert [(part.department, part.sheets) for part in by_department] == [
        ("総合政策部市民協働推進課", 1),
        ("総務部 総務課", 1),
    ]


def test_figures_of_unsure_columns_are_listed(context: Context) -> None:
    found = [
        (figure.sheet, figure.field, figure.year, figure.placed_by)
        for figure in uncertain_figures(context("ja").books)
    ]
    assert found == [
        (2, "total_cost", "2024", "arithmetic"),
        (2, "total_cost", "2025", "usual_place"),
    ]


def test_departments_are_found_by_a_part_of_their_name_in_any_width(
    report: Report, context: Context
) -> None:
    known = departments(context("ja").books)
    assert matching(known, ["総務部総務課"]) == (("総務部 総務課",), ())
    assert matching(["ＤＸ推進課"], ["dx"]) == (("ＤＸ推進課",), ())
    assert matching(known, ["税務課", ""]) == ((), ("税務課", ""))
    shown = of_departments(report, {"総務部 総務課"})
    assert [finding.rule for finding in shown.findings] == ["RD001"]
    assert shown.not_checked == report.not_checked


@pytest.mark.parametrize("number", [200, 201, 3_000])
def test_documents_beyond_the_first_are_told_together(number: int, context: Context) -> None:
    documents = tuple(
        Document(path=f"{place}.txt", form="kushiro", fiscal_year=2024, sheets=2, kpis=1)
        for place in range(number)
    )
    report = Report(documents=documents)
    heads, rows, _ = documents_table(report, Wording("en"))
    assert len(rows) == min(number, 201)
    assert [sum(int(row[at].replace(",", "")) for row in rows) for at in (3, 4)] == [
        2 * number,
        number,
    ]
    assert len(heads) == 7
    if number > 200:
        assert f"({number - 200:,} more)" in TerminalReport().render(report, context("en"))
        assert f"（ほか{number - 200:,}件）" in MarkdownReport().render(report, context("ja"))
    assert len(json.loads(JsonReport().render(report, context("en")))["documents"]) == number
