"""Rules belong somewhere: a rule judges the forms that it is for and no other, wherever it stands;
reports on a table speak of its rows by the words of its form.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, get_args

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.session import Session, load
from auditor.auditing.tables import audit_tables
from auditor.cli.main import main
from auditor.forms.model import Form
from auditor.records.model import Book, Sheet
from auditor.rules.loading import build_rule
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule
from auditor.rules.ruleset import RuleSet
from auditor.shipped import FormatName
from auditor.tables import to_tables

FORM: Final = """
name = "grants"
domain = "grant-lists"
title = { en = "Grants", ja = "補助一覧" }
unit = "USD"
units = { USD = 1 }
fiscal_year = 2024
table = {}
labels = { name = "Project", department = "Office" }
words = { row = { en = "bursary", ja = "奨学金" } }
groups = { parts = ["a", "b"] }
[fields]
total = { each = "sheet", label = "Total", required = "always" }
a = { each = "sheet", label = "A" }
b = { each = "sheet", label = "B" }
"""
FORM_RULE: Final = """
[[rules]]
code = "GRT001"
title = "The parts do not add up"
formula = 'total == sum(group("parts"))'
cases = [{ total = 3, a = 1, b = 2, outcome = "pass" }, { total = 4, a = 1, b = 2, outcome = "fail" }]
"""
RULE: Final = """
code = "GRT002"
name = "a-above-b"
severity = "error"
each = "sheet"
formula = "fiscal_year > 0"
since = "1"
title = { en = "t", ja = "題" }
why = { en = "w", ja = "理由" }
action = { en = "a", ja = "対応" }
"""
TABLE: Final = "Project,Office,Total,A,B\nOne,X,10,4,6\nTwo,X,10,4,7\nOne,Y,9,4,5\n,Y,,1,2\n"


def written(folder: Path, **files: str) -> list[str]:
    paths = [folder / name.replace("_", ".") for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return [str(path) for path in paths]


def forms_of(session: Session, code: str) -> tuple[str, ...]:
    rule = session.rules.get(code)
    assert rule is not None
    return rule.forms


# — which rules judge which forms —

_NAMES: Final = ("one", "two", "three")
_DOMAINS: Final = ("", "two", "lists", "result-sheets")


def _form(name: str, domain: str) -> Form:
    figure = {"total": {"each": "sheet", "label": "Total"}}
    return Form.model_validate(
        {
            "name": name,
            "domain": domain,
            "title": {"en": name, "ja": name},
            "unit": "USD",
            "units": {"USD": 1},
            "fiscal_year": 2024,
            "table": {},
            "labels": {"name": "Project"},
            "fields": figure,
        }
    )


def _rule(code: str, forms: list[str], number: int) -> Rule:
    texts = {"en": "t", "ja": "題"}
    data: dict[str, Any] = {
        "code": code,
        "name": code.lower(),
        "severity": "error",
        "forms": forms,
        "each": "sheet",
        "formula": f"fiscal_year != {number}",
        "since": "1",
        **dict.fromkeys(("title", "why", "action"), texts),
    }
    return build_rule(data, code, vocabulary([_form("one", "")]))


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from(_DOMAINS), min_size=3, max_size=3),
    st.lists(
        st.lists(
            st.sampled_from([*_NAMES, "lists", "result-sheets", "*"]), unique=True, max_size=3
        ),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
)
def test_a_rule_judges_the_forms_that_it_is_for(
    domains: list[str], audiences: list[list[str]], sizes: list[int]
) -> None:
    forms = {name: _form(name, domain) for name, domain in zip(_NAMES, domains, strict=True)}
    books = [
        Book(
            form=name,
            fiscal_year=2024,
            sheets=tuple(Sheet(name=f"p{at}", number=at, fiscal_year=2024) for at in range(size)),
        )
        for name, size in zip(_NAMES, sizes, strict=True)
        if size
    ]
    rules = RuleSet(_rule(f"TRY{at:03}", audience, 2024) for at, audience in enumerate(audiences))
    reports = [audit(books, rules, forms)]
    if books:
        reports.append(audit_tables(dict(to_tables(books, forms).frames), rules, forms))
    for report in reports:
        for at, audience in enumerate(audiences):
            # A rule that names nothing is for result sheets.
            meant = set(audience or ["result-sheets"])
            expected = sum(
                size
                for name, domain, size in zip(_NAMES, domains, sizes, strict=True)
                if meant & {"*", name, domain}
            )
            # Rules for none of the forms take no part in the audit.
            counts = report.outcomes.get(f"TRY{at:03}", {"fail": 0})
            assert (counts["fail"], sum(counts.values())) == (expected, expected)
        if not report.findings:
            assert report.exit_code == 2, "nothing was checked"


def test_what_the_shipped_rules_are_for() -> None:
    session = load()
    for rule in session.rules:
        anywhere = rule.each == "reading" or rule.code in ("REQ001", "TOT001")
        domain = "budget-books" if rule.code == "TOT002" else "result-sheets"
        assert rule.forms == (("*",) if anywhere else (domain,)), rule.code
    assert {form.domain for form in session.forms.values()} == {"result-sheets"}


def test_rules_are_for_the_forms_that_come_with_them(tmp_path: Path) -> None:
    form, rule = written(tmp_path, grants_toml=FORM, GRT002_toml=RULE)
    assert forms_of(load((form, rule)), "GRT002") == ("grants",)
    assert forms_of(load((str(tmp_path),)), "GRT002") == ("grants",)
    assert forms_of(load((rule,)), "GRT002") == ("result-sheets",)
    stated = written(
        tmp_path, GRT003_toml='forms = ["grant-lists"]\n' + RULE.replace("GRT002", "GRT003")
    )
    assert forms_of(load((form, *stated)), "GRT003") == ("grant-lists",)


def test_an_unknown_form_is_an_error_with_the_nearest_name(tmp_path: Path) -> None:
    form, rule = written(tmp_path, grants_toml=FORM, rule_toml='forms = ["grant-list"]\n' + RULE)
    session = load((form, rule))
    (problem,) = session.problems
    assert "did you mean grant-lists?" in problem.why.en
    assert "grant-lists のことですか" in problem.why.ja
    assert session.rules.get("GRT002") is None


# — rules in a form's file —


def test_a_rule_in_a_form_is_like_any_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form, table = written(tmp_path, grants_toml=FORM + FORM_RULE, list_csv=TABLE)
    rule = load((form,)).rules.get("GRT001")
    assert rule is not None
    assert (rule.forms, rule.each, rule.severity) == (("grants",), "sheet", "error")
    assert main(["test-rules", form]) == 0
    assert main(["explain", "GRT001", "--plugin", form, "--lang", "en"]) == 0
    assert "judged on: each bursary" in capsys.readouterr().out
    check = ["check", table, "--table", "--plugin", form]
    assert main([*check, "--select", "GRT001"]) == 1
    assert main([*check, "--ignore", "GRT001,REQ001"]) == 2, "nothing was checked"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("GRT001", "FND901"), "the prefix FND is the shipped rules' own"),
        (("total ==", "totl =="), "unknown name totl; did you mean total?"),
        (('code = "GRT001"', 'forms = ["*"]\ncode = "GRT001"'), "a rule in the file of a form is"),
    ],
)
def test_a_faulty_rule_in_a_form_is_named(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    (form,) = written(tmp_path, grants_toml=FORM + FORM_RULE.replace(*change))
    session = load((form,))
    assert "grants" in session.forms
    assert [message in problem.why.en for problem in session.problems] == [True]


# — selections —


def test_a_selected_rule_for_other_forms_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form, table = written(tmp_path, grants_toml=FORM + FORM_RULE, list_csv=TABLE)
    check = ["check", table, "--table", "--plugin", form, "--lang", "en", "--select"]
    for select, exit_code, names in (
        ("GRT001", 1, []),
        ("GRT001,default", 1, []),
        ("GRT,FND", 2, ["FND"]),
        ("FND001,BOK", 2, ["FND001", "BOK"]),
    ):
        assert main([*check, select]) == exit_code
        shown = capsys.readouterr().out
        assert re.findall(r"(\w+) was selected, but is for result-sheets", shown) == names


# — words —


def test_reports_on_a_table_speak_of_its_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form, table = written(tmp_path, grants_toml=FORM + FORM_RULE, list_csv=TABLE)
    common = [table, "--table", "--plugin", form]
    outputs = [["read", *common]]
    # Those of programs have the names of records, and the texts of all rules.
    formats = set(get_args(FormatName)) - {"json", "jsonl", "sarif"}
    outputs += [["check", *common, "--format", name, "--totals"] for name in sorted(formats)]
    for arguments in outputs:
        for lang, word in (("en", "bursar"), ("ja", "奨学金")):
            assert main([*arguments, "--lang", lang]) in (0, 1)
            text = re.sub("(?s)<style.*?</style>", "", capsys.readouterr().out)
            text = text.replace("sheet-auditor", "").replace("ワークシート", "")
            assert not re.search(r"シート|予算区分|\b[Ss]heets?\b|budget stage", text), arguments
            if arguments[-2] not in ("csv", "github"):  # which have no word for a row
                assert word in text, arguments


def test_a_workbook_of_findings_speaks_of_its_rows(tmp_path: Path) -> None:
    form, table = written(tmp_path, grants_toml=FORM + FORM_RULE, list_csv=TABLE)
    arguments = ["check", table, "--table", "--plugin", form, "--lang", "ja"]
    assert main([*arguments, "--deliver", str(tmp_path / "out")]) == 1
    cells = [
        str(cell)
        for sheet in openpyxl.load_workbook(tmp_path / "out" / "点検結果.xlsx")
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if cell is not None
    ]
    assert not [cell for cell in cells if "シート" in cell.replace("ワークシート", "")]
    assert "奨学金" in cells
