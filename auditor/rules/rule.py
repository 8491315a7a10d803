"""Rules: what one says, how it judges a row, and how sets of them are loaded, selected and checked.

A rule is one file: TOML with a formula, or a Python file whose function carries the same TOML.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import chain
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Literal,
    NamedTuple,
    Self,
    TypeAlias,
    assert_never,
    cast,
)

from pydantic import Field as Key
from pydantic import field_validator, model_validator

from auditor.forms.model import RESULT_SHEETS, Form
from auditor.formula import prose
from auditor.formula.functions import function_of, kind_of
from auditor.formula.judge import gathered, members, quoted
from auditor.formula.judge import judge as compile_judge
from auditor.formula.trace import trace
from auditor.formula.tree import (
    FIGURE,
    And,
    Call,
    Compare,
    Field,
    Items,
    Members,
    Node,
    String,
    renamed,
    shape,
    walk,
)
from auditor.formula.values import Judge
from auditor.formula.values import Row as JudgedRow
from auditor.records import decimals
from auditor.records.fields import (
    OTHER_BOOKS,
    SCOPES,
    Each,
    Link,
    OtherBook,
    RowsOf,
    followed,
)
from auditor.records.figures import Answer, Record, held_besides
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.nearest import nearest_name
from auditor.records.sentences import Sentence
from auditor.records.severities import QUESTION, CountedAs, Severity
from auditor.records.text import Text
from auditor.rules.additive import AddedFigure, added_figures
from auditor.rules.findings import OUTCOMES, Finding, KpiReference, SheetReference, keys_of
from auditor.rules.rows import WORDS, Row
from auditor.rules.units import UnitFault, unit_faults
from auditor.rules.verdicts import (
    MAY,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Check,
    Verdict,
    checked_verdict,
    named_beside,
)
from auditor.toml.bounds import LONGEST_NOTE, LONGEST_TITLE, MOST_CASES, short, short_name
from auditor.toml.faults import DefinitionError, WrongValue, first_of

if TYPE_CHECKING:  # data frames are loaded only where tables are audited
    from auditor.engines.settling import Settled, Tables

__all__ = ["CODE", "NAME", "Equivalent", "InColumns", "Names", "Rule", "RuleError"]

# A member looked up on its class costs ten times as much as a global. Each is final by itself, so
# that type checkers see which answers are left.
CODE: Final = re.compile(r"[A-Z]{2,8}[0-9]{3}")
NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
_NO: Final = Answer.NO
_UNKNOWN: Final = Answer.UNKNOWN
_MAY: Final = Answer.MAY
_YES: Final = Answer.YES


_MOST_FORMS: Final = 16
_OF_ROWS: Final = ("sheet", "year", "evaluation", "claim")
"""What a row of a list is judged on."""


class RuleError(DefinitionError):
    """A rule that can't be used; says file, key, reason and, in a formula, the column."""


class Equivalent(Record):
    """A change of one of a rule's formulas that makes no difference, and why: no case can notice
    it. It is written as ``auditor test-rules --mutants`` shows it.
    """

    when: str = ""
    formula: str = ""
    reason: Text

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if bool(self.when) == bool(self.formula):
            raise WrongValue(
                "a change is one of when or of formula: state one of the two",
                "when と formula のどちらか一方に、変更を書いてください",
            )
        return self


