"""Rules: what one says, how it judges a row, and how sets of them are loaded, selected and checked.

A rule is one file: TOML with a formula, or a Python file whose function carries the same TOML.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, Final, Literal, assert_never, cast

from pydantic import Field as Key
from pydantic import field_validator, model_validator

from auditor.forms.model import RESULT_SHEETS, Form
from auditor.formula import prose
from auditor.formula.functions import function_of, kind_of
from auditor.formula.judge import judge as compile_judge
from auditor.formula.judge import members, quoted
from auditor.formula.trace import trace
from auditor.formula.tree import Call, Field, Node, fields, walk
from auditor.formula.values import Judge
from auditor.formula.values import Row as JudgedRow
from auditor.records import decimals
from auditor.records.errors import AuditorError
from auditor.records.fields import OTHER_BOOKS, SCOPES, Each, OtherBook, followed
from auditor.records.figures import Answer, Record, held_besides
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.severities import Severity
from auditor.records.text import Text
from auditor.rules.findings import OUTCOMES, Finding, KpiReference, SheetReference, keys_of
from auditor.rules.rows import WORDS, Row
from auditor.rules.verdicts import MAY, NOT_APPLICABLE, PASS, UNKNOWN, Check, Verdict

__all__ = ["Rule", "RuleError"]

# A member looked up on its class costs ten times as much as a global. Each is final by itself, so
# that type checkers see which answers are left.
_NO: Final = Answer.NO
_UNKNOWN: Final = Answer.UNKNOWN
_MAY: Final = Answer.MAY
_YES: Final = Answer.YES


class RuleError(AuditorError):
    """A rule that can't be used; says file, key, reason and, in a formula, the column."""

    def __init__(self, file: str, key: str, reason: Text, column: int | None = None) -> None:
        where = f"{file}: {key}" + (f", column {column}" if column else "")
        super().__init__(reason.en, reason.ja, place=where)
        self.file, self.key, self.column = file, key, column


