"""What many sheets say together is what they say one by one, however few of them are held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Final

import pytest

from auditor.auditing import prose
from auditor.auditing.documents import audit
from auditor.auditing.options import DEFAULTS, AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.narrative.model import Claim, PluggedReader
from auditor.narrative.statements import SheetText
from auditor.records.compact import compacted
from auditor.records.model import Book, Document, Sheet
from auditor.records.unchecked import number_of
from auditor.rules import rows
from auditor.rules.rows import Rows
from auditor.testing.prose import with_prose

FORMS: Final = load().forms
FORM: Final = FORMS["kushiro"]
_OVER_SHEETS: Final = ("BOK", "STF", "FND006", "TXT048", "TXT049")
"""The rules that look at several sheets at once."""
_FAULTS: Final = (
    "開催日は令和６年６月２１日（土）である。",
    "目標100名に対し、実績は98名となった。",
    "参加者は100名（うち市職員14名、市民80名）。",
    "この事業は、地域の団体と連携して、年間を通じた講座を各地区の会場で開いたものである。",
)


@cache
def _sheets() -> tuple[Sheet, ...]:
    """Sheets of several documents, each with a true text and some sentences that are wrong."""
    sheets: list[Sheet] = []
    for number, sheet in enumerate(with_prose(9, 5, FORM).book.sheets):
        faults = (fault for at, fault in enumerate(_FAULTS) if number >> at & 1)
        achieved = "\n".join((sheet.achieved, *faults))
        path = f"{number // 2}.txt"
        sheets.append(sheet.model_copy(update={"document": path, "achieved": achieved}))
    return tuple(sheets)


def _book(sheets: Iterable[Sheet]) -> Book:
    sheets = tuple(sheets)
    of_document: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        of_document.setdefault(sheet.document, []).append(sheet)
    year = sheets[0].fiscal_year
    documents = [Document.of(path, FORM.name, year, own) for path, own in of_document.items()]
    return Book(form=FORM.name, fiscal_year=year, documents=tuple(documents), sheets=sheets)


def _audited(book: Book, options: AuditOptions = DEFAULTS) -> Report:
    return audit([book], load().rules, FORMS, options)


def _hold(monkeypatch: pytest.MonkeyPatch, sheets: int) -> None:
    """Hold the prose of so many sheets."""
    monkeypatch.setattr(rows, "SHEETS_AT_A_TIME", sheets)
    monkeypatch.setattr(prose, "SHEETS_AT_A_TIME", sheets)


@pytest.mark.parametrize("number", [1, 2, 4])
def test_how_many_sheets_are_held_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    whole = _audited(_book(_sheets()))
    codes = {finding.rule for finding in whole.findings}
    assert len([code for code in codes if code.startswith("TXT")]) >= 2
    _hold(monkeypatch, number)
    assert _audited(_book(_sheets())).to_json() == whole.to_json()


def _of_sheets(reports: Iterable[Report]) -> Counter[str]:
    """The findings of some reports that rest on one sheet each."""
    findings: Counter[str] = Counter()
    for report in reports:
        for finding in report.findings:
            if not finding.rule.startswith(_OVER_SHEETS):
                findings[finding.model_dump_json(exclude={"recurring"})] += 1
    return findings


def test_a_folder_says_what_its_documents_say(monkeypatch: pytest.MonkeyPatch) -> None:
    _hold(monkeypatch, 2)
    sheets = _sheets()
    together = _of_sheets([_audited(_book(sheets))])
    assert together
    assert together == _of_sheets(_audited(_book([sheet])) for sheet in sheets)


def _failing(text: SheetText) -> Iterable[Claim]:
    raise ZeroDivisionError(text.sheet.name)


def test_a_sheet_that_is_read_twice_is_reported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of claims that fails, where sheets are let go and read again."""
    _hold(monkeypatch, 1)
    options = AuditOptions(claim_readers=(PluggedReader("plugin.py", _failing),))
    failures = [
        entry
        for entry in _audited(_book(_sheets()), options).not_checked
        if entry.why.code == "claims-failed"
    ]
    assert number_of(failures) == len(_sheets())


def test_few_texts_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    _hold(monkeypatch, 3)
    book = Rows(_book(_sheets()), FORM)
    claims = [book.claims_of(sheet) for sheet in _sheets()]
    assert any(claims)
    assert book.held == 3
    assert [row.values["kind"] for row in book.of("claim")] == [
        row.values["kind"] for part in claims for row in part
    ]


def test_records_that_share_the_names_of_their_fields_are_the_same() -> None:
    before = [sheet.model_dump_json() for sheet in _sheets()]
    alike = [sheet.model_copy(deep=True) for sheet in _sheets()]
    compacted(alike, ())
    assert alike == list(_sheets())
    assert [sheet.model_dump_json() for sheet in alike] == before
    figures = [figure for sheet in alike for _, _, figure in sheet.every_figure()]
    names = {frozenset(figure.model_fields_set) for figure in figures}
    assert len({id(figure.model_fields_set) for figure in figures}) == len(names)
