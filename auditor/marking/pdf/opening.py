"""A PDF opened to be copied: whether its protection allows that, and what its pages show.

This works in a child process.
"""

from __future__ import annotations

import importlib
from io import BytesIO
from typing import Any, Final, NamedTuple

from auditor.files.confined import Stopped
from auditor.records.extras import how_to_install

__all__ = ["MAY_ADD_NOTES", "MAY_TAKE_PAGES", "Permission", "damaged", "opened", "shown_on"]

_OWNER: Final = 2
"""The answer of pypdf where a password is the owner's."""


class Permission(NamedTuple):
    """What the protection of a PDF may allow: any of some bits. ``en`` and ``ja`` say what it
    forbids.
    """

    bits: int
    en: str
    ja: str


MAY_ADD_NOTES: Final = Permission(
    1 << 5,
    "it is protected against notes; save it without protection",
    "注釈の追加が禁止されています。保護を外して保存し直してください",
)
MAY_TAKE_PAGES: Final = Permission(
    1 << 3 | 1 << 10,
    "it is protected against taking pages out; save it without protection",
    "ページの取り出しが禁止されています。保護を外して保存し直してください",
)


def opened(data: bytes, permission: Permission) -> Any:
    """The reader of pypdf. Raises Stopped for a PDF that needs a password or allows no such
    copy, and pypdf's errors for a damaged one.
    """
    pypdf: Any = importlib.import_module("pypdf")
    errors: Any = importlib.import_module("pypdf.errors")
    try:
        reader: Any = pypdf.PdfReader(BytesIO(data))
        if reader.is_encrypted:
            _check_protection(reader, permission)
    except errors.DependencyError:
        remedy = how_to_install("pdf")
        raise Stopped(
            "needs-extra",
            "it is encrypted, and the part of the program that encrypts is missing; "
            f"save it without encryption, or {remedy.en}",
            "暗号化されていますが、暗号化の部品が導入されていません。"
            f"暗号化せずに保存し直すか、{remedy.ja}",
        ) from None
    return reader


def _check_protection(reader: Any, permission: Permission) -> None:
    password = reader.decrypt("")
    if password == 0:
        raise Stopped(
            "encrypted",
            "it is protected by a password; save it without one",
            "パスワードで保護されています。パスワードなしで保存し直してください",
        )
    allowed = reader.user_access_permissions
    if password == _OWNER or allowed is None or allowed & permission.bits:
        return
    raise Stopped("protected", permission.en, permission.ja)


def damaged() -> Stopped:
    """Why a PDF has no copy, where not every viewer would open it or show all of it."""
    return Stopped(
        "damaged",
        "it is damaged, and not every viewer would open the copy; "
        "open it and save or print it anew",
        "内部が壊れており、写しを開けない閲覧ソフトが出てしまいます。"
        "開いて保存し直すか、印刷し直してください",
    )


def shown_on(document: Any, number: int) -> tuple[int, int]:
    """How many notes and characters there are on a page (from 0) of a document of pypdfium2."""
    raw: Any = importlib.import_module("pypdfium2.raw")
    page = raw.FPDF_LoadPage(document, number)
    if not page:
        return 0, 0
    text = raw.FPDFText_LoadPage(page)
    shown = raw.FPDFPage_GetAnnotCount(page), raw.FPDFText_CountChars(text)
    raw.FPDFText_ClosePage(text)
    raw.FPDF_ClosePage(page)
    return shown
