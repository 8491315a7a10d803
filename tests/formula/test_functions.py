"""The registry of functions: whatever stands in it is handled, or declared unusable, by the judge,
by columns, by the search for suspects and by the prose of findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, get_args

import narwhals as nw
import polars as pl
import pytest

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.formula import functions
from auditor.formula.columns.answers import answers
from auditor.formula.columns.values import (
    Answers,
    Columns,
    NotColumnar,
    Num,
    Reduced,
    Whole,
    Word,
    expression_of,
)
from auditor.formula.columns.values import (
    Missing as MissingColumns,
)
from auditor.formula.functions import FUNCTIONS, Function, OfGroup, OfParts
from auditor.formula.judge import judge
from auditor.formula.parse import FormulaError, parse
from auditor.formula.prose import explain
from auditor.formula.signatures import SIGNATURES, Signature
from auditor.formula.trace import trace
from auditor.formula.tree import Call, Field, FunctionName, Members, Node, Scope, Vocabulary
from auditor.formula.values import BLANK, RowSet, Value
from auditor.records import figures
from auditor.records.figures import Answer, Figure, Quantity
from auditor.records.model import Book, Document, FiscalYear, Sheet
from auditor.records.text import Text
from auditor.rules.loading import build_rule
from auditor.rules.rows import Rows, vocabulary
from auditor.rules.ruleset import RuleSet
from auditor.rules.searchable import why_unusable

SESSION = load()
FORM = SESSION.forms["kushiro"]
WORDS = vocabulary([FORM])


def formula_with(function: Function) -> str:
    """A comparison on a year's row that holds a call of a function."""
    arguments = {
        "number": "staff_cost",
        "text": "kind",
        "group": "funding",
        "list": "[total_cost, staff_cost]",
    }
    match function.signature.quoted, function.gives:
        case "only", "group":
            return f'total_cost == sum({function.name}("negative_allowed"))'
        case "only", "table":
            return f'["end", "end"] in {function.name}("evaluation_changes")'
        case "only", _:
            return f'total_cost == {function.name}("jump_factor")'
        case _, "answer":
            return f"{function.name}({arguments[function.takes[0]]})"
        case _:
            return f"total_cost == {function.name}({arguments[function.takes[0]]})"


def figure(value: int) -> Figure:
    return Figure(value=Decimal(value), state="number", printed=f"{value:,}", unit="千円")


def sheet(number: int, total: int, staff: int) -> Sheet:
    year = FiscalYear(
        year=2024,
        kind="settled",
        total_cost=figure(total),
        staff_cost=figure(staff),
        headcount=Figure(unit="人"),
        funding={"general_revenue": figure(staff)},
    )
    return Sheet(
        document="d", number=number, name=str(number), fiscal_year=2024, years={"2024": year}
    )


def book(*sheets: Sheet) -> Book:
    document = Document(path="d", form=FORM.name, fiscal_year=2024, sheets=len(sheets))
    return Book(form=FORM.name, fiscal_year=2024, documents=(document,), sheets=sheets)


def rule_of(formula: str, code: str = "ZZZ001") -> Any:
    text = {"en": "t", "ja": "題"}
    data = {"code": code, "name": "a-rule-of-the-tests", "severity": "error", "each": "year"}
    texts = {"since": "1", "title": text, "why": text, "action": text}
    return build_rule({**data, "formula": formula, **texts}, "tests", vocabulary([FORM]))


def test_the_type_and_the_registry_name_the_same_functions() -> None:
    assert get_args(FunctionName) == tuple(FUNCTIONS)
    assert all(entry.name == name for name, entry in FUNCTIONS.items())


def test_every_signature_is_that_of_an_entry() -> None:
    assert [entry.signature for entry in FUNCTIONS.values()] == list(SIGNATURES.values())


@pytest.mark.parametrize("name", get_args(FunctionName))
def test_every_function_is_judged_and_traced_alike(name: FunctionName) -> None:
    tree = parse(formula_with(FUNCTIONS[name]), WORDS, "year")
    (row,) = Rows(book(sheet(1, 8300, 4015)), FORM).of("year")
    assert trace(tree, row).answer is judge(tree)(row)


