"""A proof as a page for the screen and for paper."""

from __future__ import annotations

from auditor.proof.listing import TITLE, conclusion, facts, fault_table, notes, sheet_table
from auditor.proof.model import Proof
from auditor.reports.html.environment import page_text, resource
from auditor.reports.html.parts import shown_table, table_of
from auditor.reports.wording import Wording

__all__ = ["proof_page"]

_STYLE = """
@page { size: A4 landscape }
@media print {
  .faults td, .sheets td { min-width: 5.5em }
  .faults td:nth-child(n+6) { min-width: 15em }
  .faults td.r, .faults th.r, .sheets td.r { min-width: 2.5em }
  .faults tbody tr, .sheets tbody tr { break-inside: avoid }
}
"""
"""The tables have many columns: they are printed on paper that lies."""


def proof_page(proof: Proof, words: Wording) -> str:
    """The page, whole without script and without network."""
    say = words.say
    style = resource("style.css") + _STYLE
    differing = say("What the book and its documents do not have in common", "相違の一覧")
    sheets = say("The sheets in the order of the book", "シートの一覧（製本用原稿の順）")
    return page_text(
        "proof.html.j2",
        words,
        style,
        title=TITLE.of(words.lang),
        facts=list(facts(proof, words)),
        result=conclusion(proof, words),
        notes=list(notes(proof, words)),
        faults=table_of("faults", differing, fault_table(proof, words)),
        sheets=shown_table("sheets", sheets, sheet_table(proof, words)),
    )
