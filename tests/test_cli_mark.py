"""``auditor check --mark``: one option for workbooks and PDFs, by the suffix of the copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.cli import main

DOCUMENTS = Path(__file__).resolve().parent / "documents"


@pytest.mark.parametrize("name", ["workbooks/kushiro-faulty.xlsx", "pdf/kushiro-solid.pdf"])
def test_a_copy_of_each_kind(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if name.endswith(".pdf"):
        pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
        pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    copy = tmp_path / f"copy{Path(name).suffix}"

    code = main(["check", str(DOCUMENTS / name), "--mark", str(copy), "--lang", "en", "--fail-on", "never"])

    assert (code, capsys.readouterr().err) == (0, "")
    assert copy.stat().st_size > (DOCUMENTS / name).stat().st_size // 2


def test_never_over_an_input_and_only_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for path in (first, second):
        path.write_bytes((DOCUMENTS / "workbooks" / "kushiro-clean.xlsx").read_bytes())
    before = first.read_bytes()

    assert main(["check", str(first), "--mark", str(first), "--lang", "en"]) == 2
    assert "input" in capsys.readouterr().err
    assert main(["check", str(first), str(second), "--mark", str(tmp_path / "c.xlsx"), "--lang", "en"]) == 2
    assert "one document" in capsys.readouterr().err
    assert first.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]
