"""Whole reports of small books: findings and causes with their order, counts, outcomes, what was
not checked, what is repeated, in both languages.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import chain, repeat
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Any, Final, cast

import pytest

from auditor.accounts.model import Entry, Ledger
from auditor.auditing import book_findings, collector, prose
from auditor.auditing.book_findings import findings_of
from auditor.auditing.collector import FindingCollector
from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.outcome_rows import OutcomeChoice, OutcomeListing
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.narrative.model import Claim, PluggedReader
from auditor.publication.disclosures import Disclosed, Disclosure, Disclosures
from auditor.records import foreign
from auditor.records.figures import Place
from auditor.records.frozen import FrozenDict
from auditor.records.model import (
    Book,
    Document,
    FiscalYear,
    NotChecked,
    PassedOver,
    Remark,
    RemarkCell,
    Sheet,
)
from auditor.records.sentences import Sentence
from auditor.records.text import Text, Why
from auditor.rules.findings import OUTCOMES
from auditor.rules.loading import build_rule
from auditor.rules.rows import Row, Rows
from auditor.rules.ruleset import RuleSet
from auditor.rules.verdicts import MAY, NOT_APPLICABLE, PASS, UNKNOWN, Verdict, failed
from auditor.settings.model import Departments
from auditor.versions.model import ReturnedFile
from tests.auditing.test_books_judged import book_of, fails, figure, kpi, rule, sheet
from tests.rules.test_sets import BOTH, LOOKING, PROGRAMMES
from tests.rules.test_sets import book_of as grants
from tests.suspects.recorded import Stored

STORED: Final = Stored("reports", Path(__file__).parent / "answers")
FORMS: Final = load().forms
FORM: Final = FORMS["kushiro"]


# --- books


def costing(number: int, total: int, *parts: int, year: int = 2024, **more: Any) -> Sheet:
    """A sheet of which the parts of a cost are its sources in their order."""
    amounts = chain(parts, repeat(0))
    funding = dict(zip(FORM.funding, map(figure, amounts), strict=False))
    column = FiscalYear(
        year=year, kind="settled", total_cost=figure(total), funding=FrozenDict(funding)
    )
    usual: dict[str, Any] = {"document": "a", "name": f"事業{number}", "fiscal_year": 2024}
    return Sheet(**{**usual, "number": number, **more}, years=FrozenDict({str(year): column}))


def remark(code: str, **more: Any) -> Remark:
    return Remark(rule=code, **more)


def lost(code: str = "lost", **more: Any) -> NotChecked:
    return NotChecked(**more, why=Why(code=code, en=f"{code} in English", ja=f"{code}の説明"))


def with_documents(book: Book, **more: Any) -> Book:
    """The book, its first document with more."""
    first, *others = book.documents
    return book.model_copy(update={"documents": (first.model_copy(update=more), *others)})


def of_year(book: Book, year: int, form: str = "kushiro", name: str = "") -> Book:
    """The book as one of another year, form or name."""

    def moved(record: Any) -> Any:
        change: dict[str, Any] = {"fiscal_year": year}
        if isinstance(record, Sheet):
            columns = {
                str(year): one.model_copy(update={"year": year}) for one in record.years.values()
            }
            change["years"] = FrozenDict(columns)
        return record.model_copy(update=change)

    return Book(
        name=name,
        form=form,
        fiscal_year=year,
        documents=tuple(
            item.model_copy(update={"fiscal_year": year, "form": form}) for item in book.documents
        ),
        sheets=tuple(map(moved, book.sheets)),
        kpis=tuple(map(moved, book.kpis)),
    )


REMARKS: Final = (
    remark("RD900", sheet=2, field="total_cost", year="2024", printed="20", place=Place(line=3)),
    remark("RD900", printed="迷子", detail=Text(en="astray", ja="行方不明")),
    remark("RD901", kpi=1, field="target"),
    remark("RD901", kpi=3, field="target", printed="5"),
    remark(
        "RD900",
        alike=True,
        cells=(
            RemarkCell(sheet=1, field="name", printed="甲"),
            RemarkCell(kpi=1, field="target", printed="乙", place=Place(sheet="表", cell="C3")),
        ),
    ),
)
BOOK: Final = book_of(
    sheet(1, "二課"),
    sheet(2, "一課"),
    sheet(3, "二課", achieved="相談は40件であった。"),
    sheet(4, ""),
    kpis=(kpi(1, "事業2"), kpi(2, "だれも"), kpi(3, "事業1", document="a")),
    remarks=REMARKS,
)
SECOND: Final = book_of(sheet(1, "三課", document="b"), kpis=(kpi(9, "事業1", document="c"),))
SUMS: Final = book_of(
    costing(1, 300, 100, 200, department="一課"),
    costing(2, 520, 100, 200, department="二課"),
    costing(3, 300, 100, 100, 50, department="一課"),
    remarks=(
        remark("RD900", sheet=2, field="total_cost", year="2024", printed="520"),
        remark("RD900", sheet=3, field="name", printed="事業3"),
    ),
)


EARLIER: Final = Book(
    form="kushiro",
    fiscal_year=2023,
    documents=(Document(path="前年", form="kushiro", fiscal_year=2023),),
    sheets=tuple(
        costing(number, total, name=name, document="前年", fiscal_year=2023, year=2023)
        for number, name, total in ((7, "事業1", 300), (8, "事業2", 300), (9, "昔の事業", 1))
    ),
)
LATER: Final = book_of(
    *(costing(number, total, year=2023) for number, total in ((1, 300), (2, 520), (3, 1)))
)


# --- rules


crashing: Final[Callable[[Row], Verdict]] = attrgetter("nothing")
"""It has no line of its own, which would be told, too."""


def by_number(row: Row) -> Verdict:
    """Each outcome, by the number of the sheet."""
    assert row.sheet is not None
    answers = (failed((row, "name")), PASS, MAY, UNKNOWN, NOT_APPLICABLE)
    return answers[row.sheet.number % len(answers)]


def with_words(row: Row) -> Verdict:
    """A failure that says all that one can."""
    remark = Text(en=" remark", ja="（付記）")
    return failed(
        (row, "total_cost"),
        (row, "name") if "name" in row.values else (row, "total_cost"),
        detail=Text(en="detail", ja="詳細"),
        equation="1 = 2",
        expected=Decimal(1),
        actual=Decimal("2.50"),
        difference=Decimal("1.5"),
        unit="千円",
        remark=remark,
    )._replace(severity="warning")


SUM: Final = rule("ZZZ010", None, "year", formula="total_cost == sum(funding)")
LAST_YEAR: Final = rule("ZZZ012", None, "year", formula="total_cost == earlier.total_cost")
RULES: Final = RuleSet(
    [
        rule("ZZZ001", fails, severity="warning"),
        rule("ZZZ002", by_number),
        rule("ZZZ003", fails, "kpi"),
        rule("ZZZ004", with_words, "year"),
        rule("ZZZ005", fails, severity="note", question=True),
        rule("ZZZ006", fails, forms=["minato"]),
        rule("RD900", None, "reading", severity="warning"),
        rule("RD901", None, "reading"),
    ]
)
OF_FILES: Final = RuleSet(
    [
        *RULES.select(["ZZZ001"]),
        rule("PUB003", None, "reading", severity="note"),
        rule("PUB006", None, "reading", severity="warning"),
    ]
)
FILES: Final = (
    Disclosures(
        path="a",
        rules=("PUB003", "PUB006"),
        disclosures=(
            Disclosure(
                rule="PUB003",
                label=Text(en="comment", ja="コメント"),
                count=2,
                first=(Disclosed(quote="甲", place=Place(sheet="表1", cell="A1")),),
            ),
            Disclosure(
                rule="PUB006",
                label=Text(en="author", ja="作成者"),
                count=1,
                first=(Disclosed(quote="乙"),),
            ),
        ),
    ),
    Disclosures(path="other", rules=("PUB003",), not_checked=(lost("half"),)),
)


# --- reports


Case = tuple[Any, RuleSet, dict[str, Any]]


def ledger(*rows: tuple[str, int]) -> Ledger:
    entries = tuple(
        Entry(line, project, "一課", {"total_cost": Decimal(amount)})
        for line, (project, amount) in enumerate(rows, 2)
    )
    return Ledger("決算.csv", "0" * 64, ("total_cost",), True, entries)


def claims(text: Any) -> Iterator[Claim]:
    for statement in text.statements:
        yield Claim(kind="own", sentence=statement.sentence())


failing: Final[Callable[[Any], Any]] = attrgetter("nothing")


CASES: Final[dict[str, Case]] = {
    "all kinds of rows": (BOOK, RULES, {}),
    "departments in their order": (
        [BOOK, SECOND],
        RULES,
        {"departments": Departments(order=("三課", "一課"))},
    ),
    "several books": (
        [of_year(SECOND, 2023), BOOK, SECOND, of_year(BOOK, 2024, "none")],
        RULES.select(["ZZZ001", "ZZZ003"]),
        {},
    ),
    "books of one key": (
        [
            book_of(sheet(1)),
            book_of(sheet(2, document="b")),
            of_year(book_of(sheet(1)), 2024, name="n"),
        ],
        RULES.select(["ZZZ001"]),
        {},
    ),
    "what is repeated": (
        book_of(sheet(1)),
        RULES.select(["ZZZ002"]),
        {
            "not_checked": [lost(document="x", sheet=3), lost(rule="ZZZ009")],
            "passed_over": [PassedOver(document="y", why=Why(code="old", en="o", ja="古い"))],
            "returned": [ReturnedFile(document="z", missing=("表2",))],
            "left_out": ["ZZZ001", "ZZZ003"],
            "fail_on": "warning",
        },
    ),
    "never failing": (book_of(sheet(5)), RULES.select(["ZZZ002"]), {"fail_on": "never"}),
    "failing at notes": (book_of(sheet(1)), RULES.select(["ZZZ005"]), {"fail_on": "note"}),
    "assigned severities": (
        book_of(sheet(5), sheet(6)),
        RULES.select(["ZZZ001", "ZZZ002", "ZZZ004", "ZZZ005"]).with_severities(
            {"ZZZ001": "error", "ZZZ002": "note", "ZZZ004": "note", "ZZZ005": "warning"}
        ),
        {},
    ),
    "documents not wholly read": (
        with_documents(BOOK, not_checked=(lost(document="a"), lost("more", document="a"))),
        RULES.select(["ZZZ002"]),
        {},
    ),
    "remarks that no rule lists": (
        with_documents(BOOK, remarks=(*REMARKS, remark("TBL009"), remark("RD777"), remark("XLS1"))),
        RuleSet([RULES["RD901"]]),
        {},
    ),
    "records that are wrong or fit no form": (
        [
            of_year(book_of(sheet(1).model_copy(update={"name": 3})), 2023),
            book_of(sheet(1).model_copy(update={"fiscal_year": 2020})),
        ],
        RULES.select(["ZZZ001"]),
        {},
    ),
    "another form is insisted on": (
        [BOOK, of_year(SECOND, 2024, "minato")],
        RULES.select(["ZZZ001"]),
        {"form": "minato"},
    ),
    "rules for other forms are selected": (BOOK, RULES.select(["ZZZ006", "ZZZ002"]), {}),
    "only rules for other forms": (BOOK, RuleSet([RULES["ZZZ006"]]), {}),
    "no rule at all": (BOOK, RuleSet([]), {}),
    "a family with rules for this form too": (BOOK, RULES.select(["ZZZ", "ZZZ006"]), {}),
    "nothing": ([], RULES, {}),
    "nothing, and something lost": ([], RULES, {"not_checked": [lost()]}),
    "no rule applies": (book_of(sheet(4)), RULES.select(["ZZZ002"]), {}),
    "only remarks are asked for": (BOOK, RuleSet([RULES["RD900"]]), {}),
    "rules that crash": (
        book_of(*(sheet(number) for number in range(1, 24)), kpis=(kpi(1),)),
        RuleSet(
            [
                rule("ZZZ001", crashing),
                rule("ZZZ003", crashing, "kpi"),
                rule("ZZZ007", fails, "book"),
            ]
        ),
        {},
    ),
    "sums": (SUMS, RuleSet([SUM, RULES["RD900"]]), {}),
    "sums, of a lower severity": (
        SUMS,
        RuleSet([SUM, RULES["RD900"]]).with_severity("ZZZ010", "note"),
        {},
    ),
    "sums that are notes": (
        SUMS,
        RuleSet(
            [rule("ZZZ010", None, "year", formula="total_cost == sum(funding)", severity="note")]
        ),
        {},
    ),
    "units that can't be compared": (
        SUMS,
        RuleSet(
            [
                SUM,
                rule("ZZZ011", None, "year", formula="total_cost == headcount"),
                rule(
                    "ZZZ012",
                    None,
                    "year",
                    formula="staff_cost == headcount and total_cost == headcount",
                ),
            ]
        ),
        {},
    ),
    "files": (BOOK, OF_FILES, {"files": FILES}),
    "files, of which some findings are listed": (
        BOOK,
        OF_FILES,
        {"files": FILES, "max_findings": 3},
    ),
    "files alone": ([], OF_FILES, {"files": FILES}),
    "files that were not looked at": (book_of(sheet(1)), OF_FILES, {}),
    "prose that is not read": (
        BOOK,
        RuleSet([*RULES.select(["ZZZ002"]), rule("ZZZ008", fails, narrative=True)]),
        {"narrative": False},
    ),
    "no prose that is not read": (
        book_of(sheet(1)),
        RuleSet([*RULES.select(["ZZZ002"]), rule("ZZZ008", fails, narrative=True)]),
        {"narrative": False},
    ),
    "prose": (
        BOOK,
        RuleSet(
            [
                rule("ZZZ007", by_number, narrative=True),
                rule("ZZZ008", lambda _: PASS, "claim", when="kind == 'own'"),
                rule("ZZZ009", lambda _: MAY, "claim"),
                rule("ZZZ011", lambda _: PASS, "kpi", narrative=True),
            ]
        ),
        {"claim_readers": [PluggedReader("plug", claims), PluggedReader("bad", failing)]},
    ),
    "last year": (LATER, RuleSet([LAST_YEAR]), {"last_year": [EARLIER]}),
    "last year of another year": (
        LATER,
        RuleSet([LAST_YEAR]),
        {"last_year": [of_year(EARLIER, 2020)]},
    ),
    "no last year": (SUMS, RuleSet([LAST_YEAR]), {}),
    "no accounts, and rows that are listed": (
        SUMS,
        RuleSet([SUM, rule("ZZZ013", None, "year", formula="total_cost == accounts.total_cost")]),
        {"outcomes": ("not_applicable",)},
    ),
    "accounts": (
        [SUMS, of_year(BOOK, 2024, "none")],
        RuleSet([SUM, rule("ZZZ012", None, "year", formula="total_cost == accounts.total_cost")]),
        {"accounts": ledger(("事業1", 300_000), ("事業3", 1), ("だれも", 5))},
    ),
    "outcomes are listed": (
        BOOK,
        RULES.select(["ZZZ002", "ZZZ003", "ZZZ006"]),
        {"outcomes": ("fail", "unknown", "not_applicable")},
    ),
    "crashes are listed": (
        book_of(sheet(1, achieved="文。")),
        RuleSet([rule("ZZZ001", crashing), rule("ZZZ007", by_number, narrative=True)]),
        {"outcomes": OUTCOMES},
    ),
    **{
        f"the first {most}": (
            [SUMS, SECOND],
            RuleSet([SUM, *RULES.select(["ZZZ001", "ZZZ003", "ZZZ005"])]),
            {"max_findings": most},
        )
        for most in (0, 1, 3, 5)
    },
}


def in_words(report: Report, whole: bool = False) -> dict[str, Any]:
    """A report as it is stored: what holds nothing is left out, a finding is a line."""
    parts = report.model_dump(mode="json", exclude={"documents"})
    if not whole:
        parts["findings"] = [
            "{rule} {severity} {document} {year} {equation}".format(**item.model_dump())
            + f" s{item.sheet.number if item.sheet else '-'}"
            + f" k{item.kpi.number if item.kpi else '-'} <{item.department}>"
            + f" {item.message.en} / {item.message.ja} {item.id} {item.question}"
            + f" {[cell.field for cell in item.cells]}"
            for item in report.findings
        ]
        parts["causes"] = [
            f"{cause.severity} {cause.document} {cause.certainty} {cause.none_of_these}"
            f" {' '.join(cause.findings)}: {len(cause.suspects)} suspects,"
            f" {[(cell.sheet, cell.field, cell.year) for cell in cause.cells]}"
            for cause in report.causes
        ]
        parts["outcomes"] = {
            code: " ".join(f"{name} {number}" for name, number in counts.items() if number)
            for code, counts in report.outcomes.items()
        }
    described = {name: part for name, part in parts.items() if part not in (None, [], {}, "")}
    documents = [document.path for document in report.documents]
    excerpts = [list(item.excerpt) for item in report.not_checked if item.excerpt]
    return described | {
        "exit": report.exit_code,
        "documents": documents,
        "excerpts": len(excerpts),
        "says": repr(report),
        "questions": report.questions,
        "unlisted": report.unlisted,
    }


def reported(case: str, **more: Any) -> Report:
    books, rules, options = CASES[case]
    options = {**options, **more}
    if "outcomes" in options:
        choice = OutcomeChoice(outcomes=frozenset(options["outcomes"]), most=2)
        options["outcomes"] = OutcomeListing(choice)
    return audit(books, rules, FORMS, AuditOptions(**options))


WHOLE: Final = ("sums", "files", "outcomes are listed")


@pytest.mark.parametrize("case", CASES)
def test_what_is_reported(case: str) -> None:
    STORED.compare(case, in_words(reported(case), case in WHOLE))


def test_no_answer_is_stored_that_no_case_has() -> None:
    STORED.cases_are(CASES)


# --- how findings are collected


def drawn_books(random: Random) -> list[Book]:
    """Books of a few documents, whose sheets and KPIs come in any order."""
    books: list[Book] = []
    for number in range(random.randint(1, 3)):
        paths = [f"{number}-{name}" for name in "ab"]
        sheets = [
            sheet(at, random.choice(("", "一課")), random.choice(paths)) for at in range(1, 5)
        ]
        kpis = [kpi(at, document=random.choice(paths)) for at in range(1, random.randint(1, 4))]
        random.shuffle(sheets)
        remarks = tuple(
            remark("RD900", sheet=random.randint(1, 6), field="name")
            for _ in range(random.randint(0, 2))
        )
        books.append(book_of(*sheets, kpis=tuple(kpis), remarks=remarks, name=f"book {number}"))
    return books


def collected(
    books: list[Book], judged: list[Book] | None = None, rules: RuleSet = RULES, **options: Any
) -> Report:
    """The report on books; they may be judged in another order than they are expected in."""
    collecting = FindingCollector(rules, AuditOptions(**options))
    collecting.expect(books)
    for book in books if judged is None else judged:
        collecting.judge(Rows(book, FORM))
    return collecting.report(tuple(chain.from_iterable(book.documents for book in books)))


SEVERAL: Final = RuleSet([rule("ZZZ009", fails, severity="error"), *RULES])


@pytest.mark.parametrize("seed", range(10))
def test_a_limited_report_has_the_first_findings_of_a_whole_one(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    books = drawn_books(random)
    judged = random.sample(books, len(books))
    whole = collected(books, rules=SEVERAL)
    monkeypatch.setattr(collector, "_BATCH", random.choice((1, 2, 5, 100)))
    assert collected(books, judged, SEVERAL) == whole
    count = len(whole.findings)
    for most in {0, 1, 2, *random.sample(range(count), min(count, 3)), count, count + 1}:
        assert collected(books, judged, SEVERAL, max_findings=most) == whole.limited(most), most


def owner_of(finding: Any) -> tuple[Any, ...]:
    return (finding.document, finding.sheet, finding.kpi)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("most", [1, 2, 3, 6, 12])
def test_a_book_may_be_judged_in_several_passes(seed: int, most: int) -> None:
    books = drawn_books(Random(seed))
    whole = collected(books, rules=SEVERAL)
    collecting = FindingCollector(SEVERAL, AuditOptions(max_findings=most))
    collecting.expect(books)
    for book in books:
        rows = Rows(book, FORM)
        for part in (SEVERAL[::2], SEVERAL[1::2]):
            collecting.judge(rows, part)
    # No more is held than the sheets and KPIs of those that are listed.
    assert {owner_of(item) for _, item in collecting.listed} == {
        owner_of(item) for item in whole.findings[:most]
    }
    documents = chain.from_iterable(book.documents for book in books)
    report = collecting.report(tuple(documents))
    assert report.model_copy(update={"outcomes": whole.outcomes}) == whole.limited(most)


@pytest.mark.parametrize("seed", range(6))
def test_findings_come_by_book_document_sheet_and_kpi(seed: int) -> None:
    """What could not be read comes first; then the worst, by rule and year."""
    books = drawn_books(Random(seed))
    listed = collected(books, rules=SEVERAL).findings
    paths = [document.path for book in books for document in book.documents]
    severities = ("error", "warning", "note")

    def order(item: Any) -> tuple[Any, ...]:
        return (
            paths.index(item.document),
            item.sheet.number if item.sheet else 0,
            item.kpi.number if item.kpi else 0,
            not item.rule.startswith("RD"),
            severities.index(item.severity),
            item.rule,
            item.year or "",
        )

    assert list(listed) == sorted(listed, key=order)


def test_books_that_nobody_expected_come_last() -> None:
    first, second = book_of(sheet(1, document="x"), name="n"), book_of(sheet(1, document="y"))
    collecting = FindingCollector(RULES.select(["ZZZ001"]), AuditOptions())
    collecting.expect([second])
    collecting.judge(Rows(first, FORM))
    collecting.judge(Rows(second, FORM))
    report = collecting.report(second.documents)
    assert [item.document for item in report.findings] == ["y", "x"]


def test_the_first_of_two_books_has_the_findings_on_a_file_of_both() -> None:
    books = [book_of(sheet(1, "一課", document=path), name=path) for path in ("x", "y")]
    both = Document(path="both", form="kushiro", fiscal_year=2024)
    books = [book.model_copy(update={"documents": (*book.documents, both)}) for book in books]
    collecting = FindingCollector(
        OF_FILES, AuditOptions(files=[FILES[0].model_copy(update={"path": "both"})])
    )
    collecting.expect(books)
    for book in books:
        collecting.judge(Rows(book, FORM))
    report = collecting.report(books[0].documents)
    assert [(item.document, item.rule) for item in report.findings] == [
        ("x", "ZZZ001"),
        ("both", "PUB006"),
        ("both", "PUB003"),
        ("y", "ZZZ001"),
    ]


class Written:
    """Takes findings as rows, and remembers how they came."""

    def __init__(self) -> None:
        self.frames: list[list[tuple[Any, ...]]] = []

    def write(self, frame: Any) -> None:
        rows = frame.select("book", "document", "sheet", "kpi", "rule").rows()
        self.frames.append(rows)


def test_every_finding_is_written_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "_BATCH", 2)
    first = book_of(sheet(1), sheet(2), sheet(3), kpis=(kpi(1),), name="first")
    second = book_of(sheet(1, document="b"))
    written = Written()
    rules = RuleSet([*OF_FILES, *RULES.select(["ZZZ003"])])
    options: dict[str, Any] = {"findings": written, "max_findings": 1, "files": FILES[:1]}
    report = collected([first, second], rules=rules, **options)
    assert written.frames == [
        [("first", "a", 1, None, "ZZZ001"), ("first", "a", 2, None, "ZZZ001")],
        [("first", "a", 3, None, "ZZZ001"), ("first", "k", None, 1, "ZZZ003")],
        [("kushiro-2024", "b", 1, None, "ZZZ001")],
        [(None, "a", None, None, "PUB003")],
        [(None, "a", None, None, "PUB006")],
    ]
    assert sum(report.counts.values()) == 7
    assert len(report.findings) == 1


def test_findings_are_written_as_whoever_has_other_keys_says() -> None:
    written = Written()
    collecting = FindingCollector(
        RULES.select(["ZZZ001", "ZZZ002"]), AuditOptions(findings=written)
    )
    calls: list[tuple[int, str]] = []

    def frame_of(findings: Any, key: str) -> Any:
        calls.append((len(list(findings)), key))
        return collector._frame_of([], key)

    book = book_of(sheet(1), sheet(2), name="n")
    rows = Rows(book, FORM)
    collecting.judge(rows, [RULES["ZZZ001"]], frame_of=frame_of)
    collecting.judge(rows, [RULES["ZZZ002"]], lambda _: rows.of("sheet")[:1], frame_of)
    assert calls == [(2, "n")]
    assert written.frames == [[]]
    assert collecting.outcomes["ZZZ002"]["pass"] == sum(collecting.outcomes["ZZZ002"].values()) == 1


def test_who_waits_hears_how_far_the_search_for_suspects_is() -> None:
    calls: list[tuple[int, int]] = []
    audit(SUMS, RuleSet([SUM]), FORMS, AuditOptions(progress=lambda *call: calls.append(call)))
    assert calls == [(0, 2), (1, 2)]


def test_a_search_that_fails_costs_its_sheet_its_suspects_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from auditor.suspects.sheets import SheetExplaining

    usual = SheetExplaining.explanations

    def explanations(self: Any) -> Any:
        if self.rows[0].sheet.number == 2:
            raise ArithmeticError("too wide")
        return usual(self)

    monkeypatch.setattr(SheetExplaining, "explanations", explanations)
    report = audit(SUMS, RuleSet([SUM, RULES["RD900"]]), FORMS)
    assert [
        (item.document, item.sheet, item.rule, item.why.code) for item in report.not_checked
    ] == [("a", 2, None, "suspects-failed")]
    (why,) = (item.why for item in report.not_checked)
    assert why.en.startswith("the search for suspects failed: ")
    assert why.ja.startswith("訂正候補を探す処理が途中で止まりました：")
    assert all(text.endswith("ArithmeticError: too wide") for text in (why.en, why.ja))
    assert [len(cause.suspects) for cause in report.causes if len(cause.findings) == 1] == [5, 0]


def test_what_settings_say_of_a_severity_makes_no_suspect_more_likely() -> None:
    usual = audit(SUMS, RuleSet([SUM]), FORMS)
    lenient = audit(SUMS, RuleSet([SUM]).with_severities({SUM.code: "warning"}), FORMS)
    assert {finding.severity for finding in lenient.findings} == {"warning"}
    explained = [(cause.suspects, cause.none_of_these) for cause in usual.causes]
    assert [(cause.suspects, cause.none_of_these) for cause in lenient.causes] == explained
    assert all(suspects for suspects, _ in explained)


def test_a_search_that_failed_is_named_by_its_sheet_or_indicator() -> None:
    indicator = kpi(7)
    rows = Rows(book_of(sheet(3), kpis=(indicator,)), FORM)
    fault = ValueError("narrow")
    on_kpi, on_sheet = (
        book_findings._failed_search(rows.of(scope)[0], fault) for scope in ("kpi", "sheet")
    )
    assert (on_kpi.document, on_kpi.sheet, on_kpi.why.code) == (
        indicator.document,
        None,
        "suspects-failed",
    )
    assert on_kpi.why.en == "the search for suspects of KPI 7 failed: ValueError: narrow"
    assert on_kpi.why.ja == "KPI7の訂正候補を探す処理が途中で止まりました：ValueError: narrow"
    assert (on_sheet.document, on_sheet.sheet) == (sheet(3).document, 3)
    assert on_sheet.why.en == "the search for suspects failed: ValueError: narrow"


def test_a_table_that_was_not_given_is_named_once() -> None:
    text = {"en": "t", "ja": "題"}
    data = {"code": "ZZZ030", "name": "n", "severity": "error", "each": "sheet", "since": "1"}
    data |= {"formula": "grant <= programme.maximum", "forms": ["grants"]}  # type: ignore[dict-item]
    looking = build_rule({**data, "title": text, "why": text, "action": text}, "tests", BOTH)
    table = grants([{"name": "x", "category": "C", "grant": "4"}], LOOKING)
    books = [table.model_copy(update={"name": name}) for name in ("first", "second")]
    forms = {"grants": LOOKING, "programmes": PROGRAMMES}
    report = audit(books, RuleSet([looking]), forms)
    (entry,) = report.not_checked
    assert (entry.rule, entry.document, entry.why) == (
        "ZZZ030",
        None,
        Why(
            code="lookup-table",
            en="was not applied: no table of form programmes was given, in which it looks rows up",
            ja="適用していません。参照する表（様式 programmes）が指定されていません",
        ),
    )
    assert report.outcomes["ZZZ030"] == dict.fromkeys(OUTCOMES, 0) | {"not_applicable": 2}
    table = grants([{"name": "C", "maximum": "5"}], PROGRAMMES)
    both = audit([*books, table], RuleSet([looking]), forms)
    assert (both.not_checked, both.outcomes["ZZZ030"]["pass"]) == ((), 2)


def test_nobody_but_a_user_interrupts_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(row: Row) -> Verdict:
        del row
        raise KeyboardInterrupt

    report = audit(book_of(sheet(1)), RuleSet([rule("ZZZ001", interrupted)]), FORMS)
    assert report.outcomes["ZZZ001"]["crashed"] == 1
    monkeypatch.setattr(foreign, "is_interrupt", lambda fault: type(fault) is KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        audit(book_of(sheet(1)), RuleSet([rule("ZZZ001", interrupted)]), FORMS)


def changing(row: Row) -> Verdict:
    """It changes what it was handed, past what records refuse."""
    vars(row.sheet)["department"] = "他課"
    return PASS


@pytest.mark.parametrize("changes", [False, True])
def test_code_of_plugins_that_changes_records_is_named(changes: bool) -> None:
    own = replace(rule("ZZZ014", changing if changes else by_number), plugin="own")
    again = replace(rule("ZZZ015", lambda _: PASS), plugin="own")
    shipped = rule("ZZZ016", lambda _: PASS)
    other = [PluggedReader("other", claims)]
    report = audit(
        book_of(sheet(1)), RuleSet([own, again, shipped]), FORMS, AuditOptions(claim_readers=other)
    )
    assert [(item.why.code, item.why.en.partition(";")[0]) for item in report.not_checked] == (
        [("plugin-failed", "plugin own, other: it changed the records that it was handed")]
        if changes
        else []
    )


def test_rules_that_come_with_the_program_are_not_watched() -> None:
    report = audit(book_of(sheet(1)), RuleSet([rule("ZZZ014", changing)]), FORMS)
    assert (report.not_checked, report.outcomes["ZZZ014"]["pass"]) == ((), 1)


def test_only_claims_of_its_kinds_are_judged_by_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    book = book_of(sheet(1, achieved="一つ。二つ。三つ。"), sheet(2), sheet(3, achieved="四つ。"))
    kinds = {"一": "own", "二": "other", "三": "third", "四": "own"}

    def claims_of(*words: Any) -> list[Claim]:
        texts = [part for part in words[1].achieved.split("。") if part]
        return [
            Claim(kind=kinds[part[0]], sentence=Sentence(text=part, section="achieved"))
            for part in texts
        ]

    judged: list[tuple[str, str]] = []
    usual = type(SUM).judge

    def judge(self: Any, row: Row) -> Verdict:
        number = str(row.sheet.number) if row.sheet else ""
        judged.append((self.code, str(row.values["kind"]) if row.scope == "claim" else number))
        return usual(self, row)

    monkeypatch.setattr(type(SUM), "judge", judge)
    rules = [
        rule("ZZZ021", lambda _: PASS, "claim", when="kind in ['own', 'third']"),
        rule("ZZZ022", lambda _: PASS, "claim"),
        rule("ZZZ023", lambda _: PASS, narrative=True),
        rule("ZZZ024", lambda _: PASS, "claim", when="kind == 'none'"),
        rule("ZZZ025", lambda _: PASS, "year", narrative=True),
    ]
    outcomes: dict[str, dict[Any, int]] = {item.code: dict.fromkeys(OUTCOMES, 0) for item in rules}
    assert list(findings_of(Rows(book, FORM, claims_of=claims_of), rules, outcomes, [])) == []
    assert judged == [
        *(("ZZZ025", str(number)) for number in (1, 2, 3)),
        *(("ZZZ021", kind) for kind in ("own", "own", "third")),
        *(("ZZZ022", kind) for kind in ("own", "other", "third", "own")),
        *(("ZZZ023", str(number)) for number in (1, 3)),
    ]
    assert [(counts["pass"], counts["not_applicable"]) for counts in outcomes.values()] == [
        (3, 1),
        (4, 0),
        (3, 0),
        (0, 4),
        (3, 0),
    ]


def test_prose_is_judged_some_sheets_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prose, "SHEETS_AT_A_TIME", 2)
    book = book_of(*(sheet(number, achieved="文。") for number in range(1, 6)))
    rules = [rule("ZZZ021", fails, narrative=True), rule("ZZZ022", fails, narrative=True)]
    outcomes: dict[str, dict[Any, int]] = {item.code: dict.fromkeys(OUTCOMES, 0) for item in rules}
    items = findings_of(Rows(book, FORM), rules, outcomes, [])
    assert [
        (item.finding.rule[-1], item.finding.sheet.number) for item in items if item.finding.sheet
    ] == [
        *(("1", 1), ("1", 2), ("2", 1), ("2", 2)),
        *(("1", 3), ("1", 4), ("2", 3), ("2", 4)),
        *(("1", 5), ("2", 5)),
    ]


def test_rows_that_are_given_are_judged_in_place_of_all() -> None:
    """A rule over other books that are not there applies to none of them."""
    rows = Rows(SUMS, FORM)
    rules = [SUM, LAST_YEAR, RULES["ZZZ006"], RULES["RD900"]]
    outcomes: dict[str, dict[Any, int]] = {item.code: dict.fromkeys(OUTCOMES, 0) for item in rules}
    items = list(
        findings_of(rows, rules, outcomes, [], lambda item: rows.of(cast("Any", item.each))[1:])
    )
    counts = {
        code: {name: number for name, number in counts.items() if number}
        for code, counts in outcomes.items()
    }
    assert counts == {
        "ZZZ010": {"fail": 2},
        "ZZZ012": {"not_applicable": 2},
        "ZZZ006": {"fail": 2},
        "RD900": {"fail": 2},
    }
    assert [
        (item.rule.code, item.row and item.row.sheet and item.row.sheet.number) for item in items
    ] == [
        ("ZZZ010", 2),
        ("ZZZ010", 3),
        ("ZZZ006", 2),
        ("ZZZ006", 3),
        ("RD900", None),
        ("RD900", None),
    ]
