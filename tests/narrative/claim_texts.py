"""Claims of made-up sentences, for the tests of their readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from auditor.forms.loading import load_form
from auditor.forms.model import Form
from auditor.narrative.model import Claim
from auditor.narrative.statements import SheetText
from auditor.records.model import Sheet

ROOT: Final = Path(__file__).parents[2]
FORM: Final[Form] = load_form(ROOT / "rules" / "auditor_rules" / "forms" / "kushiro.toml")


def claims(read: Callable[[SheetText], Iterator[Claim]], *lines: str) -> list[Claim]:
    """The claims of a sheet whose results are these lines."""
    sheet = Sheet(name="試験事業", fiscal_year=2024, achieved="\n".join(lines))

    result = list(read(SheetText(sheet, FORM)))
    for claim in result:
        assert_marks_fit(claim)
    return result


def assert_marks_fit(claim: Claim) -> None:
    """Each figure is marked where it is printed."""
    sentence = claim.sentence
    marked = {mark.name: sentence.text[mark.start : mark.end] for mark in sentence.marks}
    assert marked == {name: figure.printed for name, figure in claim.figures.items()}


def printed(claim: Claim) -> dict[str, str]:
    return {name: figure.printed for name, figure in claim.figures.items()}


def rates(part: int, whole: int, places: int) -> set[Decimal]:
    """What a rate in ％ may be printed as: rounded half up, or cut off."""
    exact = Fraction(part * 100, whole)
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    step = Decimal(1).scaleb(-places)
    return {value.quantize(step, mode) for mode in (ROUND_HALF_UP, ROUND_DOWN)}
