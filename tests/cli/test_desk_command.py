"""``auditor desk``: opens the page where it lies, and says how to come by it where it does not."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from auditor.cli import main as cli
from auditor.cli.commands import desk


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that a browser was asked to open."""
    addresses: list[str] = []

    def open_address(address: str) -> bool:
        addresses.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", open_address)
    monkeypatch.setenv("DISPLAY", ":0")
    return addresses


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A page in an installation."""
    file = tmp_path / "画面 #1" / desk.PAGE
    file.parent.mkdir()
    file.write_text("<!doctype html>", encoding="utf-8")
    monkeypatch.setattr(desk, "places", lambda: (tmp_path / "nowhere" / desk.PAGE, file))
    return file


def test_opens_the_page_and_says_where_it_lies(
    shipped: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["desk", "--lang", "ja"]) == 0
    assert opened == [shipped.as_uri()]
    assert capsys.readouterr().out == f"{shipped}\n"


def test_only_shows_where_it_lies(
    shipped: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["desk", "--where"]) == 0
    assert opened == []
    assert capsys.readouterr().out == f"{shipped}\n"


@pytest.mark.parametrize(("lang", "words"), [("ja", "見つかりません"), ("en", "not installed")])
def test_says_how_to_come_by_it(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    opened: list[str],
    capsys: pytest.CaptureFixture[str],
    lang: str,
    words: str,
) -> None:
    monkeypatch.setattr(desk, "places", lambda: (tmp_path / "share" / desk.PAGE,))
    assert cli.main(["desk", "--lang", lang]) == 2
    output = capsys.readouterr()
    assert output.out == "" and opened == []
    assert words in output.err and desk.PAGE in output.err and str(tmp_path / "share") in output.err
    assert "Traceback" not in output.err


@pytest.mark.parametrize(
    "failure", [lambda _: False, lambda _: (_ for _ in ()).throw(webbrowser.Error("none"))]
)
def test_without_a_browser_the_file_is_named(
    shipped: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failure: object,
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "open", failure)
    assert cli.main(["desk", "--lang", "ja"]) == 0
    output = capsys.readouterr().out
    assert "ブラウザーを開けませんでした" in output and str(shipped) in output
