"""The words for findings that were accepted as they are: why, this year or in the year before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from auditor.records.text import Text
from auditor.reports.layout import plain
from auditor.reports.wording import Wording
from auditor.waivers.model import Waiver, WaiverKind

__all__ = ["REASONS", "accepted_earlier"]

REASONS: Final[Mapping[WaiverKind, Text]] = {
    "端数調整": Text(en="rounding adjusted", ja="端数調整"),
    "様式の例外": Text(en="exception of the form", ja="様式の例外"),
    "複数課共管": Text(en="shared by several departments", ja="複数課共管"),
    "出典・基準日の相違": Text(en="other source or reference date", ja="出典・基準日の相違"),
    "その他": Text(en="other", ja="その他"),
}


def accepted_earlier(waiver: Waiver, words: Wording) -> str:
    """That the same place was accepted in the year before, and why, in one line."""
    kind, reason = REASONS[waiver.kind].of(words.lang), plain(waiver.reason)
    return words.say(
        f'the same place was accepted as "stands as printed" ({kind}: {reason})',
        f"前年度も同じ箇所を『記載のとおり』とした（理由：{kind}、{reason}）",
    )
