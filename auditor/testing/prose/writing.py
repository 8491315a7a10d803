"""Writes prose into the sheets of a consistent book: an item of the plan after the other, with what
came of it, so that all of it is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from auditor.forms.model import Form
from auditor.records.model import Book, Kpi, Sheet
from auditor.testing.build import Chooser, RandomChooser, build_book, largest_form
from auditor.testing.prose import wordings
from auditor.testing.prose.days import CALENDAR_WRITERS
from auditor.testing.prose.model import (
    Layout,
    Passage,
    ProseOfSheet,
    Section,
    WithProse,
    WordSlot,
    written,
)
from auditor.testing.prose.pen import Pen, Style, Topic, Writer
from auditor.testing.prose.writers import WRITERS

__all__ = ["ALL_WRITERS", "KINDS_OF_WRITERS", "with_prose", "write_prose"]

ALL_WRITERS: Final[tuple[Writer, ...]] = (*WRITERS, *CALENDAR_WRITERS)
"""Every writer of a passage of a result."""
KINDS_OF_WRITERS: Final = tuple(writer.__name__ for writer in ALL_WRITERS)
"""The names of the writers."""

_STYLES: Final = (
    Style(),
    Style(digits="full"),
    Style(digits="single"),
    Style(brackets="()", per_cent="%", colon=":", wave="〜"),
    Style(digits="full", brackets="（)"),
    Style(digits="single", separators=False, brackets="(）", per_cent="%"),
    Style(digits="full", separators=False, wave="－"),
    Style(wave="~"),
)
_MARKS: Final = (
    ("①", "②", "③", "④", "⑤"),
    ("（１）", "（２）", "（３）", "（４）", "（５）"),
    ("１．", "２．", "３．", "４．", "５．"),
    ("1 ", "2 ", "3 ", "4 ", "5 "),
    ("(1)", "(2)", "(3)", "(4)", "(5)"),
    ("ア　", "イ　", "ウ　", "エ　", "オ　"),
    ("○", "○", "○", "○", "○"),
    ("【", "【", "【", "【", "【"),
)
_BULLETS: Final = ("・", "　・", "　◎", "　○", "", "　　", "　※", "→", "●")
_WIDTHS: Final = (0, 26, 30, 21, 38)
_MOST_ITEMS: Final = 4


def with_prose(
    sheets: int = 10, seed: int = 0, form: Form | None = None, *, kpis: int = 0
) -> WithProse:
    """A consistent book of a form (the registered one with the most figures, if none is given)
    whose sheets say something that is true; the same seed gives the same.
    """
    chosen = form or largest_form()
    chooser = RandomChooser(seed)
    return write_prose(build_book(chosen, chooser, sheets, kpis), chooser)


def write_prose(book: Book, chooser: Chooser, writers: Sequence[Writer] = ALL_WRITERS) -> WithProse:
    """A consistent book with prose in its sheets, from the choices of ``chooser``; the last of its
    indicators are those of the first sheets.
    """
    kpis = tuple(
        kpi.model_copy(update={"project": book.sheets[at].name}) if at < len(book.sheets) else kpi
        for at, kpi in enumerate(book.kpis)
    )
    prose = [prose_of_sheet(sheet, kpis, chooser, writers) for sheet in book.sheets]
    sheets = tuple(
        written(sheet, of_sheet, of_sheet.sections())
        for sheet, of_sheet in zip(book.sheets, prose, strict=True)
    )
    return WithProse(book.model_copy(update={"sheets": sheets, "kpis": kpis}), tuple(prose))


def prose_of_sheet(
    sheet: Sheet, kpis: Sequence[Kpi], chooser: Chooser, writers: Sequence[Writer] = ALL_WRITERS
) -> ProseOfSheet:
    """What one sheet says."""
    style = _STYLES[chooser.integer(0, len(_STYLES) - 1)]
    pen = Pen(chooser, sheet, kpis, style)
    topics = pen.labels(wordings.TOPICS, pen.integer(1, _MOST_ITEMS))
    passages: list[Passage] = []
    marks = pen.pick(_MARKS)
    for at, topic in enumerate(topics):
        passages += _item(pen, topic, marks[at], at, writers)
    passages += _frame(pen, topics[0])
    width = pen.pick(_WIDTHS)
    layout = Layout(width, pen.pick(("", "　", "　　", "  ")), pen.chance(30))
    sections: tuple[Section, ...] = ("purpose", "planned", "achieved", "issues", "direction")
    return ProseOfSheet(tuple(passages), dict.fromkeys(sections, layout))


def _item(
    pen: Pen, topic: Topic, mark: str, at: int, writers: Sequence[Writer]
) -> Iterator[Passage]:
    """An item of the plan: its heading in plan and result, what is planned, what came of it."""
    title = f"{mark}{topic.title}" + ("】" if mark == "【" else "")
    both: tuple[Section, ...] = ("planned", "achieved")
    for section in both:
        heading = WordSlot("heading", title)
        yield Passage("heading", (heading,), section, at)
    words: dict[str, str | WordSlot] = {"title": topic.title, "noun": topic.noun}
    bullet = pen.pick(_BULLETS)
    plan = pen.passage("plan", bullet + pen.pick(wordings.PLANS), {**words})
    yield replace(plan, section="planned", item=at)
    for _ in range(pen.integer(1, 3)):
        passage = pen.pick(writers)(pen, topic)
        yield replace(_marked(passage, bullet), item=at)


def _marked(passage: Passage, bullet: str) -> Passage:
    """The passage with a bullet; a list and a table have marks of their own, and a blank line
    parts a list from the next.
    """
    if "\n" in passage.text:
        return replace(passage, pieces=(*passage.pieces, "\n"))
    if not bullet:
        return passage
    return replace(passage, pieces=(bullet, *passage.pieces))


def _frame(pen: Pen, topic: Topic) -> Iterator[Passage]:
    """Purpose, issues, direction and captions."""
    words: dict[str, str | WordSlot] = {
        "title": topic.title,
        "noun": topic.noun,
        "next": pen.plain(pen.year - 2017),
    }
    frame: tuple[tuple[Section, tuple[str, ...]], ...] = (
        ("purpose", wordings.PURPOSES),
        ("issues", wordings.ISSUES),
        ("direction", wordings.DIRECTIONS_OF_WORK),
    )
    for section, options in frame:
        yield replace(pen.passage(section, pen.pick(options), {**words}), section=section)
    if pen.chance(30):
        yield Passage("caption", (f"画像１　{topic.title}の様子",), "captions")
