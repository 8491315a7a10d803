"""The list of errata for a terminal, and what is printed once a file was written."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.errata.marked import Pieces
from auditor.errata.model import Draft
from auditor.errata.presentation import Part, presentation_of
from auditor.reports.layout import plain
from auditor.reports.wording import Wording

__all__ = ["errata_text", "summary"]


def errata_text(draft: Draft, words: Wording, *, before_submission: bool = False) -> str:
    """The whole draft as plain lines."""
    shown = presentation_of(draft, words, str, before_submission=before_submission)
    lines = [shown.title, *shown.lines]
    for part in shown.parts:
        lines += ["", part.title, *([part.note] if part.note else [])]
        for row in part.rows:
            lines += _of_row(part, [_text(cell) for cell in row], words)
    return "\n".join(lines) + "\n"


def _text(cell: str | Pieces) -> str:
    text = cell if isinstance(cell, str) else "".join(piece for piece, _ in cell)
    return " ".join(plain(line) for line in text.split("\n"))


def _of_row(part: Part, cells: list[str], words: Wording) -> Iterator[str]:
    if part.name not in ("errata", "uncompared"):
        yield "  " + words.say(" | ", "｜").join(cell for cell in cells if cell)
        return
    page, project, department, place, wrong, right = cells[:6]
    cited = words.say(f"page {page}", f"{page}頁") if page else ""
    about = (cited, project, department, place)
    yield "  " + words.say(", ", "　").join(text for text in about if text)
    yield "      " + words.labelled(part.heads[4], wrong)
    yield "      " + words.labelled(part.heads[5], right)


def summary(draft: Draft, words: Wording, written: str) -> str:
    """What is printed once a draft was written."""
    alone = len(draft.only_published) + len(draft.only_corrected) + len(draft.undecided)
    counts = (
        (len(draft.rows), words.say("places differ", "違いのある箇所")),
        (alone, words.say("sheets or KPIs have no partner", "対応のないシート等")),
        (len(draft.uncompared), words.say("places were not compared", "比べられなかった箇所")),
        (len(draft.elsewhere), words.say("places with the same figure", "ほかの箇所の同じ数値")),
    )
    lines = [words.labelled(words.say("Written", "書き出しました"), written)]
    lines += [
        words.say(f"  {number:,} {name}", f"  {name}：{number:,}件")
        for number, name in counts
        if number
    ]
    return "\n".join(lines) + "\n"
