"""The shipped rules: each passes its own cases, has a case of every outcome it can have, and is
complete in both languages.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import auditor
import auditor_datasets
import auditor_rules
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.rules.loading import load_rules
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule, RuleError
from auditor.rules.ruleset import RuleSet
from auditor.testing import (
    build_accounts,
    build_book,
    build_items,
    build_years,
    run_cases,
    write_prose,
)
from auditor.testing.build import RandomChooser
from auditor_rules.corruptions import CORRUPTIONS, corrupt
from auditor_rules.corruptions_of_accounts import CORRUPTIONS_OF_ACCOUNTS, corrupt_accounts
from auditor_rules.corruptions_of_prose import CORRUPTIONS_OF_PROSE, corrupt_prose
from auditor_rules.corruptions_of_totals import CORRUPTIONS_OF_TOTALS, corrupt_totals
from auditor_rules.corruptions_of_years import CORRUPTIONS_OF_YEARS, corrupt_years

SESSION = load()
JUDGED = [rule for rule in SESSION.rules if rule.each != "reading"]
# What can't be unknown: texts and words are there or not, and what a sheet prints is compared as
# printed.
NEVER_UNKNOWN = frozenset(
    {
        "BOK002",
        "BOK003",
        "BOK004",
        "BOK006",
        "EVL002",
        "EVL006",
        "EVL007",
        "KPI004",
        "KPI007",
        "REQ001",
        "TXT001",
        "TXT019",
        "TXT020",
        "TXT021",
        "TXT022",
        "TXT023",
        "TXT024",
        "TXT025",
        "TXT026",
        "TXT040",
        "TXT041",
        "TXT042",
        "TXT043",
        "TXT044",
        "TXT045",
        "TXT046",
        "TXT047",
        "TXT048",
        "TXT049",
        "TXT050",
        "TXT051",
        "TXT052",
        "TXT053",
        "YOY002",
        "YOY005",
        "YOY008",
        "YOY010",
        "YOY011",
        "YOY012",
    }
)

RULE = """
code = "ABC001"
name = "abc"
severity = "error"
each = "year"
formula = "total_cost == sum(funding)"
since = "0.1"
title = { en = "a", ja = "あ" }
why = { en = "a", ja = "あ" }
action = { en = "a", ja = "あ" }
"""


def by_code(rule: Rule) -> str:
    return rule.code


def test_the_session_has_no_problems() -> None:
    assert not SESSION.problems
    assert JUDGED


@pytest.mark.parametrize("rule", JUDGED, ids=by_code)
def test_a_rule_passes_its_cases(rule: Rule) -> None:
    results = run_cases(rule, SESSION.forms)
    assert [
        (result.number, [problem.en for problem in result.problems])
        for result in results
        if not result.passed
    ] == []


@pytest.mark.parametrize("rule", JUDGED, ids=by_code)
def test_a_rule_has_a_case_of_every_outcome_that_it_can_have(rule: Rule) -> None:
    outcomes = {case["outcome"] for case in rule.file.cases}
    assert outcomes & {"pass", "may"}
    assert "fail" in outcomes
    assert ("unknown" in outcomes) != (rule.code in NEVER_UNKNOWN)
    if rule.when is not None:
        assert "not_applicable" in outcomes


@pytest.mark.parametrize("rule", SESSION.rules, ids=by_code)
def test_a_rule_is_complete_in_both_languages(rule: Rule) -> None:
    for text in (rule.file.title, rule.file.why, rule.file.action):
        assert re.search("[a-z]{2}", text.en)
        assert any("\u3040" <= character <= "\u9fff" for character in text.ja)
        assert text.en != text.ja
    file = Path(rule.source)
    assert file.stem == rule.code
    assert file.parent.name == rule.code.rstrip("0123456789").lower()


def test_every_family_is_named_and_has_rules() -> None:
    families = {rule.code.rstrip("0123456789") for rule in SESSION.rules}
    assert families == auditor_rules.FAMILIES.keys()


def test_every_error_and_warning_is_fired_by_some_corruption() -> None:
    """What the corruptions declare is checked in test_properties; here, that they leave out no
    rule.
    """
    declared: set[str] = set()
    for form in SESSION.forms.values():
        for seed in range(8):
            chooser = RandomChooser(seed)
            book = build_book(form, chooser, sheets=6, kpis=8)
            made = [corrupt(kind, book, form, chooser) for kind in CORRUPTIONS]
            declared |= {code for corruption in made if corruption for code in corruption.codes}
            pair = build_years(form, RandomChooser(seed), sheets=6, kpis=8)
            held = [corrupt_years(kind, pair, form, chooser) for kind in CORRUPTIONS_OF_YEARS]
            declared |= {code for corruption in held if corruption for code in corruption.codes}
            beside = build_accounts(form, chooser, sheets=6)
            for kind in CORRUPTIONS_OF_ACCOUNTS:
                accounts = corrupt_accounts(kind, beside, form, chooser)
                declared |= accounts.codes if accounts else frozenset()
            items = build_items(form, chooser, sheets=6)
            for kind in CORRUPTIONS_OF_TOTALS:
                totals = corrupt_totals(kind, items, chooser)
                declared |= totals.codes if totals else frozenset()
            prose = write_prose(book, RandomChooser(seed))
            for kind in CORRUPTIONS_OF_PROSE:
                said = corrupt_prose(kind, prose, chooser)
                declared |= said.codes if said else frozenset()
    declared -= {rule.code for rule in JUDGED if rule.file.severity == "note"}
    assert declared == {rule.code for rule in JUDGED if rule.file.severity != "note"}


# — loading and selecting —


@pytest.mark.parametrize(
    ("change", "key", "reason", "column"),
    [
        (
            ("total_cost ==", "total_cots =="),
            "formula",
            "unknown name total_cots; did you mean total_cost?",
            1,
        ),
        (
            ("sum(funding)", "funding"),
            "formula",
            "a number was expected, this is a group of figures",
            15,
        ),
        (
            ('severity = "error"', 'severity = "fatal"'),
            "severity",
            'one of error, warning, note was expected, not "fatal"',
            None,
        ),
        (
            ('code = "ABC001"', 'code = "abc"'),
            "code",
            "capital letters and three digits, such as CTY001",
            None,
        ),
        (('since = "0.1"\n', ""), "since", "since is missing", None),
        (
            ('title = { en = "a", ja = "あ" }', 'title = { en = "a" }'),
            "title.ja",
            "ja is missing",
            None,
        ),
        (
            ("formula =", "formulae ="),
            "formulae",
            "there is no key formulae; did you mean formula?",
            None,
        ),
        (('each = "year"', 'each = "years"'), "each", "did you mean year?", None),
        (('each = "year"', 'each = "reading"'), "formula", "has no formula", None),
        (('since = "0.1"', 'since = "0.1'), "-", "the text has no closing quote", None),
        (
            (
                'action = { en = "a", ja = "あ" }',
                'action = { en = "a", ja = "あ" }\n[[cases]]\nform = "kushiro"',
            ),
            "cases.0.outcome",
            "has no outcome",
            None,
        ),
    ],
)
def test_an_unusable_rule_says_file_key_column_and_reason(
    tmp_path: Path, change: tuple[str, str], key: str, reason: str, column: int | None
) -> None:
    file = tmp_path / "ABC001.toml"
    assert change[0] in RULE
    file.write_text(RULE.replace(*change), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules(file, vocabulary(SESSION.forms.values()))
    fault = caught.value
    assert (fault.file, fault.key, fault.column) == (str(file), key, column)
    assert reason in fault.message.en
    assert fault.message.ja
    assert str(file) in str(fault)


def test_two_rules_of_one_code_name_both_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(RULE, encoding="utf-8")
    with pytest.raises(RuleError, match=r"two\.toml:2:8: code: ABC001 is taken by .*one\.toml"):
        load_rules(tmp_path, vocabulary(SESSION.forms.values()))


def test_a_python_rule_that_fails_on_import_is_named(tmp_path: Path) -> None:
    (tmp_path / "ABC001.py").write_text("1 / 0", encoding="utf-8")
    with pytest.raises(RuleError, match=r"ABC001\.py:1:1: it divides by zero"):
        load_rules(tmp_path, vocabulary(SESSION.forms.values()))


def test_rules_are_selected_by_code_name_and_family() -> None:
    rules = SESSION.rules
    reading = {rule.code for rule in rules.of_reading}  # no selection leaves these out
    assert {rule.code for rule in rules.select(["fnd001"])} - reading == {"FND001"}
    assert {rule.code for rule in rules.select(["funding-sum-mismatch"])} - reading == {"FND001"}
    chosen = {rule.code for rule in rules.select(["FND"])}
    assert reading < chosen
    assert {code[:3] for code in chosen - reading} == {"FND"}
    assert "FND001" not in {rule.code for rule in rules.select([], ["FND001"])}
    assert isinstance(rules.select(["PCC"], ["PCC002"]), RuleSet)
    with pytest.raises(RuleError, match=r"there is no rule FND999; did you mean FND00\d\?"):
        rules.select(["FND999"])


def test_a_word_that_names_rules_is_no_folder_and_an_empty_one_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "FND001").mkdir()
    (tmp_path / "trap.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    book = auditor_datasets.load("kushiro-r6")[0]
    reading = {rule.code for rule in SESSION.rules.of_reading}
    assert set(auditor.audit(book, "FND001").outcomes) - reading == {"FND001"}
    for rules in ("", [""]):
        with pytest.raises(auditor.RuleError, match="there is no"):
            auditor.audit(book, rules)
    with pytest.raises(auditor.RuleError, match="there is no such file"):
        auditor.load_rules("")


def test_an_amount_in_an_unknown_unit_decides_nothing() -> None:
    book = auditor_datasets.load("kushiro-r6")[0]
    sheet = book.sheets[1]
    year = sheet.years["2024"]
    assert year.total_cost is not None
    foreign = year.model_copy(
        update={"total_cost": year.total_cost.model_copy(update={"unit": "百万円"})}
    )
    changed = sheet.model_copy(update={"years": {**sheet.years, "2024": foreign}})
    report = auditor.audit(book.model_copy(update={"sheets": (changed,)}), ["FND001", "PCC001"])
    assert report.findings == ()
    assert report.outcomes["FND001"]["unknown"] == report.outcomes["PCC001"]["unknown"] == 1


def form_of(*changes: tuple[str, str]) -> Form:
    """Kushiro's form with parts of its file changed."""
    text = (Path(auditor_rules.__file__).parent / "forms" / "kushiro.toml").read_text(
        encoding="utf-8"
    )
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return Form.model_validate(tomllib.loads(text))


