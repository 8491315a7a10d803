"""The reader's calls by which a document is looked at: the last one stays open, and what is wrong is
said as reading says it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.desk.reader import Reader
from auditor.desk.service import DeskError
from tests.documents.workbook_writer import PlainCell, PlainWorksheet, workbook_bytes

GOOD = Path(__file__).parents[1] / "documents" / "pdf" / "kushiro-solid.pdf"
BOOK = workbook_bytes(
    [PlainWorksheet(name, {(1, 1): PlainCell(f"{name}の<b>")}) for name in ("一", "二")]
)


def _nobody(_done: int, _whole: int) -> None:
    """Nobody is told of progress."""


class Asked:
    """A reader that is asked as the page does it."""

    def __init__(self) -> None:
        self.reader = Reader()

    def __call__(self, call: str, data: bytes | None = None, **arguments: Any) -> Any:
        result, answer = self.reader.call(call, json.dumps(arguments), data, _nobody)
        return json.loads(result), answer


def test_worksheets_come_one_by_one_while_the_workbook_is_held() -> None:
    asked = Asked()
    first, _ = asked("view", BOOK, name="06.xlsx")
    assert [sheet["name"] for sheet in first["worksheets"]] == ["一", "二"]
    assert first["worksheets"][0]["cells"][0]["text"] == "一の<b>"
    assert first["worksheets"][1]["pending"]
    second, _ = asked("view", name="06.xlsx", worksheet="二")
    assert second["worksheets"][1]["cells"][0]["text"] == "二の<b>"


def test_pages_have_pictures() -> None:
    asked = Asked()
    view, none = asked("view", GOOD.read_bytes(), name="a.pdf")
    assert view["kind"] == "pages"
    assert none is None
    shown, picture = asked("page", name="a.pdf", number=2, width=300)
    assert shown["width"] == pytest.approx(300, abs=2)
    assert shown["turns"] == 0
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["other.pdf", "06.xlsx"])
def test_another_document_is_not_held(name: str) -> None:
    asked = Asked()
    asked("view", GOOD.read_bytes(), name="a.pdf")
    with pytest.raises(DeskError) as caught:
        asked("page", name=name, number=1, width=300)
    assert caught.value.code == "not-held"


def test_a_document_that_cannot_be_shown_says_why_and_nothing_is_held() -> None:
    asked = Asked()
    asked("view", BOOK, name="06.xlsx")
    with pytest.raises(DeskError) as caught:
        asked("view", BOOK[:2_000], name="06.xlsx")
    assert caught.value.code == "truncated"
    assert caught.value.ja
    with pytest.raises(DeskError) as caught:
        asked("view", name="06.xlsx")
    assert caught.value.code == "not-held"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"name": "a.pdf", "number": 0, "width": 300}, "wrong-arguments"),
        ({"name": "a.pdf", "number": 99, "width": 300}, "no-page"),
        ({"name": "a.pdf", "number": 1}, "wrong-arguments"),
    ],
)
def test_a_page_that_is_not_there_is_refused(arguments: dict[str, Any], code: str) -> None:
    asked = Asked()
    with pytest.raises(DeskError) as caught:
        asked("page", GOOD.read_bytes(), **arguments)
    assert caught.value.code == code


def test_a_workbook_has_no_pages() -> None:
    with pytest.raises(DeskError) as caught:
        Asked()("page", BOOK, name="06.xlsx", number=1, width=300)
    assert caught.value.code == "no-page"
