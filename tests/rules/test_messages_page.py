"""The page of messages says what is said: each of its right-hand column is made anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.formula.parse import FormulaError, parse
from auditor.rules.rows import vocabulary

PAGE: Final = Path(__file__).parents[2] / "docs" / "messages.md"
RULE: Final = """\
code = "CTY001"
name = "my-rule"
severity = "note"
each = "sheet"
formula = "population > 0"
since = "1"
title = { en = "t", ja = "題" }
why = { en = "w", ja = "理由" }
action = { en = "a", ja = "対応" }

[[cases]]
form = "kushiro"
outcome = "pass"
"""
PYTHON: Final = f'import auditor\nfrom auditor.rules import PASS\n@auditor.rule("""\n{RULE}""")\n'
PYTHON_RULE: Final = PYTHON.replace('formula = "population > 0"\n', "").replace("\n\n[", "\n[")
READER: Final = """\
import auditor
class R:
    name = "r"
    def accepts(self, source, form): return False
@auditor.hookimpl
def auditor_readers(): return [R()]
"""


def rows() -> Iterator[tuple[str, str, str]]:
    """The section, the first cell and the last cell of each row of a table."""
    section = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == 3 and cells[2] != "now":
            yield section, cells[0].strip("`"), cells[2].strip("`")


FORMULAS: Final = [(first, last) for section, first, last in rows() if section == "Formulas"]
OTHERS: Final = {first: last for section, first, last in rows() if section != "Formulas"}


def test_the_page_has_its_tables() -> None:
    assert len(FORMULAS) >= 20
    assert set(OTHERS) == set(FILES)


@pytest.mark.parametrize(("formula", "now"), FORMULAS)
def test_a_formula_is_answered_as_the_page_says(formula: str, now: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(formula, vocabulary(load().forms.values()), "year")
    assert caught.value.message.en == now


FILES: Final[dict[str, tuple[str, str | bytes]]] = {
    "a misspelt key": ("rule.toml", RULE.replace("severity", "severty")),
    "several keys are not there": ("rule.toml", re.sub(r"(title|why|action) = .*\n", "", RULE)),
    "a code in small letters": ("rule.toml", RULE.replace("CTY001", "cty001")),
    "a text without its end": ("rule.toml", RULE.replace('"my-rule"', '"my-rule')),
    "a text in other quotes": ("rule.toml", RULE.replace('"my-rule"', "“my-rule”")),
    "a word without quotes": ("rule.toml", RULE.replace('"note"', "note")),
    "a key that is there twice": ("rule.toml", RULE.replace("since", 'name = "x"\nsince')),
    "a file in CP932": ("rule.toml", RULE.encode("cp932")),
    "a code that a shipped rule has": ("rule.toml", RULE.replace("CTY001", "FND001")),
    "a name that another rule has": ("rule.toml", RULE.replace("my-rule", "funding-sum-mismatch")),
    "a form in place of a rule": (
        "plugin.py",
        "import auditor\n@auditor.hookimpl\ndef auditor_rules(): return ['form.toml']\n",
    ),
    "a case of a form that there is not": ("rule.toml", RULE.replace("kushiro", "kusiro")),
    "a row has no such value": (
        "rule.py",
        PYTHON_RULE + "def check(row):\n    return row.figure('population').value > 5\n",
    ),
    "a misspelt value": (
        "rule.py",
        PYTHON_RULE + "def check(row):\n    return row.values['nam']\n",
    ),
    "a forgotten return": ("rule.py", PYTHON_RULE + "def check(row):\n    PASS\n"),
    "a function without its row": ("rule.py", PYTHON_RULE + "def check():\n    return PASS\n"),
    "a function that yields": ("rule.py", PYTHON_RULE + "def check(row):\n    yield PASS\n"),
    "a bare decorator": ("rule.py", "import auditor\n@auditor.rule\ndef check(row): ...\n"),
    "no Python": ("rule.py", "def check(row)\n    return 1\n"),
    "a misspelt hook": (
        "plugin.py",
        "import auditor\n@auditor.hookimpl\ndef auditor_rule(): return []\n",
    ),
    "a reader without a method": ("plugin.py", READER),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_a_file_is_answered_as_the_page_says(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    name, text = FILES[kind]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    Path("form.toml").write_text('name = "f"\n[fields.total_cost]\nlabel = "a"\n', "utf-8")
    load.cache_clear()
    command = ["test-rules"] if name.startswith("rule") else ["plugins", "--plugin"]
    assert main([*command, name, "--lang", "en"]) in (1, 2)
    output = capsys.readouterr()
    said = " ".join((output.out + output.err).split())
    assert " ".join(OTHERS[kind].split()) in said
