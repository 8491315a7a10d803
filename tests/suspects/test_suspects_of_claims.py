"""What explains a contradiction within a sentence: which of its figures, and what it should say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.report import Cause, Report
from auditor.auditing.session import load
from auditor.records.figures import Place
from auditor.rules.searchable import why_unusable
from auditor.suspects.analysis import analyse
from auditor.testing import book as built

SESSION = load()
FORM = SESSION.forms["kushiro"]
RULES = SESSION.rules.select(["TXT010", "TXT012", "TXT014", "TXT015", "FND"])


def report_of(*lines: str, total: int | None = None) -> Report:
    plain = built(1, 1, FORM)
    (sheet,) = plain.sheets
    sheet = sheet.model_copy(
        update={"achieved": "\n".join(lines), "places": {"achieved": Place(line=12)}}
    )
    if total is not None:
        key = FORM.evaluated_column(sheet.fiscal_year, sheet.fiscal_year)
        assert key is not None
        year = sheet.years[key]
        figure = year.total_cost
        assert figure is not None
        wrong = figure.model_copy(update={"value": Decimal(total), "printed": str(total)})
        year = year.model_copy(update={"total_cost": wrong})
        sheet = sheet.model_copy(update={"years": {**sheet.years, key: year}})
    return audit([plain.model_copy(update={"sheets": (sheet,)})], RULES, SESSION.forms)


def likeliest(cause: Cause) -> tuple[str, str, Decimal | None]:
    (cell,) = cause.suspects[0].cells
    return cell.field, cell.name, cell.corrected


@pytest.mark.parametrize(
    ("sentence", "name", "value"),
    [
        ("相談は98,803件中98,464件（利用率99.8％）であった。", "part", 98644),
        ("相談は98,803件中98,644件（利用率98.9％）であった。", "ratio", Decimal("99.8")),
        ("参加者は、男性40人、女性35人の合計57人であった。", "total", 75),
        ("申込17事業のうち2事業が辞退し、残りの51事業を採択した。", "rest", 15),
        ("相談件数は前年度1,200件から1,350件となり、15件増加した。", "difference", 150),
    ],
)
def test_the_figure_that_a_slip_explains_is_the_likeliest(
    sentence: str, name: str, value: Decimal
) -> None:
    (cause,) = report_of(sentence).causes
    assert likeliest(cause) == ("achieved", name, value)
    (finding,) = report_of(sentence).findings
    assert any(cause.suspects[0].cells[0].stands_at(cell) for cell in finding.cells)
    assert {cell.name for cell in cause.cells} >= {name}
    assert all(cell.field == "achieved" for cell in cause.cells)


@given(st.integers(100, 999), st.integers(2_000, 9_999), st.integers(1, 50))
def test_what_is_suspected_makes_the_sum_right(first: int, second: int, off: int) -> None:
    total = first + second + off
    (cause,) = report_of(
        f"参加者は、男性{first:,}人、女性{second:,}人の合計{total:,}人であった。"
    ).causes
    printed = {"parts.1": first, "parts.2": second, "total": total}
    for suspect in cause.suspects:
        values = printed | {cell.name: cell.corrected for cell in suspect.cells}
        assert values["total"] == values["parts.1"] + values["parts.2"]
        assert all(value >= 0 for value in values.values())


def test_each_sentence_is_explained_by_itself_and_the_table_too() -> None:
    lines = (
        "相談は98,803件中98,464件（利用率99.8％）であった。",
        "参加者は、男性40人、女性35人の合計57人であった。",
    )
    causes = report_of(*lines, total=1).causes
    assert len(causes) == 3
    named = {cause.suspects[0].cells[0].name for cause in causes if cause.suspects[0].cells}
    assert {"part", "total"} <= named
    alone = report_of(lines[0]).causes[0]
    assert alone.suspects in [cause.suspects for cause in causes]


def test_a_figure_stands_in_the_line_of_its_sentence() -> None:
    report = report_of("相談を始めた。", "参加者は、男性40人、女性35人の合計57人であった。")
    (finding,) = report.findings
    assert finding.first_place == Place(line=13)


def test_words_of_a_condition_are_not_in_doubt() -> None:
    for code in ("TXT010", "TXT012", "TXT014", "TXT015"):
        assert why_unusable(SESSION.rules[code]) is None
    assert why_unusable(SESSION.rules["TXT016"]) is not None


def test_rules_over_sentences_are_not_held_against_each_other() -> None:
    analysis = analyse(RULES, FORM)
    assert {"TXT010", "TXT012", "TXT014", "TXT015"} <= analysis.left_out.keys()
