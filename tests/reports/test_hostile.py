"""Reports never raise, and nothing from a document acts as more than text: not on terminals, in
Markdown, in spreadsheets.
"""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.book_findings import Explained
from auditor.auditing.causes import Grouped, in_order, standing_alone
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import JudgedKpi, Report
from auditor.auditing.session import load
from auditor.records.figures import Figure, Place
from auditor.records.model import Book, Document, FiscalYear, NotChecked, Sheet
from auditor.records.sentences import Mark, Sentence
from auditor.records.severities import SEVERITIES
from auditor.records.text import Slip, Text, Why
from auditor.reports.csv_table import CsvReport, cell
from auditor.reports.json_report import JsonReport, schema
from auditor.reports.layout import cut, plain, shown_width, table, wrap
from auditor.reports.markdown import MarkdownReport, escaped
from auditor.reports.reading import reading_text
from auditor.reports.row_outcomes import row_lines
from auditor.reports.terminal import TerminalReport
from auditor.reports.wording import Wording
from auditor.rules.findings import OUTCOMES, Finding, KpiReference, SheetReference
from auditor.rules.kpi import Achievement
from auditor.rules.outcomes import (
    DECISIONS,
    Decision,
    LookedAt,
    OutcomeRows,
    Range,
    RowOutcome,
    Step,
)
from auditor.rules.rows import Cell
from auditor.rules.ruleset import RuleSet
from auditor.rules.suspects import Suspect, SuspectCell

NASTY = [
    "\x1b[2J\x1b]0;title\x07",
    "a|b",
    "<script>alert(1)</script>",
    "=1+1",
    "\r\n# top",
    "\u202eevil",
    "\ud800",
    "\ufeff",
    "［x](http://x)",
    "\n::error file=x::y",
    "%0A##[error]",
    "a,b:c=d",
    "]]></failure>&amp;",
    "\ufffe",
    "{0}",
    "one\u2028two",
    "../表/#1?.xlsx",
]
WORDS = st.one_of(
    st.text(st.characters(), max_size=12),
    st.sampled_from(NASTY),
    st.builds(lambda: "長い名前" * 400),
)
NUMBERS = st.integers(-10, 10**9)
YEARS = st.one_of(st.sampled_from(["2024", "2024-budgeted", "0", "", "令和", "²²²²"]), WORDS)
PLACES = st.one_of(
    st.none(),
    st.builds(
        Place,
        line=st.none() | NUMBERS,
        page=st.none() | NUMBERS,
        sheet=st.none() | WORDS,
        cell=st.none() | WORDS,
    ),
    st.builds(Place, box=st.tuples(*[st.floats()] * 4)),
)
DECIMALS = st.none() | st.decimals(allow_nan=False, allow_infinity=False)
FIGURES = st.builds(
    Figure,
    value=DECIMALS,
    state=st.sampled_from(["number", "blank", "dash", "text"]),
    printed=WORDS,
    unit=WORDS,
    place=PLACES,
    placed_by=st.sampled_from([None, "position", "total_columns", "arithmetic", "usual_place"]),
)
TEXTS = st.builds(Text, en=WORDS, ja=WORDS)
CELLS = st.builds(
    Cell,
    document=WORDS,
    sheet=st.none() | NUMBERS,
    kpi=st.none() | NUMBERS,
    field=st.sampled_from(["total_cost", "funding.grants", "direction"]) | WORDS,
    name=st.sampled_from(["", "whole", "parts.1", "bound"]) | WORDS,
    year=st.none() | YEARS,
    value=DECIMALS | WORDS | st.just("at_least"),
    printed=WORDS,
    unit=WORDS,
    place=PLACES,
)


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    """A sentence with marks anywhere in it."""
    text = "".join(draw(st.lists(WORDS, max_size=4)))
    ends = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    marks = [
        Mark(start=start, end=end, name=draw(WORDS))
        for start, end in zip(ends[::2], ends[1::2], strict=False)
    ]
    return Sentence(text=text, section=draw(WORDS), marks=tuple(marks))


