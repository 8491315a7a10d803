"""Opens the page of the desk for tests: its modules come from the tree, the workers are played."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page, Request, Route

PAGE: Final = Path(__file__).parents[2] / "desk" / "page"
PLAYED: Final = Path(__file__).parent / "played"
ORIGIN: Final = "http://desk.test/"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src blob: data:; "
    "connect-src 'none'; form-action 'none'; base-uri 'none'"
)


def file_of(name: str, desk: str) -> Path:
    """The file that the page asks for; what stands in place of ``boot`` is ``desk``."""
    if name == "boot/desk.js":
        return PLAYED / desk
    if name == "boot/book.js":
        return PLAYED / "book.js"
    return PAGE / (name or "index.html")


class DeskPage:
    """A page that is open; what it says on its console or asks of a network is kept. Its workers
    are played, or the true services where ``functions`` call them.
    """

    def __init__(
        self,
        browser: Browser,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        **options: Any,
    ) -> None:
        self.complaints: list[str] = []
        self.page: Page = browser.new_page(**options)
        untyped: Any = self.page
        for name, function in (functions or {}).items():
            untyped.expose_function(name, function)
        self._desk = "services.js" if functions else "desk.js"
        self.page.route("**", self._answer)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page.on("request", self._see)

    def open(self, *, waits: bool = True) -> Page:
        """Opens the page; ``waits`` until its workers are there."""
        self.page.goto(ORIGIN)
        if waits:
            self.page.wait_for_selector(".readiness.ready, .failure")
        return self.page

    def _see(self, request: Request) -> None:
        if not request.url.startswith((ORIGIN, "blob:", "data:")):
            self.complaints.append(request.url)

    def _answer(self, route: Route) -> None:
        name = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        file = file_of(name, self._desk)
        if not file.is_file():
            route.fulfill(status=404)
            return
        kind = mimetypes.guess_type(file.name)[0] or "text/plain"
        route.fulfill(
            body=file.read_bytes(),
            content_type=f"{kind}; charset=utf-8",
            headers={"Content-Security-Policy": POLICY},
        )


Open = Callable[..., DeskPage]
"""Opens a page of a size, with options of a browser's page."""


def drop(page: Page, *names: str, chooser: str = "this_year-files", text: str = "") -> None:
    """Puts in files of these names, as the button for files does; ``text`` is what each holds, or
    its name.
    """
    files: list[FilePayload] = [
        {"name": name, "mimeType": "text/plain", "buffer": (text or name).encode()}
        for name in names
    ]
    page.set_input_files(f"[data-chooser='{chooser}']", files)


def until(page: Page, condition: str) -> None:
    """Waits until an expression is true on the page, whose policy allows no ``eval``."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{condition} never becomes true")
