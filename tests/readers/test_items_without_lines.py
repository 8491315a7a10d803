"""A page of a budget without ruling lines: numbered names at the right of their column, a title with
a section number, and a note of the unit above the headings.
"""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any, Final

import pytest

from auditor.forms.model import Form
from auditor.readers.source import Source

pytest.importorskip("pypdfium2")
pytest.importorskip("reportlab")

from reportlab.pdfgen.canvas import Canvas

from auditor.readers.pdf import PdfReader
from tests.documents.make_pdfs import FONT

KEYS: Final[dict[str, Any]] = {
    "name": "budget",
    "title": {"ja": "試験市 予算事項別明細書", "en": "Budget by item"},
    "detect": ["予算事項別明細書"],
    "unit": "千円",
    "units": {"円": 1, "千円": 1000},
    "fiscal_year": 2024,
    "items": {"levels": ["款"]},
    "fields": {
        "amount": {"each": "sheet", "label": "本年度予算額"},
        "before": {"each": "sheet", "label": "前年度予算額"},
        "change": {"each": "sheet", "label": "比較"},
    },
}
ITEMS: Final = {
    "1 市税": (46_100, 47_400),
    "2 地方譲与税": (678, 658),
    "3 国庫支出金": (16_400, 13_800),
    "4 市債": (10_600, 5_960),
}


def page(items: dict[str, tuple[int, int]]) -> bytes:
    """The page; its total has its name at the left."""
    data = BytesIO()
    canvas = Canvas(data, pagesize=(595.3, 841.9))

    def write(y: float, texts: dict[float, str], size: float = 8, *, right: bool = False) -> None:
        canvas.setFont(FONT, size)
        for x, text in texts.items():
            (canvas.drawRightString if right else canvas.drawString)(x, y, text)

    write(800, {200: "歳入歳出予算事項別明細書"}, 12)
    write(780, {60: "１", 72: "総括（歳入）"}, 9)
    write(765, {467: "（単位：千円）"}, 9)
    write(746, {62: "款", 242: "本年度予算額", 342: "前年度予算額", 442: "比　較"})
    y = 730.0
    sums = tuple(map(sum, zip(*items.values(), strict=True)))
    for name, (now, before) in [*items.items(), ("歳入合計", sums)]:
        change = f"{now - before:,}".replace("-", "△")
        write(y, {337: f"{now:,}", 437: f"{before:,}", 537: change}, right=True)
        if name in items:
            write(y, {237: name}, right=True)
        else:
            write(y, {62: name})
        y -= 16
    canvas.save()
    return data.getvalue()


def test_names_at_the_right_and_the_total_at_the_left_are_one_column() -> None:
    reading = PdfReader().read(Source("budget.pdf", page(ITEMS)), Form.model_validate(KEYS))
    assert reading.not_checked == ()
    figures = {
        sheet.name: {name: figure.value for name, _, figure in sheet.every_figure()}
        for sheet in reading.sheets
    }
    expected = {
        name.split()[-1]: {
            "amount": Decimal(now),
            "before": Decimal(before),
            "change": Decimal(now - before),
        }
        for name, (now, before) in [*ITEMS.items(), ("歳入合計", (73_778, 67_818))]
    }
    assert {name.split()[-1].lstrip("1234"): of for name, of in figures.items()} == expected
    assert [sheet.role for sheet in reading.sheets] == ["row"] * len(ITEMS) + ["total"]
