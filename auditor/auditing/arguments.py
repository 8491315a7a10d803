"""What the public functions take, and what is said of an argument that is something else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from auditor.records.errors import WrongArgument
from auditor.records.model import Book
from auditor.records.nearest import hint, nearest_name
from auditor.rules.findings import OUTCOMES, Outcome

__all__ = ["books_of", "check_choice", "check_number", "outcomes_of", "tables_of"]


def books_of(books: object, name: str = "audit") -> list[Book]:
    """The books of an argument: one, or several. Raises WrongArgument."""
    whole = books
    if isinstance(books, Book):
        return [books]
    if isinstance(books, str | Path):
        raise _documents(name)
    if _is_frame(books) or isinstance(books, Mapping):
        raise WrongArgument(
            f"{name} takes books; tables are audited by auditor.audit_tables({{…}})",
            f"{name} には冊子（Book）を渡してください。表は auditor.audit_tables で点検します",
        )
    if not isinstance(books, Iterable):
        raise _no_book(name, books)
    items = list(cast("Iterable[object]", books))
    for item in items:
        if isinstance(item, str | Path):
            raise _documents(name)
        # A record is a sequence of its fields.
        if not isinstance(item, Book):
            raise _no_book(name, whole if _is_record(whole) else item)
    return cast("list[Book]", items)


def _documents(name: str) -> WrongArgument:
    return WrongArgument(
        f'{name} takes books, not paths: auditor.read("…") reads one, auditor.read_books several',
        f"{name} にはパスではなく冊子（Book）を渡してください。"
        "auditor.read や auditor.read_books で読み込めます",
    )


def _no_book(name: str, item: object) -> WrongArgument:
    kind = _kind(item)
    return WrongArgument(
        f"{name} takes books, not {kind}",
        f"{name} には冊子（Book）を渡してください（渡された型：{kind}）",
    )


def tables_of(tables: object) -> Mapping[str, Any] | list[str | Path] | str | Path:
    """The tables of an argument: by their names, or where they lie. Raises WrongArgument."""
    whole = tables
    if isinstance(tables, str | Path):
        return tables
    if _are_tables(whole) or (isinstance(tables, Mapping) and not _is_frame(whole)):
        return cast("Mapping[str, Any]", tables)
    if isinstance(tables, Book):
        raise WrongArgument(
            "audit_tables takes tables; a book is audited by auditor.audit(book)",
            "audit_tables には表を渡してください。冊子（Book）は auditor.audit で点検します",
        )
    if isinstance(tables, list | tuple):
        paths = list(cast("Iterable[object]", tables))
        if paths and all(isinstance(path, str | Path) for path in paths):
            return cast("list[str | Path]", paths)
    kind = _kind(whole)
    raise WrongArgument(
        'audit_tables takes a folder, a file, or data frames by table name, as in {"years": frame}'
        f", not {kind}",
        "audit_tables には、フォルダー・ファイル、または表の名前とデータフレームの組を"
        f"渡してください（例：years という名前の表）。渡された型：{kind}",
    )


def check_choice(argument: str, value: object, choices: Collection[str]) -> None:
    """Raises WrongArgument where a value is none of some words."""
    if value in choices:
        return
    hint_en, hint_ja = hint(nearest_name(str(value), choices))
    shown = str(value)
    raise WrongArgument(
        f"{argument} is one of {', '.join(choices)}, not {shown}{hint_en}",
        f"{argument} は {'、'.join(choices)} のいずれかです（指定：{shown}）{hint_ja}",
    )


def outcomes_of(outcomes: object) -> list[Outcome]:
    """The outcomes of an argument: one, or several. Raises WrongArgument for one that there is
    not.
    """
    items: list[object] = [outcomes]
    if isinstance(outcomes, Iterable) and not isinstance(outcomes, str):
        items = list(cast("Iterable[object]", outcomes))
    for item in items:
        check_choice("outcomes", item, OUTCOMES)
    return cast("list[Outcome]", items)


def check_number(argument: str, value: object) -> None:
    """Raises WrongArgument where a value is no whole number from 0, or None."""
    is_whole = hasattr(value, "__index__") and not isinstance(value, bool)
    if value is None or (is_whole and cast(int, value) >= 0):
        return
    raise WrongArgument(
        f"{argument} is a whole number from 0, not {value}",
        f"{argument} は0以上の整数で指定してください（指定：{value}）",
    )


def _is_frame(item: object) -> bool:
    """Whether something is a data frame of any library."""
    return hasattr(item, "columns") and not isinstance(item, type)


def _are_tables(item: object) -> bool:
    """Whether something is the tables of books as ``auditor.tables`` makes them."""
    from auditor.tables.records import Tables

    return isinstance(item, Tables)


def _is_record(item: object) -> bool:
    return hasattr(type(item), "model_fields")


def _kind(item: object) -> str:
    return "None" if item is None else type(item).__name__
