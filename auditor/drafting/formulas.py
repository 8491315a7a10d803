"""A relation as a formula of the rule language, and as a case of a rule.

The formula answers on a row what the count of the relation answered on it: blanks are left out of
sums, and a row is not judged that lacks what the equation needs.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from auditor.drafting.relation import Equation, Relation, Term
from auditor.records.decimals import ended, number, plain_digits

__all__ = [
    "FormulaCase",
    "RuleFormula",
    "formula_cases",
    "rule_formula",
    "shown_equation",
]


@dataclass(frozen=True, slots=True)
class RuleFormula:
    """``when`` a rule applies to a row, and the ``formula`` that is to hold there."""

    formula: str
    when: str


def rule_formula(
    equation: Equation, names: Mapping[str, str], units: Mapping[str, Decimal]
) -> RuleFormula | None:
    """The equation in the ``names`` of a form's fields; None where no formula can say it.

    ``names`` and ``units`` go by the columns' keys. ``units`` says how many base units (yen,
    persons) a printed unit is, 1 unless set: formulas compute in base units. A ``share`` is that
    of all rows of the book, so that it belongs to rules for each sheet.
    """
    total = names[equation.total]
    terms = [names[term.key] for term in equation.terms]
    factor = _factor(equation, units)
    if factor is None:
        return None
    printed = f"present({total})"
    match equation.kind:
        case "equal":
            return RuleFormula(f"{total} == {terms[0]}", f"{printed} and present({terms[0]})")
        case "sum":
            return RuleFormula(f"{total} == sum([{', '.join(terms)}])", _any(printed, terms))
        case "difference":
            signed = " ".join(f"{_sign(term)} zero({names[term.key]})" for term in equation.terms)
            return RuleFormula(f"{total} == {signed.removeprefix('+ ')}", _any(printed, terms))
        case "multiple" | "product":
            needed = " and ".join(f"present({name})" for name in terms)
            body = _times(" * ".join(terms), factor)
            return RuleFormula(f"{total} == {body}", f"{printed} and {needed}")
        case "ratio":
            divisor = _linear(equation.divisor, names)
            body = _times(f"{_linear(equation.terms, names)} / {divisor}", factor)
            operands = dict.fromkeys([*terms, *(names[term.key] for term in equation.divisor)])
            needed = " and ".join(f"present({name})" for name in operands)
            return RuleFormula(f"{total} == {body}", f"{printed} and {needed} and {divisor} != 0")
        case "share":
            body = _times(f"{terms[0]} / sum(rows.{terms[0]})", factor)
            return RuleFormula(f"{total} == {body}", f"{printed} and present({terms[0]})")


def _factor(equation: Equation, units: Mapping[str, Decimal]) -> str | None:
    """The factor between base units, where its digits end; columns that are added are of one
    unit.
    """
    if equation.kind in ("equal", "sum", "difference"):
        return "1"
    base = {key: Fraction(units.get(key, Decimal(1))) for key in equation.keys}
    factor = Fraction(equation.factor) * base[equation.total]
    # Of terms that are added one stands for all; a share is money by money.
    for term in equation.terms[: None if equation.kind == "product" else 1]:
        factor /= 1 if equation.kind == "share" else base[term.key]
    if equation.divisor:
        factor *= base[equation.divisor[0].key]
    digits = ended(factor)
    return None if digits is None else plain_digits(digits.normalize())


def _times(body: str, factor: str) -> str:
    return body if factor == "1" else f"{body} * {factor}"


def _sign(term: Term) -> str:
    return "+" if term.sign > 0 else "-"


def _linear(terms: Sequence[Term], names: Mapping[str, str]) -> str:
    """Columns with their signs, in brackets where they are several."""
    signed = " ".join(f"{_sign(term)} {names[term.key]}" for term in terms).removeprefix("+ ")
    return f"({signed})" if len(terms) > 1 else signed


def _any(printed: str, names: Sequence[str]) -> str:
    """Whether a total and one of its terms at least are printed."""
    some = " or ".join(f"present({name})" for name in names)
    return f"{printed} and ({some})"


class FormulaCase(NamedTuple):
    """A row of figures by the columns' keys, and what the formula of a relation answers on it."""

    figures: Mapping[str, Decimal]
    outcome: Literal["pass", "may", "fail", "not_applicable"]


