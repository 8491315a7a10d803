"""What the public functions say of wrong arguments: their own words, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor
from auditor.auditing.session import load
from auditor.records.errors import AuditorError, WrongArgument
from auditor.records.figures import Figure
from auditor.testing.build import book

BOOK: Any = book(1, seed=1, form=load().forms["kushiro"])
FRAME: Any = pl.DataFrame({"a": [1]})
FORMULAS: Any = ["total == a + b"]
VALUES: Any = {"total": 8300, "a": 4000, "b": 4030}
api: Any = auditor


def plain_function(row: object) -> None: ...


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "path": (lambda: api.audit("sheets.txt"), "audit takes books, not paths"),
    "paths": (lambda: api.audit([Path("sheets.txt")]), "audit takes books, not paths"),
    "frame": (lambda: api.audit(FRAME), "tables are audited by auditor.audit_tables"),
    "none": (lambda: api.audit(None), "audit takes books, not None"),
    "sheet": (lambda: api.audit(BOOK.sheets[0]), "audit takes books, not Sheet"),
    "numbers": (lambda: api.audit([3]), "audit takes books, not int"),
    "last year": (lambda: api.audit(BOOK, last_year="x"), "last_year takes books, not paths"),
    "bare function": (lambda: api.audit(BOOK, plain_function), "mark it with @auditor.rule"),
    "no rules": (lambda: api.audit(BOOK, 3), "a RuleSet, not int"),
    "list of rules": (lambda: api.load_rules(["FND001.toml"]), "load_rules(*several)"),
    "fail_on": (lambda: api.audit(BOOK, fail_on="eror"), "did you mean error?"),
    "max_findings": (lambda: api.audit(BOOK, max_findings=-1), "a whole number from 0, not -1"),
    "max_findings text": (lambda: api.audit(BOOK, max_findings="3"), "a whole number from 0"),
    "bare frame": (lambda: api.audit_tables(FRAME), "data frames by table name"),
    "book": (lambda: api.audit_tables(BOOK), "a book is audited by auditor.audit"),
    "table": (lambda: api.audit_tables({"yers": FRAME}), "there is no table yers"),
    "no frame": (lambda: api.audit_tables({"years": 3}), "int is no frame"),
    "no engine": (lambda: api.audit_tables({"years": FRAME}, engine=3), "engine is one of polars"),
    "engine": (lambda: api.audit_tables({"years": FRAME}, engine="duck"), "there is no engine"),
    "pages": (lambda: api.read("x", pages="a-3"), '"a-3" is no range of pages'),
    "formula": (lambda: api.locate(VALUES, FORMULAS[0]), "formulas are a list"),
    "values": (lambda: api.locate([1, 2], FORMULAS), "values are given by name"),
    "no number": (lambda: api.locate({**VALUES, "a": "8,300"}, FORMULAS), "8,300 is no number"),
    "nan": (lambda: api.locate({**VALUES, "a": np.nan}, FORMULAS), "nan is no number"),
    "weights": (lambda: api.locate(VALUES, FORMULAS, weights={"totl": 1}), "no value totl"),
    "rounding": (lambda: api.locate(VALUES, FORMULAS, rounding="halfup"), "one of exact"),
    "form": (lambda: api.to_pandera(["FND"], form="kusiro"), "did you mean kushiro?"),
    "language": (lambda: api.to_pandera(["FND"], form="kushiro", language="fr"), "en, ja"),
}


@pytest.mark.parametrize(("call", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_argument_is_told_in_both_languages(call: Callable[[], object], words: str) -> None:
    with pytest.raises(AuditorError) as caught:
        call()
    message = caught.value.message
    assert words in message.en
    assert re.search("[\u3040-\u30ff\u3400-\u9fff]", message.ja)
    assert "object at 0x" not in message.en


def test_it_is_an_error_of_the_usual_kinds() -> None:
    assert issubclass(WrongArgument, ValueError)
    assert issubclass(WrongArgument, TypeError)


@pytest.mark.parametrize("number", [np.int64, np.int32, np.float64, np.float32, np.uint16])
@given(value=st.integers(0, 60_000))
def test_numbers_of_numpy_are_numbers(number: Callable[[int], Any], value: int) -> None:
    assert Figure(value=number(value)).value == Decimal(value)
    values = {"total": number(value), "a": number(1), "b": 2}
    plain = {"total": number(value).item(), "a": number(1).item(), "b": 2}
    assert auditor.locate(values, FORMULAS) == auditor.locate(plain, FORMULAS)


def test_numbers_of_numpy_are_the_decimals_that_they_print_as() -> None:
    assert Figure(value=np.float32(5.1)).value == Decimal("5.1")