def outcome(code: str, form: Form, case: dict[str, Any]) -> str | None:
    rule = SESSION.rules.get(code)
    assert rule is not None
    file = rule.file.model_copy(update={"cases": ({"form": form.name, "outcome": "pass", **case},)})
    (result,) = run_cases(replace(rule, file=file), {form.name: form})
    return result.outcome


@pytest.mark.parametrize(
    ("headcount", "cost", "came"),
    [
        ("0.05", "0", "may"),  # 369,400 yen
        ("0.06", "", "may"),  # 443,280 yen
        ("0.07", "0", "fail"),  # 517,160 yen print as 1
        ("0.05", "1", "pass"),
        ("", "1", "fail"),
        ("0.0", "1", "fail"),
    ],
)
def test_a_staff_cost_in_millions_may_round_to_nothing(
    headcount: str, cost: str, came: str
) -> None:
    millions = form_of(
        ('"千円" = 1000,', '"千円" = 1000, "百万円" = 1000000,'),
        ('label = "職員人件費"', 'label = "職員人件費"\nunit = "百万円"'),
    )
    book = [
        {"staff_cost": amount, "headcount": persons}
        for amount, persons in ((7, "1.0"), (15, "2.0"), (739, "100.0"))
    ]
    assert (
        outcome("STF002", millions, {"headcount": headcount, "staff_cost": cost, "book": book})
        == came
    )
    # Where no rows agree on a unit cost, the least that a person can cost decides: 0.05 persons
    # may cost 50,000 yen.
    assert outcome("STF002", millions, {"headcount": "0.05", "staff_cost": "0"}) == "may"
    assert outcome("STF002", millions, {"headcount": "0.5", "staff_cost": "0"}) == "fail"


@pytest.mark.parametrize("column", ["2023-settled", "2023-budgeted"])
def test_new_projects_have_nothing_in_either_column_of_the_year_before(column: str) -> None:
    budgeted = '[[columns]]\noffset = -1\nkind = "budgeted"\nlabel = "（当初予算額）"\n'
    twice = form_of(("[[columns]]\noffset = 0", f"{budgeted}[[columns]]\noffset = 0"))
    case = {"column": column, "sheet": {"status": "new"}, "total_cost": 280}
    assert outcome("EVL004", twice, case) == "fail"
    assert outcome("EVL004", twice, case | {"sheet": {"status": "continuing"}}) == "not_applicable"
