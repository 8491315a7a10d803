"""Drafts of sheets whose kinds or years stand in rows: what was written is read back with them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from auditor.auditing.session import load
from auditor.drafting.draft import Answers
from auditor.drafting.drafter import drafted
from auditor.drafting.form_file import form_text
from auditor.drafting.shipped import shipped_vocabulary
from auditor.forms.loading import load_form
from auditor.readers.documents import read_documents
from auditor.readers.printing import printed_grids
from auditor.readers.source import Source
from tests.documents.either_kind import document_bytes
from tests.readers.test_kinds_in_rows import Drawn, sheets, values_of, worksheet_of

SESSION = load()
VOCABULARY = shipped_vocabulary()


@settings(max_examples=40, deadline=None)
@given(drawn=sheets())
def test_a_draft_reads_back_what_is_written(
    drawn: Drawn, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("kinds")
    path = folder / "book.xlsx"
    path.write_bytes(document_bytes([worksheet_of(drawn)], "xlsx"))
    grids = printed_grids(Source.open(path))
    assert grids is not None
    answers = Answers(unit="千円", names=True)
    draft = drafted(grids, VOCABULARY, source="book.xlsx", name="mycity", answers=answers)
    assert draft is not None
    assert not draft.questions
    form_path = folder / "mycity.toml"
    form_path.write_text(form_text(draft), encoding="utf-8")
    form = load_form(form_path)

    result = read_documents([path], forms={form.name: form}, readers=SESSION.readers, form="mycity")

    (book,) = result.books
    (document,) = book.documents
    assert not document.not_checked
    assert not document.unread
    (sheet,) = book.sheets
    assert values_of(sheet, drawn.figures) == drawn.values
    rates = [name for name in form.fields if name.startswith("execution_rate")]
    assert len(rates) == (len(drawn.figures) if drawn.rates else 0)
