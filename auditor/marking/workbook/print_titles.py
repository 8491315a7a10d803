"""Print titles: rows of a worksheet that stand at the top of each of its printed pages.

They are a name that the workbook defines for that worksheet alone.
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from auditor.marking.workbook.splices import Patch, tags

__all__ = ["repeat_first_row"]

_NAME: Final = "_xlnm.Print_Titles"
_BEFORE: Final = ("sheets", "functionGroups", "externalReferences")
"""The elements of a workbook behind which its names stand."""


def repeat_first_row(patch: Patch, worksheet: str, index: int) -> None:
    """Have the first row of a worksheet printed on each page. ``patch`` is the workbook's part,
    ``index`` the worksheet's place among all sheets, counted from 0.
    """
    elements, prefix = tags(
        patch.data,
        lambda local, depth: (
            (depth == 1 and local in (*_BEFORE, "definedNames"))
            or (depth == 2 and local == "definedName")
        ),
    )
    quoted = worksheet.replace("'", "''")
    rows = escape(f"'{quoted}'!$1:$1")
    for tag in elements:
        name = tag.attributes.get("name", "").casefold(), tag.attributes.get("localSheetId")
        if tag.name == "definedName" and name == (_NAME.casefold(), str(index)):
            if not tag.self_closing and patch.data[tag.open_end : tag.close] != rows.encode():
                patch.replace(tag.open_end, tag.close, rows)
            return
    defined = (
        f'<{prefix}definedName name="{_NAME}" localSheetId="{index}">{rows}</{prefix}definedName>'
    )
    names = next((tag for tag in elements if tag.name == "definedNames"), None)
    if names is not None:
        patch.append(names, defined, prefix)
        return
    # The schema fixes the order of a workbook's elements.
    end = max(tag.end for tag in elements if tag.name in _BEFORE)
    patch.insert(end, f"<{prefix}definedNames>{defined}</{prefix}definedNames>")