# What each function is of a year with 8,300 in total and 4,015 for staff, in thousand yen: a
# formula that can be true, and one that can't.
EXAMPLES: dict[FunctionName, tuple[str, str]] = {
    "sum": (
        "sum([total_cost, staff_cost]) == 12315000",
        "sum([total_cost, staff_cost]) == 8300000",
    ),
    "abs": ("abs(staff_cost - total_cost) == 4285000", "abs(staff_cost - total_cost) < 0"),
    "min": ("min(total_cost, staff_cost) == 4015000", "min(total_cost, staff_cost) == 8300000"),
    "max": ("max(total_cost, staff_cost) == 8300000", "max(total_cost, staff_cost) == 4015000"),
    "present": ("present(total_cost)", "present(headcount)"),
    "blank": ("blank(headcount)", "blank(total_cost)"),
    "zero": ("zero(headcount) == 0", "zero(staff_cost) == 0"),
    "count": ("count([total_cost, headcount]) == 1", "count([total_cost, headcount]) == 2"),
    "group": (
        'sum(group("negative_allowed")) == 4015000',
        'sum(group("negative_allowed")) == 8300000',
    ),
    "param": ('param("jump_factor") == 10', 'param("jump_factor") == 11'),
    "table": (
        '["end", "continue"] in table("evaluation_changes")',
        '["continue", "end"] in table("evaluation_changes")',
    ),
    "agreed": ("agreed(total_cost) == 8300000", "agreed(total_cost) == 4015000"),
    "unique": ("unique(sheet.number)", "unique(total_cost)"),
}


@pytest.mark.parametrize("name", get_args(FunctionName))
def test_every_function_is_what_it_should_be(name: FunctionName) -> None:
    rows = Rows(book(*(sheet(number, 8300, 4015) for number in (1, 2, 3))), FORM).of("year")
    possible, impossible = EXAMPLES[name]
    assert judge(parse(possible, WORDS, "year"))(rows[0]) in (Answer.YES, Answer.MAY)
    assert judge(parse(impossible, WORDS, "year"))(rows[0]) is Answer.NO


@pytest.mark.parametrize("name", get_args(FunctionName))
def test_every_function_is_shown_by_the_prose(name: FunctionName) -> None:
    tree = parse(formula_with(FUNCTIONS[name]), WORDS, "year")
    (row,) = Rows(book(sheet(1, 8300, 4015)), FORM).of("year")
    equation = explain(trace(tree, row), lambda *_: Text(en="row 2", ja="2行目")).equation
    assert equation
    assert "≠  =" not in equation, "a phrase is missing"


@pytest.mark.parametrize("name", get_args(FunctionName))
def test_every_function_is_searched_or_says_why_not(name: FunctionName) -> None:
    function = FUNCTIONS[name]
    why = why_unusable(rule_of(formula_with(function)))
    if function.gives == "number":
        assert (why is not None) is isinstance(function.linear, Text)


@dataclass
class PlainColumns:
    """Whole numbers under every name, for compiling alone."""

    made: dict[Node, Any] = field(default_factory=dict)

    def number(self, links: tuple[str, ...], name: str) -> Num:
        del links
        value = nw.col(name)  # one expression for both ends: a point
        return Whole(value, value, 1, 10**6, MissingColumns())

    def word(self, links: tuple[str, ...], name: str) -> Word:
        del links
        return Word(nw.col(name))

    def group(self, links: tuple[str, ...], name: str) -> Sequence[tuple[Num, bool]]:
        del name
        return [(self.number(links, "total_cost"), False)]

    def param(self, name: str) -> Num:
        del name
        one = nw.lit(1, nw.Int64)
        return Whole(one, one, 1, 1, MissingColumns())

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        del name
        return [("end", "*")]

    def agreed(self, call: Call) -> Num:
        argument = call.arguments[0]
        assert isinstance(argument, Field)
        return self.number((), argument.name)

    def members(self, node: Members) -> Reduced:
        raise NotColumnar(node.path, node.path)

    def alone(self, call: Call) -> Answers:
        del call
        return Answers(yes=True)

    def let(self, expression: nw.Expr, at: float) -> nw.Expr:
        del at
        return expression

    def once(self, node: Node, make: Any) -> Any:
        if node not in self.made:
            self.made[node] = make()
        return self.made[node]


@pytest.mark.parametrize("name", get_args(FunctionName))
def test_every_function_has_columns_or_says_why_not(name: FunctionName) -> None:
    function = FUNCTIONS[name]
    tree = parse(formula_with(function), WORDS, "year")
    columns: Columns = PlainColumns()
    frame = nw.from_native(
        pl.DataFrame({"total_cost": [8300], "staff_cost": [4015], "kind": ["settled"]})
    )
    if isinstance(function.columns, Text) and function.gives in ("number", "answer"):
        with pytest.raises(NotColumnar):
            answers(tree, columns)
        return
    compiled = answers(tree, columns)
    masks = [compiled.yes, compiled.may, compiled.unknown, compiled.no]
    flags = frame.select(**{str(at): expression_of(mask) for at, mask in enumerate(masks)}).rows()
    assert sum(flags[0]) == 1, "one answer is certain"


# --- what a new entry needs


