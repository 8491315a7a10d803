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
STAFF: Final = ("desk.ja.md", "desk.md")
BUTTONS: Final = (
    "sample",
    "choose_folder",
    "cancel",
    "copy",
    "undo",
    "make_all",
    "save",
    "about",
    "errors_only",
    "next_steps",
    "should_be",
)
MOST_BYTES: Final = 450_000
"""Of the pictures in one language."""


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_promised_that_nobody_can_prove(name: str) -> None:
    text = page(name)
    assert forbidden_in(text) == []
    for word in ("無害化", "安全", "保証"):
        assert word not in text


def test_pictures_are_there_and_small() -> None:
    shown: list[str] = []
    for name in STAFF:
        names = re.findall(r"\]\((desk/[^)]+\.png)\)", page(name))
        assert sum((ROOT / "docs" / name).stat().st_size for name in names) < MOST_BYTES
        shown += names
    files = (ROOT / "docs" / "desk").iterdir()
    assert sorted(f"desk/{file.name}" for file in files) == sorted(shown)


@pytest.mark.parametrize("key", BUTTONS)
def test_the_page_for_staff_names_buttons_as_they_are(key: str) -> None:
    japanese, english = texts()[key]
    assert f"「{japanese}」" in page("desk.ja.md")
    assert f'"{english}"' in page("desk.md")


def test_the_pages_for_staff_have_the_same_parts() -> None:
    """So that what is added to one is added to the other: headings, rows, items, paragraphs."""
    kinds = ("#", "|", "!", "-", "")
    begins = [[line[:1] for line in page(name).splitlines()] for name in STAFF]
    marks = [[begin for begin in of_page if begin in kinds] for of_page in begins]
    assert marks[0] == marks[1]


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
