"""Every format shows waived findings apart, drops none, and counts as the JSON report does."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any, get_args
from xml.etree import ElementTree

import jsonschema
import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report, UnusedWaiver, WaivedFinding, WhyUnused
from auditor.auditing.session import load
from auditor.reports.brief import brief
from auditor.reports.csv_table import CsvReport
from auditor.reports.findings import wording_of
from auditor.reports.json_lines import JsonLinesReport
from auditor.reports.json_report import JsonReport, schema
from auditor.reports.waived import UNUSED, WAIVED, justification
from auditor.reports.workbook.findings import WORKSHEETS, findings_workbook
from auditor.waivers.model import Waiver, WaiverKind
from tests.reports.test_hostile import CONTEXTS, REPORTS, STEERING, WORDS
from tests.reports.test_machines import sarif

FORMATS = load().reports
WAIVERS = st.builds(
    Waiver,
    rule=WORDS,
    place=WORDS,
    values=WORDS,
    reason=WORDS,
    kind=st.sampled_from(get_args(WaiverKind)),
    role=WORDS,
    date=st.dates(date(1990, 1, 1)),
    until=st.none() | st.dates(date(1990, 1, 1)),
    department=WORDS,
    sheet=WORDS,
    field=WORDS,
    file=WORDS,
    line=st.integers(1, 10**6),
)
UNUSED_WAIVERS = st.lists(
    st.builds(
        UnusedWaiver, waiver=WAIVERS, why=st.sampled_from(get_args(WhyUnused)), department=WORDS
    ),
    max_size=3,
)


def with_waived(
    report: Report, findings: dict[str, Waiver], unused: tuple[UnusedWaiver, ...]
) -> Report:
    """The report with some of its findings waived."""
    listed = [each for each in report.findings if each.id not in findings]
    waived = tuple(
        WaivedFinding(finding=each, cause=report.cause_of(each), waiver=findings[each.id])
        for each in report.findings
        if each.id in findings
    )
    counts = dict(report.counts)
    for item in waived:
        counts[item.finding.severity] -= 1
    return report.of_findings(listed).model_copy(
        update={"waived": waived, "waivers_unused": unused, "counts": counts}
    )


@st.composite
def reports_with_waivers(draw: st.DrawFn) -> Report:
    report = draw(REPORTS)
    chosen = {each.id: draw(WAIVERS) for each in report.findings if draw(st.booleans())}
    return with_waived(report, chosen, tuple(draw(UNUSED_WAIVERS)))


@given(reports_with_waivers(), CONTEXTS)
@settings(deadline=None, max_examples=40)
def test_every_format_takes_any_waiver(report: Report, context: ReportContext) -> None:
    for name, each in FORMATS.items():
        text = each.render(report, context)
        if name in ("terminal", "markdown", "html", "junit", "github"):
            assert not STEERING.search(text), name
    assert not STEERING.search(brief(report, context))


@given(reports_with_waivers(), CONTEXTS)
@settings(deadline=None)
def test_the_formats_agree_on_how_many_are_waived(report: Report, context: ReportContext) -> None:
    waived, unused = len(report.waived), len(report.waivers_unused)
    content = json.loads(JsonReport().render(report, context))
    jsonschema.Draft202012Validator(schema()).validate(content)
    assert (len(content["waived"]), len(content["waivers_unused"])) == (waived, unused)
    summary = content["summary"]
    counted = sum(summary["by_severity"].values()) + summary["questions"]
    assert counted == sum(report.counts.values())

    lines = [json.loads(line) for line in JsonLinesReport().render(report, context).splitlines()]
    kinds = [line["type"] for line in lines]
    assert (kinds.count("waived"), kinds.count("waiver_unused")) == (waived, unused)

    run = sarif(report, context)
    suppressed = [each for each in run["results"] if "suppressions" in each]
    assert len(suppressed) == waived
    assert len(run["results"]) - waived == len(report.causes)

    root = ElementTree.fromstring(FORMATS["junit"].render(report, context))
    skipped = len(root.findall(".//skipped"))
    assert skipped == waived + unused + bool(report.unlisted)

    text = CsvReport().render(report, context).removeprefix("\ufeff")
    heads = [row[1] for row in csv.reader(io.StringIO(text, newline=""))]
    assert sum(WAIVED.of(context.lang) in head for head in heads) == waived
    assert heads.count(UNUSED.of(context.lang)) == unused

    titles = [
        line
        for line in FORMATS["github"].render(report, context).splitlines()
        if line.startswith("::notice") and f"title={WAIVED.of(context.lang)}" in line
    ]
    assert len(titles) == waived


def waived_report(report: Report) -> Report:
    waiver = Waiver(
        rule="FND001",
        place="3f9c2a7d10b4",
        values="a81e5c0d9f27",
        reason="四捨五入の端数を総額で調整",
        kind="端数調整",
        role="財政課予算担当",
        date=date(2025, 8, 18),
        until=date(2026, 3, 31),
        file="確認済み.toml",
        line=7,
    )
    unused = UnusedWaiver(waiver=waiver, why="changed", department="観光課")
    return with_waived(report, {each.id: waiver for each in report.findings}, (unused,))


def test_all_is_said_for_people(report: Report, context: Any) -> None:
    """A report of which everything is waived never says that nothing was found."""
    result = waived_report(report)
    for name in ("terminal", "markdown", "html"):
        text = FORMATS[name].render(result, context("ja", width=160)).replace("\\_", "_")
        for part in (
            "確認済み（訂正不要）",
            f"確認済み（訂正不要）の{len(result.waived)}件のほかに",
            "四捨五入の端数を総額で調整",
            "財政課予算担当",
            "令和７年８月１８日（月）",
            "令和８年３月３１日（火）",
            "確認済み.toml 7行目",
        ):
            assert part in text, (name, part)
    assert "accepted" in FORMATS["terminal"].render(result, context("en"))
    assert "FND001：" in brief(result, context("ja"))


def test_the_worksheet_has_a_row_for_each(report: Report, context: Any) -> None:
    result = waived_report(report)
    book = openpyxl.load_workbook(io.BytesIO(findings_workbook(result, context("ja"))))
    rows = list(book[WORKSHEETS["waived"].of("ja")].iter_rows(values_only=True))
    assert sum("四捨五入の端数を総額で調整" in row for row in rows) == len(result.waived)
    assert any("値が変わっています" in str(row[0]) for row in rows)


def test_a_page_has_them_between_departments_and_notes(report: Report, context: Any) -> None:
    (first, *_) = [each for each in report.findings if each.severity == "error"]
    waiver = waived_report(report).waived[0].waiver
    result = with_waived(report, {first.id: waiver}, ())
    text = FORMATS["html"].render(result, context("ja"))
    places = [text.rindex('class="department '), text.index('id="waived"')]
    if 'id="notes"' in text:
        places.append(text.index('id="notes"'))
    assert places == sorted(places)
    assert justification(waiver, wording_of(report, context("ja"))).startswith("端数調整：")
