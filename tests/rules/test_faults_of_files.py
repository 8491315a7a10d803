"""What is wrong with the file of a rule or a form: every fault is reported in one run, at its own
line, with what was expected there, in both languages and in no other library's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.forms.loading import load_form
from auditor.rules.loading import load_rules
from auditor.rules.rows import vocabulary
from auditor.toml.faults import DefinitionError

WORDS: Final = vocabulary(load().forms.values())
JAPANESE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")

RULE: Final = """\
code = "ABC001"
name = "abc"
severity = "error"
each = "year"
when = 'sheet.status == "new" and kind in ["settled", "expected"]'
formula = "total_cost == sum(group('amounts')) + param('jump_factor')"
shows = "total_cost == sum(funding)"
severity_when = { note = "staff_cost > 0" }
needs = ["population"]
since = "0.1"
title = { en = "a", ja = "あ" }
why = { en = "a", ja = "あ" }
action = { en = "a", ja = "あ" }

[[cases]]
form = "kushiro"
outcome = "pass"
"""

FORM: Final = """\
name = "mycity"
title = { ja = "わが市", en = "My City" }
detect = ["わが市"]
unit = "千円"
units = { "円" = 1, "千円" = 1000 }
pages = "3-12"

[[columns]]
offset = 0
kind = "settled"

[fields.total_cost]
label = "事業費"
rounding = "half_up"
step = 1
[fields.funding.grants]
label = "国県支出金"
[fields.funding.general_revenue]
label = "一般財源"
[fields.staff_cost]
label = "職員人件費"

[labels]
name = "事業名"

[groups]
negative_allowed = ["general_revenue"]

[evaluations]
"Ａ" = "expand"
"Ｂ" = "end"

[[evaluation_changes.banned]]
from = "end"
to = "*"
why = { ja = "終了", en = "ended" }
"""


class Slip(NamedTuple):
    """A fault that one change of a file makes: the key that is reported, on the line of the
    change (or the line ``at``), with some words.
    """

    old: str
    new: str
    key: str
    words: str
    at: str = ""


RULE_SLIPS: Final = (
    Slip('"ABC001"', '"abc1"', "code", "such as CTY001"),
    Slip('"abc"', '"A b"', "name", "small letters"),
    Slip('"error"', '"eror"', "severity", "did you mean error?"),
    Slip("severity =", "severty =", "severty", "did you mean severity?"),
    Slip('"new" and', '"nwe" and', "when", 'never "nwe"; known: continuing, new'),
    Slip('"expected"]', '"expectd"]', "when", "did you mean expected?"),
    Slip("'amounts'", "'amount'", "formula", "did you mean amounts?"),
    Slip("'jump_factor'", "'jump'", "formula", "did you mean jump_factor?"),
    Slip("sum(funding)", "sum(fundign)", "shows", "did you mean funding?"),
    Slip("staff_cost > 0", "staff_cost", "severity_when.note", "a comparison was expected"),
    Slip("note =", "notes =", "severity_when.notes", "did you mean note?"),
    Slip('"population"', '"popuation"', "needs.0", "did you mean population?"),
    Slip('["population"]', '"population"', "needs", "a list such as"),
    Slip('since = "0.1"', "since = 0.1", "since", "a text in quotes was expected, not 0.1"),
    Slip('outcome = "pass"', 'outcome = "passes"', "cases.0.outcome", "did you mean pass?"),
)
FORM_SLIPS: Final = (
    Slip('"mycity"', '"My City"', "name", "small letters"),
    Slip('en = "My City"', 'en = 3', "title.en", "a text in quotes was expected, not 3"),
    Slip("pages =", "pags =", "pags", "did you mean pages?"),
    Slip('"千円" = 1000', '"千円" = 0', "units.千円", "worth more than 0"),
    Slip('"円" = 1,', '"円" = -1,', "units.円", "worth more than 0"),
    Slip('"3-12"', '"12-3"', "pages", "pages such as 3-12,15"),
    Slip("offset = 0", 'offset = "now"', "columns.0.offset", "a whole number was expected"),
    Slip('"half_up"', '"halfup"', "fields.total_cost.rounding", "did you mean half_up?"),
    Slip(
        "step = 1", "", "fields.total_cost.rounding", "needs a step", at='rounding = "half_up"'
    ),
    Slip('label = "国県支出金"', "", "fields.funding.grants.label", "a label is missing", at="[fields.funding.grants]"),
    Slip('"一般財源"', '"事 業 名"', "labels.name", "is the label of fields.funding.general_revenue", at='name = "事業名"'),
    Slip("[fields.staff_cost]", "[fields.staff_csot]", "fields.staff_csot", "did you mean staff_cost?"),
    Slip('["general_revenue"]', '["general_revenu"]', "groups.negative_allowed.0", "did you mean general_revenue?"),
    Slip('"expand"', '"expnd"', "evaluations.Ａ", "did you mean expand?"),
    Slip('to = "*"', 'to = "expandd"', "evaluation_changes.banned.0.to", "did you mean expand?"),
)  # fmt: skip


def faults(load_file: Callable[[Path], object], path: Path, text: str) -> set[tuple[int, str, str]]:
    """The line, key and English words of each fault of a file."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_file(path)
    error = caught.value
    assert error.lines is not None
    for fault in error.faults:
        assert JAPANESE.search(fault.ja)
        assert "Input should be" not in fault.en + fault.ja
        assert "validation" not in fault.en + fault.ja
    assert all(place.count("\n") == 0 for entry in error.entries() for place in entry)
    return {
        (error.lines.at(fault.place[0])[0], fault.key, fault.en)
        for fault in error.faults
        if fault.place is not None
    }


