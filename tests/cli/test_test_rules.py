"""``auditor test-rules``: the forms beside the rules, what no plugin may bring, and ``--watch``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor.auditing.session import load
from auditor.cli import watching
from auditor.cli.main import main
from auditor.cli.watching import changes

RULE = """\
code = "CTX001"
name = "visitors-rise"
severity = "note"
each = "sheet"
formula = "visitors > 0"
since = "1"
title = { en = "t", ja = "題" }
why = { en = "w", ja = "理由" }
action = { en = "a", ja = "対応" }

[[cases]]
form = "ctx"
visitors = "5"
outcome = "pass"
"""
FORM = """\
name = "ctx"
title = { ja = "甲市", en = "City X" }
detect = ["甲市の様式"]
unit = "千円"
units = { "円" = 1, "千円" = 1000, "人" = 1 }

[[columns]]
offset = 0
kind = "settled"

[fields.total_cost]
label = "事業費"

[fields.visitors]
each = "sheet"
label = "来館者数"
unit = "人"
"""


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    load.cache_clear()
    yield
    load.cache_clear()


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main(["test-rules", "--lang", "en", *map(str, arguments)])
    output = capsys.readouterr()
    return code, output.out, output.err


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["ctx.toml", "forms/ctx.toml", "deeper/forms/ctx.toml"])
def test_the_forms_beside_the_rules_are_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    write(tmp_path / "rules" / "CTX001.toml", RULE)
    write(tmp_path / form, FORM)
    write(tmp_path / "pyproject.toml", '[project]\nname = "x"\n')
    code, out, err = run(capsys, tmp_path)
    assert (code, err) == (0, "")
    assert "CTX001 visitors-rise: 1 case as stated" in out


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("CTX001", "FND900", "1:8", "the prefix FND is the shipped rules' own"),
        ("CTX001", "CT001", "1:8", "three or more letters"),
        ("since", 'retired = ["FND001"]\nsince', "6:12", "FND001 is taken by"),
        ("visitors-rise", "funding-sum-mismatch", "2:8", "is taken by FND001"),
        ("since", 'forms = ["ctxx"]\nsince', "6:10", "no form or domain ctxx; did you mean ctx?"),
    ],
)
def test_what_no_plugin_may_bring_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, place: str, words: str
) -> None:
    path = write(tmp_path / "CTX001.toml", RULE.replace(old, new))
    write(tmp_path / "ctx.toml", FORM)
    code, _, err = run(capsys, tmp_path)
    assert code == 2
    assert f"{path}:{place}: " in err
    assert words in err
    assert "^" in err


def test_two_rules_of_one_name_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "1.toml", RULE)
    second = write(tmp_path / "2.toml", RULE.replace("CTX001", "CTX002"))
    write(tmp_path / "ctx.toml", FORM)
    code, _, err = run(capsys, tmp_path)
    assert code == 2
    assert f"{second}:2:8: name: visitors-rise is taken by CTX001" in err


def test_the_rules_of_an_installed_plugin_are_tested_where_they_lie(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = load().rules["FND001"].path
    code, out, err = run(capsys, path)
    assert (code, err) == (0, "")
    assert "FND001 funding-sum-mismatch: " in out


def test_a_form_is_no_rule_and_a_rule_no_form(tmp_path: Path) -> None:
    from auditor.forms.loading import load_form
    from auditor.forms.model import FormError
    from auditor.rules.loading import load_rules
    from auditor.rules.rows import vocabulary
    from auditor.rules.rule import RuleError

    form, rule = write(tmp_path / "f.toml", FORM), write(tmp_path / "r.toml", RULE)
    with pytest.raises(RuleError, match="this is a form, not a rule"):
        load_rules(form, vocabulary([]))
    with pytest.raises(FormError, match="this is a rule, not a form"):
        load_form(rule)


def test_changes_of_files_are_noticed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.toml", "1")
    edits: list[Callable[[], object]] = [
        lambda: write(tmp_path / "b.py", "new"),
        lambda: write(tmp_path / "notes.txt", "no rule"),
        lambda: os.utime(path, ns=(1, 1)),
        lambda: path.unlink(),
    ]

    def pause() -> None:
        edits.pop(0)()

    rounds = changes([str(tmp_path), str(tmp_path / "none.toml")], pause)
    for ahead in (4, 3, 1, 0):
        next(rounds)
        assert len(edits) == ahead


def test_watch_runs_the_cases_again_until_ctrl_c(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "rules" / "CTX001.toml", RULE.replace('"5"', '"0"'))
    form = write(tmp_path / "forms" / "ctx.toml", FORM)

    def rounds(paths: list[str]) -> Iterator[None]:
        assert paths == [str(tmp_path)]
        yield
        write(path, RULE)
        yield
        write(form, FORM.replace("[fields.visitors]", "[fields.guests]"))
        yield
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "changes", rounds)
    code, out, err = run(capsys, tmp_path, "--watch")
    assert code == 2  # that of the last run
    assert out.index("1 of 1 case came out otherwise") < out.index("1 case as stated")
    assert "unknown name visitors" in err
    assert "interrupted" not in err
