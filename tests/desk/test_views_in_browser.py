"""Documents as the built page shows them: the same views as in this Python, pictures by the
browser's own pdfium, and a reader that comes back from what can't be shown.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from auditor.desk.reader import Reader
from tests.desk.built import BuiltDesk
from tests.desk.plain import call
from tests.documents.workbook_writer import PlainCell, PlainWorksheet, workbook_bytes
from tests.readers import hostile_pdfs
from tests.readers.test_workbook_hostile import HOSTILE

pytestmark = pytest.mark.xdist_group("browser")

DOCUMENTS = Path(__file__).parents[1] / "documents"
GOOD = DOCUMENTS / "pdf" / "kushiro-solid.pdf"


def table() -> PlainWorksheet:
    return PlainWorksheet("表", {(1, 1): PlainCell("事業"), (2, 1): PlainCell(5)})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", (DOCUMENTS / "workbooks" / "kushiro-faulty.xlsx").read_bytes()),
        ("a.xls", (DOCUMENTS / "workbooks" / "kushiro-clean.xls").read_bytes()),
        ("a.pdf", GOOD.read_bytes()),
        ("a.csv", "事業,金額\nあ,1\nい,2\n".encode("cp932")),
        ("a.txt", "一行目\r\n二行目\r\n".encode()),
    ],
)
def test_a_view_is_the_same_in_the_page(built: BuiltDesk, name: str, data: bytes) -> None:
    reader = Reader()
    expected = call(reader, "view", data, name=name)[0]
    assert built.ask("reader", "view", data, name=name)[0] == expected
    for worksheet in expected.get("worksheets", [])[1:]:
        wanted = {"name": name, "worksheet": worksheet["name"]}
        assert built.ask("reader", "view", **wanted)[0] == call(reader, "view", **wanted)[0]


def test_a_page_is_painted_alike(built: BuiltDesk) -> None:
    image: Any = pytest.importorskip("PIL.Image")
    chops: Any = pytest.importorskip("PIL.ImageChops")
    wanted = {"name": "a.pdf", "number": 1, "width": 600}
    expected, ours = call(Reader(), "page", GOOD.read_bytes(), **wanted)
    shown, theirs = built.ask("reader", "page", GOOD.read_bytes(), **wanted)
    assert shown == expected
    pictures = [image.open(BytesIO(data or b"")).convert("L") for data in (ours, theirs)]
    different = chops.difference(*pictures).point([0] * 97 + [255] * 159)
    # Letters differ by the version of pdfium and the fonts of the machine, lines do not.
    assert different.histogram()[255] < 0.1 * shown["width"] * shown["height"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_for_the_same_reason(built: BuiltDesk, name: str) -> None:
    make, code = HOSTILE[name]
    answer = built.answer("reader", "view", make(), name="h.xlsx")
    assert answer.get("code", "no-sheet") == code


def test_a_page_that_never_ends_is_ended_and_another_document_is_shown(built: BuiltDesk) -> None:
    hostile = hostile_pdfs.wide_forms()
    answer = built.answer("reader", "page", hostile, 3_000, name="h.pdf", number=1, width=400)
    assert answer["code"] in ("hung", "died", "memory", "no-page")
    again = built.answer("reader", "page", name="h.pdf", number=1, width=400)
    assert again["code"] == "not-held"
    assert (
        built.ask("reader", "view", workbook_bytes([table()]), name="a.xlsx")[0]["kind"] == "grid"
    )


def test_a_workbook_of_many_worksheets_is_opened_one_by_one(built: BuiltDesk) -> None:
    sheets = [PlainWorksheet(f"シート{n}", {(1, 1): PlainCell(n)}) for n in range(1, 251)]
    view, _ = built.ask("reader", "view", workbook_bytes(sheets), name="many.xlsx")
    assert len(view["worksheets"]) == 250
    assert sum("cells" in sheet for sheet in view["worksheets"]) == 1
    other, _ = built.ask("reader", "view", name="many.xlsx", worksheet="シート250")
    assert other["worksheets"][249]["cells"][0]["text"] == "250"
