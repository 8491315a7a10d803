"""Makes the pictures of docs/desk.md and docs/desk.ja.md from the sample:
``python -m tests.desk.make_pictures`` writes ``docs/desk/*.png``.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.conftest import chromium_path
from tests.desk.pages import DeskPage
from tests.desk.services import Services

FOLDER: Final = Path(__file__).parents[2] / "docs" / "desk"
SIZE: Final[Any] = {"width": 1366, "height": 640}
COLOURS: Final = 128


class Words(NamedTuple):
    """What the pictures in one language have: the ending of their names, the label of the finding
    that is shown, and the reason that is given.
    """

    ending: str
    label: str
    reason: str


JAPANESE: Final = Words("", "一般財源", "決算書と照合した結果、記載のとおりであるため")
ENGLISH: Final = Words(".en", "general revenue", "Compared with the settlement: it is as printed")


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        for words in (JAPANESE, ENGLISH):
            services = Services()
            functions: dict[str, Callable[..., Any]] = {
                "deskCall": services.call,
                "deskSample": services.sample,
            }
            page = DeskPage(browser, functions, viewport=SIZE).open()
            if words is ENGLISH:
                page.click("#language")
                page.evaluate("document.activeElement.blur()")
            pictures(page, words)
            page.close()
        browser.close()


def pictures(page: Page, words: Words) -> None:
    """The way from the first screen to the files for the departments."""
    picture(page, "1-files", words)
    page.click("#sample")
    page.wait_for_selector(".sentence", timeout=120_000)
    picture(page, "2-summary", words)
    page.click("#department-1")
    page.wait_for_selector(".sheet-text")
    page.wait_for_selector(".card table")
    page.keyboard.press("n")
    page.wait_for_selector(f".card >> text={words.label}")
    picture(page, "3-finding", words)
    page.click("#answer-as_printed")
    page.fill("#reason", words.reason)
    picture(page, "4-answer", words)
    page.click("#dialog-record")
    page.wait_for_selector(".recorded")
    page.click("#head-step3")
    picture(page, "5-departments", words)


def picture(page: Page, name: str, words: Words) -> None:
    """A small picture of what the page shows, without the pointer's marks."""
    page.mouse.move(683, 620)
    page.wait_for_timeout(500)
    image = Image.open(io.BytesIO(page.screenshot()))
    small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    FOLDER.mkdir(parents=True, exist_ok=True)
    small.save(FOLDER / f"{name}{words.ending}.png", optimize=True)


if __name__ == "__main__":
    main()