def check(load_file: Callable[[Path], object], path: Path, sound: str, slips: list[Slip]) -> None:
    """Each slip is reported where it is, and nothing else."""
    text = sound
    for slip in slips:
        assert text.count(slip.old) == 1
        text = text.replace(slip.old, slip.new)
    lines = text.split("\n")
    found = faults(load_file, path, text)
    assert len(found) == len(slips), found
    for slip in slips:
        place = slip.at or slip.new
        line = next(number for number, row in enumerate(lines, 1) if place in row)
        (words,) = [en for at, key, en in found if (at, key) == (line, slip.key)]
        assert slip.words in words


def two_of(slips: tuple[Slip, ...], text: str) -> st.SearchStrategy[list[Slip]]:
    """One slip, or two with other keys in other lines."""

    def apart(pair: list[Slip]) -> bool:
        lines = {text[: text.index(slip.old)].count("\n") for slip in pair}
        return len(lines) == len({slip.key for slip in pair}) == len(pair)

    return st.lists(st.sampled_from(slips), min_size=1, max_size=2, unique=True).filter(apart)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults")


def load_rule(path: Path) -> object:
    return load_rules(path, WORDS)


def test_the_files_are_sound(folder: Path) -> None:
    (folder / "rule.toml").write_text(RULE, encoding="utf-8")
    (folder / "form.toml").write_text(FORM, encoding="utf-8")
    load_rule(folder / "rule.toml")
    load_form(folder / "form.toml")


@pytest.mark.parametrize("slip", RULE_SLIPS, ids=lambda slip: slip.new)
def test_a_fault_of_a_rule_is_reported_at_its_line(folder: Path, slip: Slip) -> None:
    check(load_rule, folder / "rule.toml", RULE, [slip])


@pytest.mark.parametrize("slip", FORM_SLIPS, ids=lambda slip: slip.new or slip.old)
def test_a_fault_of_a_form_is_reported_at_its_line(folder: Path, slip: Slip) -> None:
    check(load_form, folder / "form.toml", FORM, [slip])


@given(two_of(RULE_SLIPS, RULE))
def test_all_faults_of_a_rule_are_reported_in_one_run(folder: Path, slips: list[Slip]) -> None:
    check(load_rule, folder / "rule.toml", RULE, slips)


@given(two_of(FORM_SLIPS, FORM))
def test_all_faults_of_a_form_are_reported_in_one_run(folder: Path, slips: list[Slip]) -> None:
    check(load_form, folder / "form.toml", FORM, slips)


