"""The page with the true services: the sentence of a text with its figures marked, and what
somebody may ask about apart from what has to be answered.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.desk.pages import DeskPage
from tests.desk.services import Services
from tests.reports.prose import ACHIEVED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

pytestmark = pytest.mark.xdist_group("browser")

WORKBOOK = Path(__file__).parents[1] / "documents" / "workbooks" / "kushiro-clean.xlsx"
QUESTION = """
code = "QST001"
name = "of-this-century"
severity = "note"
question = true
each = "sheet"
formula = "fiscal_year < 2000"
since = "1"
title = { en = "A sheet of this century", ja = "2000年度以後のシートです" }
why = { en = "Somebody may ask.", ja = "説明を求められることがあります。" }
action = { en = "Have an answer ready.", ja = "説明できるようにしておいてください。" }
"""


def workbook() -> bytes:
    """A workbook in one of whose texts a share does not fit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(WORKBOOK)
    book.worksheets[0]["Q4"].value = ACHIEVED
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    services = Services()
    functions: dict[str, Callable[..., Any]] = {
        "deskCall": services.call,
        "deskSample": services.sample,
    }
    desk = DeskPage(browser, functions, viewport={"width": 1366, "height": 900})
    files: list[FilePayload] = [
        {"name": "成果シート.xlsx", "mimeType": "application/zip", "buffer": workbook()},
        {"name": "規則.toml", "mimeType": "text/plain", "buffer": QUESTION.encode()},
    ]
    opened = desk.open()
    opened.set_input_files("[data-chooser='this_year-files']", files)
    yield opened
    opened.close()
    assert desk.complaints == []


def test_a_card_shows_the_sentence_and_questions_stand_apart(page: Page, tmp_path: Path) -> None:
    page.wait_for_selector(".sentence", timeout=120_000)
    assert "説明を求められそうな箇所は" in page.inner_text(".sentence")
    assert "想定質問" in page.inner_text(".overview thead")
    page.screenshot(path=tmp_path / "summary.png")

    page.click("#department-0")
    page.wait_for_selector(".card blockquote mark")
    assert page.locator(".card blockquote mark").all_inner_texts() == [
        "9,880件",
        "9,864件",
        "98.9％",
    ]
    assert page.locator("#answer-corrected").count() == 1
    page.wait_for_selector(".sheet-mark-chosen")
    page.screenshot(path=tmp_path / "card.png")

    questions = page.locator("[aria-labelledby='list-questions'] button.choice")
    assert questions.count() > 0
    questions.first.click()
    page.wait_for_selector(".card.question")
    assert page.locator("#answer-corrected").count() == 0
    assert "回答は不要です" in page.inner_text(".state-line")
    page.screenshot(path=tmp_path / "question.png")
