"""A formula tried on books before it is a rule.

It tells how the formula answers, the first rows that fail, and the first of which it is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from auditor.auditing.options import DEFAULTS, AuditOptions
from auditor.auditing.row_choice import RowChoice
from auditor.auditing.why import Reasons, reasons
from auditor.forms.model import EVERY_FORM, Form
from auditor.formula.parse import FormulaError, parse
from auditor.formula.tree import FIGURE, Vocabulary
from auditor.records.fields import EACH
from auditor.records.model import Book
from auditor.records.text import Text
from auditor.rules.findings import Outcome
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule, RuleError
from auditor.rules.ruleset import RuleSet
from auditor.toml.faults import Fault, Lines

__all__ = ["TRIED", "trial_rule", "tried"]

TRIED: Final = "TRY001"
"""The code of the rule that a formula is tried as."""
_ORDER: Final = ("year", "sheet", "evaluation", "kpi", "kpi_year", "claim", "book")
"""The rows on which a formula is tried, the likeliest first, where nobody says on which."""
_NONE_JUDGED: Final[tuple[Outcome, ...]] = ("not_applicable",)
_SHOWN: Final[frozenset[Outcome]] = frozenset(("fail", "unknown", "crashed"))
_WORD: Final = re.compile(r"[\w.]+|\S")


def trial_rule(
    formula: str, forms: Mapping[str, Form], *, when: str = "", each: str | None = None
) -> Rule:
    """The rule that a formula would be, for every form. It is judged on the rows of ``each`` or,
    for None, on the first kind of row on which it can be read.

    Raises RuleError with all faults of the formula and of ``when``, each with its column, and for
    rows that there are not.
    """
    kinds = (*EACH, FIGURE)
    if each is not None and each not in kinds:
        names = ", ".join(kinds)
        reason = Text(en=f"one of {names} was expected", ja=f"{names} のいずれかが必要です")
        raise RuleError(each, "each", reason)
    words = vocabulary(forms.values())
    scope = each or _scope_of(formula, when, words)
    faults, text = _faults(formula, when, words, scope)
    if faults:
        raise RuleError.with_faults("formula", faults, Lines(text))
    plain = {"en": text, "ja": text}
    return build_rule(
        {
            "code": TRIED,
            "name": "tried",
            "severity": "error",
            "forms": [EVERY_FORM],
            "each": scope,
            "when": when,
            "formula": formula,
            "since": "",
            "title": plain,
            "why": plain,
            "action": plain,
        },
        "formula",
        words,
    )


def _scope_of(formula: str, when: str, words: Vocabulary) -> str:
    """The rows on which a formula can be read; of several the likeliest, of none those on which it
    has the fewest faults.
    """
    counts = {each: len(_faults(formula, when, words, each)[0]) for each in _ORDER}
    return min(_ORDER, key=counts.__getitem__)


def _faults(formula: str, when: str, words: Vocabulary, each: str) -> tuple[list[Fault], str]:
    """The faults of a formula and its condition on some rows, in a text of which each is a line."""
    names = words.with_figure() if each == FIGURE else words
    lines: list[str] = []
    faults: list[Fault] = []
    for key, stated in (("formula", formula), ("when", when)):
        if key == "when" and not stated.strip():
            continue
        start = sum(len(line) + 1 for line in lines)
        lines.append(" ".join(stated.split()))
        try:
            parse(stated, names, each)
        except FormulaError as first:
            for fault in (first, *first.others):
                at = min(fault.column - 1, len(lines[-1]))
                word = _WORD.match(lines[-1], at)
                end = word.end() if word is not None else at + 1
                message = fault.message
                place = start + at, start + end
                label = "" if key == "formula" else "--when"
                faults.append(Fault(place, message.en, message.ja, label))
    return faults, "\n".join(lines)


def tried(
    books: Iterable[Book],
    rule: Rule,
    forms: Mapping[str, Form],
    *,
    most: int = 5,
    options: AuditOptions = DEFAULTS,
) -> Reasons:
    """How the rule of a formula answers all rows of some books. Rows are those that fail and of
    which it is unknown, the first ``most`` of each; where it applies to no row, the first one says
    why.
    """
    books = list(books)
    whole = reasons(
        books, RuleSet([rule]), forms, RowChoice(), outcomes=_SHOWN, most=most, options=options
    )
    counts = whole.report.outcomes.get(TRIED, {})
    if any(number for outcome, number in counts.items() if outcome != "not_applicable"):
        return whole
    return reasons(
        books,
        RuleSet([rule]),
        forms,
        RowChoice(),
        outcomes=_NONE_JUDGED,
        most=1,
        options=options,
    )
