"""Prose that is judged in further processes is judged as it is here, whatever happens to them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing import book_findings, prose_ahead
from auditor.auditing.documents import audit
from auditor.auditing.options import DEFAULTS, AuditOptions
from auditor.auditing.outcome_rows import OutcomeChoice, OutcomeListing
from auditor.auditing.prose_ahead import Judges, ProseAhead
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.files import confined
from auditor.files.confined import Stopped, Task
from auditor.narrative import claims
from auditor.narrative.claims import shares
from auditor.narrative.model import Claim, PluggedReader
from auditor.narrative.statements import SheetText
from auditor.records.model import Book, Document, Sheet
from auditor.rules.findings import OUTCOMES
from auditor.rules.loading import load_rule_file
from auditor.rules.rows import Rows, vocabulary
from auditor.rules.ruleset import RuleSet
from auditor.testing.build import RandomChooser
from auditor.testing.prose import with_prose
from auditor_rules.corruptions_of_prose import CORRUPTIONS_OF_PROSE, corrupt_prose

SESSION: Final = load()
FORM: Final = SESSION.forms["kushiro"]
_FAULT: Final = "開催日は令和６年６月２１日（土）である。"
TWO: Final = AuditOptions(jobs=2)

Answer = dict[str, Any]
_ONE: Final = Lock()


def book_of(sheets: tuple[Sheet, ...], kpis: tuple[Any, ...] = ()) -> Book:
    paths = dict.fromkeys(sheet.document for sheet in sheets)
    year = sheets[0].fiscal_year
    documents = tuple(
        Document.of(path, FORM.name, year, [s for s in sheets if s.document == path])
        for path in paths
    )
    return Book(form=FORM.name, fiscal_year=year, documents=documents, sheets=sheets, kpis=kpis)


def drawn(seed: int, number: int = 12) -> Book:
    """A book with true prose, and some passages that are not."""
    made = with_prose(number, seed, FORM, kpis=4)
    chooser = RandomChooser(seed)
    for kind in list(CORRUPTIONS_OF_PROSE)[seed % 3 :: 3]:
        corruption = corrupt_prose(kind, made, chooser)
        made = made if corruption is None else corruption.made
    return made.book


def in_place(_: Task, path: str, data: bytes, question: Mapping[str, str]) -> Answer:
    """What a process answers, in this one, as it comes out of it."""
    with _ONE:  # a process has one thread that judges
        answer = Judges().answer(path, data, question, lambda: None)
    return json.loads(json.dumps(answer))


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes are worth it, however few sheets there are."""
    monkeypatch.setattr(book_findings, "at_once", lambda _: 2)
    monkeypatch.setattr(prose_ahead, "_TOGETHER", 5)


def audited(book: Book, options: AuditOptions = DEFAULTS, rules: RuleSet = SESSION.rules) -> Report:
    return audit([book], rules, SESSION.forms, options)


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32))
def test_what_is_judged_ahead_is_judged_alike(seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book_findings, "at_once", lambda _: 2)
        patch.setattr(confined, "answered", in_place)
        patch.setattr(prose_ahead, "_TOGETHER", 5)
        book = drawn(seed)
        here, ahead = audited(book), audited(book, TWO)
    assert ahead.to_json() == here.to_json()


@pytest.mark.usefixtures("several")
def test_processes_judge_as_this_one_does() -> None:
    book = drawn(7)
    report = audited(book, TWO)
    assert any(finding.rule.startswith("TXT") for finding in report.findings)
    assert report.to_json() == audited(book).to_json()


@pytest.mark.usefixtures("several")
def test_most_of_it_is_settled_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only rules that look at other sheets, and sheets with a finding, are left."""
    monkeypatch.setattr(confined, "answered", in_place)
    made = with_prose(10, 3, FORM)
    sheets = list(made.book.sheets)
    sheets[4] = sheets[4].model_copy(update={"achieved": _FAULT})
    rows = Rows(book_of(tuple(sheets)), FORM)
    rules = [rule for rule in SESSION.rules.of_form(FORM) if rule.reads_prose]
    ahead = ProseAhead(rows, rules, 2)
    counts = {rule.key: dict.fromkeys(OUTCOMES, 0) for rule in rules}
    left = {rule.key: ahead.unsettled(rule, sheets, counts[rule.key]) for rule in rules}
    ahead.close()
    whole = {"TXT048", "TXT049"}
    assert {key for key, some in left.items() if len(some) == len(sheets)} == whole
    assert left["TXT021"] == [sheets[4]]
    assert sum(map(len, left.values())) < 2 * len(sheets) + len(rules)
    assert sum(counts["TXT043"].values()) == len(sheets) - len(left["TXT043"])


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("code", ["no-process", "broke-reader", "too-slow", "too-much-memory"])
def test_without_a_process_all_is_judged_here(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    asked: list[str] = []

    def fails(*_: object) -> Answer:
        asked.append(code)
        raise Stopped(code, "en", "ja")

    monkeypatch.setattr(confined, "answered", fails)
    book = drawn(11)
    assert audited(book, AuditOptions(jobs=2)).to_json() == audited(book).to_json()
    # Where none can be had, no other is tried, but for those that are under way.
    assert len(asked) <= 2 if code in ("no-process", "broke-reader") else len(asked) == 3


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(
    "answer",
    [{}, {"settled": None}, {"settled": []}, {"settled": "none"}, {"settled": [{}] * 3}],
    ids=str,
)
def test_an_answer_that_is_none_settles_nothing(
    monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    monkeypatch.setattr(confined, "answered", lambda *_: answer)
    book = drawn(13)
    assert audited(book, TWO).to_json() == audited(book).to_json()


@pytest.mark.usefixtures("several")
def test_a_program_that_starts_no_process_judges_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    book = drawn(17)
    assert audited(book, TWO).to_json() == audited(book).to_json()


def test_small_books_need_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise AssertionError("a process was asked for")

    monkeypatch.setattr(prose_ahead, "ProseAhead", none)
    assert audited(drawn(19), AuditOptions(jobs=None)).findings


_PYTHON = '''
import auditor
from auditor.rules.verdicts import PASS, failed

@auditor.rule("""
code = "ZZZ101"
name = "more-than-one"
severity = "note"
each = "sheet"
narrative = true
{more}
since = "1"
title = {{ en = "t", ja = "t" }}
why = {{ en = "w", ja = "w" }}
action = {{ en = "a", ja = "a" }}
""")
def of_the_book(row):
    return failed((row, "name")) if len(row.rows.of("sheet")) > 1 else PASS
'''
_FORMULA = """
code = "ZZZ102"
name = "shares-of-few"
severity = "note"
each = "claim"
when = 'kind == "share"'
formula = "part >= {least}"
since = "1"
title = {{ en = "t", ja = "t" }}
why = {{ en = "w", ja = "w" }}
action = {{ en = "a", ja = "a" }}
"""


def with_rule(path: Path, text: str) -> RuleSet:
    path.write_text(text, encoding="utf-8")
    return RuleSet([*SESSION.rules, *load_rule_file(path, vocabulary([FORM]))])


@pytest.fixture
def keys(several: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the rules that anything was settled of in another process."""
    del several
    settled: list[str] = []

    def answered(*question: Any) -> Answer:
        answer = in_place(*question)
        settled.extend(key for each in answer["settled"] for key in each)
        return answer

    monkeypatch.setattr(confined, "answered", answered)
    return settled


