"""A consistent print has no fault, and each corruption exactly its own."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.proof.model import Proof
from auditor.proof.proofing import proof_of
from auditor.records.model import Book, NotChecked
from auditor.records.text import Why
from auditor.testing.prints import CORRUPTIONS, BookPrint, as_read, prints

FORM = load().forms["kushiro"]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def proof(documents: Book, printed: BookPrint) -> Proof:
    book, pages = as_read(printed, FORM)
    return proof_of([documents], book, pages)


@settings(max_examples=15, suppress_health_check=SLOW, deadline=None)
@given(prints(FORM))
def test_a_print_of_the_documents_has_no_fault(drawn) -> None:
    documents, printed, _ = drawn
    result = proof(documents, printed)
    assert [fault for sheet in result.sheets for fault in sheet.faults] == []
    assert result.exit_code == 0
    assert result.states()["matched"] == len(documents.sheets)
    pages = [sheet.page for sheet in result.sheets]
    assert pages == (list(range(1, len(pages) + 1)) if printed.numbered else [None] * len(pages))
    assert [sheet.pdf_page for sheet in result.sheets] == [
        printed.front + at + 1 for at in range(len(pages))
    ]
    assert result.book.contents_state == ("read" if printed.contents else "none")


@pytest.mark.parametrize("name", CORRUPTIONS)
@settings(max_examples=12, suppress_health_check=SLOW, deadline=None)
@given(data=st.data())
def test_each_corruption_has_its_own_fault(name: str, data: st.DataObject) -> None:
    documents, printed, chooser = data.draw(prints(FORM))
    corrupted = CORRUPTIONS[name](documents, printed, chooser)
    result = proof(corrupted.documents, corrupted.printed)
    counts = Counter({kind: count for kind, count in result.counts().items() if count})
    assert counts == corrupted.faults
    assert result.exit_code == (1 if corrupted.faults else 0)


@settings(max_examples=8, suppress_health_check=SLOW, deadline=None)
@given(prints(FORM), st.booleans())
def test_what_may_stand_where_nobody_could_read_is_not_missing(drawn, of_book: bool) -> None:
    documents, printed, chooser = drawn
    name = "sheet missing" if of_book else "sheet extra"
    corrupted = CORRUPTIONS[name](documents, printed, chooser)
    book, pages = as_read(corrupted.printed, FORM)
    why = NotChecked(document="x", why=Why(code="x", en="not read", ja="読み取れません"))
    missed, in_book = ((), (why,)) if of_book else ((why,), ())
    result = proof_of([corrupted.documents], book, pages, missed, in_book)
    assert (result.counts()["unknown"], result.exit_code) == (1, 2)
    assert result.counts()["missing"] == result.counts()["extra"] == 0
    # What could not be read of the other side says nothing of this one.
    result = proof_of([corrupted.documents], book, pages, in_book, missed)
    assert result.counts()["missing"] + result.counts()["extra"] == 1
    assert result.exit_code == 2
