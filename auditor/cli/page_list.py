"""The pages of the printed book beside the sheets of a report: ``--page-list``."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING

from auditor.cli.arguments import Parser
from auditor.cli.output import Refused, print_error

if TYPE_CHECKING:
    from auditor.auditing.page_list import PageList, SheetPages
    from auditor.records.model import Book

__all__ = ["add_page_list_option", "page_list_of", "pages_of_sheets"]


def add_page_list_option(parser: Parser) -> None:
    """Add ``--page-list``."""
    parser.option(
        "--page-list",
        use="read",
        en="show beside each sheet its page in the printed book: the file that auditor proof "
        "wrote (default: the settings)",
        ja="各シートに製本の頁を添えて表示します。auditor proof が書き出した頁一覧を指定します"
        "（省略時は設定のとおり）",
        metavar=("FILE", "ファイル"),
    )


def page_list_of(arguments: Namespace) -> PageList | None:
    """The page list in force; None without one. Raises Refused for a file that is none."""
    path: str | None = arguments.page_list
    if not path:
        return None
    from pathlib import Path

    from pydantic import ValidationError

    from auditor.auditing.page_list import PageList
    from auditor.toml.reading import bytes_of

    data = bytes_of(Path(path), "page list", "頁一覧")
    if not isinstance(data, bytes):
        raise Refused(f"{path} {data[0]}", f"{path}：{data[1]}")
    try:
        return PageList.model_validate_json(data)
    except ValidationError:
        raise Refused(
            f"{path} is no page list; name the file that auditor proof wrote",
            f"{path} は頁一覧ではありません。auditor proof が書き出したファイルを指定してください",
        ) from None


def pages_of_sheets(
    arguments: Namespace, listed: PageList | None, books: Iterable[Book]
) -> SheetPages:
    """The pages of the sheets of an audit. A page list of another book is refused, one of other
    versions of the documents reported.
    """
    if listed is None:
        return {}
    from auditor.auditing.page_list import pages_in

    books = tuple(books)
    result = pages_in(listed, books)
    path, say = arguments.page_list, arguments.say
    sheets = sum(len(book.sheets) for book in books)
    if sheets and not result.pages:
        raise Refused(
            f"{path} is the page list of another book ({listed.book}): it has none of the sheets",
            f"{path} は別の冊子（{listed.book}）の頁一覧です。点検するシートが1枚もありません",
        )
    if result.changed:
        print_error(
            say(
                f"{path}: {result.changed:,} sheets were printed from other versions of their "
                "documents; their pages may have changed",
                f"{path}：{result.changed:,}シートは、頁一覧の作成後に文書が変わっています。"
                "頁が変わっている可能性があります",
            )
        )
    if result.lacking:
        print_error(
            say(
                f"{path}: has no page for {result.lacking:,} sheets",
                f"{path}：{result.lacking:,}シートの頁がありません",
            )
        )
    return result.pages