FINDINGS = st.builds(
    Finding,
    id=WORDS,
    rule=WORDS,
    name=WORDS,
    severity=st.sampled_from(SEVERITIES),
    document=WORDS,
    sheet=st.none() | st.builds(SheetReference, number=NUMBERS, name=WORDS, department=WORDS),
    year=st.none() | YEARS,
    kpi=st.none() | st.builds(KpiReference, number=NUMBERS, project=WORDS, name=WORDS),
    cells=st.lists(CELLS, max_size=2).map(tuple),
    equation=WORDS,
    expected=DECIMALS,
    actual=DECIMALS,
    difference=DECIMALS,
    unit=WORDS | st.just("%"),
    sentence=st.none() | sentences(),
    question=st.booleans(),
    message=TEXTS,
    action=TEXTS,
    # Only notes ask: a rule file that says otherwise does not load.
).map(
    lambda finding: finding.model_copy(
        update={"question": finding.question and finding.severity == "note"}
    )
)
ACHIEVEMENTS = st.builds(
    Achievement,
    outcome=st.sampled_from(["achieved", "missed", "not_due", "unknown"]),
    rate=DECIMALS,
    year=st.none() | NUMBERS,
    actual=st.none() | FIGURES,
    direction=st.sampled_from(["higher", "lower"]),
    direction_source=st.sampled_from(["declared", "inferred", "assumed"]),
)
JUDGED = st.builds(
    JudgedKpi,
    document=WORDS,
    number=NUMBERS,
    project=WORDS,
    name=WORDS,
    unit=WORDS,
    target=WORDS,
    achievement=ACHIEVEMENTS,
)
MISSED = st.builds(
    NotChecked,
    document=st.none() | WORDS,
    sheet=st.none() | NUMBERS,
    rule=st.none() | WORDS,
    why=st.builds(Why, code=WORDS, en=WORDS, ja=WORDS),
)
DOCUMENTS = st.builds(
    Document,
    path=WORDS,
    form=st.just("kushiro") | WORDS,
    fiscal_year=NUMBERS,
    sheets=NUMBERS,
    kpis=NUMBERS,
)
COUNTS = st.dictionaries(st.sampled_from(OUTCOMES), st.integers(0, 10**6))
SUSPECTS = st.builds(
    Suspect,
    cells=st.lists(
        st.builds(
            SuspectCell,
            field=st.sampled_from(["total_cost", "agreed"]) | WORDS,
            year=st.none() | YEARS,
            value=DECIMALS,
            corrected=DECIMALS,
            low=DECIMALS,
            high=DECIMALS,
            unit=WORDS,
        ),
        max_size=2,
    ).map(tuple),
    slip=st.builds(Slip, code=WORDS, en=WORDS, ja=WORDS),
    share=st.decimals(0, 1),
)


RANGES = st.builds(
    Range, low=DECIMALS.filter(bool), high=DECIMALS.filter(bool), low_open=st.booleans()
)
ROWS = st.builds(
    RowOutcome,
    rule=WORDS,
    name=WORDS,
    outcome=st.sampled_from(OUTCOMES),
    document=WORDS,
    sheet=st.none() | st.builds(SheetReference, number=NUMBERS, name=WORDS, department=WORDS),
    kpi=st.none() | st.builds(KpiReference, number=NUMBERS, project=WORDS, name=WORDS),
    year=st.none() | YEARS,
    figure=WORDS,
    values=st.lists(
        st.builds(
            LookedAt,
            cell=CELLS,
            state=st.sampled_from(["number", "blank", "dash", "text", "unread", "word"]),
            range=st.none() | RANGES,
        ),
        max_size=2,
    ).map(tuple),
    steps=st.lists(
        st.builds(
            Step,
            part=st.sampled_from(["when", "formula"]),
            formula=WORDS | st.sampled_from(["sum(funding)", "a == b or c", 'kind == "x"']),
            figures=WORDS,
            value=DECIMALS,
            range=st.none() | RANGES,
            unit=WORDS,
            answer=st.none() | st.sampled_from(["yes", "may", "unknown", "no"]),
            made_of=st.sampled_from([(), (1, 2)]),
        ),
        max_size=2,
    ).map(tuple),
    decided=st.lists(
        st.builds(
            Decision,
            kind=st.sampled_from(DECISIONS),
            part=st.sampled_from(["when", "formula", "rule"]),
            message=TEXTS,
            cells=st.lists(CELLS, max_size=2).map(tuple),
            size=NUMBERS,
            formula=WORDS,
        ),
        max_size=2,
    ).map(tuple),
)


