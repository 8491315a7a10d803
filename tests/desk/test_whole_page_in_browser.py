"""The page as it is given out, opened from a file without a network: a folder is dropped on it, and
a marked copy for each department comes out.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from desk.build import build
from desk.building.parts import PartError
from tests.desk.make_sample import SAMPLE

pytestmark = pytest.mark.xdist_group("browser")

PATIENCE = 300_000  # a shared machine is slow at times; how fast the page is says a benchmark


@pytest.fixture(scope="module")
def desk_file(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert chromium
    target = tmp_path_factory.mktemp("whole") / "auditor-desk.html"
    try:
        build(target)
    except PartError:
        if os.environ.get("AUDITOR_REQUIRE_BROWSER") == "1":
            raise
        pytest.skip("the page's parts are not here and cannot be fetched")
    return target


def drop_folder(page: Page, folder: Path) -> None:
    """Drops a folder as a hand does: with a drag that enters, moves and ends over the page."""
    box = page.locator(".drop").first.bounding_box()
    assert box is not None
    session: Any = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        place = {"x": box["x"] + 40, "y": box["y"] + 40}
        session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": data})


def test_from_a_dropped_folder_to_a_copy_for_each_department(
    desk_file: Path, opened: Callable[[Path], Page]
) -> None:
    page = opened(desk_file)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    drop_folder(page, SAMPLE / "見本")  # before the program is there: it waits
    page.wait_for_selector(".sentence", timeout=PATIENCE)
    page.keyboard.press("F8")
    page.wait_for_selector(".sheet-text", timeout=PATIENCE)
    page.click("#head-step3")
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.click("#deliver")
    content = Path(waiting.value.path()).read_bytes()
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    copies = {name.split("/")[1] for name in names if "（指摘）" in name}
    workbooks = [file for file in (SAMPLE / "見本").iterdir() if not file.name.startswith("KPI")]
    assert len(copies) == len(workbooks)
    assert complaints == []
