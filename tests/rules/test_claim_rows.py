"""Claims as rows: the values that words stand for, the figures of tables beside them, the cells of
findings and their keys.
"""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.book_findings import findings_of
from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.formula.values import BLANK, UNKNOWN
from auditor.narrative.model import Claim, Reference
from auditor.narrative.scales import RATIOS, SCALES, factor_of
from auditor.records.fields import SCOPES
from auditor.records.figures import Answer, Figure, equal
from auditor.records.model import Book, Document, Evaluation, FiscalYear, Kpi, Sheet
from auditor.records.sentences import Mark, Sentence
from auditor.rules.claims import ClaimRow
from auditor.rules.findings import OUTCOMES
from auditor.rules.loading import build_rule
from auditor.rules.rows import Rows, vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.testing.cases import run_cases

SESSION = load()
FORM = SESSION.forms["kushiro"]
TEXT = {"en": "t", "ja": "t"}
UNITS = [*SCALES, "件", "円", "千円", "億円", *RATIOS, "％", ""]


def figure(printed: str, unit: str = "") -> Figure:
    return Figure(value=Decimal(printed), state="number", printed=printed + unit, unit=unit)


def claim(text: str = "", kind: str = "share", section: str = "achieved", **figures: Any) -> Claim:
    """A claim of figures, which are marked where the text has them."""
    marks = [
        Mark(
            start=text.index(item.printed),
            end=text.index(item.printed) + len(item.printed),
            name=name,
        )
        for name, item in figures.items()
        if item.printed in text
    ]
    marks.sort(key=lambda mark: mark.start)
    year = "2024" if section == "issues" else None
    sentence = Sentence(text=text, section=section, year=year, marks=tuple(marks))
    return Claim(kind=kind, sentence=sentence, figures=figures)


def sheet(**more: Any) -> Sheet:
    years = {
        "2024": FiscalYear(year=2024, kind="settled", total_cost=figure("8300", "千円")),
    }
    evaluation = Evaluation(year=2024, result="継続", issues="課題")
    texts = {"document": "a.txt", "name": "事業", "fiscal_year": 2024}
    return Sheet(**texts, years=years, evaluations={"2024": evaluation}, **more)


def rows_of(*claims: Claim, kpis: tuple[Kpi, ...] = (), of: Sheet | None = None) -> list[ClaimRow]:
    one = of or sheet()
    document = Document.of("a.txt", FORM.name, 2024, [one], kpis)
    book = Book(form=FORM.name, fiscal_year=2024, documents=(document,), sheets=(one,), kpis=kpis)

    def claims_of(*_: object) -> tuple[Claim, ...]:
        return claims

    rows = Rows(book, FORM, claims_of=claims_of).of("claim")
    return [row for row in rows if isinstance(row, ClaimRow)]


def rule_of(formula: str, when: str = "", cases: tuple[dict[str, Any], ...] = ()) -> Rule:
    data: dict[str, Any] = {"code": "ABC001", "name": "own", "severity": "error", "since": "0"}
    data |= {"each": "claim", "formula": formula, "when": when, "cases": cases}
    data |= dict.fromkeys(("title", "why", "action"), TEXT)
    return build_rule(data, "test", vocabulary([FORM])).of_forms([FORM.name])


# --- values


@given(
    value=st.decimals(0, 10**9, places=6),
    unit=st.sampled_from(UNITS),
    places=st.integers(0, 3),
    way=st.sampled_from([ROUND_HALF_UP, ROUND_DOWN]),
    negative=st.booleans(),
)
def test_a_rounded_figure_stands_for_all_that_prints_as_it(
    value: Decimal, unit: str, places: int, way: str, negative: bool
) -> None:
    value = -value if negative else value
    printed = value.quantize(Decimal(1).scaleb(-places), rounding=way)
    (row,) = rows_of(claim(part=figure(str(printed), unit)))
    exact = Fraction(value) * Fraction(factor_of(unit))
    is_counted = places == 0 and factor_of(unit) == 1 and unit not in RATIOS
    stands_for = row.values["part"]
    assert not isinstance(stands_for, str) and stands_for not in (BLANK, UNKNOWN)
    if is_counted:
        assert stands_for == int(printed)
    else:
        assert equal(stands_for, exact) is not Answer.NO  # type: ignore[arg-type]


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(0, 2), st.booleans())
def test_a_share_that_was_worked_out_is_never_wrong(
    part: int, more: int, places: int, is_cut: bool
) -> None:
    whole = part + more
    percent = Decimal(part) * 100 / whole
    ratio = percent.quantize(
        Decimal(1).scaleb(-places), rounding=ROUND_DOWN if is_cut else ROUND_HALF_UP
    )
    (row,) = rows_of(
        claim(
            whole=figure(str(whole), "件"),
            part=figure(str(part), "件"),
            ratio=figure(str(ratio), "%"),
        )
    )
    assert rule_of("ratio == part / whole").judge(row).outcome != "fail"


