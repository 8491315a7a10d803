"""What a proof says of a difference: where it begins, and that a page that was read badly accuses
nobody.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.auditing.session import load
from auditor.proof.listing import fault_table
from auditor.proof.model import Proof
from auditor.proof.proofing import proof_of
from auditor.proof.terminal import proof_text
from auditor.records.model import Book, NotChecked
from auditor.records.text import Why
from auditor.reports.wording import Wording
from auditor.testing import book
from auditor.testing.prints import as_read, print_of

FORMS = load().forms
FORM = FORMS["kushiro"]
DOCUMENTS = book(2, seed=5, form=FORM, kpis=0)
WORDS = Wording("ja", FORMS)
LONG = "市民が安心して暮らせるまちづくりを進める。" * 20


def with_purpose(purpose: str) -> Book:
    first, *others = DOCUMENTS.sheets
    sheets = (first.model_copy(update={"purpose": purpose}), *others)
    return DOCUMENTS.model_copy(update={"sheets": sheets})


def proof(before: str, after: str, *, is_read: bool = True) -> Proof:
    printed, pages = as_read(print_of(with_purpose(after)), FORM)
    why = Why(code="sheet-not-understood", en="not checked", ja="点検していません")
    missed = () if is_read else (NotChecked(document="book.pdf", sheet=1, why=why),)
    return proof_of([with_purpose(before)], printed, pages, (), missed)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (f"{LONG}終了", f"{LONG}　\n継続", ("終了", "継続")),
        (f"{LONG}終了", LONG, ("終了", "進める。")),
        (f"始{LONG}", f"初{LONG}", ("始市民", "初市民")),
    ],
)
def test_a_long_text_is_shown_where_it_differs(
    before: str, after: str, shown: tuple[str, str]
) -> None:
    _, rows, _ = fault_table(proof(before, after), WORDS, 60)
    (row,) = rows
    assert all(len(text) <= 60 for text in row[-2:])
    assert [part in text for part, text in zip(shown, row[-2:], strict=True)] == [True, True]


def test_the_terminal_says_what_is_at_fault_and_counts_it() -> None:
    printed = print_of(book(4, seed=5, form=FORM, kpis=0))
    documents = [book(4, seed=5, form=FORM, kpis=0)]
    missing, pages = as_read(replace(printed, sheets=printed.sheets[1:]), FORM)
    text = proof_text(proof_of(documents, missing, pages), WORDS, 100)
    assert text.count("伴") == 1
    assert "ずれているシート：3件" in text
    assert "脱落 1、余分 0、重複 0、順序違い 0\n" in text
    first, *others = printed.contents
    wrong, pages = as_read(replace(printed, contents=(replace(first, page=9), *others)), FORM)
    text = proof_text(proof_of(documents, wrong, pages), WORDS, 100)
    assert text.endswith("順序違い 0、目次と頁の相違 1\n")


@pytest.mark.parametrize("after", ["", "別の目的"])
def test_a_print_that_was_not_checked_accuses_nobody(after: str) -> None:
    kinds = [[fault.kind for fault in s.faults] for s in proof("目的", after).sheets]
    assert kinds == [["difference"], []]
    result = proof("目的", after, is_read=False)
    assert [[fault.kind for fault in sheet.faults] for sheet in result.sheets] == [["unknown"], []]
    assert result.exit_code == 2
    _, rows, _ = fault_table(result, WORDS)
    assert rows[0][-1] == after
