"""A report as users of Python see it: short, as a table of a notebook, as frames, in groups."""

from __future__ import annotations

import json
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor
import auditor_datasets
from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.records.severities import SEVERITIES
from auditor.records.text import Text
from auditor.reports.json_report import JsonReport
from auditor.rules.findings import Finding, SheetReference
from auditor.tables import finding_frames
from auditor.tables.finding_frames import COLUMNS, MissingPandas

FAULTY = auditor_datasets.load("kushiro-r6-faulty")
REPORT = auditor.audit(FAULTY)
EMPTY = Report(documents=())
WORDS = ("department", "document", "family", "name", "project", "rule", "severity", "unit", "year")


def finding(**fields: Any) -> Finding:
    """A finding of a department, with more fields."""
    text = Text(en="<b>x</b> & y", ja="<b>x</b> と y")
    usual = {
        "id": "a",
        "rule": "FND001",
        "name": "funding-sum",
        "severity": "error",
        "document": "a.txt",
        "sheet": SheetReference(number=1, name="<script>", department="財政課"),
        "message": text,
        "action": text,
    }
    return Finding.model_validate(usual | fields)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, _: object) -> None:
        self.open.append(tag)
        self.names.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_representations_are_short() -> None:
    assert len(repr(REPORT)) < 200
    assert str(REPORT) == repr(REPORT)
    assert "13 errors" in repr(REPORT)
    assert repr(EMPTY) == "<Report: no findings in 0 documents; exit code 0>"
    for record in (*REPORT.findings, *REPORT.causes):
        assert len(repr(record)) < 250
        assert str(record) == repr(record)
    assert "expected 8,030, printed 8,300 千円" in repr(REPORT.findings[0])


def test_a_record_shows_what_it_states() -> None:
    sheet = SheetReference(number=3, name="道路")
    assert repr(sheet) == "SheetReference(number=3, name='道路')"


@pytest.mark.parametrize(
    "shown", [REPORT, EMPTY, REPORT.findings[0], REPORT.causes[0], REPORT.by("rule")]
)
def test_a_notebook_gets_a_small_table(shown: Any) -> None:
    text = shown._repr_html_()
    tags = _Tags()
    tags.feed(text)
    assert not tags.open
    assert tags.names <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert len(text) < 20_000


def test_a_notebook_gets_no_markup_of_a_document() -> None:
    report = Report(documents=(), findings=(finding(),))
    for shown in (report, report.findings[0], report.causes[0], report.by("project")):
        text = shown._repr_html_()
        assert "<script>" not in text
        assert "<b>" not in text
        assert "&lt;" in text


def test_a_notebook_gets_the_first_findings_of_many() -> None:
    many = [finding(id=str(number)) for number in range(100)]
    text = Report(documents=(), findings=many)._repr_html_()
    assert "the first 20 are shown" in text
    assert text.count("<tr>") == 21


def test_amounts_are_decimals() -> None:
    first = REPORT.findings[0]
    assert isinstance(first.expected, Decimal)
    assert isinstance(first.actual, Decimal)
    assert abs(first.expected - first.actual) == abs(first.difference or 0)


def test_a_frame_has_a_row_for_each_finding() -> None:
    frame = REPORT.to_frame()
    assert frame.columns == list(COLUMNS)
    assert frame.height == len(REPORT.findings)
    assert isinstance(frame.schema["difference"], pl.Decimal)
    assert frame["expected"].to_list() == [each.expected for each in REPORT.findings]
    assert frame["cause"].to_list() == [REPORT.cause_of(each).id for each in REPORT.findings]
    assert frame.filter(pl.col("rule") == "FND001")["department"].null_count() == 0
    japanese = REPORT.to_frame(language="ja")
    assert japanese["message"].to_list() == [each.message.ja for each in REPORT.findings]
    assert EMPTY.to_frame().schema == pl.DataFrame(schema=EMPTY.to_frame().schema).schema


def test_a_frame_of_pandas_says_the_same() -> None:
    ours, theirs = REPORT.to_frame(), REPORT.to_frame("pandas")
    assert isinstance(theirs, pd.DataFrame)
    assert list(theirs.columns) == ours.columns
    for name in ours.columns:
        values = [None if value is pd.NA else value for value in theirs[name].tolist()]
        assert values == ours[name].to_list()


@given(
    st.lists(
        st.none()
        | st.decimals(allow_nan=False, allow_infinity=False, places=None).filter(
            lambda v: abs(v.adjusted()) < 40 and -int(v.as_tuple().exponent) < 40
        )
    )
)
def test_amounts_of_a_frame_are_exact(amounts: list[Decimal | None]) -> None:
    findings = [finding(id=str(i), expected=amount) for i, amount in enumerate(amounts)]
    column = finding_frames.polars_frame(findings, {}, "en")["expected"]
    back = [None if value is None else Decimal(str(value)) for value in column.to_list()]
    assert back == amounts


def test_without_pandas_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(finding_frames, "import_module", missing)
    with pytest.raises(MissingPandas, match="pip install pandas"):
        REPORT.to_frame("pandas")
    with pytest.raises(ValueError, match="did you mean polars"):
        REPORT.to_frame("polar")  # type: ignore[call-overload]


@pytest.mark.parametrize("word", WORDS)
def test_groups_have_every_finding_once(word: Any) -> None:
    groups = REPORT.by(word)
    listed = [each.id for group in groups.values() for each in group]
    assert sorted(listed) == sorted(each.id for each in REPORT.findings)
    for key, group in groups.items():
        assert group.key == key
        assert len(group) == sum(group.counts.values()) == group.to_frame().height
        ids = {each.id for each in group}
        assert {each for cause in group.causes for each in cause.findings} == ids
        assert len(repr(group)) < 150


def test_groups_by_severity_begin_with_the_worst() -> None:
    assert list(REPORT.by("severity")) == [name for name in SEVERITIES if REPORT.counts[name]]


def test_a_function_groups_too() -> None:
    groups = REPORT.by(lambda each: each.sheet.number if each.sheet else 0)
    assert set(groups) == {each.sheet.number if each.sheet else 0 for each in REPORT.findings}
    assert -1 not in groups


def test_another_word_groups_by_nothing() -> None:
    with pytest.raises(ValueError, match="did you mean department"):
        REPORT.by("departmet")  # type: ignore[call-overload]


def test_json_is_that_of_the_format() -> None:
    session = load()
    context = ReportContext("ja", session.rules, forms=session.forms)
    assert REPORT.to_json() == JsonReport().render(REPORT, context)
    assert json.loads(REPORT.to_json())["summary"]["by_severity"]["error"] == 13