@given(st.integers(1, 99), st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_that_is_off_by_more_than_a_step_is_wrong(off: int, part: int, more: int) -> None:
    whole = part + more
    percent = (Decimal(part) * 100 / whole).quantize(Decimal("0.1")) + off
    (row,) = rows_of(
        claim(
            whole=figure(str(whole), "件"),
            part=figure(str(part), "件"),
            ratio=figure(str(percent), "%"),
        )
    )
    assert rule_of("ratio == part / whole").judge(row).outcome == "fail"


def test_names_that_a_claim_has_not_are_blank_and_unreadable_figures_unknown() -> None:
    (row,) = rows_of(claim(part=Figure(state="text", printed="1,00")))
    assert row.values["part"] is UNKNOWN
    assert row.values["whole"] is BLANK
    assert row.groups == {"parts": (), "factors": ()}
    (other,) = rows_of(
        claim("", "sum", "achieved", **{"parts.1": figure("1", "件"), "parts.2": figure("2", "件")})
    )
    assert other.groups["parts"] == ("parts.1", "parts.2")


def test_rows_have_a_value_for_every_name_of_formulas() -> None:
    (row,) = rows_of(claim())
    assert set(row.values) | set(row.groups) == {item.name for item in SCOPES["claim"].named}


# --- figures of tables


def referring(**references: Reference) -> Claim:
    text = "事業費は8,300千円"
    one = claim(text, kind="table", stated=figure("8300", "千円"))
    return one.model_copy(update={"references": references})


def test_a_reference_is_the_cell_of_the_table() -> None:
    total = Reference(scope="year", column="2024", field="total_cost")
    (row,) = rows_of(referring(printed=total))
    assert row.values["printed"] == 8_300_000
    assert row.cell("printed").field == "total_cost"
    assert row.cell("printed").year == "2024"
    assert rule_of("stated == printed").judge(row).outcome == "may"


def test_a_reference_that_leads_nowhere_is_unknown() -> None:
    nowhere = Reference(scope="kpi", kpi=3, field="target")
    (row,) = rows_of(referring(printed=nowhere))
    assert row.values["printed"] is UNKNOWN
    assert rule_of("stated == printed").judge(row).outcome == "unknown"
    assert row.cell("printed").field == "achieved"


def kpi(**more: Any) -> Kpi:
    stated: dict[str, Any] = {"document": "a.txt", "fiscal_year": 2024, "project": "事 業"}
    stated |= {"name": "率", "unit": "%", "target": figure("99.8", "%")}
    return Kpi(**{**stated, **more})


def test_an_indicator_is_one_of_the_project_and_in_the_base_units_of_words() -> None:
    target = Reference(scope="kpi", kpi=1, field="target")
    other = Reference(scope="kpi_year", kpi=1, column="2023", field="actual")
    claims = referring(printed=target, other=other)
    (row,) = rows_of(claims, kpis=(kpi(actuals={"2023": figure("97", "")}), kpi(project="他")))
    assert row.values["printed"] == Fraction(998, 1000)
    assert row.values["other"] == Fraction(97, 100)
    assert row.cell("printed").kpi == 1
    (row,) = rows_of(claims, kpis=(kpi(), kpi()))
    assert row.values["printed"] is UNKNOWN


def test_links_lead_to_the_sheet_and_its_evaluated_column() -> None:
    for section in ("achieved", "issues"):
        (row,) = rows_of(claim(section=section))
        assert rule_of("evaluated.total_cost == 8300000").judge(row).outcome == "pass"
        assert rule_of('sheet.name == "事業"').judge(row).outcome == "pass"


# --- findings


def test_a_finding_has_the_sentence_and_the_cells_of_its_section() -> None:
    text = "40件中10件（30％）"
    (row,) = rows_of(
        claim(
            text,
            section="issues",
            whole=figure("40", "件"),
            part=figure("10", "件"),
            ratio=figure("30", "％"),
        )
    )
    rule = rule_of("ratio == part / whole")
    finding = rule.finding(row, rule.judge(row))
    assert finding.sentence is not None
    assert finding.sentence.text == text
    assert [(cell.field, cell.year, cell.shown()) for cell in finding.cells] == [
        ("evaluations.issues", "2024", "30％"),
        ("evaluations.issues", "2024", "10件"),
        ("evaluations.issues", "2024", "40件"),
    ]
    assert finding.equation == "30％ ≠ 10件 ÷ 40件 = 25％"
    assert (finding.expected, finding.actual, finding.unit) == (25, 30, "％")


def found(*texts: tuple[str, str, str]) -> list[Any]:
    """Findings on claims of sentences, each with a whole and a part."""
    claims = [
        claim(text, whole=figure(whole, "件"), part=figure(part, "件"))
        for text, whole, part in texts
    ]
    rule = rule_of("whole < part")
    return [rule.finding(row, rule.judge(row)) for row in rows_of(*claims)]


def test_claims_of_one_section_have_keys_of_their_own() -> None:
    first, second, third = found(
        ("相談40件中10件", "40", "10"),
        ("訪問40件中10件", "40", "10"),
        ("訪問40件中10件", "40", "10"),
    )
    for key in ("id", "place", "recurring"):
        assert len({getattr(item, key) for item in (first, second, third)}) == 3
    (later,) = found(("相談41件中10件", "41", "10"))
    assert later.place == first.place
    assert later.values != first.values


def test_which_numbers_of_a_sentence_are_meant_is_part_of_its_key() -> None:
    text = "相談40件、訪問10件、手紙5件"
    rule = rule_of("whole < part")
    rows = rows_of(
        claim(text, whole=figure("40", "件"), part=figure("10", "件")),
        claim(text, whole=figure("40", "件"), part=figure("5", "件")),
    )
    places = {rule.finding(row, rule.judge(row)).place for row in rows}
    assert len(places) == 2


def test_prose_is_read_when_claims_are_asked_for_and_once() -> None:
    asked: list[Sheet] = []

    def claims_of(_: Rows, one: Sheet) -> tuple[Claim, ...]:
        asked.append(one)
        return ()

    rows = Rows(
        Book(form=FORM.name, fiscal_year=2024, sheets=(sheet(),)), FORM, claims_of=claims_of
    )
    list(rows)
    assert not asked
    assert rows.of("claim") == rows.of("claim") == []
    assert len(asked) == 1


# --- cases


def case(outcome: str, **stated: Any) -> dict[str, Any]:
    return {"form": "kushiro", "outcome": outcome, **stated}


SHARE = rule_of(
    "ratio == part / whole",
    'kind == "share" and present(ratio)',
    (
        case("may", kind="share", whole="98,803件", part="98,644件", ratio="99.8％"),
        case(
            "fail", kind="share", whole="98,803件", part="98,644件", ratio="98.9％", expected="99.8"
        ),
        case("unknown", kind="share", whole="98,80件", part=1, ratio="98.9％"),
        case("not_applicable", kind="sum", whole=2, part=1, ratio="98.9％"),
        case("not_applicable", text="事業を実施した。"),
        case("not_applicable", text="事業を実施した。", section="issues"),
    ),
)


@pytest.mark.parametrize("number", range(len(SHARE.file.cases)))
def test_a_case_states_a_claim_by_its_figures(number: int) -> None:
    assert run_cases(SHARE, SESSION.forms)[number].problems == ()


@pytest.mark.parametrize(
    ("stated", "named"),
    [
        ({"whole": [1]}, "whole"),
        ({"parts": 1}, "parts"),
        ({"kind": 1}, "kind"),
        ({"counted": "x"}, "counted"),
        ({"section": "name"}, "section"),
        ({"hole": 1}, "hole"),
        ({"text": "a", "whole": 1}, "whole"),
    ],
)
def test_a_case_that_can_not_be_is_told_with_its_key(stated: dict[str, Any], named: str) -> None:
    (result,) = run_cases(rule_of("whole > 1", cases=(case("pass", **stated),)), SESSION.forms)
    assert result.outcome is None
    assert result.problems[0].en.startswith(f"{named}:")


def test_a_case_links_a_claim_to_its_sheet() -> None:
    rule = rule_of(
        "stated == evaluated.total_cost and sheet.population == 10",
        cases=(
            case(
                "pass",
                stated="8,300,000円",
                evaluated={"total_cost": 8300},
                sheet={"population": 10},
            ),
        ),
    )
    assert run_cases(rule, SESSION.forms)[0].problems == ()


def test_an_audit_of_documents_judges_claims() -> None:
    rule = rule_of("1 == 1")
    book = Book(form=FORM.name, fiscal_year=2024, sheets=(sheet(achieved="相談した。"),))
    report = audit([book], RuleSet([rule]), {FORM.name: FORM})
    assert report.findings == ()


KINDS = (
    ('kind == "share"', {"share"}),
    ('kind == "share" and present(ratio)', {"share"}),
    ('kind in ["share", "sum"] and whole > 1', {"share", "sum"}),
    ('kind == "share" or present(ratio)', None),
    ('not kind == "share"', None),
    ('kind != "share"', None),
    ("present(ratio)", None),
    ("", None),
)


@pytest.mark.parametrize(("when", "kinds"), KINDS)
def test_only_claims_of_the_kinds_of_a_condition_are_looked_at(
    when: str, kinds: set[str] | None
) -> None:
    rule = rule_of("whole > 10", when)
    assert rule.claim_kinds == kinds
    claims = [claim(kind=kind, whole=figure("20")) for kind in ("sum", "share", "date", "sum")]
    rows = rows_of(*claims)[0].rows
    outcomes: dict[str, dict[Any, int]] = {rule.code: dict.fromkeys(OUTCOMES, 0)}
    assert list(findings_of(rows, [rule], outcomes, [])) == []
    each = Counter(rule.judge(row).outcome for row in rows.of("claim"))
    assert {key: count for key, count in outcomes[rule.code].items() if count} == each
