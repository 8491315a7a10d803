"""The reader of result sheets from the text of a PDF, as a text extractor gives it."""

from __future__ import annotations

import re
from itertools import chain, pairwise
from typing import Final

from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.readers.source import Reading, Source, UnreadableDocument, most_common_year
from auditor.readers.text.anchors import before_first, within
from auditor.readers.text.page import SheetPage
from auditor.readers.text.placement import unit_costs
from auditor.readers.wording import Line, Wording, key_of
from auditor.records.model import NotChecked, Remark, Sheet
from auditor.records.text import Why
from auditor.records.unchecked import Reasons

__all__ = ["SheetTextReader"]

_LINE_ENDS: Final = re.compile(r"\r\n|\r|\n")
_NOT_UNDERSTOOD: Final = Why(
    code="sheet-not-understood",
    en="this sheet was not checked: its project's name, its fiscal year or its budget table "
    "can't be found in the text",
    ja="このシートは点検していません。事業名・年度・予算決算の表のいずれかが文字の中に見つかりません",
)


class SheetTextReader:
    """Reads result sheets out of extracted text."""

    name = "sheet-text"
    elsewhere = True
    """Another process can read as well."""

    def accepts(self, source: Source, form: Form) -> bool:
        """Text that holds the words of the form's sheets and is no JSON."""
        text = source.text
        if text is None or form.text is None or not form.text.is_layout:
            return False
        if text.lstrip()[:1] in ("{", "["):
            return False
        return bool(form.detect) and all(squeezed(word) in source.body for word in form.detect)

    def read(self, source: Source, form: Form) -> Reading:
        """All sheets of the text. What stands before the first is a cover; a sheet that makes no
        sense, and one that has lost its first heading, is named in ``not_checked``.
        """
        wording = Wording(form)
        lines = [
            Line(number, raw, key_of(raw))
            for number, raw in enumerate(_LINE_ENDS.split(source.text or ""), 1)
        ]
        starts = [index for index, line in enumerate(lines) if wording.start_of(line)]
        if not starts:
            raise UnreadableDocument(
                source.path,
                "no-sheet",
                "no sheet begins in this text",
                "文書の中にシートの始まりが見つかりません",
            )
        pages = [
            SheetPage(lines[a:b], wording, number)
            for number, (a, b) in enumerate(pairwise([*starts, len(lines)]), 1)
        ]
        costs = {
            year: unit_costs(
                (
                    page.table.year_rows
                    for page in pages
                    if page.fiscal_year == year and not page.step
                ),
                form,
            )
            for year in {page.fiscal_year for page in pages}
        }
        sheets: list[Sheet] = []
        remarks: list[Remark] = []
        not_checked = Reasons()
        if (why := before_first(lines[: starts[0]], wording) if starts[0] else None) is not None:
            not_checked.append(NotChecked(document=source.path, why=why))
        for page in pages:
            if (why := within(page.lines, wording)) is not None:
                not_checked.append(NotChecked(document=source.path, sheet=page.number, why=why))
                continue
            if (sheet := page.sheet(source.path, costs[page.fiscal_year])) is None:
                not_checked.append(
                    NotChecked(document=source.path, sheet=page.number, why=_NOT_UNDERSTOOD)
                )
            else:
                sheets.append(sheet)
                remarks += sorted(page.remarks, key=_line_of)
        return Reading(
            most_common_year(sheets),
            tuple(sheets),
            (),
            tuple(remarks),
            not_checked.counted(),
            unread=tuple(chain.from_iterable((*page.unread, *page.outside) for page in pages)),
        )


def _line_of(remark: Remark) -> int:
    return (remark.place.line or 0) if remark.place else 0
