"""What the tests of the page share: the built page, a browser without a network, and the page's
modules with played workers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from desk.build import build
from desk.building.parts import PartError
from tests.desk.pages import DeskPage

HERE = Path(__file__).parent
NO_PARTS = "the page's parts are not here and cannot be fetched"


@pytest.fixture(scope="session")
def boot_file(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workers with a page that shows nothing: tests call them by hand."""
    assert chromium
    target = tmp_path_factory.mktemp("desk") / "boot.html"
    try:
        build(target, template=HERE / "boot_page" / "index.html")
    except PartError:
        if os.environ.get("AUDITOR_REQUIRE_BROWSER") == "1":
            raise
        pytest.skip(NO_PARTS)
    return target


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser; root's needs --no-sandbox, as in a container."""
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[Callable[[Path], Page]]:
    """Opens a file in a window without a network."""
    context = browser.new_context(offline=True)

    def open_file(file: Path) -> Page:
        page = context.new_page()
        page.goto(file.as_uri())
        return page

    yield open_file
    context.close()


@pytest.fixture
def open_desk(browser: Browser) -> Iterator[Callable[..., DeskPage]]:
    """Opens the page with played workers; at the end nothing may have been complained of, nor
    asked of a network.
    """
    opened: list[DeskPage] = []

    def open_page(
        width: int = 1366, height: int = 625, *, waits: bool = True, **more: Any
    ) -> DeskPage:
        desk = DeskPage(browser, viewport={"width": width, "height": height}, **more)
        opened.append(desk)
        desk.open(waits=waits)
        return desk

    yield open_page
    for desk in opened:
        desk.page.close()
        assert desk.complaints == []
