"""What people read in Japanese: Japanese brackets and signs, no names of the program, each unit
once, eras.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditor
import auditor_datasets
from auditor.auditing.formats import ReportContext
from auditor.auditing.session import load
from auditor.formula.prose import with_unit
from auditor.records.decimals import number
from auditor.records.fields import SCOPES
from auditor.records.figures import parse_figure
from auditor.records.fiscal import fiscal_year_in_words
from auditor.records.model import Book, Document, FiscalYear, Sheet
from auditor.records.text import Text
from auditor.reports.reading import reading_text
from auditor.reports.rule_pages import rule_data, rule_list, rule_page
from auditor.reports.wording import Wording
from auditor.rules.findings import Finding
from auditor.rules.rows import Cell
from auditor.testing.strategies import printed_numbers

SESSION: Final = load()
ROOT: Final = Path(__file__).parents[2]
JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

# Half-width brackets, colons and lists beside Japanese text, and the minus sign of mathematics.
HALF_WIDTH: Final = re.compile(r"[()−]|: |:$|[\u3040-\u9fff）」], |, [\u3040-\u9fff「]")
# What stands in half width among Japanese text: calls, parts of formulas, and the shape of a JSON file.
CODE: Final = re.compile(r"\b[a-z]+\([!-~ ]*\)|\((?:…|frame)?\)|\(== [^)]*\)|\{\"sheets\".*?\}")
# Modules whose Japanese is what documents print, not what the program says.
PATTERNS: Final = frozenset(
    {
        "accounts/patterns.py",
        "proof/contents_pages.py",
        "proof/numbering.py",
        "publication/patterns.py",
        "testing/prose/model.py",
        "drafting/headings.py",
        "drafting/indicators.py",
        "drafting/titles.py",
        "readers/grid/figures.py",
        "readers/grid/headers.py",
        "readers/grid/label_text.py",
        "readers/grid/labels.py",
        "readers/grid/lists.py",
        "readers/grid/singles.py",
        "readers/grid/units.py",
        "readers/fiscal_years.py",
        "drafting/numbers.py",
        "drafting/orientation.py",
        "readers/listing/figures.py",
        "readers/listing/hierarchy.py",
        "readers/listing/kpis.py",
        "readers/listing/rows.py",
        "readers/listing/words.py",
        "readers/years_in_headings.py",
        "readers/pdf/notes.py",
        "readers/wording.py",
        "readers/workbook/number_formats.py",
        "records/figures.py",
        "records/fiscal.py",
        "records/sentences.py",
        "reports/layout.py",
        "auditor_rules/txt/TXT046.py",
        "narrative/endings.py",
        "narrative/numbered.py",
        "narrative/repetition.py",
        "narrative/slips.py",
    }
)
INTERNAL: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\b[a-z]+\(")


def faults_of(text: str) -> list[str]:
    """The places of a Japanese text that are not as Japanese is printed."""
    plain = CODE.sub("", text)
    return [plain[max(m.start() - 12, 0) : m.end() + 12] for m in HALF_WIDTH.finditer(plain)]


def messages() -> Iterator[tuple[str, str]]:
    """Every Japanese text in the code, with its place. Placeholders of f-strings are ``x``; of a
    text in both languages, the Japanese half counts.
    """
    for folder in (ROOT / "auditor", ROOT / "rules"):
        for path in sorted(folder.rglob("*.py")):
            # Narrative says nothing to anybody: it holds the grammar of sentences.
            if not path.as_posix().endswith(tuple(PATTERNS)) and "narrative" not in path.parts:
                for line, text in texts_of(ast.parse(path.read_text(encoding="utf-8"))):
                    if JAPANESE.search(text) and "\n" not in text:
                        yield f"{path.relative_to(ROOT)}:{line}", text.rpartition(" / ")[2]


def texts_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                continue  # a docstring
            case ast.Constant(value=str(text)):
                yield node.lineno, text
            case ast.JoinedStr(values=parts):
                constants = (
                    str(part.value) if isinstance(part, ast.Constant) else "x" for part in parts
                )
                yield node.lineno, "".join(constants)
            case _:
                yield from texts_of(node)


def test_every_message_has_japanese_brackets_colons_and_signs() -> None:
    found = list(messages())
    assert len(found) > 500
    assert {place: text for place, text in found if faults_of(text)} == {}


@pytest.mark.parametrize("text", ["符号(△)", "登録済み: あ", "差 −6", "一, 二", "読めません (x)"])
def test_what_is_not_japanese_print_is_found(text: str) -> None:
    assert faults_of(text)


def test_no_message_is_put_together_with_a_half_width_colon() -> None:
    """What is put before a Japanese message has a Japanese colon: ``f"{place}：{fault.ja}"``."""
    joined = re.compile(r'f"[^"]*: \{[^{}"]*(?:\.ja|\bja)\}')
    files = [*(ROOT / "auditor").rglob("*.py"), *(ROOT / "rules").rglob("*.py")]
    assert [
        f"{path}: {line}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if joined.search(line)
    ] == []


@pytest.mark.parametrize("rule", list(SESSION.rules), ids=lambda rule: str(rule.code))
def test_a_rule_speaks_japanese(rule: auditor.Rule) -> None:
    """No half-width sign, no name of the code; the page names the rule and its formula as written
    only where they are asked for.
    """
    for text in (rule.file.title.ja, rule.file.why.ja, rule.file.action.ja):
        assert not faults_of(text.replace("「#DIV/0!」", ""))
        assert not INTERNAL.search(text)
    words, data = Wording("ja", SESSION.forms), rule_data(rule)
    page = rule_page(data, rule.code, words, 10_000)
    statements = page.partition("\n例\n")[0]
    assert rule.file.name not in page
    assert not INTERNAL.search(statements), statements
    assert not re.search(r"==|<=|>=|!=| and | or ", statements)
    whole = rule_page(data, rule.code, words, 10_000, verbose=True)
    assert rule.file.name in whole
    assert "".join(rule.file.formula.split()) in "".join(whole.split())
    assert rule.file.name not in rule_list(SESSION.rules, ReportContext("ja", SESSION.rules))


def test_every_name_and_link_of_formulas_has_a_label() -> None:
    for scope in SCOPES.values():
        assert all(item.ja for item in scope.named), scope.name
        assert all(link.ja for link in scope.links), scope.name


FORMULAS: Final = {
    "total_cost == sum(funding)": ("year", "事業費総額 ＝ 財源内訳の合計"),
    "abs(total_cost - staff_cost) <= 1000": (
        "year",
        "事業費総額 － 職員人件費の絶対値 ≦ 1,000",
    ),
    "(total_cost + staff_cost) * 2 > -1": ("year", "（事業費総額 ＋ 職員人件費） × 2 ＞ △1"),
    "present(prior.total_cost) and not blank(staff_cost)": (
        "year",
        "前年度の事業費総額に記入がある かつ （職員人件費が空欄である）ではない",
    ),
    'status in ["new", "single_year"] or evaluated.total_cost == 0': (
        "sheet",
        "区分が「新規」、「単年度」のいずれかである または 評価対象年度の事業費総額 ＝ 0",
    ),
    'meaning != "end"': ("evaluation", "評価の意味が「終了」ではない"),
    'max(group("mine")) < param("most")': ("year", "「mine」の最大値 ＜ 「most」"),
    "twice(total_cost)": ("year", "twice（事業費総額）"),
    "total_cost ==": ("year", "total_cost =="),
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_in_words(formula: str) -> None:
    each, words = FORMULAS[formula]
    assert Wording("ja").formula(formula, each) == words


# --- units


UNITS: Final = st.sampled_from(["千円", "円", "人", "件", "％", "%", "EUR", "百万円"])


@st.composite
def figures_with_units(draw: st.DrawFn) -> tuple[str, str]:
    """A printed figure, with its unit beside it or without one, and the unit."""
    printed, _ = draw(printed_numbers())
    unit = draw(UNITS)
    beside = draw(st.sampled_from(["", unit, f" {unit}", f"　{unit}"]))
    return f"{printed.strip()}{beside}", unit


def units_in(text: str, unit: str) -> int:
    narrow = text.replace("％", "%")
    return narrow.count(unit.replace("％", "%"))


@given(figures_with_units())
def test_a_figure_stands_with_its_unit_once(printed_in: tuple[str, str]) -> None:
    """Wherever a figure is shown: in an equation, as a cell, in what was read."""
    printed, unit = printed_in
    figure = parse_figure(printed, unit=unit, units=[unit])
    assert figure.value is not None
    words = Wording("ja")
    cell = Cell(
        document="a",
        sheet=1,
        field="target",
        value=figure.value,
        printed=figure.printed,
        unit=figure.unit,
    )
    finding = Finding(
        id="a",
        rule="R",
        name="r",
        severity="error",
        document="a",
        message=Text(en="", ja=""),
        action=Text(en="", ja=""),
    )
    shown = (
        with_unit(figure.shown(), figure.unit),
        words.with_unit(figure.shown(), figure.unit),
        words.cell(cell, finding),
        with_unit(number(figure.value), figure.unit),
    )
    assert [units_in(text, unit) for text in shown] == [1, 1, 1, 1], shown
    assert Wording("en").with_unit(figure.shown(), figure.unit).count(figure.unit) <= 1


@given(figures_with_units())
def test_what_was_read_has_units_once(printed_in: tuple[str, str]) -> None:
    printed, unit = printed_in
    figure = parse_figure(printed, unit=unit, units=[unit])
    sheet = Sheet(document="a", number=1, name="事業", fiscal_year=2024, population=figure)
    book = Book(
        form="kushiro",
        fiscal_year=2024,
        sheets=(sheet,),
        documents=(Document(path="a", form="kushiro", fiscal_year=2024, sheets=1),),
    )
    text = reading_text((), ReportContext("ja", SESSION.rules, (book,), forms=SESSION.forms))
    (line,) = (line for line in text.splitlines() if "釧路市民の人口：" in line)
    assert units_in(line.partition("人口：")[2].partition("　市")[0], unit) == 1


@pytest.mark.parametrize("printed", ["-", "—", "なし"])
def test_a_dash_has_no_unit(printed: str) -> None:
    assert Wording("ja").with_unit(printed, "千円") == printed


# --- reports


def japanese_reports() -> Iterator[tuple[str, str]]:
    """The reports of the shipped books with faults, in every format for people."""
    books = [
        book
        for name in auditor_datasets.names()
        if name.endswith("faulty")
        for book in auditor_datasets.load(name)
    ]
    report = auditor.audit(books)
    for name in ("terminal", "markdown", "csv"):
        context = ReportContext("ja", SESSION.rules, tuple(books), forms=SESSION.forms, by="rule")
        yield name, SESSION.reports[name].render(report, context)


REPORTS: Final = dict(japanese_reports())


@pytest.mark.parametrize("name", REPORTS)
def test_a_japanese_report_has_no_word_of_the_program(name: str) -> None:
    text = REPORTS[name]
    assert len(text) > 5_000
    for rule in SESSION.rules:
        assert f"({rule.file.name})" not in text
        assert f",{rule.file.name}," not in text
    assert "−" not in text
    assert not re.search(r" [-−][0-9]", text)
    assert not re.search(r"(千円|人|円|％|%)\1", text)
    assert not re.search(r"(?:19|20)[0-9]{2}年度", text)
    assert not re.search(r" [=+<>] ", text.replace("\\", ""))
    assert not INTERNAL.search(re.sub(r"kushiro-\S+|https?\S+", "", text))


@given(st.integers(1926, 2100))
def test_a_fiscal_year_has_its_era(year: int) -> None:
    words = fiscal_year_in_words(year)
    assert re.fullmatch(r"(令和|平成|昭和)(元|[０-９]{1,2})年度", words)
    assert Wording("ja").year(year) == words


def test_a_difference_has_the_sign_of_finance() -> None:
    assert "△" in REPORTS["terminal"]
    amounts = re.findall(r"^ +差 +(\S+)", REPORTS["terminal"], re.MULTILINE)
    assert amounts
    assert all(re.match(r"[+△]?[0-9]", amount) for amount in amounts)


@given(st.decimals(-10_000, 10_000, places=1))
def test_equations_have_japanese_signs(value: Decimal) -> None:
    shown = number(value)
    text = Wording("ja").equation(f"{shown} ≠ abs({shown} − 2) + 「a + (b)」 = 3")
    assert text == f"{shown} ≠ 絶対値（{shown} － 2） ＋ 「a + (b)」 ＝ 3"


def test_a_formula_of_a_workbook_stands_as_it_is() -> None:
    assert Wording("ja").equation("=SUM(F14:F18)") == "=SUM(F14:F18)"


# --- sheets that other sheets are like


def like(**more: object) -> Sheet:
    figures = {"total_cost": "295", "staff_cost": "7388"}
    year = FiscalYear(
        year=2024,
        kind="settled",
        funding={"general_revenue": parse_figure("295", unit="千円")},
        **{name: parse_figure(text, unit="千円") for name, text in figures.items()},
    )
    content: dict[str, object] = {
        "document": "a.xlsx",
        "number": 1,
        "name": "企画事業",
        "department": "企画課",
        "fiscal_year": 2024,
        "years": {"2024": year},
    }
    return Sheet.model_validate({**content, **more})


def identical(*sheets: Sheet) -> list[Finding]:
    book = Book(form="kushiro", fiscal_year=2024, sheets=sheets)
    return [finding for finding in auditor.audit(book).findings if finding.rule == "BOK006"]


@pytest.mark.parametrize(
    ("more", "severity", "other"),
    [
        ({"budget_stages": ("9月補正",)}, "note", "シート2"),
        ({"name": "広報事業"}, "warning", "シート2「広報事業」"),
        ({"department": "広報課"}, "warning", "シート2（広報課）"),
        (
            {"document": "b.xlsx", "name": "広報事業", "department": "広報課"},
            "warning",
            "b.xlsx のシート2「広報事業」（広報課）",
        ),
    ],
)
def test_a_copied_sheet_is_named_with_its_document(
    more: dict[str, object], severity: str, other: str
) -> None:
    first, second = identical(like(), like(number=2, **more))
    assert (first.severity, second.severity) == (severity, severity)
    assert first.message.ja == f"数値が別のシートとすべて同じです：{other}"
