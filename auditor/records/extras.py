"""What people are told where an optional part of the program is missing."""

from __future__ import annotations

import sys
from typing import Literal

from auditor.records.text import Text

__all__ = ["Extra", "how_to_install"]

Extra = Literal["pdf", "xls", "duckdb", "spark"]


def how_to_install(extra: Extra) -> Text:
    """How to get an optional part, on a computer with and without internet; where nothing can be
    installed, what to use instead.
    """
    if sys.platform == "emscripten":
        return Text(
            en="the installed program can do it",
            ja="導入版のプログラムで処理してください",
        )
    name = f'"sheet-auditor[{extra}]"'
    return Text(
        en=f"install it: pip install {name}, or without internet, from the folder of wheels that "
        f"the program was installed from: pip install --no-index --find-links FOLDER {name}; "
        "where you may not, ask your administrator",
        ja=f"次を実行して導入してください：pip install {name}。インターネットにつながらない場合は、"
        "導入時に使った wheels のフォルダーを指定します："
        f"pip install --no-index --find-links フォルダー {name}。"
        "権限がない場合は管理者に依頼してください",
    )