class RuleFile(Record):
    """The content of a rule file; see docs/rules.md for the meaning of each key."""

    code: str = Key(pattern=r"^[A-Z]{2,8}\d{3}$")
    name: str = Key(pattern=r"^[a-z][a-z0-9-]*$")
    severity: Severity
    forms: tuple[str, ...] = ()
    each: Each | Literal["reading"]
    when: str = ""
    formula: str = ""
    shows: str = ""
    severity_when: Frozen[Severity, str] = Key(default_factory=FrozenDict[Severity, str])
    needs: tuple[str, ...] = ()
    optional: bool = False
    since: str
    retired: tuple[str, ...] = ()
    title: Text
    why: Text
    action: Text
    cases: tuple[dict[str, Any], ...] = ()

    @field_validator("cases")
    @classmethod
    def _outcomes(cls, cases: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        for number, case in enumerate(cases, 1):
            if case.get("outcome") not in OUTCOMES:
                raise ValueError(
                    f"case {number} has no outcome; one of {', '.join(OUTCOMES)} / "
                    f"{number}番目の例に outcome がありません"
                )
        return cases

    @model_validator(mode="after")
    def _reading(self) -> RuleFile:
        if self.each == "reading" and (self.formula or self.when):
            raise ValueError(
                "a finding of the readers has no formula / 読み取りの指摘に数式は書けません"
            )
        if self.each == "reading" and self.forms:
            raise ValueError(
                "a finding of the readers is for every form that they read / "
                "読み取りの指摘は、読み取るすべての様式が対象です（forms は書けません）"
            )
        return self


@dataclass(frozen=True)
class Rule:
    """A rule ready to judge rows. ``source`` says where it came from. ``forms`` are the names of
    the forms and domains that it is for.

    ``assigned`` is the severity that settings give to all its findings. It says how much a
    finding matters, not what is likely wrong: the search for suspects looks at the rule's own.
    """

    file: RuleFile
    source: str
    forms: tuple[str, ...] = (RESULT_SHEETS,)
    tree: Node | None = None
    when: Node | None = None
    shows: Node | None = None
    severities: tuple[tuple[Severity, Node], ...] = ()
    check: Check | None = None
    assigned: Severity | None = None

    @property
    def severity(self) -> Severity:
        """The severity of its findings, but for those for which the rule states another."""
        return self.assigned or self.file.severity

    @property
    def states_forms(self) -> bool:
        """Whether the rule itself says what it is for; a finding of readers is for every form."""
        return bool(self.file.forms) or self.each == "reading"

    def of_forms(self, forms: Iterable[str]) -> Rule:
        """The rule for other forms and domains."""
        return replace(self, forms=tuple(forms))

    def of_severity(self, severity: Severity) -> Rule:
        """The rule with one severity for all its findings."""
        return replace(self, assigned=severity)

    @property
    def code(self) -> str:
        return self.file.code

    @property
    def each(self) -> Each | Literal["reading"]:
        return self.file.each

    @cached_property
    def needs(self) -> tuple[Field | Call, ...]:
        """The fields, groups, parameters and tables that a form must have for the rule's
        formulas.
        """
        trees = [tree for tree in (self.tree, self.when) if tree]
        named = chain.from_iterable(map(fields, trees))
        parts = chain.from_iterable(map(walk, trees))
        calls = (part for part in parts if isinstance(part, Call))
        return (*named, *(call for call in calls if function_of(call).kind == "form"))

    def is_for(self, form: Form) -> bool:
        """Whether the rule is for a form, or for all of its domain."""
        return form.is_one_of(self.forms)

    def applies_to(self, form: Form, others: Collection[OtherBook] = ()) -> bool:
        """Whether the rule is for the form, the form has all that it names, and ``others`` all
        books that it looks at beside the judged one.
        """
        if not self.is_for(form) or not self.others <= set(others):
            return False
        if self.each in ("kpi", "kpi_year") and form.kpi is None:
            return False
        if self.each == "evaluation" and not form.evaluations:
            return False
        return all(_has(form, need, self.each) for need in self.needs) and all(
            _prints(form, name) for name in self.file.needs if name not in OTHER_BOOKS
        )

    @cached_property
    def others(self) -> frozenset[OtherBook]:
        """The other books that the rule looks at; without one of them it applies to no row."""
        paths = (need.links for need in self.needs if isinstance(need, Field))
        ends = (followed(self.each, (*links, ""))[0] for links in paths)
        books: set[OtherBook | None] = {link.other for link in chain.from_iterable(ends)}
        books |= {book for book in OTHER_BOOKS if book in self.file.needs}
        return frozenset(book for book in books if book is not None)

    def judge(self, row: Row) -> Verdict:
        """The verdict on one row. A Python rule may raise; the audit counts that as crashed."""
        if self.check is None and self.tree is None:
            return NOT_APPLICABLE
        if self.applies is not None and (applies := self.applies(row)) is not _YES:
            return NOT_APPLICABLE if applies is _NO else UNKNOWN
        if self.check is not None:
            verdict = self.check(row)
            stated = verdict.outcome != "fail" or verdict.severity is not None
            return verdict if stated else verdict._replace(severity=self._severity(row))
        assert self.tree is not None
        answer = self.holds(row)
        if answer is _NO:
            return self._failed(self.tree, row)
        if answer is _YES:
            return MAY if row.rows.unsure and self._unsure(row) else PASS
        if answer is _UNKNOWN:
            return UNKNOWN
        if answer is _MAY:
            return MAY
        assert_never(answer)

    @cached_property
    def applies(self) -> Judge | None:
        """The condition on which the rule looks at a row, compiled; None without one."""
        return None if self.when is None else compile_judge(self.when)

    @cached_property
    def holds(self) -> Judge:
        """The formula, compiled."""
        assert self.tree is not None
        return compile_judge(self.tree)

    @cached_property
    def _stated(self) -> tuple[tuple[Severity, Judge], ...]:
        """The severities that the rule states, each with its condition, compiled."""
        return tuple((severity, compile_judge(tree)) for severity, tree in self.severities)

    def _failed(self, tree: Node, row: Row) -> Verdict:
        """The verdict on a row that failed: it is worked out once more, with its trace."""
        explanation = prose.explain(trace(tree, row))
        if self.shows is not None:
            shown = prose.explain(trace(self.shows, row))
            explanation = shown._replace(cells=explanation.cells, note=explanation.note)
        return Verdict("fail", explanation, self._severity(row))

    def _severity(self, row: Row) -> Severity | None:
        """The severity that the rule states for this row; None for its usual one."""
        for severity, applies in self._stated:
            if applies(row) is _YES:
                return severity
        return None

    @cached_property
    def _figures(self) -> tuple[Field | Call, ...]:
        """The numbers and groups that the formula names."""
        assert self.tree is not None
        parts = [part for part in walk(self.tree) if isinstance(part, Field | Call)]
        return tuple(
            part
            for part in parts
            if kind_of(part) == "group" or (isinstance(part, Field) and part.kind == "number")
        )

    def _unsure(self, row: Row) -> bool:
        """Whether a figure that the rule looks at stands in a column that only arithmetic or
        habit gave it.
        """
        for part in self._figures:
            if isinstance(part, Field) and part.kind == "number":
                here: Row | None = row
                for link in part.links:
                    here = here.link(link) if here else None
                cells = [(here, part.name)] if here else []
            else:
                cells = cast("list[tuple[Row, str]]", members(part, row))
            if any(name in here.unsure for here, name in cells):
                return True
        return False

    def finding(self, row: Row, verdict: Verdict) -> Finding:
        """The finding of a failed verdict."""
        explanation = verdict.explanation
        cells = tuple(row.rows.cell_of(cast(Row, here), name) for here, name in explanation.cells)
        sheet = SheetReference.of(row.sheet) if row.sheet else None
        kpi = KpiReference.of(row.kpi) if row.kpi else None
        owner = row.sheet or row.kpi
        keys = keys_of(self.code, row.form.name, owner, row.column, cells)
        return Finding(
            **keys._asdict(),
            rule=self.code,
            name=self.file.name,
            severity=self.assigned or verdict.severity or self.file.severity,
            document=owner.document
            if owner
            else ", ".join(document.path for document in row.rows.book.documents),
            sheet=sheet,
            year=row.column,
            kpi=kpi,
            cells=cells,
            equation=explanation.equation,
            expected=explanation.expected,
            actual=explanation.actual,
            difference=explanation.difference,
            unit=explanation.unit,
            message=_with_held(self._message(explanation), explanation.cells),
            action=self.file.action,
        )

    def _message(self, explanation: prose.Explanation) -> Text:
        message, remark = explanation.note or self.file.title, explanation.remark
        if remark is None:
            return message
        return Text(en=message.en + remark.en, ja=message.ja + remark.ja)


def _with_held(message: Text, cells: Iterable[tuple[JudgedRow, str]]) -> Text:
    """The message, and what the cells hold where they print other figures."""
    figures = (cast(Row, row).figure(name) for row, name in cells)
    values = [
        decimals.number(held) for figure in figures if (held := held_besides(figure)) is not None
    ]
    if not values:
        return message
    cells_en = "the cell holds" if len(values) == 1 else "the cells hold"
    *others, last = values
    listed = f"{', '.join(others)} and {last}" if others else last
    return Text(
        en=f"{message.en} ({cells_en} {listed})",
        ja=f"{message.ja}（セルの値は {'、'.join(values)}）",
    )


def _prints(form: Form, name: str) -> bool:
    """Whether the form has a figure, or the word is one that says something of every form's
    records.
    """
    return (
        bool(form.funding) and form.funding_complete
        if name == "funding"
        else name in form.fields or name in WORDS
    )


def _has(form: Form, need: Field | Call, each: Each | Literal["reading"]) -> bool:
    """Whether a row of the form has what a formula names; a form's own figure stands on one kind
    of row alone.
    """
    if isinstance(need, Call):
        name = quoted(need)
        match function_of(need).gives:
            case "group":
                return name in form.figure_groups
            case "table":
                return True
            case _:
                return form.stated(name) is not None
    if each == "reading":  # a finding of the readers has no formula
        return True
    for step in need.links:
        each = SCOPES[each].follow(step).to
    return _prints(form, need.name) and form.own_figures.get(need.name, each) == each
