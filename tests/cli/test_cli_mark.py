"""``auditor check --mark``: one option for workbooks and PDFs, by the suffix of the copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.cli.main import main
from auditor.files.ooxml import Limits
from auditor.records.text import Text

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"


@pytest.mark.parametrize("name", ["workbooks/kushiro-faulty.xlsx", "pdf/kushiro-solid.pdf"])
def test_a_copy_of_each_kind(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if name.endswith(".pdf"):
        pytest.importorskip("pypdfium2", reason="the extra pdf is not installed")
        pytest.importorskip("pypdf", reason="the extra pdf is not installed")
    copy = tmp_path / f"copy{Path(name).suffix}"

    code = main(
        ["check", str(DOCUMENTS / name), "--mark", str(copy), "--lang", "en", "--fail-on", "never"]
    )

    assert (code, capsys.readouterr().err) == (0, "")
    assert copy.stat().st_size > (DOCUMENTS / name).stat().st_size // 2


def test_never_over_an_input_and_only_one_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for path in (first, second):
        path.write_bytes((DOCUMENTS / "workbooks" / "kushiro-clean.xlsx").read_bytes())
    before = first.read_bytes()

    assert main(["check", str(first), "--mark", str(first), "--lang", "en"]) == 2
    assert "input" in capsys.readouterr().err
    assert (
        main(["check", str(first), str(second), "--mark", str(tmp_path / "c.xlsx"), "--lang", "en"])
        == 2
    )
    assert "one document" in capsys.readouterr().err
    assert first.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


@pytest.mark.parametrize(
    ("source", "copy", "word"),
    [
        ("workbooks/kushiro-clean.xlsx", "a.xls", ".xlsx"),
        ("workbooks/kushiro-clean.xlsx", "a", "a.xlsx"),
        ("workbooks/kushiro-clean.xlsx", "a.pdf", "a.xlsx"),
        ("workbooks/kushiro-clean.xls", "a.xls", "save it as .xlsx"),
        ("pdf/kushiro-solid.pdf", "a.xlsx", "a.pdf"),
        ("README.md", "a.md", "can't be marked"),
    ],
)
def test_a_wrong_ending_is_refused_before_the_work(
    source: str,
    copy: str,
    word: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["check", str(DOCUMENTS / source), "--mark", str(tmp_path / copy), "--lang", "en"]

    assert main(words) == 2
    output = capsys.readouterr()
    assert word in output.err
    assert output.out == ""
    assert list(tmp_path.iterdir()) == []


def test_what_a_copy_loses_is_reported_and_limits_apply(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[int] = []

    def marked(*_: object, limits: Limits, **__: object) -> Text:
        parts.append(limits.parts)
        return Text(en="a caution", ja="注意書き")

    monkeypatch.setattr("auditor.marking.workbook.copy.mark_workbook", marked)
    source = str(DOCUMENTS / "workbooks" / "kushiro-clean.xlsx")
    for lang, message in (("en", "a caution"), ("ja", "注意書き")):
        assert (
            main(
                [
                    "check",
                    source,
                    "--mark",
                    str(tmp_path / "c.xlsx"),
                    "--limits",
                    "3",
                    "--lang",
                    lang,
                    "--fail-on",
                    "never",
                ]
            )
            == 0
        )
        assert capsys.readouterr().err == f"auditor: {tmp_path / 'c.xlsx'}: {message}\n"
    assert parts == [3 * Limits().parts] * 2


@pytest.mark.parametrize("suffix", [".pdf", ".xlsx"])
def test_what_was_not_read_has_no_copy_without_marks(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A copy without marks would say that nothing was found."""
    source, copy = tmp_path / f"broken{suffix}", tmp_path / f"copy{suffix}"
    source.write_bytes(b"%PDF-1.7\nbroken" if suffix == ".pdf" else b"PK\x03\x04broken")
    for lang, message in (("en", "was not read"), ("ja", "読み取れなかったため")):
        assert main(["check", str(source), "--mark", str(copy), "--lang", lang]) == 2
        assert message in capsys.readouterr().err
    assert not copy.exists()
