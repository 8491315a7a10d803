"""The words that Japanese output must not use, since outsiders would misread them.

They claim an inspection of the auditors, or approve of figures that nobody but their source can
prove.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["NO_AUDIT", "forbidden_in"]

NO_AUDIT: Final = "本点検は、監査委員による決算審査（地方自治法第233条第２項）ではありません"
"""The one sentence that names the auditors: what the check is not."""

_FORBIDDEN: Final = re.compile(
    "監査|検査|誤りなし|誤りはありません|適正|正確|問題なし|問題ありません|正しい値|正しいはず"
    "|印字|適合|合格|[［【](?:エラー|警告)|(?:エラー|警告)[0-9,]+件"
)


def forbidden_in(text: str) -> list[str]:
    """The forbidden words of a text, each with what stands around it."""
    plain = "".join(text.split()).replace(NO_AUDIT, "")
    return [plain[max(at.start() - 15, 0) : at.end() + 15] for at in _FORBIDDEN.finditer(plain)]
