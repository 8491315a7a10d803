"""The page's two workers in a browser, opened from a file without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

import auditor

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def desk(boot_file: Path, opened: Callable[[Path], Page]) -> Page:
    return opened(boot_file)


def test_both_workers_run_this_version(desk: Page) -> None:
    about = desk.evaluate("desk.ready")
    assert about["version"] == auditor.__version__
    assert about["python"].startswith("3.14.")


def test_checks_itself(desk: Page) -> None:
    checks = desk.evaluate("desk.checks")
    assert [check["name"] for check in checks if not check["fits"]] == []
    assert all(check["text"]["en"] and check["text"]["ja"] for check in checks)


def test_damaged_contents_are_named(
    boot_file: Path, opened: Callable[[Path], Page], tmp_path: Path
) -> None:
    text = boot_file.read_text(encoding="utf-8")
    place = text.index('id="payload">') + 1_000_000
    other = "A" if text[place] != "A" else "B"
    damaged = tmp_path / "damaged.html"
    damaged.write_text(text[:place] + other + text[place + 1 :], encoding="utf-8")
    page = opened(damaged)
    checks = {check["name"]: check for check in page.evaluate("desk.checks")}
    assert not checks["contents"]["fits"]
    assert "管理者" in checks["contents"]["text"]["ja"]


def test_reader_comes_back_after_a_restart(desk: Page) -> None:
    desk.evaluate("desk.reader.restart()")
    about = desk.evaluate("desk.reader.ready")
    assert about["version"] == auditor.__version__


@pytest.mark.parametrize(
    "attempt",
    [
        "fetch('https://example.com/')",
        "fetch(location.href)",
        "new Promise((done, failed) => { const socket = new WebSocket('wss://example.com/');"
        " socket.onopen = done; socket.onerror = () => failed(new Error('refused')); })",
        "import('data:text/javascript,1')",
        "new Promise((done, failed) => { const image = new Image();"
        " image.onload = done; image.onerror = () => failed(new Error('refused'));"
        " image.src = 'https://example.com/x.png'; })",
    ],
)
def test_nothing_leaves_the_page(desk: Page, attempt: str) -> None:
    outcome = desk.evaluate(
        f"(async () => {{ try {{ await {attempt}; return 'sent'; }}"
        " catch (error) { return 'refused'; } })()"
    )
    assert outcome == "refused"
