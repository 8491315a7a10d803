"""A copy of the page that was damaged on its way says so and starts nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page

from desk.build import DESK
from desk.building.archive import archived, packed
from desk.building.page import page as made

pytestmark = pytest.mark.xdist_group("browser")

TEMPLATE = DESK / "page" / "index.html"


def written(folder: Path, html: str) -> Path:
    file = folder / "auditor-desk.html"
    file.write_text(html, encoding="utf-8")
    return file


def whole() -> str:
    """A page whose contents are small, and fit what it says of them."""
    data = packed(archived({"a": b"contents"}))
    return made(TEMPLATE, data, {"contents": sha256(data).hexdigest()})


@pytest.mark.parametrize(
    "change",
    [
        lambda html: html.replace('id="payload">', 'id="payload">AAAA'),
        lambda html: html.replace('id="payload">', 'id="payload">?'),
        lambda html: html.replace('id="about">{', 'id="about">'),
    ],
    ids=["other contents", "no base64", "no facts"],
)
def test_damaged_contents_are_named_and_not_started(
    change: Callable[[str], str], opened: Callable[[Path], Page], tmp_path: Path
) -> None:
    page = opened(written(tmp_path, change(whole())))
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.wait_for_selector(".failure")
    assert page.inner_text(".failure h2") == "このファイルは壊れているため、点検を始められません"
    assert "コピーし直してください。この文を管理者に見せてください" in page.inner_text(
        ".failure li"
    )
    assert page.locator(".failure li").count() == 1
    page.click("#contact")  # whom to ask, and the version, are there still
    page.wait_for_selector("dialog[open]")
    page.click("#dialog-close")
    page.wait_for_timeout(200)
    assert page.workers == []
    assert faults == []


def test_a_file_that_is_cut_off_says_so_without_a_script(
    opened: Callable[[Path], Page], tmp_path: Path
) -> None:
    html = whole()
    page = opened(written(tmp_path, html[: html.index('id="payload">') + 20]))
    assert page.is_hidden(".late")
    page.evaluate("document.getAnimations().forEach((wait) => wait.finish())")
    assert page.is_visible(".late")
    assert "コピーし直してください" in page.inner_text(".late")
