"""The list of errata as a workbook; ``reading`` takes its rows back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from auditor.errata.marked import Pieces
from auditor.errata.model import Draft
from auditor.errata.presentation import Part, PartName, presentation_of
from auditor.records.errors import AuditorError
from auditor.records.text import Text
from auditor.reports.wording import Wording
from auditor.reports.workbook.drawing import (
    LONGEST,
    Cell,
    Column,
    Drawing,
    Look,
    Sheet,
    Underlined,
    cell_text,
)

__all__ = ["TooLongForWorkbook", "errata_workbook"]

_WIDTHS: Final[Mapping[PartName, Sequence[float]]] = {
    "pages": (9, 9, 11, 30, 30, 46, 11),
    "errata": (6, 24, 18, 26, 39, 39, 40),
    "missed": (150,),
    "uncompared": (6, 24, 18, 26, 39, 39),
    "undecided": (60, 90),
    "otherwise": (75, 75),
    "only_published": (8, 80, 40),
    "only_corrected": (8, 80, 40),
    "elsewhere": (26, 32, 24, 26, 20, 26),
    "files": (12, 64, 68),
}
_CENTRED: Final[Mapping[PartName, Sequence[int]]] = {
    "pages": (0, 1, 2, 6),
    "errata": (0,),
    "uncompared": (0,),
    "only_published": (0,),
    "only_corrected": (0,),
}
_NAMES: Final[Mapping[PartName, Text]] = {
    "pages": Text(en="Pages to replace", ja="差替えページ一覧"),
    "errata": Text(en="Errata", ja="正誤表（案）"),
    "missed": Text(en="Not read", ja="読み取れなかったもの"),
    "uncompared": Text(en="Not compared", ja="比べられなかった箇所"),
    "undecided": Text(en="Not decided", ja="対応を決められなかったもの"),
    "otherwise": Text(en="Two names", ja="名称が異なるまま比べたもの"),
    "only_published": Text(en="Earlier version only", ja="前の版だけにあるもの"),
    "only_corrected": Text(en="Later version only", ja="後の版だけにあるもの"),
    "elsewhere": Text(en="Elsewhere", ja="ほかの箇所の同じ数値"),
    "files": Text(en="Files", ja="比べたファイル"),
}
"""The worksheets."""
_CHANGES: Final = Text(en="Changes", ja="変更箇所")


class TooLongForWorkbook(AuditorError):
    """A text that no cell of a workbook holds."""


def errata_workbook(
    draft: Draft,
    words: Wording,
    made_at: datetime | None = None,
    *,
    before_submission: bool = False,
) -> bytes:
    """The workbook: a worksheet for each table, the list first. Raises TooLongForWorkbook."""
    shown = presentation_of(draft, words, _exact, before_submission=before_submission)
    drawing = Drawing(shown.title, made_at, words)
    for number, part in enumerate(shown.parts):
        name = _NAMES[part.name]
        if part.name == "errata" and before_submission:
            name = _CHANGES
        sheet = drawing.worksheet(name.of(words.lang), _columns(part))
        sheet.title(part.title if number else shown.title)
        for line in shown.lines if number == 0 else ():
            sheet.line(line)
        _add(part, sheet)
    return drawing.finished()


def _columns(part: Part) -> list[Column]:
    centred = _CENTRED.get(part.name, ())
    columns: list[Column] = []
    for at, (head, width) in enumerate(zip(part.heads, _WIDTHS[part.name], strict=True)):
        is_key = part.name == "errata" and at == len(part.heads) - 1
        look: Look = "center" if at in centred else "text"
        columns.append(Column(head, width, "key" if is_key else look, on_paper=not is_key))
    return columns


def _add(part: Part, sheet: Sheet) -> None:
    if part.note:
        sheet.line(part.note)
    sheet.gap()
    head = sheet.row
    sheet.table([_cell(cell) for cell in row] for row in part.rows)
    sheet.filter(head)
    sheet.end()


def _cell(cell: str | Pieces) -> Cell:
    return cell if isinstance(cell, str) else Underlined(cell)


def _exact(text: str) -> str:
    """A text as a cell holds it, whole."""
    shown = cell_text(text)
    if len(text.encode("utf-16-le")) // 2 > LONGEST:
        raise TooLongForWorkbook(
            "a text is too long for a cell of a workbook; write .html, .csv or .json",
            "ブックのセルに入らない長さの文章があります。"
            ".html、.csv、.json のいずれかに書き出してください",
        )
    return shown
