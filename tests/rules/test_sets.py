"""Sets of rows in formulas, against plain sums over a table's rows: totals and what they total,
rows that are alike, parents and children, rows of other tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.auditing.tables import audit_tables
from auditor.forms.lookups import check_lookups
from auditor.forms.model import Form, FormError
from auditor.formula.deciding import deciders
from auditor.formula.judge import judge, measure
from auditor.formula.parse import FormulaError, parse
from auditor.formula.trace import SHOWN, trace
from auditor.formula.tree import Call, Compare, Members, Vocabulary
from auditor.formula.values import BLANK, UNKNOWN, Value
from auditor.records import figures
from auditor.records.figures import Answer
from auditor.records.model import Book, NotChecked
from auditor.records.text import Why
from auditor.rules import sets
from auditor.rules.loading import build_rule
from auditor.rules.lookups import Lookups
from auditor.rules.rows import Row, Rows, vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.suspects import among_rows
from auditor.tables import from_tables, to_tables
from auditor.tables.books import books_of
from auditor.tables.described import described, heading
from auditor.tables.guard import guarded
from auditor.testing.cases import run_cases

GRANTS: dict[str, Any] = {
    "name": "grants",
    "title": {"en": "Grants", "ja": "補助金"},
    "unit": "USD",
    "units": {"USD": 1},
    "fiscal_year": 2024,
    "table": {
        "totals": [
            {"words": ["Total", "合計"], "of": "all"},
            {"words": "Subtotal*", "of": "above"},
            {"words": "Section", "of": "above"},
            {"words": "Of kind", "of": ["category"]},
        ],
    },
    "labels": {"name": "Project", "category": "Kind", "parent": "Part of", "department": "Office"},
    "fields": {
        "grant": {"each": "sheet", "label": "Grant"},
        "rounded": {"each": "sheet", "label": "Tens", "rounding": "half_up", "step": "10"},
    },
}
FORM = Form.model_validate(GRANTS)
WORDS = vocabulary([FORM])
TEXT = {"en": "t", "ja": "題"}

RowOf = dict[str, Any]


def rule(formula: str, when: str = "", code: str = "GRT001", **more: Any) -> Rule:
    words: Vocabulary = more.pop("words", WORDS)
    data = {"code": code, "name": f"r-{code.lower()}", "severity": "error", "each": "sheet"}
    texts = {"since": "1", "title": TEXT, "why": TEXT, "action": TEXT}
    stated = {**data, "forms": ["*"], "formula": formula, "when": when, **texts, **more}
    return build_rule(stated, "tests", words)


def frames_of(rows: Sequence[RowOf], form: Form = FORM) -> dict[Any, pl.DataFrame]:
    columns = {labels[0]: [row.get(name) for row in rows] for name, labels in form.headers.items()}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    of = heading(frame.columns, [form])
    assert of is not None
    return dict(described(frame, of).frames)


def book_of(rows: Sequence[RowOf], form: Form = FORM) -> Book:
    forms = {form.name: form}
    (book,) = books_of(guarded(frames_of(rows, form), forms), forms)
    return book


def rows_of(rows: Sequence[RowOf], form: Form = FORM, **more: Any) -> list[Row]:
    return Rows(book_of(rows, form), form, **more).of("sheet")


def number(formula: str, row: Row) -> Value:
    tree = parse(f"{formula} == 0", WORDS, "sheet")
    assert isinstance(tree, Compare)
    return measure(tree.left)(row)


# --- an oracle without any of the program's code

NAMES = ("Bridge", "Ｂｒｉｄｇｅ", "bridge", "Road", "Ro ad", "School")
TOTALS = ("Total", "合　計", "Subtotal", "Subtotal 2", "section", "Of kind")


@st.composite
def tables(draw: st.DrawFn) -> list[RowOf]:
    amounts = st.none() | st.integers(-50, 50).map(str)
    if draw(st.booleans()):
        amounts = amounts | st.just("n/a")
    return [
        {
            "name": draw(st.sampled_from(NAMES + TOTALS)),
            "category": draw(st.sampled_from(["A", "Ａ", "B", None])),
            "grant": draw(amounts),
            "rounded": draw(st.none() | st.integers(-5, 5).map(lambda tens: str(tens * 10))),
        }
        for _ in range(draw(st.integers(1, 12)))
    ]


def plain(text: str | None) -> str:
    return (text or "").translate(str.maketrans("ＡＢｒｉｄｇｅ", "ABridge", " 　"))


def kind_of(row: RowOf) -> str:
    name = plain(row["name"]).lower()
    kinds = {"total": "all", "合計": "all", "section": "section", "ofkind": "category"}
    return "subtotal" if name.startswith("subtotal") else kinds.get(name, "")


def totalled(rows: Sequence[RowOf], at: int) -> list[int]:
    """The rows that the row at some place totals."""
    kind = kind_of(rows[at])
    items = [place for place, row in enumerate(rows) if not kind_of(row)]
    match kind:
        case "all":
            return items
        case "category":
            mine = plain(rows[at]["category"])
            return [place for place in items if plain(rows[place]["category"]) == mine]
        case "subtotal" | "section":
            last = [place for place in range(at) if kind_of(rows[place]) == kind]
            return [place for place in items if (last or [-1])[-1] < place < at]
        case _:
            return []


def summed(rows: Sequence[RowOf], places: Sequence[int]) -> Value:
    cells = [cell for place in places if (cell := rows[place]["grant"]) is not None]
    if "n/a" in cells:
        return UNKNOWN
    return sum(map(int, cells)) if cells else BLANK


@settings(max_examples=60)
@given(tables())
def test_totals_total_what_a_plain_count_says(table: list[RowOf]) -> None:
    for at, row in enumerate(rows_of(table)):
        places = totalled(table, at)
        assert row.values["role"] == ("total" if kind_of(table[at]) else "row")
        assert number("sum(details.grant)", row) == summed(table, places)
        filled = [place for place in places if table[place]["rounded"] is not None]
        assert number("count(details.rounded)", row) == len(filled)
        assert number("count(details.name)", row) == len(places)
        total = number("sum(details.rounded)", row)
        if not filled:
            assert total is BLANK
            continue
        assert not isinstance(total, str)
        assert total is not BLANK
        middle = sum(int(table[place]["rounded"]) for place in filled)
        ends = figures.ends(total)  # type: ignore[arg-type]
        assert (ends.lo, ends.hi) == (middle - 5 * len(filled), middle + 5 * len(filled))


@settings(max_examples=60)
@given(tables())
def test_rows_alike_are_those_of_a_plain_count(table: list[RowOf]) -> None:
    items = [place for place, row in enumerate(table) if not kind_of(row)]
    counts = Counter(
        (plain(table[place]["name"]), plain(table[place]["category"])) for place in items
    )
    unique = judge(parse("unique(name, category)", WORDS, "sheet"))
    unique_kind = judge(parse("unique(category)", WORDS, "sheet"))
    kinds = Counter(plain(table[place]["category"]) for place in items)
    for at, row in enumerate(rows_of(table)):
        kind = plain(table[at]["category"])
        alike = [place for place in items if plain(table[place]["category"]) == kind]
        assert number('sum(same("category").grant)', row) == summed(table, alike)
        assert number("sum(rows.grant)", row) == summed(table, items)
        if at not in items:
            assert unique(row) is Answer.YES
            continue
        count = counts[plain(table[at]["name"]), kind]
        assert unique(row) is (Answer.NO if count > 1 else Answer.YES)
        expected = Answer.NO if kinds[kind] > 1 else Answer.YES
        assert unique_kind(row) is (Answer.UNKNOWN if not kind else expected)


@settings(max_examples=40)
@given(tables(), st.data())
def test_a_changed_total_is_its_own_finding_and_no_other(table: list[RowOf], data: Any) -> None:
    for row in table:
        row["grant"] = "1" if row["grant"] == "n/a" else row["grant"]
    for at, row in enumerate(table):
        if kind_of(row):
            total = summed(table, totalled(table, at))
            row["grant"] = None if total is BLANK else str(total)
    adds_up = rule("grant == sum(details.grant)", 'role == "total"')
    frames = frames_of(table)
    clean = audit_tables(frames, RuleSet([adds_up]), {FORM.name: FORM})
    assert not clean.findings
    filled = [at for at, row in enumerate(table) if kind_of(row) and row["grant"] is not None]
    if not filled:
        return
    at: int = data.draw(st.sampled_from(filled))
    table[at]["grant"] = str(int(table[at]["grant"]) + 1)
    (finding,) = audit_tables(frames_of(table), RuleSet([adds_up]), {FORM.name: FORM}).findings
    assert finding.sheet is not None
    assert finding.sheet.number == at + 1
    assert finding.difference == Decimal(1)


@settings(max_examples=30)
@given(tables())
def test_what_rows_total_goes_round(table: list[RowOf]) -> None:
    book, forms = book_of(table), {FORM.name: FORM}
    assert Book.model_validate_json(book.model_dump_json()) == book
    (back,) = from_tables(to_tables(book, forms), forms)
    fields = ("role", "totals", "block", "since", "parent")
    for before, after in zip(book.sheets, back.sheets, strict=True):
        assert [getattr(before, name) for name in fields] == [
            getattr(after, name) for name in fields
        ]


# --- many rows


def test_many_rows_of_one_name_cost_no_more_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither to judge nor to explain."""
    size, calls, parts = 600, 0, 0
    key_of, members = sets.key_of, among_rows.members

    def counted(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        return key_of(*arguments)

    def counted_members(node: Members, row: Row) -> Any:
        nonlocal parts
        figures = members(node, row)
        parts += len(figures)
        return figures

    monkeypatch.setattr(sets, "key_of", counted)
    monkeypatch.setattr(among_rows, "members", counted_members)
    table: list[RowOf] = [{"name": "same", "grant": str(at)} for at in range(size)]
    rules = RuleSet(
        [rule("unique(name)"), rule('grant * 2 == sum(same("name").grant)', code="GRT002")]
    )
    report = audit(book_of(table), rules, {FORM.name: FORM})
    assert calls <= 20 * size
    assert parts <= 20 * size
    assert len(report.findings) == 2 * size
    for finding in report.findings:
        assert len(finding.cells) <= SHOWN + 1
    twin = next(finding for finding in report.findings if finding.rule == "GRT001")
    assert twin.message.en.endswith(f"and {size - 1 - SHOWN:,} more")
    assert twin.message.ja.endswith(f"、ほか{size - 1 - SHOWN:,}件")
    sum_of = next(finding for finding in report.findings if finding.rule == "GRT002")
    assert sum_of.equation.count("+") == SHOWN
    assert f"{size - SHOWN:,} more" in sum_of.message.en


def test_the_trace_names_the_cells_that_keep_a_sum_from_being_known() -> None:
    table: list[RowOf] = [{"name": "a", "grant": "1"}] * 20 + [{"name": "b", "grant": "x"}]
    row = rows_of([*table, {"name": "Total", "grant": "20"}])[-1]
    traced = trace(parse("grant == sum(details.grant)", WORDS, "sheet"), row)
    assert traced.answer is Answer.UNKNOWN
    (decider,) = deciders(traced)
    assert (decider.kind, decider.size) == ("unknown", 1)
    assert [here.values["name"] for here, _ in decider.cells] == ["b"]


# --- parents and children


FAMILY: list[RowOf] = [
    {"name": "City", "grant": "6"},
    {"name": "Parks", "parent": "City", "grant": "2"},
    {"name": "Roads", "parent": "Ｃ ity", "grant": "4"},
    {"name": "Alone", "parent": "County", "grant": "1"},
]


def test_children_add_up_to_their_parent() -> None:
    city, parks, _, alone = rows_of(FAMILY)
    assert number("sum(children.grant)", city) == 6
    assert number("sum(children.grant)", parks) is BLANK
    assert number("parent.grant", parks) == 6
    assert number("parent.grant", alone) is BLANK
    assert judge(parse("present(parent.name)", WORDS, "sheet"))(alone) is Answer.NO


def test_a_parent_that_several_rows_may_be_is_not_known() -> None:
    city, parks, *_, other = rows_of([*FAMILY, {"name": "City", "grant": "9"}])
    assert number("parent.grant", parks) is UNKNOWN
    assert judge(parse("present(parent.name)", WORDS, "sheet"))(parks) is Answer.UNKNOWN
    assert number("sum(children.grant)", city) is UNKNOWN
    assert number("sum(children.grant)", other) is UNKNOWN


def test_numbers_are_what_children_call_their_parent_by() -> None:
    form = Form.model_validate({**GRANTS, "labels": {**GRANTS["labels"], "number": "No."}})
    table: list[RowOf] = [
        {"number": "1", "name": "City", "grant": "6"},
        {"number": "2", "name": "Parks", "parent": "001", "grant": "2"},
        {"number": "3", "name": "1", "parent": "2", "grant": "4"},
        {"name": "Total", "grant": "12"},
    ]
    city, parks, last, total = rows_of(table, form)
    assert number("sum(children.grant)", city) == 2
    assert number("sum(children.grant)", parks) == 4
    assert number("parent.grant", last) == 2
    assert number("sum(details.grant)", total) == 12


# --- what was not read


def test_nothing_is_known_of_a_book_that_was_not_read_whole() -> None:
    rows = rows_of([*FAMILY, {"name": "Total", "grant": "13"}], is_whole=False)
    for formula in ("sum(details.grant)", "sum(rows.grant)", 'sum(same("category").grant)'):
        assert number(formula, rows[-1]) is UNKNOWN
    assert number("parent.grant", rows[3]) is UNKNOWN
    assert number("parent.grant", rows[1]) == 6


def test_a_row_that_was_left_out_accuses_no_total() -> None:
    form = Form.model_validate(
        {
            **GRANTS,
            "fiscal_year": None,
            "labels": {**GRANTS["labels"], "fiscal_year": "Year"},
        }
    )
    table: list[RowOf] = [
        {"name": "a", "fiscal_year": "2024", "grant": "1"},
        {"name": "b", "fiscal_year": "soon", "grant": "2"},
        {"name": "Total", "fiscal_year": "2024", "grant": "3"},
    ]
    adds_up = rule("grant == sum(details.grant)", 'role == "total"', words=vocabulary([form]))
    report = audit_tables(frames_of(table, form), RuleSet([adds_up]), {form.name: form})
    assert not report.findings
    assert report.not_checked
    assert report.outcomes["GRT001"]["unknown"] == 1
    table[1]["fiscal_year"] = "2024"
    table[2]["fiscal_year"] = None  # what all other rows are of
    report = audit_tables(frames_of(table, form), RuleSet([adds_up]), {form.name: form})
    assert report.outcomes["GRT001"]["pass"] == 1


def test_a_document_that_was_not_read_leaves_totals_unknown() -> None:
    adds_up = rule("grant == sum(details.grant)", 'role == "total"')
    book = book_of([*FAMILY, {"name": "Total", "grant": "99"}])
    document = book.documents[0]
    fault = NotChecked(document=document.path, why=Why(code="x", en="x", ja="x"))
    partial = document.model_copy(update={"not_checked": (fault,)})
    for of, failed in ((document, 1), (partial, 0)):
        whole = book.model_copy(update={"documents": (of,)})
        report = audit(whole, RuleSet([adds_up]), {FORM.name: FORM})
        assert report.outcomes["GRT001"]["fail"] == failed
        assert report.outcomes["GRT001"]["unknown"] == 1 - failed


# --- rows of other tables


PROGRAMMES = Form.model_validate(
    {
        "name": "programmes",
        "title": {"en": "Programmes", "ja": "制度"},
        "unit": "USD",
        "units": {"USD": 1},
        "fiscal_year": 2024,
        "table": {},
        "labels": {"name": "Programme"},
        "fields": {"maximum": {"each": "sheet", "label": "Maximum"}},
    }
)
LOOKING = Form.model_validate(
    {**GRANTS, "lookups": {"programme": {"form": "programmes", "on": {"category": "name"}}}}
)
BOTH = vocabulary([LOOKING, PROGRAMMES])
LIMITS: list[RowOf] = [
    {"name": "A", "maximum": "5"},
    {"name": "B", "maximum": "5"},
    {"name": "b", "maximum": "1"},
    {"name": "B", "maximum": "7"},
]


@pytest.mark.parametrize(
    ("category", "limited", "there"),
    [
        ("Ａ", Answer.YES, Answer.YES),
        ("B", Answer.UNKNOWN, Answer.UNKNOWN),
        ("b", Answer.NO, Answer.YES),
        ("C", Answer.UNKNOWN, Answer.NO),
        (None, Answer.UNKNOWN, Answer.NO),
    ],
)
def test_rows_are_looked_up_by_what_they_have_in_common(
    category: str | None, limited: Answer, there: Answer
) -> None:
    lookups = Lookups({"programmes": [Rows(book_of(LIMITS, PROGRAMMES), PROGRAMMES)]})
    table: list[RowOf] = [{"name": "x", "category": category, "grant": "4"}]
    (row,) = rows_of(table, LOOKING, lookups=lookups)
    assert judge(parse("grant <= programme.maximum", BOTH, "sheet"))(row) is limited
    assert judge(parse("present(programme.name)", BOTH, "sheet"))(row) is there


def test_a_table_that_was_not_read_whole_lacks_nothing_for_certain() -> None:
    lookups = Lookups(
        {"programmes": [Rows(book_of(LIMITS, PROGRAMMES), PROGRAMMES)]}, {"programmes"}
    )
    (row,) = rows_of([{"name": "x", "category": "C", "grant": "4"}], LOOKING, lookups=lookups)
    assert judge(parse("present(programme.name)", BOTH, "sheet"))(row) is Answer.UNKNOWN


def test_a_table_that_was_not_given_is_reported() -> None:
    limited = rule("grant <= programme.maximum", words=BOTH)
    forms = {LOOKING.name: LOOKING, PROGRAMMES.name: PROGRAMMES}
    grants = book_of([{"name": "x", "category": "A", "grant": "9"}], LOOKING)
    programmes = book_of(LIMITS, PROGRAMMES)
    report = audit(grants, RuleSet([limited]), forms)
    assert [item.rule for item in report.not_checked if item.why.code == "lookup-table"] == [
        "GRT001"
    ]
    assert report.outcomes["GRT001"]["not_applicable"] == 1
    report = audit([grants, programmes], RuleSet([limited]), forms)
    (finding,) = report.findings
    assert [cell.field for cell in finding.cells] == ["grant", "maximum"]
    tables_of = to_tables([grants, programmes], forms)
    assert audit_tables(tables_of, RuleSet([limited]), forms).outcomes == report.outcomes


@pytest.mark.parametrize(
    ("lookup", "words"),
    [
        ({"form": "programs", "on": {"category": "name"}}, {2: ["programmes"]}),
        ({"form": "programmes", "on": {"categry": "name"}}, {3: ["category"]}),
        ({"form": "programmes", "on": {"category": "maximun"}}, {3: ["maximum"]}),
        ({"form": "programs", "on": {"categry": "name"}}, {2: ["programmes"], 3: ["category"]}),
        ({"form": "programmes", "on": {"categry": "maximun"}}, {3: ["category", "maximum"]}),
    ],
)
def test_a_lookup_of_what_there_is_not_is_refused(
    lookup: dict[str, Any], words: dict[int, list[str]], tmp_path: Path
) -> None:
    form = Form.model_validate({**GRANTS, "lookups": {"programme": lookup}})
    path = tmp_path / "grants.toml"
    ((here, there),) = lookup["on"].items()
    stated = f'form = "{lookup["form"]}"\non = {{ {here} = "{there}" }}\n'
    path.write_text(f"[lookups.programme]\n{stated}", encoding="utf-8")
    with pytest.raises(FormError) as error:
        check_lookups(form, {"grants": form, "programmes": PROGRAMMES}, path)
    messages = error.value.listing("en")
    for line, meant in words.items():
        for word in meant:
            assert re.search(rf"grants.toml:{line}:.*did you mean {word}", messages), messages
    assert len(error.value.faults) == sum(map(len, words.values()))


# --- formulas and cases


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("rows.grant == 1", "use sum"),
        ("sum(rows) == 1", "a name was expected behind rows"),
        ("sum(rows.gran) == 1", "did you mean rows.grant"),
        ("sum(same(category).grant) == 1", "names in quotes"),
        ('sum(same("categry").grant) == 1', "did you mean category"),
        ('sum(same("category")) == 1', "a name was expected behind same"),
        ("sum(rows.name) == 1", "count\\(\\) counts texts"),
        ("sum([rows.grant, 1]) == 1", "can't stand in a list"),
        ("unique(grant + 1)", "takes names alone"),
        ("unique()", "takes one name or several"),
        ("unique(rows.grant)", "was expected"),
        ("sum(years.funding) == 1", "one figure of each row"),
    ],
)
def test_mistakes_in_sets_are_told_with_what_is_right(formula: str, message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        parse(formula, WORDS, "sheet")


def test_columns_leave_sets_to_the_judge() -> None:
    tree = parse('grant == sum(same("category", "department").grant)', WORDS, "sheet")
    assert isinstance(tree, Compare)
    assert isinstance(tree.right, Call)
    assert tree.right.arguments[0].path == 'same("category", "department").grant'  # type: ignore[union-attr]


CASES = [
    {
        "form": "grants",
        "name": "Total",
        "role": "total",
        "grant": 5,
        "outcome": "pass",
        "book": [{"grant": 2}, {"grant": 3}],
    },
    {
        "form": "grants",
        "name": "Subtotal 1",
        "role": "total",
        "grant": 6,
        "outcome": "fail",
        "equation": "6 ≠ 2 + 3 = 5",
        "book": [{"grant": 2}, {"grant": 3}],
    },
    {"form": "grants", "grant": 6, "outcome": "not_applicable"},
]


def test_cases_describe_totals_and_their_rows() -> None:
    stated = rule("grant == sum(details.grant)", 'role == "total"', cases=CASES)
    assert [result.problems for result in run_cases(stated, {"grants": FORM})] == [(), (), ()]


@pytest.mark.parametrize(
    ("case", "key"),
    [
        ({"role": "totl"}, "role"),
        ({"book": [{"gramt": 1}]}, "book[0].gramt"),
        ({"lookups": {"programe": []}}, "lookups.programe"),
        ({"lookups": {"programme": [{"maximun": 1}]}}, "lookups.programme[0].maximun"),
    ],
)
def test_a_misspelt_key_is_a_failed_case(case: dict[str, Any], key: str) -> None:
    stated = rule("grant >= 0", cases=[{"form": "grants", "outcome": "pass", **case}])
    forms = {"grants": LOOKING, "programmes": PROGRAMMES}
    (result,) = run_cases(stated, forms)
    assert [problem.en.partition(":")[0] for problem in result.problems] == [key]


def test_cases_describe_rows_of_other_tables() -> None:
    cases = [
        {
            "form": "grants",
            "category": "A",
            "grant": 9,
            "outcome": "fail",
            "lookups": {"programme": [{"name": "A", "maximum": 5}]},
        },
        {"form": "grants", "category": "A", "grant": 9, "outcome": "not_applicable"},
    ]
    stated = rule("grant <= programme.maximum", words=BOTH, cases=cases)
    forms = {"grants": LOOKING, "programmes": PROGRAMMES}
    assert [result.problems for result in run_cases(stated, forms)] == [(), ()]


def test_a_sheet_sums_its_columns() -> None:
    session = load()
    kushiro = session.forms["kushiro"]
    formula = "sum(years.total_cost) * 2 == max(years.total_cost) * 3"
    case = {
        "form": "kushiro",
        "outcome": "pass",
        "years": {"-1": {"total_cost": 10000}, "0": {"total_cost": 20000}},
    }
    stated = build_rule(
        {
            "code": "ABC001",
            "name": "sum",
            "severity": "note",
            "each": "sheet",
            "formula": formula,
            "since": "1",
            "title": TEXT,
            "why": TEXT,
            "action": TEXT,
            "cases": [case],
        },
        "tests",
        vocabulary([kushiro]),
    )
    (result,) = run_cases(stated, session.forms)
    assert result.problems == ()


def test_identifiers_are_what_children_call_their_parent_by() -> None:
    form = Form.model_validate({**GRANTS, "labels": {**GRANTS["labels"], "number": "No."}})
    table: list[RowOf] = [
        {"number": "A-01", "name": "City", "grant": "6"},
        {"number": "A-02", "name": "Parks", "parent": "Ａ-01", "grant": "2"},
        {"number": "2", "name": "Roads", "parent": "1", "grant": "4"},
    ]
    city, parks, roads = rows_of(table, form)
    assert number("sum(children.grant)", city) == 2
    assert number("parent.grant", parks) == 6
    assert number("parent.grant", roads) is BLANK


BY_YEAR = Form.model_validate(
    {
        **{key: GRANTS[key] for key in ("name", "title", "unit", "units")},
        "table": {**GRANTS["table"], "rows": "year"},
        "fiscal_year": 2024,
        "columns": [{"offset": offset, "kind": "settled"} for offset in (-1, 0)],
        "labels": {"name": "Project", "number": "No.", "year": "Year", "category": "Kind"},
        "fields": {"grant": {"each": "year", "label": "Grant"}},
    }
)
YEARS: tuple[tuple[str | None, str, str, str, int], ...] = (
    ("1", "a", "x", "2023", 1),
    ("1", "a", "x", "2024", 2),
    ("2", "b", "y", "2024", 5),
    (None, "Subtotal 1", "", "2023", 1),
    (None, "Subtotal 1", "", "2024", 7),
    ("3", "c", "x", "2023", 3),
    ("3", "c", "x", "2024", 4),
    (None, "Of kind", "x", "2024", 6),
    (None, "Total", "", "2023", 4),
    (None, "Total", "", "2024", 11),
)


@pytest.mark.parametrize("by_year", [False, True])
@pytest.mark.parametrize("wrong", [None, 3, 4, 7, 8, 9])
def test_totals_of_a_year_total_rows_of_that_year(wrong: int | None, by_year: bool) -> None:
    names = ("number", "name", "category", "year", "grant")
    table: list[RowOf] = [dict(zip(names, map(str_or_none, row), strict=True)) for row in YEARS]
    if wrong is not None:
        table[wrong]["grant"] = "100"
    if by_year:
        table.sort(key=lambda row: row["year"])
    formula, when = "grant == sum(details.grant)", 'sheet.role == "total"'
    adds_up = rule(formula, when, words=vocabulary([BY_YEAR]), each="year")
    report = audit_tables(frames_of(table, BY_YEAR), RuleSet([adds_up]), {"grants": BY_YEAR})
    assert len(report.findings) == (0 if wrong is None else 1)
    assert report.outcomes["GRT001"]["pass"] == (5 if wrong is None else 4)


def str_or_none(value: object) -> str | None:
    return None if value is None else str(value)
