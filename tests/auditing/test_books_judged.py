"""How a book is judged and its findings are collected: what is counted, what a finding of a reader
shows, what a crash names, which findings a limited report lists, and what stands together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import product
from typing import Any, Final

import pytest

from auditor.auditing import prose
from auditor.auditing.book_findings import findings_of, tables_missing
from auditor.auditing.causes import Grouped, grouped, in_order, limited, of_findings, standing_alone
from auditor.auditing.collector import FindingCollector
from auditor.auditing.options import AuditOptions
from auditor.auditing.outcome_rows import OutcomeChoice, OutcomeListing
from auditor.auditing.report import JudgedByRow
from auditor.auditing.row_choice import RowChoice, WrongYear
from auditor.auditing.session import load
from auditor.files import memory
from auditor.records.figures import Figure, Place
from auditor.records.frozen import FrozenDict
from auditor.records.model import (
    Book,
    Document,
    FiscalYear,
    Kpi,
    NotChecked,
    Remark,
    RemarkCell,
    Sheet,
)
from auditor.records.text import Text, Why
from auditor.rules import rows as row_module
from auditor.rules.findings import OUTCOMES, Finding, KpiReference, SheetReference
from auditor.rules.loading import build_rule
from auditor.rules.rows import Cell, Row, Rows, vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.rules.verdicts import MAY, NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed
from auditor.settings.model import Departments

FORM: Final = load().forms["kushiro"]
WORDS: Final = vocabulary([FORM])
TEXT: Final = {"en": "t", "ja": "題"}


def figure(value: int) -> Figure:
    return Figure(value=Decimal(value), state="number", printed=str(value), unit="千円")


def sheet(number: int, department: str = "", document: str = "a", **more: Any) -> Sheet:
    year = FiscalYear(year=2024, kind="settled", total_cost=figure(10 * number))
    return Sheet(
        document=document,
        number=number,
        name=f"事業{number}",
        department=department,
        fiscal_year=2024,
        years=FrozenDict({"2024": year}),
        **more,
    )


def kpi(number: int, project: str = "事業1", document: str = "k") -> Kpi:
    return Kpi(
        document=document,
        number=number,
        fiscal_year=2024,
        project=project,
        name=f"指標{number}",
        target=figure(5),
    )


def book_of(
    *sheets: Sheet, kpis: tuple[Kpi, ...] = (), remarks: tuple[Remark, ...] = (), name: str = ""
) -> Book:
    paths = dict.fromkeys(item.document for item in (*sheets, *kpis))
    documents = tuple(
        Document.of(path, "kushiro", 2024, [s for s in sheets if s.document == path]).model_copy(
            update={"remarks": remarks if at == 0 else ()}
        )
        for at, path in enumerate(paths)
    )
    return Book(
        name=name, form="kushiro", fiscal_year=2024, documents=documents, sheets=sheets, kpis=kpis
    )


def rule(
    code: str, check: Callable[[Row], Verdict] | None, each: str = "sheet", **more: Any
) -> Rule:
    data = {"code": code, "name": f"rule-{code.lower()}", "severity": "error", "each": each}
    texts = {"since": "1", "title": TEXT, "why": TEXT, "action": TEXT}
    forms = {} if each == "reading" else {"forms": ["*"]}
    return build_rule({**data, **texts, **forms, **more}, "tests", WORDS, check)


def fails(row: Row) -> Verdict:
    name = "target" if row.scope == "kpi" else "total_cost" if row.scope == "year" else "name"
    return failed((row, name))


def judged(
    book: Book, *rules: Rule, **more: Any
) -> tuple[list[Finding], dict[str, dict[Any, int]], list[NotChecked]]:
    rows = Rows(book, FORM)
    outcomes: dict[str, dict[Any, int]] = {r.code: dict.fromkeys(OUTCOMES, 0) for r in rules}
    lost: list[NotChecked] = []
    items = list(findings_of(rows, rules, outcomes, lost, **more))
    return [item.finding for item in items], outcomes, lost


# What is counted.


def test_each_outcome_is_counted_once() -> None:
    answers = {1: PASS, 2: MAY, 3: UNKNOWN, 4: NOT_APPLICABLE, 5: Verdict("fail"), 6: PASS}

    def check(row: Row) -> Verdict:
        assert row.sheet is not None
        return answers[row.sheet.number]

    findings, outcomes, lost = judged(
        book_of(*map(sheet, answers)), rule("ZZZ001", check), rule("ZZZ002", fails, "kpi")
    )
    assert outcomes["ZZZ001"] == {
        "pass": 2,
        "may": 1,
        "fail": 1,
        "unknown": 1,
        "not_applicable": 1,
        "crashed": 0,
    }
    assert set(outcomes["ZZZ002"].values()) == {0}
    assert [finding.sheet and finding.sheet.number for finding in findings] == [5]
    assert lost == []


def test_rules_of_other_forms_do_not_apply_to_any_row() -> None:
    other = rule("ZZZ001", fails, "year", forms=["minato"])
    findings, outcomes, lost = judged(book_of(sheet(1), sheet(2)), other)
    assert (findings, lost) == ([], [])
    assert outcomes["ZZZ001"] == dict.fromkeys(OUTCOMES, 0) | {"not_applicable": 2}
    chosen = judged(book_of(sheet(1), sheet(2)), other, rows_of=lambda rule: FirstColumn())
    assert len(chosen[0]) == 1


class FirstColumn(list[Row]):
    """The first column of a book."""

    def __init__(self) -> None:
        super().__init__(Rows(book_of(sheet(1)), FORM).of("year"))


def test_a_crash_names_the_rule_and_what_it_was_on() -> None:
    def check(_row: Row) -> Verdict:
        raise ZeroDivisionError

    book = book_of(sheet(3, document="b"), kpis=(kpi(2),))
    _, outcomes, lost = judged(
        book, rule("ZZZ001", check), rule("ZZZ002", check, "kpi"), rule("ZZZ003", check, "book")
    )
    assert [(item.rule, item.document, item.sheet, item.why.code) for item in lost] == [
        ("ZZZ001", "b", 3, "crashed"),
        ("ZZZ002", "k", None, "crashed"),
        ("ZZZ003", None, None, "crashed"),
    ]
    assert all(counts["crashed"] == sum(counts.values()) == 1 for counts in outcomes.values())
    assert all("ZeroDivisionError" in item.why.en for item in lost)
    assert all("raise ZeroDivisionError" in "\n".join(item.excerpt) for item in lost)


def test_an_outcome_that_is_none_is_a_crash() -> None:
    _, outcomes, (entry,) = judged(
        book_of(sheet(1)),
        rule("ZZZ001", lambda _: PASS._replace(outcome="perhaps")),  # type: ignore[arg-type]
    )
    assert outcomes["ZZZ001"]["crashed"] == 1
    assert "perhaps" in entry.why.en


def test_the_severity_is_that_of_the_row_else_that_of_the_rule() -> None:
    def check(row: Row) -> Verdict:
        assert row.sheet is not None
        return fails(row)._replace(severity="note" if row.sheet.number == 1 else None)

    outcomes = {"ZZZ001": dict.fromkeys(OUTCOMES, 0)}
    rows = Rows(book_of(sheet(1), sheet(2)), FORM)
    items = list(findings_of(rows, [rule("ZZZ001", check)], outcomes, []))
    assert [item.severity for item in items] == ["note", "error"]
    assert [item.finding.severity for item in items] == ["note", "error"]
    assert [item.row for item in items] == rows.of("sheet")


def test_without_the_table_that_it_looks_rows_up_in_a_rule_is_said_not_to_apply() -> None:
    rows = Rows(book_of(sheet(1)), FORM)
    assert list(tables_missing(rule("ZZZ001", fails), FORM, {}, rows.lookups)) == []


# What readers report.

REMARKS: Final = (
    Remark(
        rule="RD900",
        sheet=1,
        field="total_cost",
        year="2024",
        printed="9O",
        place=Place(sheet="表", cell="B2"),
        detail=Text(en="the letter O", ja="英字"),
    ),
    Remark(rule="RD901", kpi=2, printed="7"),
    Remark(rule="RD900", printed="stray", place=Place(line=4)),
    Remark(
        rule="RD900",
        alike=True,
        cells=(
            RemarkCell(sheet=1, field="total_cost", year="2024", printed="1"),
            RemarkCell(kpi=2, field="target", printed="2", place=Place(line=2)),
        ),
    ),
)


def test_what_a_reader_remarks_is_a_finding_of_its_own_rule_alone() -> None:
    book = book_of(sheet(1, "課"), kpis=(kpi(2, document="a"),), remarks=REMARKS)
    reading = rule("RD900", None, "reading"), rule("RD901", None, "reading")
    findings, outcomes, _ = judged(book, *reading)
    assert (outcomes["RD900"]["fail"], outcomes["RD901"]["fail"]) == (3, 1)
    first, stray, alike, of_kpi = findings
    assert first.sheet == SheetReference(number=1, name="事業1", department="課")
    assert (first.rule, first.name, first.document) == ("RD900", "rule-rd900", "a")
    assert (first.year, first.kpi, first.equation) == ("2024", None, "9O")
    assert first.cells == (
        Cell(
            document="a",
            sheet=1,
            field="total_cost",
            year="2024",
            printed="9O",
            place=Place(sheet="表", cell="B2"),
        ),
    )
    assert first.message == Text(en="t: the letter O", ja="題：英字")
    assert first.recurring
    assert (stray.sheet, stray.kpi, stray.message.en, stray.recurring) == (None, None, "t", "")
    assert stray.cells[0].place == Place(line=4)
    assert [(cell.sheet, cell.kpi, cell.field, cell.year) for cell in alike.cells] == [
        (1, None, "total_cost", "2024"),
        (None, 2, "target", None),
    ]
    assert alike.cells[1].place == Place(line=2)
    assert of_kpi.rule == "RD901"
    assert of_kpi.kpi == KpiReference(number=2, project="事業1", name="指標2")
    assert (of_kpi.sheet, of_kpi.cells[0].kpi) == (None, 2)
    assert len({finding.id for finding in findings}) == 4


# What a report lists.


def collected(
    *books: Book, rules: RuleSet, lent: Mapping[str, str] | None = None, **options: Any
) -> Any:
    collector = FindingCollector(rules, AuditOptions(**options), lent)
    collector.expect(books)
    for book in books:
        collector.judge(Rows(book, FORM))
    return collector.report(tuple(document for book in books for document in book.documents))


RULES: Final = RuleSet(
    [
        rule("ZZZ001", fails),
        rule("ZZZ002", fails, severity="warning"),
        rule("ZZZ003", fails, "kpi"),
        rule("RD900", None, "reading"),
    ]
)
BOOK: Final = book_of(
    *(sheet(number, f"課{number % 2}") for number in (1, 2, 3)),
    kpis=(kpi(1), kpi(2, "事業2")),
    remarks=(Remark(rule="RD900", sheet=2, field="name", printed="x"),),
)


def listed(report: Any) -> list[tuple[str, int, str]]:
    return [(item.document, (item.sheet or item.kpi).number, item.rule) for item in report.findings]


IN_ORDER: Final = [
    ("a", 1, "ZZZ001"),
    ("a", 1, "ZZZ002"),
    ("a", 2, "RD900"),
    ("a", 2, "ZZZ001"),
    ("a", 2, "ZZZ002"),
    ("a", 3, "ZZZ001"),
    ("a", 3, "ZZZ002"),
    ("k", 1, "ZZZ003"),
    ("k", 2, "ZZZ003"),
]


@pytest.mark.parametrize("most", [None, *range(11)])
def test_the_first_findings_are_listed_and_all_are_counted(most: int | None) -> None:
    report = collected(BOOK, rules=RULES, max_findings=most)
    assert listed(report)[: len(IN_ORDER) if most is None else most] == IN_ORDER[:most]
    assert report.counts["error"] == 6
    assert report.counts["warning"] == 3
    numbers = {item.id for item in report.findings}
    assert len(report.findings) == len(numbers)
    # No cause is listed in part: the reader's remark stands with the findings on its cell.
    assert {key for cause in report.causes for key in cause.findings} == numbers
    assert len(report.findings) - min(most if most is not None else 9, 9) in (0, 1, 2)


def test_findings_of_books_come_in_the_order_of_the_books() -> None:
    second = book_of(sheet(1, document="z"), name="second")
    first = book_of(sheet(1, document="y"), name="first")
    report = collected(second, first, rules=RULES)
    assert [item.document for item in report.findings] == ["z", "z", "y", "y"]
    short = collected(second, first, rules=RULES, max_findings=2)
    assert [item.document for item in short.findings] == ["z", "z"]
    assert short.counts["error"] == 2


def test_a_kpi_gets_the_department_that_its_project_lends() -> None:
    report = collected(BOOK, rules=RULES, lent={"事業2": "水産課"})
    departments = {item.kpi.number: item.department for item in report.findings if item.kpi}
    assert departments == {1: "", 2: "水産課"}


def test_books_that_are_judged_row_by_row_are_named_up_to_five() -> None:
    collector = FindingCollector(RULES, AuditOptions())
    collector.expect([BOOK])
    collector.judge(Rows(BOOK, FORM))
    why, other = Text(en="one", ja="一"), Text(en="two", ja="二")
    collector.judged_by_row(3, why, ["b", "a"], ["ZZZ001"])
    collector.judged_by_row(4, why, ["a", *"cdefg"], ["ZZZ001"])
    collector.judged_by_row(1, other)
    first, second = collector.report(BOOK.documents).judged_by_row
    assert (first.rows, first.why, first.rules) == (7, why, ("ZZZ001",))
    assert (first.books, first.more) == (("b", "a", "c", "d", "e"), 2)
    assert (second.rows, second.books, second.more, second.rules) == (1, (), 0, ())


def codes(report: Any) -> set[str]:
    return {item.why.code for item in report.not_checked}


def test_a_report_says_why_nothing_was_checked() -> None:
    assert codes(collected(rules=RULES)) == {"no-documents"}
    reading = RuleSet([rule("RD900", None, "reading")])
    nothing = RuleSet([rule("ZZZ001", lambda _: NOT_APPLICABLE), rule("RD900", None, "reading")])
    assert codes(collected(BOOK, rules=nothing)) == {"no-rule-applies"}
    assert codes(collected(BOOK, rules=reading)) == set()
    passing = RuleSet([rule("ZZZ001", lambda _: PASS)])
    assert codes(collected(BOOK, rules=passing)) == set()
    assert codes(collected(book_of(), rules=RULES)) == {"no-documents"}
    lost = NotChecked(why=Why(code="broken", en="b", ja="b"))
    assert codes(collected(rules=RULES, not_checked=(lost,))) == {"broken"}


def test_a_form_that_is_insisted_on() -> None:
    report = collected(BOOK, rules=RULES, form="minato")
    entries = [(item.document, item.why.code) for item in report.not_checked]
    assert entries == [("a", "other-form"), ("k", "other-form")]
    assert codes(collected(BOOK, rules=RULES, form="kushiro")) == set()


def test_outcomes_are_of_the_rules_that_took_part() -> None:
    other = rule("ZZZ004", fails, forms=["minato"])
    report = collected(BOOK, rules=RuleSet([*RULES, other]))
    assert set(report.outcomes) == {"ZZZ001", "ZZZ002", "ZZZ003", "RD900"}
    assert report.outcomes["ZZZ001"]["fail"] == 3
    assert report.outcomes["RD900"]["fail"] == 1
    assert report.fail_on == "error"
    assert report.exit_code == 1


def test_a_limit_is_a_number_from_nothing() -> None:
    assert AuditOptions(max_findings=0).max_findings == 0
    with pytest.raises(ValueError, match="-1"):
        AuditOptions(max_findings=-1)


# What stands together.


def finding(number: int, **more: Any) -> Finding:
    text = Text(en="m", ja="m")
    defaults: dict[str, Any] = {"rule": "ZZZ001", "name": "n", "severity": "error"}
    values = {"document": "a", "message": text, "action": text, "id": f"i{number}"}
    return Finding(**{**defaults, **values, "place": f"p{number}", **more})


def cell(field: str = "total_cost", sheet: int | None = 1, **more: Any) -> Cell:
    return Cell(**{"document": "a", "sheet": sheet, "field": field, **more})


def groups_of(*findings: Finding, apart: tuple[str, ...] = ()) -> list[list[int]]:
    return [group.members for group in grouped(findings, [], {"RD900"}, apart)]


def test_a_readers_finding_joins_the_one_about_its_cell() -> None:
    first = finding(1, cells=(cell(), cell("headcount")))
    remark = finding(2, rule="RD900", cells=(cell("headcount"),))
    assert groups_of(first, remark) == [[0, 1]]
    assert groups_of(remark, first) == [[1, 0]]
    elsewhere = finding(3, rule="RD900", cells=(cell("headcount", sheet=2),))
    assert groups_of(first, elsewhere) == [[0], [1]]
    assert groups_of(elsewhere, remark, elsewhere.model_copy()) == [[0, 2], [1]]
    assert groups_of(first, remark, apart=("RD900",)) == [[0], [1]]
    question = finding(4, rule="RD900", question=True, cells=(cell(),))
    assert groups_of(first, question) == [[0], [1]]


def test_a_cell_is_known_by_its_address_or_by_its_field_on_its_sheet() -> None:
    at = Place(sheet="表", cell="B2")
    named = finding(1, cells=(cell(place=at),))
    by_address = finding(2, rule="RD900", cells=(cell("", sheet=None, place=at),))
    assert groups_of(named, by_address) == [[0, 1]]
    nowhere = finding(3, rule="RD900", cells=(cell("total_cost", sheet=None),))
    assert groups_of(named, nowhere) == [[0], [1]]
    for change in ({"document": "b"}, {"year": "2024"}, {"kpi": 1}):
        other = finding(4, rule="RD900", cells=(cell(**change),))
        assert groups_of(named, other) == [[0], [1]], change


def test_findings_that_point_at_each_others_sheet_are_one() -> None:
    cells = cell("name", 1), cell("name", 2)
    first, second = finding(1, cells=cells), finding(2, cells=cells[::-1])
    assert groups_of(first, second) == [[0, 1]]
    assert groups_of(finding(1, cells=cells[:1]), finding(2, cells=cells[:1])) == [[0], [1]]


def test_no_cause_is_listed_in_part() -> None:
    for most in range(5):
        numbers = limited([[0, 3], [1], [2]], most)
        assert numbers == {at for group in ([0, 3], [1], [2]) if group[0] < most for at in group}


def test_causes_come_by_department_and_sheet_and_the_worst_first() -> None:
    def on(number: int, sheet: int, department: str, severity: str) -> Finding:
        reference = SheetReference(number=sheet, name="n", department=department)
        return finding(number, sheet=reference, severity=severity)

    findings = [
        on(0, 1, "", "error"),
        on(1, 2, "乙", "warning"),
        on(2, 2, "乙", "error"),
        on(3, 3, "甲", "note"),
    ]
    groups = [Grouped([number]) for number in range(4)]
    as_they_come = in_order(findings, groups, ())
    assert [cause.findings for cause in as_they_come.causes] == [("i2",), ("i1",), ("i3",), ("i0",)]
    official = in_order(findings, groups, (), Departments(order=("甲", "乙")))
    assert [cause.findings[0] for cause in official.causes] == ["i3", "i2", "i1", "i0"]
    (one,) = in_order(findings[1:3], [Grouped([0, 1])], ()).causes
    assert (one.findings, one.severity, one.place) == (("i2", "i1"), "error", ("p1", "p2"))
    assert (one.none_of_these, one.suspects, one.cells) == (1, (), ())


def test_ids_that_occur_again_are_counted() -> None:
    findings = [finding(1), finding(2), finding(1), finding(1)]
    ids = [item.id for item in in_order(findings, [], ()).findings]
    assert ids == ["i1", "i2", "i1-2", "i1-3"]


def test_causes_of_some_findings_are_theirs_alone() -> None:
    severities = ("note", "error", "warning")
    findings = [finding(at, severity=severity) for at, severity in enumerate(severities)]
    causes = in_order(findings, [Grouped([0, 1]), Grouped([2])], ()).causes
    (part,) = of_findings(causes, findings[:1])
    assert (part.findings, part.severity, part.place) == (("i0",), "note", ("p0",))
    assert part.id == standing_alone(findings[:1])[0].id
    assert of_findings(causes, findings) == causes
    assert [cause.severity for cause in standing_alone(findings)] == list(severities)


# Which rows are meant.


def fitting(**choice: Any) -> list[tuple[str, str | int | None]]:
    rows = Rows(book_of(sheet(1, identifier="甲-1"), sheet(12), kpis=(kpi(1), kpi(2, "別"))), FORM)
    chosen = RowChoice(**choice)
    return [
        (row.scope, row.sheet.number if row.sheet else row.kpi.number if row.kpi else None)
        for row in rows
        if chosen.fits(row)
    ]


COLUMNS: Final = [("sheet", 1), ("year", 1)]


@pytest.mark.parametrize(
    ("choice", "rows"),
    [
        ({"sheets": [1]}, [*COLUMNS]),
        ({"sheets": ["事業１"]}, [*COLUMNS, ("sheet", 12), ("year", 12), ("kpi", 1)]),
        ({"sheets": ["甲-1"]}, COLUMNS),
        ({"sheets": ["2"]}, []),
        ({"sheets": [12, "別"]}, [("sheet", 12), ("year", 12), ("kpi", 2)]),
        ({"kpis": ["指標2"]}, [("kpi", 2)]),
        ({"kpis": [1]}, [("kpi", 1)]),
        ({"kinds": ["決算"], "sheets": [1]}, [("year", 1)]),
        ({"kinds": ["予算額"]}, []),
        ({"columns": ["2024"], "sheets": [12]}, [("year", 12)]),
        ({"columns": ["2023"]}, []),
        ({"years": ["R6"], "sheets": [1]}, COLUMNS),
        ({"years": [2023]}, []),
    ],
)
def test_rows_are_chosen_by_number_name_year_and_kind(
    choice: dict[str, Any], rows: list[tuple[str, int]]
) -> None:
    assert sorted(fitting(**choice)) == sorted(rows)
    assert RowChoice(**choice).is_narrow


def test_a_choice_remembers_what_there_was() -> None:
    chosen = RowChoice(sheets=["nobody's"])
    rows = Rows(book_of(sheet(1), sheet(2), kpis=(kpi(1),)), FORM)
    assert [row for row in rows if chosen.fits(row)] == []
    assert [item.number for item in chosen.sheets_there.values()] == [1, 2]
    assert [item.number for item in chosen.kpis_there.values()] == [1]
    assert list(chosen.columns_there) == ["2024"]
    assert not RowChoice().is_narrow
    with pytest.raises(WrongYear, match="soon"):
        RowChoice(years=["soon"])


def test_without_a_choice_all_rows_fit() -> None:
    scopes = {scope for scope, _ in fitting()}
    assert scopes == {"book", "sheet", "year", "kpi"}
    assert set(product(["sheet"], [1, 12])) <= set(fitting())


# Prose.


def test_prose_is_judged_some_sheets_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sheet is read once, and let go before those of another part are read."""
    texts = [f"参加者は{count}名（うち市職員20名）であった。" for count in (11, 30, 12, 13, 14)]
    book = book_of(*(sheet(at, achieved=text) for at, text in enumerate(texts, 1)))
    session = load()
    rule = next(rule for rule in session.rules if rule.code == "TXT011")
    outcomes: dict[str, Any] = {rule.code: dict.fromkeys(OUTCOMES, 0)}
    for module in (prose, row_module):
        monkeypatch.setattr(module, "SHEETS_AT_A_TIME", 2)
    held: list[int] = []
    rows = Rows(book, session.forms["kushiro"])
    monkeypatch.setattr(prose, "all_lasts", lambda: held.append(rows.held))

    findings = list(findings_of(rows, [rule], outcomes, []))

    numbers = [item.finding.sheet.number for item in findings if item.finding.sheet is not None]
    assert numbers == [1, 3, 4, 5]
    assert held == [0, 0, 0]
    assert rows.held == 1
    assert outcomes[rule.code]["fail"] == 4


