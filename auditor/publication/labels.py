"""What things are called that files of several kinds give away."""

from __future__ import annotations

import re
from typing import Final

from auditor.records.text import Text

__all__ = [
    "AUTHOR",
    "CATEGORY",
    "COMMENT",
    "COMMENTS",
    "COMPANY",
    "CUSTOM",
    "EMBEDDED",
    "HIDDEN_NAME",
    "KEYWORDS",
    "LAST_MODIFIED_BY",
    "LINK",
    "MACRO",
    "MANAGER",
    "PIVOT",
    "REVISIONS",
    "SUBJECT",
    "TITLE",
    "is_web",
    "signed",
]

AUTHOR: Final = Text(en="author", ja="作成者")
LAST_MODIFIED_BY: Final = Text(en="last modified by", ja="最終更新者")
COMPANY: Final = Text(en="company", ja="会社名・組織名")
MANAGER: Final = Text(en="manager", ja="管理者")
TITLE: Final = Text(en="title", ja="タイトル")
SUBJECT: Final = Text(en="subject", ja="件名（プロパティ）")
KEYWORDS: Final = Text(en="keywords", ja="タグ・キーワード")
COMMENTS: Final = Text(en="comments among the properties", ja="プロパティのコメント")
CATEGORY: Final = Text(en="category", ja="分類項目")
CUSTOM: Final = Text(en="custom property", ja="ユーザー設定のプロパティ")
COMMENT: Final = Text(en="comment", ja="コメント・メモ")
REVISIONS: Final = Text(en="tracked changes", ja="変更履歴")
LINK: Final = Text(en="link to another file", ja="ほかのファイルへのリンク")
HIDDEN_NAME: Final = Text(en="hidden name", ja="非表示の名前の定義")
EMBEDDED: Final = Text(en="embedded file or object", ja="埋め込まれたファイル・オブジェクト")
MACRO: Final = Text(en="macro", ja="マクロ")
PIVOT: Final = Text(en="data kept for a pivot table", ja="ピボットテーブルの元データの控え")
_WEB: Final = re.compile(r"(?:https?|mailto|ftp|tel):|www\.|#", re.IGNORECASE)


def is_web(target: str) -> bool:
    """Whether a link leads into the web, or to another place in the file, and to no other file."""
    return _WEB.match(target) is not None


def signed(text: str, author: str) -> str:
    """A comment with its author, whose name many comments begin with."""
    return text if not author or text.startswith(author) else f"{author}：{text}"