def formula_cases(
    relation: Relation, rows: Mapping[str, Sequence[Decimal | None]], rounded: Container[str] = ()
) -> tuple[FormulaCase, ...]:
    """A row in which the relation holds, the same with a total too large and one too small, with
    one term alone where terms are added, and with figures left out that the formula needs.

    The row is the first one that has a figure in each column, or in as many as any has. There are
    no cases where no row has a total other than 0, and of a share, whose total is not in the row.
    ``rounded`` are columns that the form takes for rounded, further than the relation's.
    """
    equation = relation.equation
    row = _fullest(relation, rows)
    if len(row) < 2 or equation.kind == "share":
        return ()
    holds = _outcome(relation, rounded)
    wrong = _wrong_totals(row[relation.total], len(equation.keys) * (relation.step or Decimal(1)))
    return (
        FormulaCase(row, holds),
        *(FormulaCase({**row, relation.total: total}, "fail") for total in wrong),
        *(FormulaCase(other, holds) for other in _others_that_hold(equation, row)),
        *(FormulaCase(other, "not_applicable") for other in _not_judged(equation, row)),
    )


def _fullest(
    relation: Relation, rows: Mapping[str, Sequence[Decimal | None]]
) -> dict[str, Decimal]:
    keys = relation.equation.keys
    exceptions = set(relation.exceptions)
    best: dict[str, Decimal] = {}
    for at, total in enumerate(rows[relation.total]):
        if not total or at in exceptions:
            continue
        row = {key: value for key in keys if (value := rows[key][at]) is not None}
        if sum(map(bool, row.values())) > sum(map(bool, best.values())):
            best = row
        if len(best) == len(keys) and all(best.values()):
            break
    return best


def _wrong_totals(total: Decimal, leeway: Decimal) -> tuple[Decimal, Decimal]:
    """A total with a digit too many, and one with a digit too few, where these are further off
    than all roundings together may come to.
    """
    if abs(total) * 8 <= leeway * 10:
        return total + 10 * leeway, total - 10 * leeway
    return total * 10, (total / 10).quantize(total, ROUND_DOWN)


def _others_that_hold(
    equation: Equation, row: Mapping[str, Decimal]
) -> Iterator[dict[str, Decimal]]:
    if equation.kind in ("sum", "difference"):
        for term in equation.terms:
            value = row.get(term.key) or row[equation.total]
            yield {equation.total: term.sign * value, term.key: value}
    if equation.kind == "ratio":
        yield {key: value if key == equation.total else -value for key, value in row.items()}


def _not_judged(equation: Equation, row: Mapping[str, Decimal]) -> Iterator[dict[str, Decimal]]:
    operands = [key for key in row if key != equation.total]
    if equation.kind in ("sum", "difference"):
        yield {equation.total: row[equation.total]}
        yield {key: row[key] for key in operands}
        return
    for missing in row:
        yield {key: value for key, value in row.items() if key != missing}
    if equation.divisor:
        yield {**row, **dict.fromkeys((term.key for term in equation.divisor), Decimal(0))}


def _outcome(relation: Relation, rounded: Container[str] = ()) -> Literal["pass", "may"]:
    """What a row of figures comes to in which the relation holds: rounded ones may be right.

    ``rounded`` are further columns that the form takes for rounded.
    """
    keys = relation.equation.keys
    if relation.roundings or any(key in rounded for key in keys):
        return "may"
    return "pass"


_SIGNS: Final = {1: "＋", -1: "－"}


def shown_equation(equation: Equation, headings: Mapping[str, str]) -> str:
    """The equation in the columns' headings, as an officer would write it."""

    def signed(terms: Sequence[Term]) -> str:
        joined = "".join(f"{_SIGNS[term.sign]}{headings[term.key]}" for term in terms)
        return joined.removeprefix("＋")

    body = signed(equation.terms)
    if equation.kind == "product":
        body = "×".join(headings[term.key] for term in equation.terms)
    elif len(equation.terms) > 1 and (equation.divisor or equation.factor != 1):
        body = f"（{body}）"
    if equation.kind == "share":
        body += "÷全行の合計"
    elif equation.divisor:
        divisor = signed(equation.divisor)
        body += f"÷（{divisor}）" if len(equation.divisor) > 1 else f"÷{divisor}"
    if equation.factor != 1:
        body += f"×{number(equation.factor.normalize())}"
    return f"{headings[equation.total]}＝{body}"
