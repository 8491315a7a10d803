"""``auditor try`` and what a failing case of a rule shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import auditor_datasets
from auditor.cli import main as cli

FAULTY = str(auditor_datasets.path("kushiro-r6-faulty"))
ROOT = Path(__file__).resolve().parents[2]
GRANTS = str(ROOT / "examples" / "grants" / "grants.csv")
PLUGIN = str(ROOT / "examples" / "grants")


def run(capsys: pytest.CaptureFixture[str], *words: str, lang: str = "en") -> tuple[int, str, str]:
    code = cli.main([*words, "--lang", lang])
    output = capsys.readouterr()
    return code, output.out, output.err


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("lang", "counts", "decided"),
    [
        ("en", "Rows: pass 21, fail 3, unknown 6", "- total cost: nothing is printed there"),
        ("ja", "行：一致 21、不一致 3、判定不能 6", "- 事業費 総額：空欄のため、計算できません"),
    ],
)
def test_a_formula_is_judged_without_a_file(
    capsys: pytest.CaptureFixture[str], lang: str, counts: str, decided: str
) -> None:
    words = ("try", "total_cost == sum(funding)", FAULTY)
    code, out, _ = run(capsys, *words, "--max-rows", "1", lang=lang)
    assert code == 1
    assert counts in flat(out)
    assert decided in flat(out)
    assert "TRY001" not in out
    assert out.count("◆") == 2
    assert "8,300" in out


def test_the_counts_are_those_of_a_rule_of_the_formula(capsys: pytest.CaptureFixture[str]) -> None:
    formula, when = "total_cost >= staff_cost", "present(staff_cost)"
    words = ("try", formula, FAULTY, "--when", when, "--each", "year", "--format", "json")
    code, out, _ = run(capsys, *words)
    data = json.loads(out)
    assert (data["formula"], data["when"], data["each"]) == (formula, when, "year")
    assert code == (1 if data["counts"]["fail"] else 0)
    assert sum(data["counts"].values()) == 30
    outcomes = [row["outcome"] for row in data["rows"]]
    assert set(outcomes) <= {"fail", "unknown"}
    assert outcomes.count("fail") == min(data["counts"]["fail"], 5)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_fault_of_a_formula_has_a_caret(
    capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    words = ("try", "total_cst == sum(fundings)", FAULTY, "--when", 'kind = "settled"')
    code, out, err = run(capsys, *words, lang=lang)
    assert (code, out) == (2, "")
    lines = err.splitlines()
    carets = [(lines[at - 1], line) for at, line in enumerate(lines) if set(line[4:]) <= set(" ^|")]
    assert len(carets) == 3
    for text, marks in carets:
        start = marks.index("^")
        assert text[start:].startswith(("total_cst", "fundings", '= "settled"'))
    assert "total_cost" in err
    assert "--when" in err


def test_rows_of_another_kind_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "try", "population > 100", FAULTY)
    assert code == 0
    assert "Judged on: each sheet" in out
    code, _, err = run(capsys, "try", "population > 100", FAULTY, "--each", "page")
    assert code == 2
    assert "one of sheet, year" in err
    code, out, _ = run(capsys, "try", "figure >= 0", FAULTY, "--each", "figure")
    assert code == 1
    assert "Judged on: each figure that adds up" in out


def test_what_judges_no_row_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("try", "grant == own_funds", FAULTY, "--plugin", PLUGIN)
    code, out, _ = run(capsys, *words)
    assert code == 2
    assert "No row was judged." in out
    assert "grant: the form (Kushiro City" in flat(out)
    code, out, _ = run(capsys, "try", "total_cost > headcount", FAULTY)
    assert code == 2
    assert "No row was judged." in out


def test_a_table_is_tried_too(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("try", "total == grant + own_funds", GRANTS, "--plugin", PLUGIN, "--form", "grants")
    code, out, _ = run(capsys, *words, "--verbose")
    assert code == 1
    assert "Rows: pass 6, fail 2, unknown 1" in out
    assert "Own funds (line 6): nothing is printed there" in flat(out)
    assert "total == grant + own_funds" in out


# --- failing cases

CASES = """
code = "CTY001"
name = "some-rule"
severity = "warning"
each = "year"
when = "staff_cost > 0"
formula = "total_cost >= staff_cost"
since = "0.1"
title = { en = "t", ja = "題" }
why = { en = "t", ja = "題" }
action = { en = "t", ja = "題" }
[[cases]]
form = "kushiro"
total_cost = 10
staff_cost = 0
outcome = "not_applicable"
[[cases]]
form = "kushiro"
total_cost = 30
staff_cost = 20
outcome = "pass"
"""


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_failing_case_shows_its_values_and_what_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    path = tmp_path / "CTY001.toml"
    path.write_text(CASES, encoding="utf-8")
    code, out, _ = run(capsys, "test-rules", str(path), lang=lang)
    assert code == 1
    label = {"en": "staff cost [staff_cost]", "ja": "職員人件費［staff_cost］"}[lang]
    reason = {
        "en": "within their rounding both answers are possible",
        "ja": "端数処理された数値の範囲内では、どちらの答えもありえます",
    }[lang]
    # One case is shown: the other came out as stated.
    assert out.count(label) == 1
    assert "total_cost" not in out
    assert flat(reason).replace(" ", "") in flat(out).replace(" ", "")
    code, out, _ = run(capsys, "test-rules", str(path), "--format", "json")
    failing, passing = json.loads(out)
    assert failing["row"]["decided"][0]["kind"] == "rounding"
    assert passing["row"] is None


def test_a_crash_in_a_case_shows_what_was_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "CTY002.py"
    lines = CASES.replace("CTY001", "CTY002").splitlines()
    toml = "\n".join(line for line in lines if not line.startswith(("when", "formula")))
    path.write_text(
        "\n".join(
            [
                "import auditor",
                f"@auditor.rule('''{toml}''')",
                "def check(row):",
                "    return row.values['headcount'].none",
            ]
        ),
        encoding="utf-8",
    )
    code, out, _ = run(capsys, "test-rules", str(path))
    assert code == 1
    assert "headcount [headcount]" in out
