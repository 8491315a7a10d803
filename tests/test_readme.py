"""The READMEs show what the program really says."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.cli import main as cli

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(("lang", "name"), [("en", "README.md"), ("ja", "README.ja.md")])
def test_the_findings_at_the_top_are_those_of_the_demo(
    lang: str, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    shown = (
        (ROOT / name)
        .read_text(encoding="utf-8")
        .partition("<!-- finds -->")[2]
        .partition("<!-- /finds -->")[0]
    )
    findings = shown.partition("```text\n")[2].partition("\n```")[0].split("\n\n")
    assert cli.main(["demo", "--lang", lang]) == 0
    report = capsys.readouterr().out
    assert len(findings) == 3
    for finding in findings:
        assert finding in report
