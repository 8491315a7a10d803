"""The sentence of a sheet that may explain why it differs from another book."""

from __future__ import annotations

import pytest

from auditor.rules.beside import reason_on
from auditor.testing import book

SHEET = book(1, 1).sheets[0]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("・一部を翌年度に繰り\n　越した。\n・その他", "・一部を翌年度に繰り越した"),
        ("事業を行った\n・一部を繰越\n・その他", "・一部を繰越"),
        ("前年度からの繰越\n\n別の段落", "前年度からの繰越"),
        (f"{'長' * 70}事業を統合した{'長' * 70}", f"…{'長' * 17}事業を統合した{'長' * 35}…"),
        (f"統合した{'長' * 70}", f"統合した{'長' * 55}…"),
    ],
)
def test_the_sentence_is_quoted_as_it_reads(text: str, quoted: str) -> None:
    sheet = SHEET.model_copy(update={"achieved": text})
    reason = reason_on(sheet)
    assert reason is not None
    assert reason.ja == f"（シートの記載：「{quoted}」）"


def test_a_sheet_without_a_reason_says_nothing() -> None:
    texts = dict.fromkeys(("achieved", "planned", "undivided", "captions", "purpose"), "事業を実施")
    sheet = SHEET.model_copy(update={**texts, "evaluations": type(SHEET.evaluations)({})})
    assert reason_on(sheet) is None
