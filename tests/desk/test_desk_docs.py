"""The pages about the desk: pictures that are small, the parts as they are pinned, and words that
promise nothing.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

from tests.desk.test_page_texts import texts
from tests.reports.japanese_words import forbidden_in

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ("desk.ja.md", "desk-administrator.ja.md")
MOST_BYTES: Final = 600_000


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_promised_that_nobody_can_prove(name: str) -> None:
    text = page(name)
    assert forbidden_in(text) == []
    for word in ("無害化", "安全", "保証"):
        assert word not in text


def test_pictures_are_there_and_small() -> None:
    names = re.findall(r"\]\((desk/[^)]+\.png)\)", page("desk.ja.md"))
    files = sorted((ROOT / "docs" / "desk").iterdir())
    assert [f"desk/{file.name}" for file in files] == sorted(names)
    assert sum(file.stat().st_size for file in files) < MOST_BYTES


def test_the_page_for_staff_names_buttons_as_they_are() -> None:
    text = page("desk.ja.md")
    for key in ("sample", "choose_folder", "cancel", "copy", "undo", "make_all", "save", "about"):
        assert f"「{texts()[key][0]}」" in text, key


def test_the_administrator_gets_every_part_as_it_is_pinned() -> None:
    parts = tomllib.loads((ROOT / "desk" / "parts.toml").read_text(encoding="utf-8"))["part"]
    text = page("desk-administrator.ja.md")
    rows = [
        f"| {part['name']} | {part['version']} | {part['licence']} | {part['source']} |"
        for part in parts
    ]
    assert re.findall(r"^\| .* \| https://.* \|$", text, re.MULTILINE) == rows
    for item in ("大きさ", "SHA-256", "通信", "ライセンス"):
        assert f"| {item}" in text or item in text
