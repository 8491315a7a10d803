"""The parts of which reports are made: which rows are meant, which findings stand together, the
cells of suspects, and what a report answers about itself.

``AUDITOR_SNAPSHOTS=write`` stores what comes out now: read the difference before you commit it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import chain, product
from pathlib import Path
from random import Random
from typing import Any, Final, cast

import pytest

from auditor.auditing.book_findings import (
    Explained,
    _SuspectCells,
)
from auditor.auditing.causes import grouped, in_order, limited, of_findings
from auditor.auditing.options import DEFAULTS, AuditOptions
from auditor.auditing.report import (
    AccountRows,
    Accounts,
    Baseline,
    EarlierAcceptance,
    JudgedByRow,
    LastYear,
    NamedRecord,
    Report,
    UnusedWaiver,
    severity_counts,
)
from auditor.auditing.row_choice import RowChoice, WrongYear
from auditor.auditing.session import load
from auditor.narrative.model import Claim, Reference
from auditor.records.figures import Place
from auditor.records.frozen import FrozenDict
from auditor.records.model import Document, NotChecked
from auditor.records.sentences import Mark, Sentence
from auditor.records.severities import SEVERITIES
from auditor.records.text import Text, Why
from auditor.rules.findings import OUTCOMES, Finding, KpiReference, SheetReference
from auditor.rules.outcomes import OutcomeRows, RowOutcome
from auditor.rules.rows import Cell, Other, Row, Rows
from auditor.rules.suspects import Beside, Suspect, SuspectCell
from auditor.settings.model import Departments
from auditor.suspects.slips import slip
from auditor.testing import book as built
from auditor.waivers.model import Waiver
from tests.auditing.test_books_judged import book_of, figure, sheet
from tests.suspects.recorded import Stored

STORED: Final = Stored("parts", Path(__file__).parent / "answers")
FORM: Final = load().forms["kushiro"]


# --- which rows are meant


CHOSEN_FROM: Final = built(2, 1, FORM, kpis=2)
FIRST: Final = CHOSEN_FROM.sheets[0].name
INDICATOR: Final = CHOSEN_FROM.kpis[1].name
CHOICES: Final[list[dict[str, Any]]] = [
    {},
    *({"years": [year]} for year in (2023, "R6", "令和７年度", "FY2020", 1999)),
    {"years": [2023, 2024]},
    *(
        {"kinds": [kind]}
        for kind in (
            *("決算額", "決算", "決算見込額", "決算見込", "予算額", "予算", "要求額", "要求"),
            *("settled", "budgeted", "決　算 額", "none"),
        )
    ),
    {"kinds": ["予算", "決算"], "sheets": [2]},
    *(
        {"columns": [column]}
        for column in ("2024", "２０２４", "決算額", "予算", "2020", "算額）", "x")
    ),
    {"columns": ["2025", "2023"], "kpis": [1]},
    {"columns": ["2021", "2023"]},
    *({"sheets": [word]} for word in (1, "2", "１", FIRST, FIRST[:3], "", "3", " ")),
    {"sheets": [1, 2], "years": [2024]},
    *({"kpis": [word]} for word in (1, "2", INDICATOR, "")),
    {"kpis": [1], "sheets": [1]},
    {"sheets": [CHOSEN_FROM.kpis[0].project]},
]


def fitting(choice: RowChoice) -> list[str]:
    """The rows that a choice fits, in short."""
    return [
        f"{row.scope} {row.sheet.number if row.sheet else '-'}"
        f" {row.kpi.number if row.kpi else '-'} {row.column or '-'}"
        for row in Rows(CHOSEN_FROM, FORM)
        if choice.fits(row)
    ]


def test_the_rows_that_are_meant() -> None:
    answers: dict[str, list[str]] = {}
    for words in CHOICES:
        choice = RowChoice(**words)
        answers[repr(words)] = fitting(choice)
        assert choice.is_narrow == bool(words)
        assert [item.number for item in choice.sheets_there.values()] == [1, 2]
        assert list(choice.sheets_there) == [(CHOSEN_FROM.sheets[0].document, n) for n in (1, 2)]
        assert [item.name for item in choice.kpis_there.values()] == [
            item.name for item in CHOSEN_FROM.kpis
        ]
        assert sorted(choice.columns_there) == [str(year) for year in range(2020, 2026)]
    STORED.compare("choices", answers)
    with pytest.raises(WrongYear) as raised:
        RowChoice(years=["soon"])
    message = raised.value.message
    assert message.en == "soon is no fiscal year; 2024, FY2024 or R6 is"
    assert message.ja == "「soon」は年度として読めません（例：2024、R6、令和６年度）"


def test_a_sheet_is_meant_by_its_identifier_whole() -> None:
    rows = Rows(book_of(sheet(1, identifier="甲-1"), sheet(2, identifier="甲-12")), FORM)

    def sheets(word: str) -> list[int]:
        choice = RowChoice(sheets=[word])
        return [row.sheet.number for row in rows.of("sheet") if choice.fits(row) and row.sheet]

    assert [sheets(word) for word in ("甲-1", "甲ー1", "甲－１", "甲", "1", "12")] == [
        [1],
        [],
        [1],
        [],
        [1],
        [],
    ]


def test_a_column_that_is_no_year_is_of_the_year_of_its_record() -> None:
    sentence = Sentence(text="文", section="issues", year="見込")
    claim = Claim(kind="own", sentence=sentence)
    rows = Rows(book_of(sheet(1)), FORM, claims_of=lambda *_: [claim]).of("claim")
    assert [row.column for row in rows if RowChoice(years=[2024]).fits(row)] == ["見込"]
    assert not any(RowChoice(years=[2023]).fits(row) for row in rows)


# --- which findings stand together


def drawn_finding(random: Random, number: int) -> Finding:
    text = Text(en="m", ja="m")
    at = random.choice(("sheet", "sheet", "sheet", "kpi", "none"))
    named = random.randint(1, 3)
    department = f"{'一二三'[named - 1]}課" if named < 3 else ""
    return Finding(
        id=f"i{number if random.random() < 0.9 else 0}",
        place=f"p{random.randint(1, 9)}",
        rule=random.choice(("ZZZ001", "ZZZ002", "RD900", "RD901", "PUB001")),
        name="n",
        severity=random.choice(SEVERITIES),
        document="a",
        sheet=SheetReference(number=named, name="s", department=department)
        if at == "sheet"
        else None,
        kpi=KpiReference(number=named, project="p", name="k", department=department)
        if at == "kpi"
        else None,
        question=random.random() < 0.1,
        cells=tuple(drawn_cell(random) for _ in range(random.randint(0, 3))),
        message=text,
        action=text,
    )


def drawn_cell(random: Random) -> Cell:
    place = random.choice(
        (
            None,
            None,
            Place(line=1),
            Place(sheet="表", cell=random.choice(("A1", "B2"))),
            Place(sheet="他", cell="A1"),
        )
    )
    owner: dict[str, int] = random.choice(({"sheet": 1}, {"sheet": 2}, {"kpi": 1}, {}))
    return Cell(
        document=random.choice("aab"),
        field=random.choice(("", "total_cost", "headcount")),
        year=random.choice((None, "2024")),
        place=place,
        **owner,
    )


def drawn_explained(random: Random, findings: Sequence[Finding]) -> list[Explained]:
    """One mistake for some findings, and one for others; of some, no finding is listed."""
    numbers = random.sample(range(len(findings)), min(len(findings), 4))
    parts = [numbers[:2], numbers[2:3], []]
    explained: list[Explained] = []
    for part in parts[: random.randint(0, 3)]:
        mine = [findings[number] for number in part]
        cells = [drawn_cell(random) for _ in range(random.randint(0, 2))]
        suspects = tuple(
            Suspect(
                tuple(
                    SuspectCell(item.field, item.year) for item in chain(cells, mine[0].cells[:1])
                )
                if mine
                else (),
                slip(random.choice(("text-not-added", "not-recalculated", "arbitrary"))),
                Decimal(random.choice(("0.95", "0.5", "0.2"))),
            )
            for _ in range(random.randint(0, 2))
        )
        explained.append(Explained(tuple(mine), suspects, Decimal("0.05"), tuple(cells)))
    return explained


READING: Final = ("RD900", "RD901")


@pytest.mark.parametrize("seed", range(60))
def test_what_stands_together_and_in_which_order(seed: int) -> None:
    random = Random(seed)
    findings = [drawn_finding(random, number) for number in range(random.randint(1, 9))]
    explained = drawn_explained(random, findings)
    apart = ("PUB001",) if random.random() < 0.5 else ()
    groups = grouped(findings, explained, READING, apart)
    order = Departments(order=("二課", "一課")) if random.random() < 0.5 else Departments()
    listed = in_order(findings, groups, READING, order)
    most = random.randint(0, len(findings))
    numbers = limited((group.members for group in groups), most)
    part = random.sample(findings, len(findings) // 2)
    STORED.compare(
        f"together {seed}",
        {
            "groups": [group.members for group in groups],
            "ids": [item.id for item in listed.findings],
            "causes": [
                f"{cause.id} {cause.document} {cause.severity} {cause.certainty}"
                f" s{cause.sheet.number if cause.sheet else '-'}"
                f" k{cause.kpi.number if cause.kpi else '-'}"
                f" {cause.none_of_these} {len(cause.suspects)} {len(cause.cells)}:"
                f" {' '.join(cause.findings)}; {' '.join(cause.place)}"
                for cause in listed.causes
            ],
            "limited": sorted(numbers),
            "parts": [
                f"{cause.id} {cause.severity} {cause.sheet and cause.sheet.number}"
                f" {cause.kpi and cause.kpi.number}: {' '.join(cause.findings)};"
                f" {' '.join(cause.place)}"
                for cause in of_findings(listed.causes, part)
            ],
        },
    )
    # What holds of any: each finding is in one group; what stands apart is alone.
    assert Counter(chain.from_iterable(group.members for group in groups)) == Counter(
        range(len(findings))
    )
    for group in groups:
        alone = [
            number
            for number in group.members
            if findings[number].rule in apart or findings[number].question
        ]
        assert not alone or len(group.members) == 1 or group.explained is not None
    assert all(number in numbers for number in range(most))


def test_what_is_explained_and_not_listed_is_in_no_group() -> None:
    explained = [explained_of(1, 2), explained_of(3)]
    groups = grouped(MIXED[:2], explained, ())
    assert [group.members for group in groups] == [[1], [0]]


# --- the cells of suspects


def cells_of(suspects: Iterable[SuspectCell], row: Row, rows: Rows) -> list[str]:
    several = [Suspect((item,), slip("arbitrary"), Decimal(1)) for item in suspects]
    return [
        f"{cell.document} s{cell.sheet or '-'} k{cell.kpi or '-'} {cell.field} {cell.year}"
        f" {cell.name} {cell.other_book} {cell.shown()}"
        for cell in _SuspectCells(rows).of(several, row)
    ]


def test_the_cells_of_suspects_are_those_of_their_records() -> None:
    earlier = built(2, 2, FORM, kpis=2)
    partners = Other(
        Rows(earlier, FORM),
        [(CHOSEN_FROM.sheets[0], earlier.sheets[1])],
        [(CHOSEN_FROM.kpis[0], earlier.kpis[1])],
    )
    rows = Rows(CHOSEN_FROM, FORM, {"earlier": partners})
    document = CHOSEN_FROM.sheets[0].document
    fields_of: dict[str, list[tuple[str, str | None]]] = {
        "sheet": [
            ("population", None),
            ("population", "2024"),
            ("name", None),
            ("total_cost", "2024"),
            ("total_cost", "2024"),
            ("total_cost", "1999"),
            ("total_cost", None),
            ("evaluations.result", "2024"),
            ("evaluations.result", "2023"),
            ("result", "2024"),
            ("nowhere", "2024"),
        ],
        "kpi": [
            ("target", None),
            ("actuals", "2023"),
            ("actuals", "1999"),
            ("target", "2024"),
            ("name", None),
            ("direction", None),
        ],
    }
    answers: dict[str, list[str]] = {}
    for each, names in fields_of.items():
        for number, row in enumerate(rows.of(cast(Any, each))):
            mine = [SuspectCell(name, year) for name, year in names]
            theirs = [SuspectCell(name, year, other_book="earlier") for name, year in names]
            answers[f"{each} {number}"] = cells_of(mine, row, rows)
            answers[f"{each} {number}, earlier"] = cells_of(theirs, row, rows)
    beside = [
        SuspectCell(name, year, beside=Beside(document, number))
        for number, (name, year) in product((2, 1), fields_of["sheet"][:4])
    ]
    answers["beside"] = cells_of(beside, rows.of("sheet")[0], rows)
    answers["of the book"] = cells_of([SuspectCell("fiscal_year", None)], rows.of("book")[0], rows)
    STORED.compare("cells", answers)


def test_the_cells_of_a_claim_are_its_own() -> None:
    text = "40件中10件（25％）"
    marks = (Mark(start=0, end=3, name="whole"), Mark(start=4, end=7, name="part"))
    claim = Claim(
        kind="share",
        sentence=Sentence(text=text, section="achieved", marks=marks),
        figures=FrozenDict({"whole": figure(40), "part": figure(10)}),
        references=FrozenDict(
            {"other": Reference(scope="year", column="2024", field="total_cost")}
        ),
    )
    rows = Rows(book_of(sheet(1, achieved=text)), FORM, claims_of=lambda *_: [claim])
    (row,) = rows.of("claim")
    cells = [row.cell(name) for name in ("whole", "part", "other")]
    for chosen in ([0], [1, 2], [2, 0, 0], []):
        suspects = [
            SuspectCell(cells[at].field, cells[at].year, name=cells[at].name) for at in chosen
        ]
        several = [Suspect((item,), slip("arbitrary"), Decimal(1)) for item in suspects]
        assert list(_SuspectCells(rows).of(several, row)) == [
            cells[at] for at in sorted(set(chosen))
        ]
    other = SuspectCell(cells[0].field, cells[0].year, name="nobody")
    assert _SuspectCells(rows).of([Suspect((other,), slip("arbitrary"), Decimal(1))], row) == ()


# --- what a report answers about itself


def plain(number: int, severity: str = "error", **more: Any) -> Finding:
    text = Text(en="m", ja="m")
    usual: dict[str, Any] = {"rule": "ZZZ001", "name": "n", "document": "a", "place": f"p{number}"}
    return Finding(
        **{**usual, "id": f"i{number}", "severity": severity, **more}, message=text, action=text
    )


MIXED: Final = (
    plain(0, "note", question=True),
    plain(1, "warning", unit="円", sheet=SheetReference(number=2, name="乙", department="二課")),
    plain(2, "error", year="2024", kpi=KpiReference(number=1, project="丙", name="指標")),
    plain(3, "note", rule="FND001", document="b"),
    plain(4, "warning", sheet=SheetReference(number=1, name="甲", department="一課"), year="2024"),
)


def report_of(*findings: Finding, **more: Any) -> Report:
    return Report(documents=(), findings=findings, **more)


def counts(error: int = 0, warning: int = 0, note: int = 0, question: int = 0) -> dict[str, int]:
    return {"error": error, "warning": warning, "note": note, "question": question}


@pytest.mark.parametrize("fail_on", [*SEVERITIES, "never"])
@pytest.mark.parametrize(
    ("severity", "question"), [(None, False), *product(SEVERITIES, [False, True])]
)
@pytest.mark.parametrize("before", [None, 0, 1, 2])
@pytest.mark.parametrize("lacks", [False, True])
def test_the_exit_code(
    fail_on: Any, severity: Any, question: bool, before: int | None, lacks: bool
) -> None:
    findings = [] if severity is None else [plain(1, severity), plain(2, severity)]
    if question:
        findings = [item.model_copy(update={"question": True}) for item in findings]
    baseline = None
    if before is not None:
        counted_as = "question" if question else severity
        known = {} if severity is None else {counted_as: before}
        baseline = Baseline(unchanged=(), counts=FrozenDict(known), fixed=FrozenDict())
    reasons = [NotChecked(why=Why(code="c", en="e", ja="j"))] if lacks else []
    report = report_of(*findings, fail_on=fail_on, baseline=baseline, not_checked=reasons)
    if lacks:
        expected = 2
    elif severity is None or question or fail_on == "never" or before == 2:
        expected = 0
    else:
        expected = int(SEVERITIES.index(severity) <= SEVERITIES.index(fail_on))
    assert report.exit_code == expected
    if not question and severity is not None:
        assert report.new_counts == dict.fromkeys(SEVERITIES, 0) | {severity: 2 - (before or 0)}


def test_what_a_report_counts() -> None:
    report = report_of(*MIXED)
    assert report.counts == counts(1, 2, 1, 1)
    assert severity_counts(MIXED) == report.counts
    assert severity_counts(()) == dict.fromkeys(SEVERITIES, 0)
    assert report.by_severity == {"error": 1, "warning": 2, "note": 1}
    assert (report.questions, report.unlisted) == (1, 0)
    assert report_of().questions == 0
    assert report_of(counts=FrozenDict({"warning": 3})).by_severity == {
        "error": 0,
        "warning": 3,
        "note": 0,
    }
    more = report_of(*MIXED[:2], counts=report.counts)
    assert more.unlisted == 3
    outcomes = {"A": dict.fromkeys(OUTCOMES, 0) | {"fail": 3, "unknown": 2}, "B": {"unknown": 4}}
    plenty = report_of(outcomes=outcomes)
    assert plenty.rule_counts == {"A": 3, "B": 0}
    assert [cause.findings for cause in report.causes] == [(item.id,) for item in MIXED]
    for item in MIXED:
        assert report.cause_of(item).findings == (item.id,)


def document(path: str) -> Document:
    return Document(path=path, form="kushiro", fiscal_year=2024)


def test_a_report_in_one_line() -> None:
    lost = NotChecked(why=Why(code="c", en="e", ja="j"))
    outcomes = {"A": {"unknown": 2}, "B": {"unknown": 3}}
    several = Report(documents=(document("a"), document("b")))
    assert [
        repr(report_of()),
        repr(Report(documents=(document("a"),), findings=MIXED[1:2])),
        str(several),
        repr(report_of(*MIXED, not_checked=[lost, lost.model_copy(update={"more": 4})])),
        repr(report_of(outcomes=outcomes)),
    ] == [
        "<Report: no findings in 0 documents; exit code 0>",
        "<Report: 1 warning in 1 document; exit code 0>",
        "<Report: no findings in 2 documents; exit code 0>",
        "<Report: 1 error, 2 warnings, 1 note, 1 question in 0 documents; 5 not checked; exit code 2>",
        "<Report: no findings in 0 documents; unknown for 5 rows; exit code 0>",
    ]
    assert "no findings in 2 documents; exit code 0" in several._repr_html_()


def test_every_document_that_took_part() -> None:
    first, earlier, ledger = document("a"), document("last"), document("ledger")
    last_year, accounts = LastYear(documents=(earlier,)), Accounts(document=ledger)
    for has_last, has_accounts in product((False, True), repeat=2):
        report = Report(
            documents=(first,),
            last_year=last_year if has_last else None,
            accounts=accounts if has_accounts else None,
        )
        expected = [first, *([earlier] if has_last else []), *([ledger] if has_accounts else [])]
        assert list(report.every_document) == expected


GROUPS: Final[dict[str, list[tuple[str, list[int]]]]] = {
    "department": [("", [0, 2, 3]), ("二課", [1]), ("一課", [4])],
    "document": [("a", [0, 1, 2, 4]), ("b", [3])],
    "family": [("ZZZ", [0, 1, 2, 4]), ("FND", [3])],
    "name": [("n", [0, 1, 2, 3, 4])],
    "project": [("", [0, 3]), ("乙", [1]), ("丙", [2]), ("甲", [4])],
    "rule": [("ZZZ001", [0, 1, 2, 4]), ("FND001", [3])],
    "severity": [("error", [2]), ("warning", [1, 4]), ("note", [0, 3])],
    "unit": [("", [0, 2, 3, 4]), ("円", [1])],
    "year": [("", [0, 1, 3]), ("2024", [2, 4])],
}


@pytest.mark.parametrize("word", GROUPS)
def test_findings_in_groups(word: Any) -> None:
    together = in_order(MIXED, grouped(MIXED, [explained_of(1, 2)], ()), ())
    report = report_of(*together.findings, causes=together.causes)
    groups = report.by(word)
    assert groups.name == word
    assert [(key, [int(item.id[1:]) for item in group]) for key, group in groups.items()] == GROUPS[
        word
    ]
    for group in groups.values():
        assert list(group.causes) == list(of_findings(report.causes, group.findings))


def explained_of(*numbers: int) -> Explained:
    return Explained(tuple(MIXED[number] for number in numbers), (), Decimal(1), ())


def test_findings_in_groups_of_ones_own() -> None:
    def length(finding: Finding) -> int:
        return len(finding.document) + (finding.unit != "")

    groups = report_of(*MIXED).by(length)
    assert groups.name == "length"
    assert {key: len(group) for key, group in groups.items()} == {1: 4, 2: 1}
    assert report_of(*MIXED).by(partial(str.format, "{0.rule}")).name == "key"


WAIVER: Final = Waiver(
    rule="r",
    place="p",
    values="v",
    reason="w",
    kind="その他",
    role="r",
    date=date(2025, 4, 1),
)


@pytest.mark.parametrize("most", [None, *range(7)])
def test_a_report_that_is_limited_keeps_causes_whole_and_all_counts(most: int | None) -> None:
    together = in_order(MIXED, grouped(MIXED, [explained_of(1, 4)], ()), ())
    report = report_of(
        *together.findings,
        causes=together.causes,
        accepted_earlier=[EarlierAcceptance(finding=f"i{n}", waiver=WAIVER) for n in (0, 4)],
    )
    short = report.limited(most)
    listed = {None: 5, 0: 0, 1: 1, 2: 3, 3: 4, 4: 5, 5: 5, 6: 5}[most]
    ids = [item.id for item in short.findings]
    assert (
        ids
        == [["i0", "i1", "i4"], ["i0", "i1", "i2", "i4"], ["i0", "i1", "i2", "i3", "i4"]][
            max(listed - 3, 0)
        ][: listed if listed < 3 else None]
    )
    assert [item.finding for item in short.accepted_earlier] == [
        key for key in ("i0", "i4") if key in ids
    ]
    assert short.counts == report.counts
    assert set(chain.from_iterable(cause.findings for cause in short.causes)) == set(ids)
    assert (short is report) == (listed == 5 and most in (None, 5, 6))


def row_outcome(rule: str, outcome: Any, number: int) -> RowOutcome:
    return RowOutcome(
        rule=rule,
        name="n",
        outcome=outcome,
        document="a",
        sheet=SheetReference(number=number, name="n"),
    )


def test_the_rows_behind_outcomes() -> None:
    rows = [
        ("A", "fail", [1, 2]),
        ("A", "unknown", [3]),
        ("B", "fail", [4]),
    ]
    groups = [
        OutcomeRows(
            rule=rule,
            outcome=cast(Any, outcome),
            total=9,
            rows=tuple(row_outcome(rule, outcome, number) for number in numbers),
        )
        for rule, outcome, numbers in rows
    ]
    report = Report.model_construct(
        documents=(), outcomes_listed=("fail", "unknown"), outcome_rows=tuple(groups)
    )

    def numbers(*words: Any) -> list[int]:
        return [row.sheet.number for row in report.outcomes_of(*words) if row.sheet]

    assert numbers("A") == [1, 2, 3]
    assert numbers("A", "fail") == [1, 2]
    assert numbers("A", "unknown") == [3]
    assert numbers("B", "unknown") == []
    assert numbers("C") == []
    with pytest.raises(ValueError, match=r"^the rows of pass were not asked for; .* / pass の行は"):
        report.outcomes_of("A", "pass")
    with pytest.raises(ValueError, match=r"^the rows of any outcome were not .* / 判定 の行は"):
        report_of().outcomes_of("A")


def test_records_of_a_report_say_what_is_not_given() -> None:
    """Their defaults are part of what a report in JSON says."""
    sheet_of = SheetReference(number=1, name="n", department="一課")
    kpi_of = KpiReference(number=1, project="p", name="k", department="二課")
    assert NamedRecord(document="a").department == ""
    assert NamedRecord(document="a", sheet=sheet_of).department == "一課"
    assert NamedRecord(document="a", kpi=kpi_of).department == "二課"
    why = Text(en="w", ja="w")
    records = {
        "report": Report(documents=()),
        "last year": LastYear(),
        "accounts": Accounts(document=document("a")),
        "rows": AccountRows(project="p", lines=(1,)),
        "by row": JudgedByRow(rows=3, why=why),
        "unused": UnusedWaiver(waiver=WAIVER, why="expired"),
    }
    STORED.compare(
        "defaults", {name: record.model_dump(mode="json") for name, record in records.items()}
    )


def test_options_that_nobody_gave() -> None:
    given = {item.name: getattr(DEFAULTS, item.name) for item in fields(AuditOptions)}
    assert given == {
        "not_checked": (),
        "passed_over": (),
        "returned": (),
        "fail_on": "error",
        "max_findings": None,
        "findings": None,
        "left_out": (),
        "form": None,
        "departments": Departments(),
        "files": None,
        "last_year": (),
        "accounts": None,
        "outcomes": None,
        "narrative": True,
        "claim_readers": (),
        "engine": None,
        "jobs": 1,
        "progress": None,
        "limits": 1,
    }


def test_no_answer_is_stored_that_no_case_has() -> None:
    together = [f"together {seed}" for seed in range(60)]
    STORED.cases_are(["choices", "cells", "defaults", *together])
