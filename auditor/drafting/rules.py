"""Relations as rules of the form, and the records that do not fit them as first findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from auditor.drafting.board import Spot
from auditor.drafting.codes import code_of
from auditor.drafting.columns import NumberColumn
from auditor.drafting.draft import Draft, DraftField, DraftRule, FirstFinding
from auditor.drafting.formulas import formula_cases, rule_formula, shown_equation
from auditor.drafting.measures import Each
from auditor.drafting.relation import Relation
from auditor.drafting.vocabulary import Vocabulary
from auditor.records.decimals import EXACT, number
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.text import Text

__all__ = ["column_name", "findings_of", "rules_of"]

_MOST_FINDINGS: Final = 200
_SCOPES: Final[tuple[Each, ...]] = ("year", "sheet")


def rules_of(
    draft: Draft, relations: Mapping[Each, Sequence[Relation]], vocabulary: Vocabulary
) -> list[DraftRule]:
    """A rule for each relation that label or numbers confirm, but for those that shipped rules
    judge: the sources of the total cost.
    """
    fields = {field.key: field for field in draft.fields}
    rules: list[DraftRule] = []
    for each in _SCOPES:
        for relation in relations.get(each, ()):
            if not fields.keys() >= set(relation.equation.keys):
                continue  # one of them has the label of another
            if relation.strength == "question" or _is_for_sheets(relation, each):
                continue
            if _is_shipped(relation, fields, draft):
                continue
            code = code_of(draft.rule_prefix, len(rules) + 1)
            rule = _rule(code, each, relation, fields, draft, vocabulary)
            if rule is not None:
                rules.append(rule)
    return rules


def _is_for_sheets(relation: Relation, each: Each) -> bool:
    """Whether a relation is one of all rows of the book, which rules for columns can't say."""
    return relation.equation.kind == "share" and each == "year"


def _is_shipped(relation: Relation, fields: Mapping[str, DraftField], draft: Draft) -> bool:
    names = [fields[term.key].name for term in relation.terms]
    is_funding = all(name.startswith("funding.") for name in names)
    return (
        relation.equation.kind == "sum"
        and fields[relation.total].name == "total_cost"
        and is_funding
        and draft.funding_complete
    )


def _rule(
    code: str,
    each: Each,
    relation: Relation,
    fields: Mapping[str, DraftField],
    draft: Draft,
    vocabulary: Vocabulary,
) -> DraftRule | None:
    """The rule of a relation; None where no formula can say it."""
    names = {key: fields[key].name for key in relation.equation.keys}
    units = {
        key: vocabulary.factor(fields[key].unit or draft.unit) for key in relation.equation.keys
    }
    formula = rule_formula(relation.equation, names, units)
    if formula is None:
        return None
    heading = _line(fields[relation.total].label)
    return DraftRule(
        code,
        each,
        "error" if relation.strength == "certain" else "warning",
        formula.formula,
        formula.when,
        Text(
            en=f"{heading} is not what the other figures give",
            ja=f"「{heading}」が他の欄からの計算と一致しません",
        ),
        shown_equation(relation.equation, {key: _line(fields[key].label) for key in names}),
        relation,
        _cases(relation, each, names, draft),
    )


def _cases(
    relation: Relation, each: Each, names: Mapping[str, str], draft: Draft
) -> tuple[Mapping[str, object], ...]:
    """Rows of the document that fit, with other totals, and with figures left out."""
    columns = draft.layout.columns_of(each)
    rows = {column.key: column.values for column in columns if column.key in names}
    rounded = {field.key for field in draft.fields if field.rounding != "exact"}
    return tuple(
        {
            **_nested({names[key]: EXACT.normalize(value) for key, value in case.figures.items()}),
            "outcome": case.outcome,
        }
        for case in formula_cases(relation, rows, rounded)
    )


def _nested(figures: Mapping[str, Decimal]) -> dict[str, object]:
    """Figures as a case gives them: the sources under ``funding``."""
    case: dict[str, object] = {}
    funding: dict[str, object] = {}
    for name, value in figures.items():
        if name.startswith("funding."):
            funding[name.removeprefix("funding.")] = value
        else:
            case[name] = value
    return {**case, "funding": funding} if funding else case


def findings_of(draft: Draft, relations: Mapping[Each, Sequence[Relation]]) -> list[FirstFinding]:
    """The exceptions of the relations, each with its place and the numbers in it."""
    findings: list[FirstFinding] = []
    for each in _SCOPES:
        columns = {column.key: column for column in draft.layout.columns_of(each)}
        rows = draft.layout.rows_of(each)
        for relation in relations.get(each, ()):
            if relation.strength == "question":
                continue
            for row in relation.exceptions:
                spot = _spot(draft, relation.total, rows[row])
                if spot is not None and len(findings) < _MOST_FINDINGS:
                    findings.append(_finding(draft, relation, columns, row, rows[row], spot))
    return findings


def _spot(draft: Draft, key: str, row: tuple[int, int | None]) -> Spot | None:
    measure = next(m for m in draft.layout.measures if m.key == key)
    return measure.cells.get(row)


def _finding(
    draft: Draft,
    relation: Relation,
    columns: Mapping[str, NumberColumn],
    row: int,
    at: tuple[int, int | None],
    spot: Spot,
) -> FirstFinding:
    equation = relation.equation
    headings = {field.key: _line(field.label) for field in (*draft.fields, *draft.alike)}
    numbers = {key: _shown(columns[key].values[row]) for key in equation.keys}
    record, column = at
    return FirstFinding(
        draft.layout.records[record].name,
        None if column is None else column_name(draft, column),
        spot.place,
        shown_equation(equation, headings),
        shown_equation(equation, numbers).replace("＝", "≠", 1),
        headings[equation.total],
    )


def column_name(draft: Draft, column: int) -> Text:
    """What people call a column: its year, and the word for its kind."""
    entry = draft.layout.columns[column]
    year = draft.years[entry.group] if draft.years is not None else entry.year
    if year is None:
        return Text(en=entry.word, ja=entry.word)
    words = fiscal_year_in_words(year)
    return Text(en=f"FY{year} {entry.word}".strip(), ja=f"{words}{entry.word}")


def _shown(value: Decimal | None) -> str:
    return "空欄" if value is None else number(EXACT.normalize(value))


def _line(text: str) -> str:
    return " ".join(text.split())