def test_a_book_that_is_one_part_is_held_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []
    monkeypatch.setattr(prose, "all_lasts", lambda: calls.append(None))
    book = book_of(
        *(sheet(at, achieved="参加者は11名（うち市職員20名）であった。") for at in (1, 2))
    )
    session = load()
    rows = Rows(book, session.forms["kushiro"])
    rules = [rule for rule in session.rules if rule.code == "TXT011"]
    outcomes: dict[str, Any] = {"TXT011": dict.fromkeys(OUTCOMES, 0)}
    assert len(list(findings_of(rows, rules, outcomes, []))) == 2
    assert (calls, rows.held) == ([], 2)


@pytest.mark.parametrize(("frozen", "asked"), [(0, []), (1, ["collect", "freeze"])])
def test_only_the_command_says_that_all_lasts(
    frozen: int, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(memory.gc, "get_freeze_count", lambda: frozen)
    monkeypatch.setattr(memory.gc, "collect", lambda: calls.append("collect"))
    monkeypatch.setattr(memory.gc, "freeze", lambda: calls.append("freeze"))
    memory.all_lasts()
    assert calls == asked


def test_rows_of_prose_are_listed_as_they_are_judged() -> None:
    """Those on which a rule has nothing to judge, too."""
    passage = "参加者は11名（うち市職員20名）であった。費用は10千円で、昨年度より2千円増えた。"
    book = book_of(sheet(1, achieved=passage))
    session = load()
    rows = Rows(book, session.forms["kushiro"])
    rules = [rule for rule in session.rules if rule.code == "TXT011"]
    outcomes: dict[str, Any] = {"TXT011": dict.fromkeys(OUTCOMES, 0)}
    listing = OutcomeListing(OutcomeChoice())
    findings = list(findings_of(rows, rules, outcomes, [], listing=listing))
    assert [item.finding.rule for item in findings] == ["TXT011"]
    assert outcomes["TXT011"]["fail"] == 1
    listed = [row.outcome for row in listing.in_order()]
    assert sorted(listed) == sorted(
        outcome for outcome, count in outcomes["TXT011"].items() for _ in range(count)
    )


def test_all_books_whose_rows_were_judged_one_by_one_are_named_unless_more_are_counted() -> None:
    assert JudgedByRow(rows=1, why=Text(en="w", ja="w")).more == 0
