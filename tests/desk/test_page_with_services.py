"""The page with the true services behind it: from a folder to a marked copy for each department."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.desk.pages import DeskPage, until
from tests.desk.services import Services

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def open_services(browser: Browser) -> Iterator[Callable[[], Page]]:
    opened: list[DeskPage] = []

    def open_page() -> Page:
        services = Services()
        functions: dict[str, Callable[..., Any]] = {
            "deskCall": services.call,
            "deskSample": services.sample,
        }
        desk = DeskPage(browser, functions, viewport={"width": 1366, "height": 625})
        opened.append(desk)
        return desk.open()

    yield open_page
    for desk in opened:
        desk.page.close()
        assert desk.complaints == []


def saved(page: Page, selector: str) -> tuple[str, bytes]:
    """The name and the content of the file that a click on this gives."""
    with page.expect_download(timeout=120_000) as waiting:
        page.click(selector)
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_from_the_sample_to_copies_for_each_department(
    open_services: Callable[[], Page], tmp_path: Path
) -> None:
    page = open_services()
    page.click("#sample")
    page.wait_for_selector(".sentence", timeout=120_000)
    page.screenshot(path=tmp_path / "summary.png")
    count = int(page.inner_text(".position").partition("／")[2])
    assert count >= 7
    page.keyboard.press("F8")
    page.wait_for_selector(".card h2")
    # Cards of texts have no table; those of figures do.
    for _ in range(count):
        if page.query_selector(".card table") is not None:
            break
        page.keyboard.press("n")
        page.wait_for_timeout(500)
    page.wait_for_selector(".card table")
    page.wait_for_selector(".sheet-view .sheet-text")
    page.screenshot(path=tmp_path / "card.png")
    for _ in range(count):
        page.keyboard.press("n")
        page.wait_for_selector(".card h2")
    assert page.inner_text(".position") == f"{count}／{count}"

    page.click("#department-0")
    page.wait_for_selector(".card .to-do")
    page.click("#answer-as_printed")
    page.fill("#reason", "原資料のとおりであるため")
    page.click("#dialog-record")
    page.wait_for_selector(".recorded")
    page.keyboard.press("Control+z")
    page.wait_for_selector(".recorded", state="detached")
    page.keyboard.press("Control+y")
    page.wait_for_selector(".recorded")

    page.click("#head-step3")
    page.screenshot(path=tmp_path / "handing.png")
    name, data = saved(page, "#deliver")
    assert name.endswith(".zip")
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    copies = [entry for entry in names if "（指摘）" in entry]
    assert len({entry.split("/")[1] for entry in copies}) >= 4
    page.wait_for_selector(".everything .notice.done")
    for kind in ("html", "xlsx", "json"):
        name, data = saved(page, f"#output-{kind}")
        assert name.endswith(f".{kind}")
        assert len(data) > 1_000


def test_a_work_file_restores_everything(open_services: Callable[[], Page], tmp_path: Path) -> None:
    page = open_services()
    page.click("#sample")
    page.wait_for_selector(".sentence", timeout=120_000)
    page.keyboard.press("F8")
    page.wait_for_selector(".card .to-do")
    page.click("#answer-corrected")
    page.wait_for_selector(".recorded")
    name, data = saved(page, "#save")
    until(page, "document.querySelector('#unsaved').className === 'quiet'")
    file = tmp_path / name
    file.write_bytes(data)

    other = open_services()
    other.set_input_files("[data-chooser='work']", file)
    other.wait_for_selector(".sentence", timeout=120_000)
    assert other.inner_text(".sentence") == page.inner_text(".sentence")
    other.keyboard.press("F8")
    other.wait_for_selector(".recorded")
    other.wait_for_selector(".sheet-view .sheet-text")


def test_two_works_become_one_and_no_answer_is_lost(
    open_services: Callable[[], Page], tmp_path: Path
) -> None:
    page = open_services()
    page.click("#sample")
    page.wait_for_selector(".sentence", timeout=120_000)
    page.keyboard.press("F8")
    page.wait_for_selector(".card .to-do")
    page.click("#answer-corrected")
    page.wait_for_selector(".recorded")
    name, data = saved(page, "#save")
    file = tmp_path / name
    file.write_bytes(data)

    page.click("#answer-accepted")
    page.fill("#reason", "端数処理のため")
    page.fill("#role", "財政課")
    page.click("#dialog-record")
    page.wait_for_selector(".notice.done >> text=確認済み（訂正不要）に移しました")
    page.click("#head-step1")
    page.set_input_files("[data-chooser='this_year-files']", file)
    page.click("#dialog-merge")
    page.locator(".pair > div").nth(1).wait_for()
    answers = page.locator(".pair > div").all_inner_texts()
    assert "端数処理のため" in answers[0]
    assert "訂正した" in answers[1]
    page.click("#use-0-0")
    page.click("#dialog-record")
    page.wait_for_selector("#conflicts", state="detached")
    page.click("#list-summary")
    page.wait_for_selector(".waived details")