class RuleFile(Record):
    """The content of a rule file; see docs/rules.md for the meaning of each key."""

    code: str
    name: str
    severity: Severity
    forms: tuple[str, ...] = ()
    each: Each | Literal["figure", "reading"]
    when: str = ""
    formula: str = ""
    shows: str = ""
    severity_when: Frozen[Severity, str] = Key(default_factory=FrozenDict[Severity, str])
    passes: str = ""
    looks_at: Literal["book", "undecided", "sheet"] = "book"
    needs: tuple[str, ...] = ()
    optional: bool = False
    question: bool = False
    narrative: bool = False
    total_rows: bool = False
    since: str
    retired: tuple[str, ...] = ()
    title: Text
    why: Text
    action: Text
    cases: tuple[dict[str, Any], ...] = ()
    equivalent: tuple[Equivalent, ...] = ()

    @field_validator("code")
    @classmethod
    def _code(cls, code: str) -> str:
        if not CODE.fullmatch(code):
            raise WrongValue(
                "a code is two to eight capital letters and three digits, such as CTY001",
                "code は英大文字2〜8字と数字3桁で書いてください（例：CTY001）",
            )
        return code

    @field_validator("title")
    @classmethod
    def _short_title(cls, title: Text) -> Text:
        return short(title, LONGEST_TITLE)

    @field_validator("why", "action")
    @classmethod
    def _short_texts(cls, text: Text) -> Text:
        return short(text, LONGEST_NOTE)

    @field_validator("name")
    @classmethod
    def _name(cls, name: str) -> str:
        if not NAME.fullmatch(name):
            raise WrongValue(
                "a name is small letters, digits and hyphens, such as funding-sum-mismatch",
                "name は英小文字・数字・ハイフンで書いてください（例：funding-sum-mismatch）",
            )
        return short_name(name)

    @field_validator("cases")
    @classmethod
    def _outcomes(cls, cases: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        if len(cases) > MOST_CASES:
            raise WrongValue(
                f"a rule has at most {MOST_CASES:,} cases, this one {len(cases):,}",
                f"例は{MOST_CASES:,}件までです（記載：{len(cases):,}件）",
            )
        faults = [
            _no_outcome(number, case)
            for number, case in enumerate(cases)
            if case.get("outcome") not in OUTCOMES
        ]
        if faults:
            raise first_of(faults)
        return cases


def _no_outcome(number: int, case: Mapping[str, Any]) -> WrongValue:
    """That a case states none of the outcomes."""
    outcome, listed = case.get("outcome"), OUTCOMES
    if outcome is None:
        en, ja = f"case {number + 1} has no outcome", f"{number + 1}番目の例に outcome がありません"
    else:
        en, ja = f"there is no outcome {outcome}", f"{outcome} という outcome はありません"
    near = nearest_name(outcome, listed) if isinstance(outcome, str) else None
    if near is not None:
        en, ja = f"{en}; did you mean {near}?", f"{ja}。{near} のことですか"
    else:
        en, ja = f"{en}; one of {', '.join(listed)}", f"{ja}（{'、'.join(listed)} のいずれか）"
    return WrongValue(en, ja, (number, "outcome"))


Names: TypeAlias = Mapping[Each, Iterable[str]]
"""Names of formulas, by the kind of row that has them."""


class InColumns(NamedTuple):
    """How a Python rule settles rows of tables by columns.

    ``settle`` tells each row's outcome as far as columns are sure of it. ``names`` are the names
    of formulas that it needs as columns, by the kind of row, of a form or of any. ``agreed`` are
    expressions of which its function asks what the rows of a group agree on.
    """

    settle: Callable[[Tables], Settled]
    names: Callable[[Form], Names] | Names
    agreed: tuple[Node, ...] = ()

    def needed(self, form: Form) -> Names:
        """The names that it needs of a form's rows."""
        return self.names(form) if callable(self.names) else self.names


@dataclass(frozen=True, repr=False)
class Rule:
    """A rule ready to judge rows. ``source`` says where it came from, ``path`` is its file (empty
    without one). ``forms`` are the names of the forms and domains that it is for.

    ``passes`` and ``in_columns`` are for tables: rows of a Python rule for which columns are sure
    of the outcome are not made records of.

    ``plugin`` is the name of the plugin that brought it; empty for the program's own and for rules
    that are given in Python.

    ``assigned`` is the severity that settings give to all its findings. It says how much a
    finding matters, not what is likely wrong: the search for suspects looks at the rule's own.

    A rule of each figure judges nothing by itself: ``on`` a form it is a rule for each figure that
    adds up there, which has the same file and its ``figure``.
    """

    file: RuleFile
    source: str
    forms: tuple[str, ...] = (RESULT_SHEETS,)
    tree: Node | None = None
    when: Node | None = None
    shows: Node | None = None
    severities: tuple[tuple[Severity, Node], ...] = ()
    check: Check | None = None
    passes: Node | None = None
    in_columns: InColumns | None = None
    assigned: Severity | None = None
    figure: AddedFigure | None = None
    path: str = ""
    plugin: str = ""

    def __eq__(self, other: object) -> bool:
        # As a dataclass would have it. It is written out, so that checkers of types take a text
        # for what may be in a set of rules: "FND001" in rules.
        if not isinstance(other, Rule):
            return NotImplemented
        return all(getattr(self, part.name) == getattr(other, part.name) for part in fields(self))

    def __repr__(self) -> str:
        return f"<Rule {self.code} {self.file.name} ({self.severity})>"

    @property
    def severity(self) -> Severity:
        """The severity of its findings, but for those for which the rule states another."""
        return self.assigned or self.file.severity

    def counted_as(self, severity: Severity) -> CountedAs:
        """What a finding of that severity counts as. A question to which settings or a form give a
        higher severity is none any more.
        """
        return QUESTION if self.file.question and severity == "note" else severity

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
    def reads_prose(self) -> bool:
        """Whether the rule looks at what sentences say: an audit of tables is asked for such ones
        apart.
        """
        return self.file.narrative or self.each == "claim"

    @property
    def code(self) -> str:
        return self.file.code

    @property
    def key(self) -> str:
        """What tells it from every other rule that judges the rows of a form: its code, with the
        figure where it is judged on one. No part of it is a path.
        """
        if self.figure is None:
            return self.code
        return f"{self.code} {self.figure.name.replace('.', '/')}"

    @property
    def each(self) -> Each | Literal["reading"]:
        """The row that it is judged on; that of its figure, where it is judged on one."""
        if self.figure is not None:
            return self.figure.each
        return "sheet" if self.file.each == "figure" else self.file.each

    def on(self, form: Form) -> tuple[Rule, ...]:
        """The rules that judge the rows of a form: for a rule of each figure one for every figure
        that adds up, where the form has all that it names; itself else.
        """
        if self.file.each != "figure" or self.figure is not None:
            return (self,)
        parts = self._on_forms.get(id(form))
        if parts is None or parts[0] is not form:
            if len(self._on_forms) >= _MOST_FORMS:
                self._on_forms.clear()
            rules = (self.of_figure(figure) for figure in added_figures(form))
            applying = tuple(rule for rule in rules if not any(rule.lacking(form)))
            parts = self._on_forms[id(form)] = form, applying or (self,)
        return parts[1]

    def without_totals(self) -> Rule:
        """The rule for rows that total no others."""
        if self.each not in _OF_ROWS:
            return self
        links = () if self.each == "sheet" else ("sheet",)
        is_row = Compare("!=", Field(links, "role", "text", 0), String("total", 0), 0)
        when = is_row if self.when is None else And((self.when, is_row), 0)
        # What tells outcomes by columns asks no `when`.
        return replace(self, when=when, in_columns=None)

    def of_figure(self, figure: AddedFigure) -> Rule:
        """The rule of one figure."""

        def named(tree: Node | None) -> Node | None:
            return None if tree is None else renamed(tree, FIGURE, figure.name)

        return replace(
            self,
            tree=named(self.tree),
            when=named(self.when),
            shows=named(self.shows),
            severities=tuple(
                (severity, renamed(tree, FIGURE, figure.name)) for severity, tree in self.severities
            ),
            figure=figure,
        )

    @cached_property
    def _on_forms(self) -> dict[int, tuple[Form, tuple[Rule, ...]]]:
        """The forms that it was held against. They are kept, so that no other has their number."""
        return {}

    @cached_property
    def needs(self) -> tuple[Field | Members | Call, ...]:
        """The fields, sets of rows, groups, parameters and tables that a form must have for the
        rule's formulas, each once.
        """
        trees = [tree for tree in (self.tree, self.when) if tree]
        parts = list(chain.from_iterable(map(walk, trees)))
        named: dict[object, Field | Members] = {}
        for part in parts:
            if isinstance(part, Field | Members):
                named.setdefault(shape(part), part)
            if isinstance(part, Members):
                keys = (
                    Field((*part.links, *key.links), key.name, key.kind, 0) for key in part.keys
                )
                named |= {shape(key): key for key in keys}
        calls = [part for part in parts if isinstance(part, Call)]
        return (*named.values(), *(call for call in calls if function_of(call).kind == "form"))

    def is_for(self, form: Form) -> bool:
        """Whether the rule is for a form, or for all of its domain."""
        return form.is_one_of(self.forms)

    def applies_to(
        self,
        form: Form,
        others: Collection[OtherBook] = (),
        tables: Collection[str] | None = None,
    ) -> bool:
        """Whether the rule is for the form, the form has all that it names, in units that go
        together, ``others`` all books that it looks at beside the judged one, and ``tables`` the
        forms of all tables that it looks rows up in (None stands for all tables).
        """
        return self._finds_all(form, others, tables) and not self._faults_on(form)

    def unit_faults(self, form: Form) -> tuple[UnitFault, ...]:
        """Why the rule can't be run on a form that it is for and that has all that it names: what
        it compares or adds up there is money on one side, and no money on the other.
        """
        return self._faults_on(form) if self._finds_all(form, OTHER_BOOKS) else ()

    def _faults_on(self, form: Form) -> tuple[UnitFault, ...]:
        """The faults of units, which are looked for once for each form."""
        if self.each == "reading":
            return ()
        checked = self._checked_forms.get(id(form))
        if checked is None or checked[0] is not form:
            trees = [("formula", self.tree), ("when", self.when), ("shows", self.shows)]
            trees += [(f"severity_when.{severity}", tree) for severity, tree in self.severities]
            if len(self._checked_forms) >= _MOST_FORMS:
                self._checked_forms.clear()
            checked = self._checked_forms[id(form)] = form, unit_faults(trees, self.each, form)
        return checked[1]

    @cached_property
    def _checked_forms(self) -> dict[int, tuple[Form, tuple[UnitFault, ...]]]:
        """The forms that were looked at. They are kept, so that no other one has their number."""
        return {}

    def _finds_all(
        self,
        form: Form,
        others: Collection[OtherBook],
        tables: Collection[str] | None = None,
    ) -> bool:
        if not self.is_for(form) or not self.others <= set(others):
            return False
        if tables is not None and not self.looked_up(form) <= set(tables):
            return False
        if self.each in ("kpi", "kpi_year") and form.kpi is None:
            return False
        if self.each == "evaluation" and not form.evaluations:
            return False
        return not any(self.lacking(form))

    def lacking(self, form: Form) -> Iterator[Field | Members | Call | str]:
        """What the rule names and the form has not."""
        for need in self.needs:
            if not _has(form, need, self.each):
                yield need
        for name in self.file.needs:
            if name not in OTHER_BOOKS and not _prints(form, name):
                yield name

    @cached_property
    def others(self) -> frozenset[OtherBook]:
        """The other books that the rule looks at; without one of them it applies to no row."""
        books: set[OtherBook | None] = set()
        for need in self.needs:
            if not isinstance(need, Call) and self.each != "reading":
                books |= {link.other for link in _ways(need, self.each)[0]}
        books |= {book for book in OTHER_BOOKS if book in self.file.needs}
        return frozenset(book for book in books if book is not None)

    def looked_up(self, form: Form) -> frozenset[str]:
        """The forms of the tables that the rule looks rows of a form up in."""
        paths = (need for need in self.needs if not isinstance(need, Call))
        steps = set(chain.from_iterable(map(_steps, paths)))
        return frozenset(form.lookups[step].form for step in steps if step in form.lookups)

    def judge(self, row: Row) -> Verdict:
        """The verdict on one row. A Python rule may raise; the audit counts that as crashed."""
        if self.check is None and self.tree is None:
            return NOT_APPLICABLE
        if self.applies is not None and (applies := self.applies(row)) is not _YES:
            return NOT_APPLICABLE if applies is _NO else UNKNOWN
        if self.check is not None:
            verdict = checked_verdict(self.check, row)
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
    def claim_kinds(self) -> frozenset[str] | None:
        """The kinds of claims that its condition chooses; None where it may be any."""
        conditions = self.when.items if isinstance(self.when, And) else (self.when,)
        for part in conditions:
            match part:
                case Compare(
                    operator="==", left=Field(links=(), name="kind"), right=String(value=word)
                ):
                    return frozenset({word})
                case Compare(
                    operator="in", left=Field(links=(), name="kind"), right=Items(items=words)
                ):
                    return frozenset(word.value for word in words if isinstance(word, String))
                case _:
                    pass
        return None

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
        explanation = _explained(tree, row)
        if not explanation.cells:  # the row looked for is not there
            explanation = explanation._replace(cells=tuple(self._named_by(row)))
        if self.shows is not None:
            shown = _explained(self.shows, row)
            explanation = shown._replace(cells=explanation.cells, note=explanation.note)
        return Verdict("fail", explanation, self._severity(row))

    def _named_by(self, row: Row) -> Iterator[tuple[Row, str]]:
        """The cells of a row that name the rows which the rule looks for: its parent, and those
        of other tables.
        """
        paths = (need for need in self.needs if not isinstance(need, Call))
        for step in dict.fromkeys(chain.from_iterable(map(_steps, paths))):
            if step == "parent":
                yield row, step
            elif step in row.form.lookups:
                yield from ((row, name) for name in row.form.lookups[step].on if name in row.values)

    def _severity(self, row: Row) -> Severity | None:
        """The severity that the rule states for this row; None for its usual one."""
        for severity, applies in self._stated:
            if applies(row) is _YES:
                return severity
        return None

    @cached_property
    def _figures(self) -> tuple[Field | Members | Call, ...]:
        """The numbers and groups that the formula names."""
        assert self.tree is not None
        parts = [part for part in walk(self.tree) if isinstance(part, Field | Members | Call)]
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
            if isinstance(part, Members):
                if self._unsure_set(part, row):
                    return True
                continue
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

    def _unsure_set(self, part: Members, row: Row) -> bool:
        """Whether any figure of a set of rows stands in such a column."""

        def any_unsure(_: Sequence[JudgedRow]) -> bool:
            cells = cast("list[tuple[Row, str]]", members(part, row))
            return any(name in here.unsure for here, name in cells)

        return gathered(part, row).once(("unsure", part.then, part.name), any_unsure)

    def finding(self, row: Row, verdict: Verdict) -> Finding:
        """The finding of a failed verdict."""
        explanation = verdict.explanation
        cells = tuple(row.rows.cell_of(here, name) for here, name in _shown(row, explanation))
        sheet = SheetReference.of(row.sheet) if row.sheet else None
        kpi = KpiReference.of(row.kpi) if row.kpi else None
        owner = row.sheet or row.kpi
        keys = keys_of(self.code, row.form.name, owner, row.column, cells, row.statement)
        severity = self.assigned or verdict.severity or self.file.severity
        return Finding(
            **keys._asdict(),
            rule=self.code,
            name=self.file.name,
            severity=severity,
            question=self.counted_as(severity) == QUESTION,
            document=owner.document
            if owner
            else ", ".join(document.path for document in row.rows.book.documents),
            sheet=sheet,
            year=row.column,
            kpi=kpi,
            cells=cells,
            sentence=_sentence(row, verdict),
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


def _sentence(row: Row, verdict: Verdict) -> Sentence | None:
    """The sentence that a finding quotes: the one that the rule names, else that of its claim."""
    if verdict.sentence is not None:
        return verdict.sentence
    return None if row.claim is None else row.claim.sentence


def _explained(tree: Node, row: Row) -> prose.Explanation:
    def name(other: prose.PrintedRow, here: prose.PrintedRow) -> Text:
        return named_beside(cast(Row, other), cast(Row, here))

    return prose.explain(trace(tree, row), name)


def _shown(row: Row, explanation: prose.Explanation) -> Iterable[tuple[Row, str]]:
    """The cells that a finding shows; of a claim whose figures are none of them, its sentence."""
    cells = cast("tuple[tuple[Row, str], ...]", explanation.cells)
    shown = [cell for cell in cells if cell[0].is_printed(cell[1])]
    return shown if shown or row.claim is None else [(row, "")]


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


def _steps(need: Field | Members) -> tuple[str, ...]:
    """The links of a path, before and behind the set that it passes through."""
    return need.links if isinstance(need, Field) else (*need.links, *need.then)


def _ways(need: Field | Members, each: Each) -> tuple[tuple[Link, ...], RowsOf | None]:
    """The links that a path follows, before and behind the set that it passes through, and that
    set.
    """
    links, here, _ = followed(each, (*need.links, ""))
    if isinstance(need, Field) or here is None:
        return links, None
    rows = SCOPES[here].rows_of(need.of)
    return (*links, *followed(rows.to, (*need.then, ""))[0]), rows


def _prints(form: Form, name: str) -> bool:
    """Whether the form has a figure, or the word is one that says something of every form's
    records.
    """
    return (
        bool(form.funding) and form.funding_complete
        if name == "funding"
        else name in form.fields or name in WORDS
    )


def _has(form: Form, need: Field | Members | Call, each: Each | Literal["reading"]) -> bool:
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
    steps = _steps(need)
    if any(step in form.lookups for step in steps):  # what is there, its own form says
        return True
    links, rows = _ways(need, each)
    if len(links) < len(steps):  # the table of another form, in which this one looks nothing up
        return False
    if any(link.over == "parent" for link in links) and not form.has_parents:
        return False
    if rows is not None:
        if not _gathers(form, rows):
            return False
        each = rows.to
    if need.links if isinstance(need, Field) else need.then:
        each = links[-1].to
    if each == "claim":
        return True
    return _prints(form, need.name) and form.own_figures.get(need.name, each) == each


def _gathers(form: Form, rows: RowsOf) -> bool:
    """Whether rows of the form have the rows of a set: totals have details where the form says
    which rows are totals, and rows have children where it says where their parents stand.
    """
    match rows.name:
        case "details":
            return bool(form.totals)
        case "children":
            return form.has_parents
        case "rows" | "same" | "years":
            return True
