"""What the tests of the page share: the built page, a browser without a network, and the page's
modules with played workers. What builds pages and opens browsers is imported where it is wanted,
for tests of the services run in the page's Python, too, which has neither.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.desk.pages import DeskPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from desk.build import Contents
    from tests.desk.built import BuiltDesk

HERE = Path(__file__).parent
NO_PARTS = "the page's parts are not here and cannot be fetched"


@pytest.fixture(scope="session")
def contents_of_page(chromium: str) -> Contents:
    """What the built pages carry."""
    from desk.build import contents
    from desk.building.parts import PartError

    assert chromium
    try:
        return contents()
    except PartError:
        if os.environ.get("AUDITOR_REQUIRE_BROWSER") == "1":
            raise
        pytest.skip(NO_PARTS)


@pytest.fixture(scope="session")
def desk_file(contents_of_page: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as it is given out."""
    from desk.build import DESK, write

    file = tmp_path_factory.mktemp("desk") / "auditor-desk.html"
    write(file, contents_of_page, DESK / "page" / "index.html")
    return file


@pytest.fixture(scope="session")
def boot_file(contents_of_page: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workers with a page that shows nothing: tests call them by hand."""
    from desk.build import write

    file = tmp_path_factory.mktemp("boot") / "boot.html"
    write(file, contents_of_page, HERE / "boot_page" / "index.html")
    return file


@pytest.fixture(scope="session")
def opened_boot_page(boot_file: Path, browser: Browser) -> Iterator[BuiltDesk]:
    """The workers of one page, which take long to start."""
    from tests.desk.built import BuiltDesk

    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(boot_file.as_uri())
    yield BuiltDesk(page)
    context.close()


@pytest.fixture
def built(opened_boot_page: BuiltDesk) -> BuiltDesk:
    """The workers, as if nothing had been put in."""
    opened_boot_page.forget()
    return opened_boot_page


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
