"""A proof for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.proof.listing import TITLE, conclusion, facts, fault_table, notes, sheet_table, shifted
from auditor.proof.model import Proof
from auditor.reports.layout import Style, entitled, hanging, painted, shown_width, table, wrap
from auditor.reports.wording import Wording

__all__ = ["proof_text"]

_LONGEST = 120


def proof_text(proof: Proof, words: Wording, width: int, *, color: bool = False) -> str:
    """The proof as lines of at most ``width`` columns, the conclusion last."""
    return "\n".join(_lines(proof, words, width, color)) + "\n"


def _lines(proof: Proof, words: Wording, width: int, color: bool) -> Iterator[str]:
    say = words.say
    yield painted(TITLE.of(words.lang), "heading", color)
    for name, text in facts(proof, words):
        yield from wrap(words.labelled(name, text), width)
    heads, rows, _ = fault_table(proof, words, _LONGEST, with_shifted=False)
    if rows:
        yield from entitled(say("What differs", "相違"), color)
    for number, row in enumerate(rows, 1):
        yield from _fault(number, dict(zip(heads, row, strict=True)), words, width)
    if text := shifted(proof, words):
        yield ""
        yield from wrap(text, width)
    yield from entitled(say("Sheets", "シート一覧"), color)
    heads, rows, align = sheet_table(proof, words)
    yield table(heads, rows, width, align)
    texts = list(notes(proof, words))
    if texts:
        yield from entitled(say("Notes", "照合していないもの・留意事項"), color)
    for text in texts:
        yield from hanging("- ", text, width)
    yield ""
    style: Style = "error" if proof.exit_code else "good"
    yield from (painted(line, style, color) for line in wrap(conclusion(proof, words), width))


def _fault(number: int, row: Mapping[str, str], words: Wording, width: int) -> Iterator[str]:
    """A fault: what it is, on which sheet, and the two sides beside their heads."""
    page, name, department, kind, *others = row.values()
    page = words.say(f"page {page}", f"{page}頁") if page.isdecimal() else page
    about = words.listed([part for part in (page, department) if part])
    title = f"{kind}{words.say(': ', '　')}{name}" + words.say(f" ({about})", f"（{about}）")
    yield ""
    yield from hanging(f"{number}. ", title, width)
    heads = [*row][-len(others) :]
    widest = max(map(shown_width, heads))
    for head, text in zip(heads, others, strict=True):
        if text:
            lead = " " * 3 + head + " " * (widest - shown_width(head) + 2)
            yield from hanging(lead, text, width)
