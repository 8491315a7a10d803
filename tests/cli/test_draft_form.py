"""``auditor draft-form``: from a stranger's document to a form, with questions and first findings;
the way that the docs show is gone here.
"""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from auditor.cli import main as cli
from tests.documents.either_kind import document_bytes
from tests.drafting import drafted_documents as documents
from tests.layouts.described import Table, worksheet_of

DOCS: Final = Path(__file__).parents[2] / "docs"
BLOCK: Final = re.compile(
    r"<!-- new city: exit (?P<code>\d) -->\s*```console\n(?P<text>.*?)```", re.DOTALL
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a list of one year and one of three years, which has a wrong row each."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    one_year, wide = documents.one_year(wrong=[3]), documents.wide(wrong=[7])
    (tmp_path / "seika.xlsx").write_bytes(document_bytes([one_year], "xlsx"))
    (tmp_path / "shukei.xlsx").write_bytes(document_bytes([wide], "xlsx"))
    return tmp_path


def type_in(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in answers)))


def blocks(page: str) -> Iterator[tuple[int, list[str]]]:
    """The exit code and the lines of each example of a page."""
    for match in BLOCK.finditer((DOCS / page).read_text(encoding="utf-8")):
        yield int(match["code"]), match["text"].splitlines()


@pytest.mark.parametrize("page", ["new-city.md", "new-city.ja.md"])
def test_the_way_of_the_docs_leads_to_findings(
    page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = list(blocks(page))
    assert len(examples) >= 3
    for code, lines in examples:
        (command,) = [line.removeprefix("$ auditor ") for line in lines if line.startswith("$ ")]
        answers = [line[2:] for line in lines if line.startswith("> ")]
        type_in(monkeypatch, *answers)
        assert cli.main(shlex.split(command)) == code
        output = "".join(capsys.readouterr().out.split())
        for line in lines:
            if not line.startswith(("$ ", "> ")) and line.strip() not in ("", "…"):
                assert "".join(line.split()) in output, line


def test_files_are_never_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("mycity.toml", "mycity.md"):
        (folder / name).write_text("mine", encoding="utf-8")
        words = ("draft-form", "seika.xlsx", "--output", "mycity.toml", "--lang", "en")
        assert cli.main(words) == 2
        assert f"{name} exists already" in capsys.readouterr().err
        assert (folder / name).read_text(encoding="utf-8") == "mine"
        (folder / name).unlink()
        assert list(folder.glob("mycity.*")) == []


def test_what_is_not_recognised_is_said_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = worksheet_of("名簿", [Table(["氏名", "役職"], [["試験太郎", "課長"]])])
    (folder / "meibo.xlsx").write_bytes(document_bytes([sheet], "xlsx"))
    assert cli.main(["draft-form", "meibo.xlsx", "--lang", "en"]) == 2
    assert "no form was drafted" in capsys.readouterr().err
    assert cli.main(["draft-form", "meibo.xlsx", "--lang", "ja"]) == 2
    assert "様式を作成できませんでした" in capsys.readouterr().err
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\x00")
    assert cli.main(["draft-form", "photo.jpg", "--lang", "en"]) == 2
    assert "was expected" in capsys.readouterr().err
    assert sorted(path.suffix for path in folder.iterdir()) == [".jpg", ".xlsx", ".xlsx", ".xlsx"]


def test_an_open_question_exits_2_and_stands_in_the_form(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["draft-form", "shukei.xlsx", "--lang", "en", "--limits", "2"]) == 2
    assert "Open questions" in capsys.readouterr().out
    text = (folder / "shukei.toml").read_text(encoding="utf-8")
    assert "何年度のものですか" in text
    assert "years = [2022, 2023, 2024]" in text


def test_wrong_answers_are_asked_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "R4", "R2,R3,R4", "")
    words = ("draft-form", "shukei.xlsx", "--interactive", "--lang", "ja")
    assert cli.main(words) == 1
    output = capsys.readouterr().out
    assert "次のように答えてください" in output
    assert "years = [2020, 2021, 2022]" in (folder / "shukei.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Mycity.toml", "市.toml", "mycity.txt"])
def test_the_name_of_the_form_is_that_of_its_file(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["draft-form", "seika.xlsx", "--output", name, "--lang", "en"]) == 2
    assert "--output" in capsys.readouterr().err


def test_a_form_gets_a_name_that_no_other_has(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "seika.xlsx").rename(folder / "kushiro.xlsx")
    assert cli.main(["draft-form", "kushiro.xlsx", "--lang", "ja"]) == 1
    assert "kushiro-draft.toml" in capsys.readouterr().out
    words = ("draft-form", "kushiro.xlsx", "--output", "minato.toml", "--lang", "ja")
    assert cli.main(words) == 2
    assert "様式 minato はすでにあります" in capsys.readouterr().err
