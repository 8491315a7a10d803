"""Relations as rules: their formulas answer on each row what the count of the relation answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from auditor.cli import main as cli
from auditor.drafting.columns import NumberColumn
from auditor.drafting.formulas import formula_cases, rule_formula, shown_equation
from auditor.drafting.relation import Equation, Relation, Term
from auditor.drafting.relations import relations
from tests.drafting.number_blocks import (
    amounts,
    block,
    column,
    faulty,
    item_list,
    rounded,
    wide_list,
)


def form_text(columns: Sequence[NumberColumn], entries: Sequence[Relation]) -> str:
    """A form of a table with these columns, and the relations as its rules, with their cases."""
    names = {entry.key: f"f{at}" for at, entry in enumerate(columns)}
    roundings = {key: value for entry in entries for key, value in entry.roundings.items()}
    units = {
        entry.key: Decimal(1 if "率" in entry.heading or "時間" in entry.heading else 1000)
        for entry in columns
    }
    lines = [
        'name = "drafted"',
        'title = { en = "Drafted", ja = "案" }',
        'unit = "千円"',
        'units = { "千円" = 1000, "%" = 1, "時間" = 1 }',
        'fiscal_year = 2024\n[table]\nrows = "sheet"',
        '[labels]\nname = "事業"',
    ]
    for entry in columns:
        lines.append(f"[fields.{names[entry.key]}]\neach = 'sheet'\nlabel = '欄{names[entry.key]}'")
        unit = "%" if "率" in entry.heading else "時間" if "時間" in entry.heading else "千円"
        lines.append(f"unit = '{unit}'")
        if entry.key in roundings:
            mode, step = roundings[entry.key]
            lines.append(f"rounding = '{mode}'\nstep = '{step}'")
    rows = {entry.key: entry.values for entry in columns}
    for number, entry in enumerate(entries):
        rule = rule_formula(entry.equation, names, units)
        assert rule is not None
        lines.append(
            f"[[rules]]\ncode = 'DRAFT{number:03}'\ntitle = 'no'\nformula = '{rule.formula}'"
            f"\nwhen = '{rule.when}'"
        )
        for case in formula_cases(entry, rows):
            figures = "\n".join(
                f"{names[key]} = '{value:f}'" for key, value in case.figures.items()
            )
            lines.append(f"[[rules.cases]]\n{figures}\noutcome = '{case.outcome}'")
    return "\n".join(lines) + "\n"


def table_text(columns: Sequence[NumberColumn]) -> str:
    lines = [",".join(["事業", *(f"欄f{at}" for at in range(len(columns)))])]
    for row in range(len(columns[0].values)):
        cells = [entry.values[row] for entry in columns]
        shown = ["" if cell is None else f"{cell:f}" for cell in cells]
        lines.append(",".join([f"事業その{row + 1}", *shown]))
    return "\n".join(lines) + "\n"


def broken_budget() -> list[NumberColumn]:
    columns = item_list(150)
    change = [int(value or 0) for value in columns[3].values]
    columns[3] = column("change", "比較", faulty(Random(2), change, 2))
    return columns[1:]


def rounded_sums() -> list[NumberColumn]:
    random = Random(8)
    parts = [amounts(random, 150, high=90_000_000) for _ in range(3)]
    total = faulty(random, [sum(row) for row in zip(*parts, strict=True)], 0)
    total[17] += 54_000
    return [
        column(f"p{at}", f"内訳{at}", [rounded(Decimal(value) / 1000, "1") for value in values])
        for at, values in enumerate([*parts, total])
    ]


BLOCKS = {
    "one year of a wide list": lambda: wide_list(rows=120, years=1, noise=2)[5:14],
    "items of a budget": broken_budget,
    "sums of rounded figures": rounded_sums,
    "parts and totals": lambda: block(Random(4), 120, faults=2, rare=False)[0],
}


@pytest.mark.parametrize("name", BLOCKS)
def test_the_rules_find_the_exceptions_of_their_relations_and_their_cases_every_change(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = BLOCKS[name]()
    entries = relations(columns)
    assert entries
    form, table = tmp_path / "form.toml", tmp_path / "list.csv"
    form.write_text(form_text(columns, entries), encoding="utf-8")
    table.write_text(table_text(columns), encoding="utf-8")
    assert cli.main(["test-rules", "--mutants", str(form)]) == 0, capsys.readouterr().out
    capsys.readouterr()
    options = ["--plugin", str(form), "--format", "json", "--select", "DRAFT"]
    assert cli.main(["check", str(table), "--table", *options]) in (0, 1)
    report = json.loads(capsys.readouterr().out)
    rows = {(finding["rule"], finding["sheet"]["name"]) for finding in report["findings"]}
    assert rows == {
        (f"DRAFT{number:03}", f"事業その{row + 1}")
        for number, entry in enumerate(entries)
        for row in entry.exceptions
    }


def test_factors_are_between_base_units() -> None:
    equation = Equation("multiple", "c", (Term("h"),), factor=Decimal("4.0"))
    rule = rule_formula(equation, {"c": "staff", "h": "hours"}, {"c": Decimal(1000)})
    assert rule is not None
    assert rule.formula == "staff == hours * 4000"
    rate = Equation("ratio", "r", (Term("a"),), (Term("b"),), Decimal(100))
    units = {"a": Decimal(1000), "b": Decimal(1)}
    rule = rule_formula(rate, {"r": "rate", "a": "paid", "b": "heads"}, units)
    assert rule is not None
    assert rule.formula == "rate == paid / heads * 0.1"
    assert rule.when == "present(rate) and present(paid) and present(heads) and heads != 0"


def test_an_equation_is_shown_in_the_headings() -> None:
    headings = {"t": "総コスト", "a": "事業費", "b": "人件費", "r": "執行率", "w": "予算"}
    equation = Equation("difference", "t", (Term("a"), Term("b", -1)))
    assert shown_equation(equation, headings) == "総コスト＝事業費－人件費"
    equation = Equation("ratio", "r", (Term("a"), Term("b")), (Term("w"),), Decimal(100))
    assert shown_equation(equation, headings) == "執行率＝（事業費＋人件費）÷予算×100"
    equation = Equation("share", "r", (Term("a"),), (), Decimal(100))
    assert shown_equation(equation, headings) == "執行率＝事業費÷全行の合計×100"
