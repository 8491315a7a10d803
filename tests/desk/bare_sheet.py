"""A bare page with the view of a document on it, for tests: its modules come from the tree, under
the policy of the built page, and what the page asks for is answered here.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, Route

from auditor.desk.views import Viewed

SHEET: Final = Path(__file__).parents[2] / "desk" / "page" / "sheet"
ORIGIN: Final = "http://sheet.test/"
POLICY: Final = "default-src 'none'; script-src 'self'; style-src 'self'; img-src blob:"
KINDS: Final = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
PAGES: Final = {
    "index.html": '<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><title>表示</title>'
    '<link rel="stylesheet" href="sheet/sheet.css"><link rel="stylesheet" href="bare.css">'
    '<div id="view"></div><script type="module" src="bare.js"></script></html>',
    # The page has looks of its own for buttons, which may change nothing here.
    "bare.css": "html, body { margin: 0; height: 100%; } #view { height: 100vh; }"
    "button { display: inline-flex; padding: 9px; border: 3px solid; background: #fff; }"
    "button:hover:not([aria-disabled]) { background: #eef; border-color: #00f; }"
    "@media print { #view { height: auto; } }",
    "bare.js": """
import { SheetView } from "./sheet/sheet.js";
import * as words from "./sheet/words.js";
window.words = words;
window.picked = [];
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
window.start = (lang) => {
  window.sheet = new SheetView(document.getElementById("view"), {
    lang,
    onPick: (entry) => window.picked.push(entry),
    loadWorksheet: (name) => window.askWorksheet(name),
    loadPage: async (number, width) => {
      const { result, data } = await window.askPage(number, width);
      return { result, data: bytes(data) };
    },
  });
};
window.isReady = true;
""",
}


class BareSheet:
    """The page, the questions that it asks, and what it complains of."""

    def __init__(self, browser: Browser, document: Viewed | None = None, lang: str = "ja") -> None:
        self.document = document
        self.worksheets: list[str] = []
        self.pages: list[tuple[int, int]] = []
        self.complaints: list[str] = []
        page: Page = browser.new_page(viewport={"width": 1000, "height": 700})
        self.page = page
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        page.route("**", self._answer)
        page.expose_function("askWorksheet", self._worksheet)
        page.expose_function("askPage", self._picture)
        page.goto(ORIGIN)
        page.wait_for_function("() => window.isReady")
        page.evaluate("(lang) => window.start(lang)", lang)

    def show(self, view: Any = None, **more: Any) -> None:
        """Shows a view, or that of the document, with its marks."""
        if view is None:
            assert self.document is not None
            view = self.document.view(None, "ja")
        self.page.evaluate("([view, more]) => window.sheet.show(view, more)", [view, more])
        self.page.wait_for_timeout(50)

    def select(self, entry: str) -> None:
        self.page.evaluate("(entry) => window.sheet.select(entry)", entry)

    def count(self, selector: str) -> int:
        return self.page.locator(selector).count()

    def texts(self, selector: str) -> list[str]:
        return self.page.locator(selector).all_text_contents()

    def box(self, selector: str) -> tuple[float, float, float, float]:
        """Left, top, width and height of the first such element, from the canvas's corner where
        it lies on one.
        """
        edges: list[float] = self.page.evaluate(
            """(selector) => {
              const element = document.querySelector(selector);
              const over = element.closest(".sheet-canvas, .sheet-page") ?? document.body;
              const [a, b] = [element, over].map((item) => item.getBoundingClientRect());
              return [a.left - b.left, a.top - b.top, a.width, a.height];
            }""",
            selector,
        )
        return edges[0], edges[1], edges[2], edges[3]

    def focused(self) -> str:
        """What a screen reader says of what has the focus."""
        name: str | None = self.page.evaluate("document.activeElement.getAttribute('aria-label')")
        return name or ""

    def _answer(self, route: Route) -> None:
        url = route.request.url
        name = url.removeprefix(ORIGIN) or "index.html"
        if not url.startswith(ORIGIN):
            self.complaints.append(url)
            route.abort()
            return
        if name in PAGES:
            body = PAGES[name]
        elif (file := SHEET / name.removeprefix("sheet/")).is_file():
            body = file.read_text(encoding="utf-8")
        else:
            route.fulfill(status=204)
            return
        kind = f"{KINDS[Path(name).suffix]}; charset=utf-8"
        headers = {"Content-Security-Policy": POLICY, "Content-Type": kind}
        route.fulfill(body=body, headers=headers)

    def _worksheet(self, name: str) -> Any:
        self.worksheets.append(name)
        assert self.document is not None
        return json.loads(json.dumps(self.document.view(name, "ja")))

    def _picture(self, number: int, width: int) -> Any:
        self.pages.append((number, width))
        assert self.document is not None
        picture = self.document.picture(number, width)
        result = {
            "width": picture.width,
            "height": picture.height,
            "room": list(picture.room),
            "turns": picture.turns,
            "letters": list(picture.letters),
            "substitutes": picture.substitutes,
            "lacking": picture.lacking,
        }
        return {"result": result, "data": base64.b64encode(picture.data).decode()}
