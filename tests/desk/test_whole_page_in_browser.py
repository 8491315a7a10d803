"""The page as it is given out, opened from a file without a network: a folder is dropped on it, and
a marked copy for each department comes out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, Page

from tests.desk.folders import MARKUP, OLD, PARKS, faulty_worksheets, text
from tests.desk.make_sample import SAMPLE
from tests.documents.workbook_writer import workbook_bytes

pytestmark = pytest.mark.xdist_group("browser")

PATIENCE = 120_000  # a shared machine is slow at times; how fast the page is says a benchmark


@pytest.fixture(scope="module")
def page(desk_file: Path, opened: Callable[[Path], Page]) -> Iterator[Page]:
    """The page, which may complain of nothing."""
    page = opened(desk_file)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    yield page
    assert complaints == []


def drop_folder(page: Page, folder: Path) -> None:
    """Drops a folder as a hand does: with a drag that enters, moves and ends over the page."""
    box = page.locator(".drop").first.bounding_box()
    assert box is not None
    session: Any = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        place = {"x": box["x"] + 40, "y": box["y"] + 40}
        session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})


def saved(page: Page, selector: str) -> Download:
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.click(selector)
    return waiting.value


def test_from_a_dropped_folder_to_a_copy_for_each_department(page: Page) -> None:
    drop_folder(page, SAMPLE / "見本")  # before the program is there: it waits
    page.wait_for_selector(".sentence", timeout=PATIENCE)
    page.keyboard.press("F8")
    page.wait_for_selector(".sheet-text", timeout=PATIENCE)
    page.click("#head-step3")
    content = Path(saved(page, "#deliver").path()).read_bytes()
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    copies = {name.split("/")[1] for name in names if "（指摘）" in name}
    workbooks = [file for file in (SAMPLE / "見本").iterdir() if not file.name.startswith("KPI")]
    assert len(copies) == len(workbooks)


PICTURE = '<img src="x" onerror="alert(1)">事業'
NO_MARKUP = "document.querySelectorAll('img[src=x], main script, main iframe, main svg[onload]')"


def test_names_that_are_markup_stay_text(page: Page, tmp_path: Path) -> None:
    """In the list, the sheet, the card, and the report that is opened elsewhere."""
    folder = tmp_path / "課"
    folder.mkdir()
    sheets = faulty_worksheets([PARKS], name=PICTURE)
    (folder / "印.xlsx").write_bytes(workbook_bytes(sheets))
    (folder / "印.txt").write_bytes(text(8, fault=99_999, name=MARKUP))
    page.click("#head-step1")
    drop_folder(page, folder)
    page.locator("#head-step2:not([aria-disabled=true])").click(timeout=PATIENCE)
    page.locator("#list-summary").click(timeout=PATIENCE)
    for department, name, shown in ((PARKS, PICTURE, ".xlsx"), (OLD, MARKUP, ".txt")):
        page.locator(".departments .choice", has_text=department).first.click(timeout=PATIENCE)
        entry = page.locator(".entries .choice", has_text=name).first
        entry.click(timeout=PATIENCE)
        for pane in (".card", ".sheet-view"):
            page.locator(pane, has_text=name).wait_for(timeout=PATIENCE)
        assert shown in page.inner_text(".document-head")
    assert page.evaluate(f"{NO_MARKUP}.length") == 0
    page.click("#head-step3")
    report = tmp_path / "report.html"
    saved(page, "#output-html").save_as(report)
    other = page.context.new_page()
    faults: list[str] = []
    other.on("dialog", lambda dialog: faults.append(dialog.message))
    other.goto(report.as_uri())
    assert PICTURE in other.inner_text("body")
    assert MARKUP in other.inner_text("body")
    assert other.evaluate(f"{NO_MARKUP}.length") == 0
    other.close()
    assert faults == []
