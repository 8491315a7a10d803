"""What a form declares of its sums: the same difference is an error, is nothing, or is counted once
for the book; in the judge, in columns, and in the search for suspects.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.engines import DuckDbEngine, PolarsEngine
from auditor.forms.model import Form, Sums
from auditor.records.figures import Figure
from auditor.records.frozen import FrozenDict
from auditor.records.model import Book
from auditor.rules.ruleset import RuleSet
from auditor.tables import to_tables
from auditor.testing import build_book
from auditor.testing.build import RandomChooser, printed_figure

KUSHIRO = load().forms["kushiro"]
FUNDING = RuleSet(rule for rule in load().rules if rule.code in ("FND001", "FND006"))
declarations = st.sampled_from([None, "exact", "rounded"])


def declaring(sums: Sums | None) -> Form:
    """Kushiro's form with a declaration."""
    return Form.model_validate({**KUSHIRO.model_dump(by_alias=True), "sums": sums})


def off_by(form: Form, difference: int, parts: int) -> Book:
    """A book of one sheet whose evaluated year has some sources, from which the total differs."""
    book = build_book(KUSHIRO, RandomChooser(3), sheets=1, kpis=0)
    (sheet,) = book.sheets
    definition = form.fields["total_cost"]
    sources: dict[str, Figure] = dict.fromkeys(form.funding, Figure(unit="千円"))
    for at, source in enumerate(form.funding[:parts]):
        sources[source] = printed_figure(Decimal(10_000 + at), definition)
    true = sum((figure.value or Decimal(0) for figure in sources.values()), Decimal(0))
    total = printed_figure(true + difference, definition)
    year = sheet.years["2024"].model_copy(
        update={"total_cost": total, "funding": FrozenDict(sources)}
    )
    sheet = sheet.model_copy(update={"years": FrozenDict({"2024": year})})
    return book.model_copy(update={"sheets": (sheet,)})


def fired(report: Report) -> set[tuple[str, str]]:
    return {(finding.rule, finding.severity) for finding in report.findings}


@given(declarations, st.integers(-4, 4), st.integers(1, 5))
def test_a_difference_is_what_the_form_declares(
    sums: Sums | None, difference: int, parts: int
) -> None:
    form = declaring(sums)
    size = abs(difference)
    expected: set[tuple[str, str]] = set()
    # Rounded figures: n sources may be n × half a unit off.
    if (sums == "rounded" and 2 * size > parts) or (sums == "exact" and size):
        expected = {("FND001", "error")}
    elif sums is None and size:
        expected = {("FND006", "note") if size == 1 else ("FND001", "error")}
    report = audit(off_by(form, difference, parts), FUNDING, {form.name: form})
    assert fired(report) == expected


@pytest.mark.parametrize("sums", [None, "exact", "rounded"])
@pytest.mark.parametrize("difference", [0, 1, 2, 3])
def test_columns_say_what_the_judge_says(sums: Sums | None, difference: int) -> None:
    form = declaring(sums)
    book = off_by(form, difference, 4)
    alone = audit(book, FUNDING, {form.name: form})
    for engine in (PolarsEngine(), DuckDbEngine()):
        tables, options = to_tables(book, {form.name: form}), AuditOptions(engine=engine)
        report = audit_tables(tables, FUNDING, {form.name: form}, options)
        assert fired(report) == fired(alone)
        assert report.outcomes == alone.outcomes


@pytest.mark.parametrize("difference", [1, -1])
def test_a_difference_of_one_in_exact_sums_was_not_adjusted(difference: int) -> None:
    report = audit(off_by(KUSHIRO, difference, 3), FUNDING, {"kushiro": KUSHIRO})
    (cause,) = (cause for cause in report.causes if cause.severity == "error")
    shares = [each.share for each in cause.suspects if each.slip.code == "rounding-not-adjusted"]
    assert len(shares) >= 3  # any of the figures may be the one
    assert sum(shares) > Decimal("0.8")


def test_a_larger_difference_was_not_left_unadjusted() -> None:
    report = audit(off_by(KUSHIRO, 2, 3), FUNDING, {"kushiro": KUSHIRO})
    slips = {suspect.slip.code for cause in report.causes for suspect in cause.suspects}
    assert "rounding-not-adjusted" not in slips


def test_a_note_counts_all_sums_of_the_book_that_are_off_by_one() -> None:
    form = declaring(None)
    book = off_by(form, 1, 2)
    (sheet,) = book.sheets
    others = tuple(
        sheet.model_copy(update={"number": number, "name": f"事業{number}"})
        for number in range(1, 4)
    )
    report = audit(book.model_copy(update={"sheets": others}), FUNDING, {form.name: form})
    (finding,) = report.findings
    assert (finding.rule, finding.equation) == ("FND006", "3 / 3")


def test_rounded_sums_widen_amounts_alone() -> None:
    form = declaring("rounded")
    roundings = {name: definition.rounding for name, definition in form.fields.items()}
    assert roundings["total_cost"] == roundings["funding.grants"] == "half_up"
    assert roundings["population"] == roundings["headcount"] == "exact"


def test_sums_of_rounded_figures_are_not_exact() -> None:
    data = KUSHIRO.model_dump(by_alias=True)
    data["fields"]["total_cost"]["rounding"] = "truncate"
    with pytest.raises(ValueError, match="total_cost is rounded"):
        Form.model_validate(data)
