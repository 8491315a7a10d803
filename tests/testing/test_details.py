"""Built books with departments, names, narrative and a form's own figures; strategies of them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

import auditor
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.records.model import Book
from auditor.testing import Details, book
from auditor.testing.build import Chooser
from auditor.testing.strategies import consistent_books, forms

KUSHIRO = load().forms["kushiro"]
OWN = Form.model_validate(
    KUSHIRO.model_dump(by_alias=True)
    | {
        "name": "own",
        "fields": KUSHIRO.model_dump(by_alias=True)["fields"]
        | {
            "carried_over": {"each": "year", "unit": "千円", "label": ["繰越額"]},
            "visitors": {"each": "sheet", "unit": "人", "label": ["来場者数"]},
        },
    }
)


def share(
    _: Chooser, key: str | None, amounts: Mapping[str, Fraction]
) -> dict[str, Fraction | None]:
    """A tenth of the total is carried over, and a sheet has no visitors."""
    if key is None:
        return {"visitors": None}
    return {"carried_over": Fraction(int(amounts["total_cost"]) // 10_000 * 1_000)}


def own_figures(audited: Book) -> list[str]:
    """The states of the figures that only the form has."""
    years = [
        year.figures["carried_over"] for each in audited.sheets for year in each.years.values()
    ]
    return [each.state for each in years] + [
        each.figures["visitors"].state for each in audited.sheets
    ]


def test_own_figures_are_filled() -> None:
    states = own_figures(book(sheets=40, form=OWN))
    assert states.count("number") > len(states) / 2
    assert "blank" in states


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_book_with_own_figures_has_no_error(data: st.DataObject) -> None:
    form, drawn = data.draw(consistent_books(OWN, sheets=(1, 3)))
    report = auditor.audit(drawn, forms=[form])
    assert not report.not_checked
    assert not report.counts["error"]
    assert len(own_figures(drawn)) == sum(len(each.years) + 1 for each in drawn.sheets)


@settings(max_examples=25, deadline=None)
@given(consistent_books(OWN, sheets=(1, 3), details=Details(fill=share)))
def test_figures_agree_as_the_hook_says(drawn: tuple[Form, Book]) -> None:
    for sheet in drawn[1].sheets:
        assert sheet.figures["visitors"].state == "blank"
        for year in sheet.years.values():
            total, carried = year.total_cost, year.figures["carried_over"]
            if total is not None and total.value and carried.value is not None:
                assert carried.value == total.value // 10


@settings(max_examples=25, deadline=None)
@given(
    consistent_books(
        KUSHIRO,
        sheets=(1, 4),
        details=Details(departments=["港湾課"], names=["漁港改修"], narrative=True),
    )
)
def test_departments_names_and_narrative_are_those_given(drawn: tuple[Form, Book]) -> None:
    _, made = drawn
    assert {sheet.department for sheet in made.sheets} == {"港湾課"}
    assert made.sheets[0].name == "漁港改修"
    assert all(sheet.planned and sheet.achieved for sheet in made.sheets)
    assert not auditor.audit(made).counts["error"]


@settings(max_examples=15, deadline=None)
@given(consistent_books(forms(), sheets=(1, 3)))
def test_a_book_of_a_drawn_form_is_audited(drawn: tuple[Form, Book]) -> None:
    form, made = drawn
    report = auditor.audit(made, forms=[form])
    assert not report.not_checked
    assert not report.counts["error"]


@settings(max_examples=5)
@given(consistent_books(KUSHIRO, sheets=(30, 30)))
def test_thirty_sheets_pass_the_health_checks(drawn: tuple[Form, Book]) -> None:
    assert len(drawn[1].sheets) == 30