DOUBLE = Function(
    Signature(
        "double",  # type: ignore[arg-type]  # the type names the functions that ship
        words=("twice {}", "{}の2倍"),
        takes=("number",),
        gives="number",
    ),
    means=Text(en="twice the value", ja="2倍"),
    judgement=OfParts(lambda values: figures.add(values[0], values[0])),  # type: ignore[arg-type]
    columns=lambda call, forms: forms.total((*call.arguments, *call.arguments)),
    linear=lambda call, forms: forms.total((*call.parts, *call.parts)),
    phrase=lambda forms: forms.call(),
)
PEAK = Function(
    Signature(
        "peak",  # type: ignore[arg-type]
        words=("the greatest {}", "最大の{}"),
        takes=("number",),
        gives="number",
    ),
    means=Text(en="the greatest of the book's column", ja="冊子の同じ列の最大値"),
    judgement=OfGroup(lambda values: figures.greatest(values) if values else None),
    columns=Text(en="a whole column is looked at", ja="列全体を見ます"),
    linear=Text(en="looks at a whole column", ja="列全体を見ています"),
    phrase=lambda forms: forms.value(),
)


@pytest.fixture
def grown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry with a function of a row and one of a group of rows."""
    for entry in (DOUBLE, PEAK):
        monkeypatch.setitem(functions.FUNCTIONS, entry.name, entry)
        monkeypatch.setitem(functions.NAMED, entry.name, entry)


@pytest.mark.usefixtures("grown")
def test_a_new_function_is_judged_searched_and_shown() -> None:
    rule = rule_of("total_cost == double(staff_cost)")
    report = audit(
        book(sheet(1, 8300, 4015), *(sheet(number, 2000, 1000) for number in (2, 3, 4))),
        RuleSet([rule]),
        SESSION.forms,
    )
    (finding,) = report.findings
    assert finding.equation == "8,300 ≠ double(4,015) = 8,030"
    assert str(finding.expected) == "8030"
    best = report.causes[0].suspects[0]
    assert [(cell.field, str(cell.corrected)) for cell in best.cells] == [("total_cost", "8030")]


@pytest.mark.usefixtures("grown")
def test_a_new_function_over_a_group_of_rows() -> None:
    rule = rule_of("total_cost < peak(staff_cost)")
    sheets = [sheet(number, 900 + number, 100 * number) for number in range(1, 41)]
    report = audit(book(*sheets), RuleSet([rule]), SESSION.forms)
    assert not report.findings
    assert report.outcomes["ZZZ001"]["pass"] == 40
    report = audit(book(*sheets, sheet(41, 5000, 1)), RuleSet([rule]), SESSION.forms)
    (finding,) = report.findings
    assert finding.equation == "5,000 ≥ 4,000"
    assert why_unusable(rule) == PEAK.linear
    tree = parse("total_cost < peak(staff_cost)", WORDS, "year")
    part = trace(tree, Rows(book(*sheets), FORM).of("year")[0])
    (peak,) = (below for below in part.walk() if below.size is not None)
    assert peak.size == 40
    assert len(peak.cells) <= 8, "a trace does not grow with its group"
    with pytest.raises(NotColumnar):
        answers(tree, PlainColumns())
    with pytest.raises(FormulaError, match=r"agreed\(\) can't stand inside peak\(\)"):
        parse("total_cost < peak(agreed(staff_cost))", WORDS, "year")


@dataclass(eq=False)
class Place:
    """A row of a scope that no form has."""

    values: dict[str, Value]
    links: dict[str, Place] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    formula_cells: frozenset[str] = frozenset()

    def link(self, name: str) -> Place | None:
        return self.links.get(name)

    def param(self, name: str) -> Quantity | None:
        del name
        return None

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        del name
        return ()

    def over_group(self, *_: object) -> Quantity | None:
        return 7

    def gathered(self, *_: object) -> RowSet:
        return RowSet()

    def alike(self, *_: object) -> RowSet | None:
        return None

    def group_rows(self) -> Sequence[Place]:
        return [self, self, self]


@pytest.mark.usefixtures("grown")
def test_a_new_link_leads_to_a_row_of_a_new_scope() -> None:
    words = Vocabulary(
        {
            "ward": Scope({"cost": "number"}, {"city": "city", "last_book": "ward"}),
            "city": Scope({"cost": "number"}, {}),
        }
    )
    tree = parse("cost <= city.cost and cost == last_book.cost < peak(city.cost)", words, "ward")
    city = Place({"cost": 5})
    ward = Place({"cost": 4}, {"city": city, "last_book": Place({"cost": 4})})
    assert judge(tree)(ward) is trace(tree, ward).answer is Answer.YES
    alone = replace(ward, links={})
    assert judge(tree)(alone) is trace(tree, alone).answer is Answer.UNKNOWN
    assert BLANK in [part.value for part in trace(tree, alone).walk()]
