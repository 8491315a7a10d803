"""Makes the folder of 「見本で試す」: workbooks of invented departments and a table of indicators, with
some faults in them. ``python -m tests.desk.make_sample`` writes ``desk/sample``.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Final

from tests.documents.folder.making import made
from tests.documents.workbook_writer import parts_of

__all__ = ["SAMPLE", "sample"]

SAMPLE: Final = Path(__file__).parents[2] / "desk" / "sample"

_KINDS: Final = (
    "digits_swapped",
    "sign_lost",
    "text_skipped",
    "sum_misses_last",
    "one_row_off",
    "population_differs",
    "filler",
    "flag_wrong",
)

# Departments draw their sheets on squared paper: narrow columns, and texts that wrap.
_COLUMNS: Final = b'<cols><col min="1" max="40" width="4.4" customWidth="1"/></cols><sheetData>'
_FONT: Final = '<font><sz val="10"/><name val="ＭＳ ゴシック"/></font>'.encode()
_ALIGNED: Final = (
    rb'\1 applyAlignment="1"><alignment vertical="center" wrapText="\2" shrinkToFit="\3"/></xf>'
)


def _as_departments_draw_it(name: str, content: bytes) -> bytes:
    if name.startswith("xl/worksheets/"):
        return content.replace(b"<sheetData>", _COLUMNS)
    if name == "xl/styles.xml":
        content = re.sub(rb"<font>.*?</font>", _FONT, content)
        texts = _ALIGNED.replace(rb"\2", b"1").replace(rb"\3", b"0")
        numbers = _ALIGNED.replace(rb"\2", b"0").replace(rb"\3", b"1")
        content = re.sub(rb'(<xf numFmtId="0"[^>]* borderId="1" xfId="0")/>', texts, content)
        return re.sub(rb'(<xf numFmtId="1\d\d"[^>]* borderId="1" xfId="0")/>', numbers, content)
    return content


def _drawn(workbook: bytes) -> bytes:
    """A workbook with the looks of a department's; the same bytes each time."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts_of(workbook).items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, _as_departments_draw_it(name, content), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def sample() -> dict[str, bytes]:
    """The files of the sample by their path below ``desk/sample``."""
    folder = made(2024, books=4, sheets=10, rows=6, kinds=_KINDS)
    return {f"見本/{name}": _as_named(name, data) for name, data in folder.faulty.items()}


def _as_named(name: str, data: bytes) -> bytes:
    """The table of indicators has wide columns already."""
    return data if name.startswith("KPI") else _drawn(data)


def main() -> None:
    for name, data in sample().items():
        file = SAMPLE / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


if __name__ == "__main__":
    main()
