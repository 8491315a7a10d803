"""What documents are called in what is handed round: names that tell nothing of the computer."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PureWindowsPath
from types import MappingProxyType
from typing import TypeVar

from auditor.records.model import Book, Kpi, NotChecked, Sheet

__all__ = ["DocumentNames"]

_Owner = TypeVar("_Owner", Sheet, Kpi)


class DocumentNames:
    """The names of documents below some inputs: from the name of the folder or file that was given
    on, without the folders above it, with ``/`` between folders.

    Of inputs that are called the same, the later ones get a number.
    """

    def __init__(self, inputs: Iterable[str]) -> None:
        self._tops: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        self._others: dict[str, str] = {}
        self._names: set[str] = set()
        """Those of ``_paths`` and ``_others``."""
        for path in dict.fromkeys(inputs):
            name = Path(os.path.realpath(path)).name or "documents"
            self._tops[path] = _free(name, self._tops.values())

    @classmethod
    def of_documents(
        cls, names: Iterable[str], others: Mapping[str, str] = MappingProxyType({})
    ) -> DocumentNames:
        """The names of documents that have theirs; ``others`` are those of documents that are to
        be called otherwise.
        """
        result = cls(())
        result._paths = {name: name for name in names}
        result._others = dict(others)
        result._names = {*result._paths, *others.values()}
        return result

    def name_of(self, path: str) -> str:
        """The name of a document; that of its file alone where it lies below none of the inputs."""
        name = self._below(path) or Path(path).name
        self._paths.setdefault(name, path)
        self._names.add(name)
        return name

    def path_of(self, name: str) -> str | None:
        """The path of a document; None for one that was not read itself, but from records."""
        return self._paths.get(name)

    def renamed(
        self, books: Iterable[Book], not_checked: Iterable[NotChecked]
    ) -> tuple[tuple[Book, ...], tuple[NotChecked, ...]]:
        """What was read with such names for tables and for the documents of records too, which
        may have been read on another computer.
        """
        reasons = [
            reason.model_copy(update={"document": self._other(reason.document)})
            if reason.document
            else reason
            for reason in not_checked
        ]
        return tuple(map(self._book, books)), tuple(reasons)

    def _book(self, book: Book) -> Book:
        documents = tuple(
            document.model_copy(update={"path": self._other(document.path)})
            for document in book.documents
        )
        sheets = tuple(map(self._record, book.sheets))
        kpis = tuple(map(self._record, book.kpis))
        return book.model_copy(update={"documents": documents, "sheets": sheets, "kpis": kpis})

    def _record(self, record: _Owner) -> _Owner:
        name = self._other(record.document)
        return record if name == record.document else record.model_copy(update={"document": name})

    def _other(self, path: str) -> str:
        """The name of a document, which may have its name already."""
        if path in self._paths:
            return path
        if path not in self._others:
            name = self._below(path) or _without_place(path)
            is_named = self._paths.get(name) == path
            self._others[path] = name if is_named else _free(name, self._names)
            self._names.add(self._others[path])
        return self._others[path]

    def _below(self, path: str) -> str:
        for folder, top in self._tops.items():
            if Path(path).is_relative_to(folder):
                return Path(top, Path(path).relative_to(folder)).as_posix()
        return ""


def _free(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it where it is taken."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free


def _without_place(path: str) -> str:
    """A path, of whatever system, without the folders that say where on a computer it is."""
    parts = PureWindowsPath(path)
    if parts.anchor or ".." in parts.parts:
        return parts.name or path
    return path
