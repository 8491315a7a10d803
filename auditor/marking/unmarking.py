"""Marked copies without their marks: what their department wrote, corrected and set stays."""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

from auditor.files import confined, ooxml
from auditor.files.ooxml import Package, PackageError, is_zip
from auditor.files.own.copies import copy_in, original_of_pdf
from auditor.marking.copies import MarkError
from auditor.marking.pdf.copy import without_marks_of_pdf
from auditor.marking.workbook.copy import earlier_marks
from auditor.marking.workbook.listing import earlier_listing
from auditor.marking.workbook.package import PackageCopy
from auditor.marking.workbook.removal import (
    remove_empty_comments,
    remove_properties,
    remove_worksheet,
)
from auditor.marking.workbook.styles import Styles
from auditor.marking.workbook.worksheet import mark_worksheet

__all__ = ["unmarked"]

_NO_MARKS: Final = (
    "has no marks of this program",
    "このプログラムが書き込んだ指摘はありません",
)


def unmarked(data: bytes, factor: int = 1) -> bytes:
    """A marked workbook or PDF without the fills, comments, boxes, bookmarks and the list of
    findings that this program put into it; ``factor`` raises the limits.

    Everything else stays: comments and fills of others, print areas, protection, and what was
    corrected. Raises MarkError, also for a file without marks.
    """
    if b"%PDF-" in data[:1024]:
        return _pdf(data, factor)
    if not is_zip(data):
        raise MarkError(
            "only .xlsx, .xlsm and .pdf have marks",
            "印を取り除けるのは .xlsx、.xlsm、.pdf だけです",
        )
    try:
        return _workbook(data, ooxml.Limits().raised(factor))
    except PackageError as fault:
        raise MarkError(
            f"the workbook {fault.message.en}", f"ブックの印を取り除けません：{fault.message.ja}"
        ) from None
    except expat.ExpatError:
        raise MarkError(
            "a part of the workbook is no XML", "ブックの一部を XML として読めません"
        ) from None


def _pdf(data: bytes, factor: int) -> bytes:
    copy_of = copy_in(data)
    if copy_of is not None and copy_of.state == "untouched":
        original = original_of_pdf(data)
        if original is not None:
            return original
    rest = without_marks_of_pdf(data, confined.Limits().raised(factor))
    if rest == data:
        raise MarkError(*_NO_MARKS)
    return rest


def _workbook(data: bytes, limits: ooxml.Limits) -> bytes:
    copy = PackageCopy(Package(data, limits))
    listing = earlier_listing(copy)
    copy_of = copy_in(data, limits)
    if listing is None and copy_of is None:
        raise MarkError(*_NO_MARKS)
    styles_part = copy.related(copy.main, "styles")
    styles = Styles(None if styles_part is None else copy.part(styles_part))
    for name, part in copy.worksheets.items():
        if name != listing:
            before = earlier_marks(copy_of, name)
            mark_worksheet(copy, part, [], styles, again=True, before=before)
            remove_empty_comments(copy, part)
    if styles_part is not None and (patched := styles.patched()) is not None:
        copy.changed[styles_part] = patched
    if listing is not None:
        remove_worksheet(copy, listing)
    remove_properties(copy)
    return copy.zipped()