def test_the_faults_of_a_rule_in_python_stand_in_its_file(tmp_path: Path) -> None:
    path = tmp_path / "ABC001.py"
    text = RULE.replace('"population"', '"popuation"').replace('"new" and', '"nwe" and')
    found = faults(
        load_rule,
        path,
        f'import auditor\n\n\n@auditor.rule("""\n{text}""")\ndef check(row):\n    ...\n',
    )
    assert {(line, key) for line, key, _ in found} == {(9, "when"), (13, "needs.0")}


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_fault_is_shown_in_the_language_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    path = tmp_path / "rule.toml"
    path.write_text(RULE.replace('"error"', '"eror"').replace("kind in", "knd in"), "utf-8")
    assert main(["test-rules", "--lang", lang, str(path)]) == 2
    shown = capsys.readouterr().err
    assert main(["rules", "--lang", lang, "--plugin", str(path)]) == 2
    listed = capsys.readouterr().err
    for text in (shown, listed):
        for line, column in ((3, 12), (5, 35)):
            place = f"{line}:{column}" if lang == "en" else f"{line}行目 {column}文字目"
            assert place in text
        assert ("のことですか" in text) == (lang == "ja")
        assert ("did you mean" in text) == (lang == "en")
    assert '  3 | severity = "eror"\n' in shown


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("kind in [1, 2]", "a text was expected, this is a number"),
        ('total_cost in ["a"]', "a number was expected, this is a text"),
        ("total_cost in [[1]]", "a number was expected, this is a list"),
        ('[kind, kind] in [["a"]]', "a list of 2 values was expected"),
        ("[kind] in [kind]", "a list of 1 values was expected"),
        ("[total_cost, kind] in [[1, 2]]", "a text was expected, this is a number"),
        ('kind in table("evaluation_changes")', "rows of 2 texts"),
        ('[kind, kind] in table("evaluation")', "did you mean evaluation_changes?"),
        ('agreed(total_cost, "staff_unit_cots") > 0', "did you mean staff_unit_cost?"),
        ("total_cost = 1", "equal is written =="),
    ],
)
def test_what_could_never_hold_is_no_formula(tmp_path: Path, formula: str, words: str) -> None:
    path = tmp_path / "rule.toml"
    text = re.sub("formula = .*", f"formula = '{formula}'", RULE)
    ((line, key, en),) = faults(load_rule, path, text)
    assert (line, key) == (6, "formula")
    assert words in en


def test_a_plugin_may_bring_the_form_that_its_rules_are_about(tmp_path: Path) -> None:
    own = FORM + "[fields.grant]\neach = 'year'\nlabel = 'G'\n[params]\nshare = 2\n"
    rule = RULE.replace("'jump_factor'", "'share'").replace("staff_cost >", "grant >")
    (tmp_path / "a-rule.toml").write_text(rule, encoding="utf-8")
    (tmp_path / "form.toml").write_text(own, encoding="utf-8")
    assert not load((str(tmp_path),)).problems


PYTHON_RULE: Final = '''
import auditor
from auditor.rules.verdicts import PASS, failed
@auditor.rule("""
code = "ABC001"
name = "abc"
severity = "note"
each = "sheet"
since = "1"
title = {{ en = "t", ja = "題" }}
why = {{ en = "w", ja = "理由" }}
action = {{ en = "a", ja = "対応" }}
[[cases]]
form = "kushiro"
name = "a"
outcome = "pass"
""")
def check({arguments}):
    return {result}
'''


@pytest.mark.parametrize(
    ("arguments", "result", "words"),
    [
        ("row", "failed((row, 'populaton'))", "did you mean population?"),
        ("row", "failed((row, 'xyz'))", "there is no xyz on a row"),
        ("row", "failed('name')", "pairs of a row and a name"),
        ("row", "row.values['nam']", "did you mean name?"),
        ("row", "True", "PASS, MAY, UNKNOWN, NOT_APPLICABLE"),
        ("row", "None", "PASS, MAY, UNKNOWN, NOT_APPLICABLE"),
        ("", "PASS", "takes the row alone: def check(row)"),
    ],
)
def test_a_python_rule_that_names_what_there_is_not_has_crashed(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: str,
    result: str,
    words: str,
) -> None:
    path = tmp_path / "ABC001.py"
    path.write_text(PYTHON_RULE.format(arguments=arguments, result=result), encoding="utf-8")
    assert main(["test-rules", "--lang", "en", str(path)]) == (1 if arguments else 2)
    output = capsys.readouterr()
    assert words in " ".join((output.out + output.err).split())