def test_a_python_rule_that_may_look_at_all_sheets_sees_them(
    keys: list[str], tmp_path: Path
) -> None:
    rules = with_rule(tmp_path / "ZZZ101.py", _PYTHON.format(more=""))
    report = audited(drawn(23), TWO, rules)
    assert sum(finding.rule == "ZZZ101" for finding in report.findings) == 12
    assert "ZZZ101" not in keys
    assert "TXT043" in keys


def test_code_of_plugins_is_run_here(keys: list[str], tmp_path: Path) -> None:
    """What it does to records is looked for in this process alone."""
    rules = with_rule(
        tmp_path / "ZZZ101.py",
        _PYTHON.format(more='looks_at = "sheet"').replace("1 else", "99 else"),
    )
    audited(drawn(23), TWO, rules)
    assert "ZZZ101" in keys
    keys.clear()
    audited(drawn(23), TWO, RuleSet(replace(rule, plugin="somebody") for rule in rules))
    assert {rules[key].check for key in keys} == {None}


def test_formulas_of_users_are_judged_ahead(keys: list[str], tmp_path: Path) -> None:
    rules = with_rule(tmp_path / "ZZZ102.toml", _FORMULA.format(least=2000))
    book = drawn(29)
    ahead, here = audited(book, TWO, rules), audited(book, DEFAULTS, rules)
    assert "ZZZ102" in keys
    assert here.outcomes["ZZZ102"]["fail"] > 0
    assert ahead.to_json() == here.to_json()


@pytest.mark.parametrize("text", [_FORMULA.format(least=0), "", "code = 1", None])
def test_a_file_that_has_changed_since_is_no_rule(
    keys: list[str], tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "ZZZ102.toml"
    rules = with_rule(path, _FORMULA.format(least=2000))
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    book = drawn(29)
    report = audited(book, TWO, rules)
    assert "ZZZ102" not in keys
    assert "TXT043" in keys
    assert report.to_json() == audited(book, DEFAULTS, rules).to_json()


def test_claims_that_plugins_read_are_judged_here(keys: list[str]) -> None:
    def read(text: SheetText) -> list[Claim]:
        return list(shares.read(text))

    options = AuditOptions(claim_readers=(PluggedReader("somebody", read),))
    book = drawn(31)
    report = audited(book, replace(options, jobs=2))
    assert keys == []
    assert report.to_json() == audited(book, options).to_json()


def test_rows_that_are_listed_are_judged_here(keys: list[str]) -> None:
    listing = OutcomeListing(OutcomeChoice())
    report = audited(drawn(37), AuditOptions(jobs=2, outcomes=listing))
    assert keys == []
    assert sum(report.outcomes["TXT043"].values()) == 12


@pytest.mark.usefixtures("several")
def test_a_reader_of_claims_that_fails_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails in every process."""

    def broken(text: SheetText) -> list[Claim]:
        if text.sheet.number == 3:
            raise ValueError("no")
        return []

    monkeypatch.setattr(confined, "answered", in_place)
    monkeypatch.setattr(claims, "READERS", (broken,))
    book = drawn(41)
    report = audited(book, TWO)
    assert [reason.sheet for reason in report.not_checked] == [3]
    assert report.to_json() == audited(book).to_json()


def test_half_a_character_is_judged_here(keys: list[str]) -> None:
    """No JSON has it; records that somebody made in Python may."""
    book = drawn(43)
    sheets = list(book.sheets)
    sheets[2] = sheets[2].model_copy(update={"achieved": f"{_FAULT}\ud800"})
    book = book.model_copy(update={"sheets": tuple(sheets)})
    counts = [audited(book, options).counts for options in (DEFAULTS, TWO)]
    assert counts[0] == counts[1]
    assert keys