@st.composite
def reports_with_rows(draw: st.DrawFn) -> Report:
    """A report that lists rows behind outcomes, or was asked to."""
    group = st.builds(
        OutcomeRows,
        rule=WORDS | st.just("FND001"),
        outcome=st.sampled_from(OUTCOMES),
        total=st.integers(2, 200),
        rows=st.lists(ROWS, max_size=2).map(tuple),
    )
    groups = draw(st.lists(group, max_size=2).map(tuple))
    report = draw(reports())
    return report.model_copy(update={"outcomes_listed": OUTCOMES, "outcome_rows": groups})


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report whose findings stand alone or together, with suspects or without."""
    report = draw(SEPARATE)
    findings = [
        finding.model_copy(update={"id": f"{finding.id}{number}"})
        for number, finding in enumerate(report.findings)
    ]
    report = report.model_copy(update={"findings": tuple(findings)})
    if not findings or draw(st.booleans()):
        return report.model_copy(update={"causes": standing_alone(findings)})
    suspects = tuple(draw(st.lists(SUSPECTS, max_size=3)))
    explained = Explained(
        tuple(findings), suspects, Decimal(0), tuple(draw(st.lists(CELLS, max_size=2)))
    )
    groups = [Grouped(list(range(len(findings))), explained)]
    return report.model_copy(update={"causes": in_order(findings, groups, ()).causes})


SEPARATE = st.builds(
    Report,
    documents=st.lists(DOCUMENTS, max_size=2).map(tuple),
    not_checked=st.lists(MISSED, max_size=2).map(tuple),
    outcomes=st.dictionaries(WORDS, COUNTS, max_size=2),
    findings=st.lists(FINDINGS, max_size=2).map(tuple),
    kpis=st.lists(JUDGED, max_size=2).map(tuple),
    fail_on=st.sampled_from(["error", "warning", "note", "never"]),
)
REPORTS = reports() | reports_with_rows()
COLUMNS = st.builds(
    FiscalYear,
    year=NUMBERS,
    kind=WORDS,
    total_cost=st.none() | FIGURES,
    funding=st.dictionaries(WORDS, FIGURES, max_size=2),
)
SHEETS = st.builds(
    Sheet,
    document=WORDS,
    number=NUMBERS,
    name=WORDS,
    fiscal_year=NUMBERS,
    department=WORDS,
    years=st.dictionaries(YEARS, COLUMNS, max_size=2),
)
BOOKS = st.builds(
    Book,
    form=st.just("kushiro") | WORDS,
    fiscal_year=NUMBERS,
    documents=st.lists(DOCUMENTS, max_size=1).map(tuple),
    sheets=st.lists(SHEETS, max_size=2).map(tuple),
)
CONTEXTS = st.builds(
    ReportContext,
    lang=st.sampled_from(["ja", "en"]),
    rules=st.just(RuleSet([])),
    books=st.lists(BOOKS, max_size=1).map(tuple),
    width=st.sampled_from([1, 20, 80, 120]),
    by=st.sampled_from([None, "department", "sheet", "rule"]),
    sections=st.frozensets(st.sampled_from(["statistics", "unsure", "totals"])),
    departments=st.lists(WORDS, max_size=2).map(tuple),
)
STEERING = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
SCHEMA = jsonschema.Draft202012Validator(schema())


@given(REPORTS, CONTEXTS)
def test_terminal_report_never_raises_nor_steers_the_terminal(
    report: Report, context: ReportContext
) -> None:
    assert not STEERING.search(TerminalReport().render(report, context))


@given(ROWS, CONTEXTS, st.booleans())
def test_reasons_never_raise_nor_steer_the_terminal(
    row: RowOutcome, context: ReportContext, of_rule: bool
) -> None:
    rule = load().rules.get("FND001") if of_rule else None
    words = Wording(context.lang, load().forms, {row.document: "kushiro"})
    lines = list(row_lines(row, rule, words, max(context.width, 40), verbose=True))
    assert not STEERING.search("\n".join(lines))


@given(st.lists(MISSED, max_size=1), CONTEXTS)
def test_records_never_raise_nor_steer_the_terminal(
    missed: list[NotChecked], context: ReportContext
) -> None:
    assert not STEERING.search(reading_text(missed, context))


@given(REPORTS, CONTEXTS)
def test_json_report_is_json_of_its_schema(report: Report, context: ReportContext) -> None:
    text = JsonReport().render(report, context)
    SCHEMA.validate(json.loads(text))
    text.encode("utf-8")


@given(REPORTS, CONTEXTS)
def test_csv_report_holds_no_formula_and_has_a_row_for_everything(
    report: Report, context: ReportContext
) -> None:
    text = CsvReport().render(report, context)
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    outcome = 0 if report.causes else 1  # a row says that nothing was found
    assert len(rows) == 1 + len(report.causes) + outcome + len(report.not_checked)
    has_sentence = any(
        finding.sentence is not None
        for finding in report.findings
        if any(cause.findings[0] == finding.id for cause in report.causes)
    )
    assert {len(row) for row in rows} == {28 if has_sentence else 27}
    for row in rows:
        assert not [
            part
            for part in row
            if part.startswith(("=", "+", "-", "@", "\t", "\r"))
            and not re.fullmatch(r"-[0-9]+(\.[0-9]+)?", part)
        ]


@given(REPORTS, CONTEXTS)
def test_markdown_report_holds_no_markup_of_a_document(
    report: Report, context: ReportContext
) -> None:
    text = MarkdownReport().render(report, context)
    assert not STEERING.search(text)
    assert "<" not in text
    columns = 0
    for line in text.splitlines():
        bars = len(re.findall(r"(?<!\\)(?:\\\\)*\|", line))
        assert not bars or (line.startswith("|") and (columns == 0 or bars == columns)), line
        columns = bars


@given(WORDS, st.integers(4, 40))
def test_wrapped_lines_keep_within_the_width_and_lose_nothing(text: str, width: int) -> None:
    lines = wrap(plain(text), width)
    assert all(shown_width(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(plain(text).split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\r\nlines\tand a tab", "two lines and a tab"),
        ("left\u202eright", "left\\u202eright"),
        ("外字は残る\ue000　全角の空白も", "外字は残る\ue000　全角の空白も"),
    ],
)
def test_control_characters_are_shown_as_escapes(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@x", "\t=1", "\r=1", " =1", "＝１＋１", "−"[:0] + "-"]
)
def test_formulas_become_text_in_a_spreadsheet(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize("text", ["-270", "-5.4", "8030", "△ 39,168", "文"])
def test_figures_and_words_stay_what_they_are_in_a_spreadsheet(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "a\\|b"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("[x](y)", "\\[x\\](y)"),
        ("https://example.org", "https&#58;//example.org"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("@someone", "&#64;someone"),
    ],
)
def test_markup_is_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_tables_measure_full_width_characters_and_never_break_figures() -> None:
    drawn = table(
        ["名称", "金額"], [["とても長い名称の事業" * 5, "1,234,567,890"], ["短い", "0"]], 50, "lr"
    )
    assert (
        len({shown_width(line) for line in drawn.splitlines()[:1] + drawn.splitlines()[2:3]}) == 1
    )
    assert "1,234,567,890" in drawn
    assert all(shown_width(line) <= 50 for line in drawn.splitlines())


def test_what_is_cut_says_so() -> None:
    assert cut("x" * 300).endswith("…")
