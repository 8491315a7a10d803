"""Prose of which all is true has no finding, whatever its wording, width of digits and layout."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

import auditor
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.testing.prose import ALL_WRITERS, WithProse, with_prose
from auditor.testing.strategies import books_with_prose

FORMS = load().forms
SEEDS = range(40)


def narrative_findings(made: WithProse, form: Form) -> list[str]:
    """The findings of the rules of texts, each with the text that it is about."""
    report = auditor.audit(made.book, forms=[form])
    assert not report.not_checked
    return [
        f"{finding.rule} {finding.message.en}"
        for finding in report.findings
        if finding.rule.startswith("TXT")
    ]


@settings(max_examples=40)
@given(books_with_prose(FORMS["kushiro"]))
def test_true_prose_has_no_finding(pair: tuple[Form, WithProse]) -> None:
    form, made = pair
    assert narrative_findings(made, form) == []


@settings(max_examples=25)
@given(books_with_prose())
def test_true_prose_of_any_form_has_no_finding(pair: tuple[Form, WithProse]) -> None:
    form, made = pair
    assert narrative_findings(made, form) == []


@pytest.mark.parametrize("writer", ALL_WRITERS, ids=lambda writer: writer.__name__)
def test_each_kind_of_passage_alone_has_no_finding(writer: object) -> None:
    from auditor.testing.build import RandomChooser, build_book
    from auditor.testing.prose import write_prose

    form = FORMS["kushiro"]
    chooser = RandomChooser(1)
    writers = [each for each in ALL_WRITERS if each is writer]
    made = write_prose(build_book(form, chooser, 60, 5), chooser, writers)
    assert narrative_findings(made, form) == []


def test_seeded_books_have_no_finding() -> None:
    for seed in SEEDS:
        made = with_prose(10, seed, FORMS["kushiro"], kpis=3)
        assert narrative_findings(made, FORMS["kushiro"]) == []
