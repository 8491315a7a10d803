"""What a folder holds: documents, tidy tables, and what is neither, which is reported."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from auditor.readers.own_files import OWN_NAMES, own_file
from auditor.records.fields import NAMES
from auditor.records.model import NotChecked, PassedOver
from auditor.records.own import OwnKind
from auditor.records.text import Why

__all__ = ["Contents", "contents_of", "described_in", "is_folder", "other_kinds", "tables_in"]

_DOCUMENTS: Final = frozenset({".txt", ".tsv", ".csv", ".json", ".xlsx", ".xlsm", ".xls", ".pdf"})
_TABLE_FILES: Final = frozenset({".parquet", ".csv", ".tsv"})
_DESCRIBED: Final = _TABLE_FILES | {".txt", ".xlsx", ".xlsm", ".xls"}
# What file managers leave behind, and what tells people about a folder and holds none of its
# figures.
_OF_THE_SYSTEM: Final = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
_ABOUT_THE_FOLDER: Final = frozenset(
    {"readme", "license", "licence", "copying", "notice", "changelog"}
)
_PLAIN: Final = frozenset({"", ".md", ".rst", ".txt"})
_SETTINGS: Final = "auditor.toml"
_SHOWN: Final = 20


@dataclass
class Contents:
    """The documents of a folder in the order of their names, and why the rest of it is not read.

    ``passed_over`` are files that this program wrote; ``copies`` are those of the documents that
    are marked copies.
    """

    documents: list[str] = field(default_factory=list[str])
    not_checked: list[NotChecked] = field(default_factory=list[NotChecked])
    passed_over: list[PassedOver] = field(default_factory=list[PassedOver])
    copies: list[str] = field(default_factory=list[str])

    def take_own(self, path: str, *, named: bool = False) -> bool:
        """Take up a file that this program wrote; False for every other, and for one that is read
        all the same: a marked copy, and the records of a round that are ``named``.
        """
        kind = own_file(path)
        if kind == "marked_copy":
            self.copies.append(path)
        if kind is None or kind == "marked_copy" or (kind == "records" and named):
            return False
        self.passed_over.append(PassedOver(document=path, why=_own(kind)))
        return True


def contents_of(path: str, tables: Collection[str] = ()) -> Contents:
    """What is to be read below a folder; a file, or a folder that holds nothing, is its own
    document (opening it says what is wrong).

    ``tables`` are read elsewhere: files, and folders of tidy tables, whose table files are left to
    that reader.
    """
    contents, others = Contents(), list[str]()
    if not is_folder(path):
        if not contents.take_own(path, named=True):
            contents.documents.append(path)
        return contents
    holds_tables = False
    apart = {os.path.realpath(each) for each in tables}
    for file in sorted(_files(path, contents.not_checked)):
        of_tables = file.suffix in _TABLE_FILES and os.path.realpath(file.parent) in apart
        if of_tables or os.path.realpath(file) in apart:
            holds_tables = True
        elif contents.take_own(str(file)):
            continue
        elif file.suffix.lower() in _DOCUMENTS and (file.is_file() or file.is_symlink()):
            contents.documents.append(str(file))
        else:
            others.append(str(file.relative_to(path)))
    if others:
        contents.not_checked.append(other_kinds(path, others))
    if not (contents.documents or contents.not_checked or holds_tables):
        contents.documents.append(path)
    return contents


def tables_in(path: str) -> list[str]:
    """The folders at and below a path that hold tidy tables, or the path itself where it is a
    Parquet file; told by names alone.
    """
    if not is_folder(path):
        return [path] if path.endswith(".parquet") else []
    return sorted({str(file.parent) for file in _files(path, []) if _is_table(file)})


def described_in(path: str) -> list[str]:
    """The files at and below a path that may hold a table which a form describes, told by their
    names alone; those of folders of tidy tables are found with them.
    """
    if not is_folder(path):
        return [path]
    tidy = {Path(folder) for folder in tables_in(path)}
    return [
        str(file)
        for file in sorted(_files(path, []))
        if file.suffix.lower() in _DESCRIBED
        and not (file.parent in tidy and file.suffix in _TABLE_FILES)
    ]


def _is_table(file: Path) -> bool:
    return file.suffix == ".parquet" or (file.suffix in _TABLE_FILES and file.stem in NAMES)


def is_folder(path: str | Path) -> bool:
    """Whether a path is a folder; False for one that can't be looked at, or that none can have."""
    try:
        return os.path.isdir(path)  # noqa: PTH112 - takes a path that no Path can be made of
    except (OSError, ValueError):
        return False


def _files(path: str, not_checked: list[NotChecked]) -> Iterator[Path]:
    """Every file below a folder that may hold figures; folders that can't be entered become
    entries of ``not_checked``.
    """

    def unreadable(fault: OSError) -> None:
        en, ja = (
            f"the folder can't be read: {fault.strerror}",
            "フォルダーを読めないため、中の文書は読み取っていません",
        )
        not_checked.append(
            NotChecked(document=str(fault.filename), why=Why(code="unreadable", en=en, ja=ja))
        )

    for folder, folders, names in os.walk(path, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            inside = Path(folder, name)
            if inside.is_symlink() or (sys.version_info >= (3, 12) and inside.is_junction()):
                en = "is a link to a folder, which is not followed; name that folder itself"
                ja = (
                    "フォルダーへのリンクのため、中の文書は読み取っていません。"
                    "リンク先のフォルダーを指定してください"
                )
                not_checked.append(
                    NotChecked(document=str(inside), why=Why(code="linked-folder", en=en, ja=ja))
                )
        yield from (Path(folder, name) for name in names if not _is_ignored(name))


def _is_ignored(name: str) -> bool:
    """Whether a file is hidden, the system's own, the mark of a workbook that is open, only about
    the folder, or holds the settings.
    """
    file = Path(name)
    about = file.stem.casefold() in _ABOUT_THE_FOLDER and file.suffix.lower() in _PLAIN
    by_name = name.casefold() in _OF_THE_SYSTEM or name == _SETTINGS
    return name.startswith((".", "~$")) or by_name or about


def _own(kind: OwnKind) -> Why:
    name = OWN_NAMES[kind]
    return Why(code="own-file", en=name.en, ja=name.ja)


def other_kinds(path: str, names: Sequence[str]) -> NotChecked:
    """That the folder at a path holds files which are of no kind that is read."""
    count, more, kinds = len(names), len(names) - _SHOWN, " ".join(sorted(_DOCUMENTS))
    files = "file" if count == 1 else "files"
    shown_en = ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    shown_ja = "、".join(names[:_SHOWN]) + (f" ほか{more}件" if more > 0 else "")
    return NotChecked(
        document=path,
        why=Why(
            code="other-kind",
            en=f"{count} {files} in it not read, being of another kind: {shown_en}; "
            "move elsewhere what is not to be checked, or name the documents themselves "
            f"(of a folder, these are read: {kinds})",
            ja=f"読み取れない種類のファイルがあります（{count}件）：{shown_ja}。"
            "点検しないものは別の場所へ移すか、点検する文書を個別に指定してください"
            f"（フォルダーから読み取る種類：{kinds}）",
        ),
    )
