"""Lists of figures: items that say nothing but a label and its figures (・甲校　３名), by list.

An item that says more, or whose figure is no plain one (約, 増), can't be added to others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from auditor.narrative.levels import are_beside
from auditor.narrative.quantities import Quantity
from auditor.narrative.statements import Paragraph, Section, Statement
from auditor.narrative.words import Words

__all__ = ["Item", "Role", "is_plain", "item_of", "lists_of", "masked"]

Role = Literal["part", "total", "subtotal", "aside", "other"]
"""What an item is in its list. An ``aside`` is part of the item above it (うち, 再掲), ``other`` is
no item that can be added.
"""


class Item(NamedTuple):
    """An item of a list. ``nothing`` tells that it says なし in place of a figure, which stands
    from ``start`` to ``end`` then.
    """

    paragraph: Paragraph
    statement: Statement
    role: Role
    label: str
    quantities: tuple[Quantity, ...] = ()
    nothing: tuple[int, int] | None = None

    def of_counter(self, counter: str, words: Words) -> list[Quantity]:
        """Its figures that count the same."""
        return [q for q in self.quantities if words.are_alike(q.counter, counter)]


_FILLING: Final = re.compile(r"[ 、,()・:/=]{0,60}")
_ASIDE: Final = re.compile(r"\(?(?:うち|内(?:、|数|訳)|再掲|※|\*|参考)")
_ASIDE_BEHIND: Final = re.compile(r" {0,9}\((?:うち|再掲|内数)[^()]{0,80}\)$")
_BRACKETS: Final = "()【】[]〈〉《》 "
_OF_ALL: Final = "その他"
_NOT_PLAIN: Final = ("約", "延", "各", "毎")


def is_plain(quantity: Quantity, words: Words) -> bool:
    """Whether a figure can be added to others: 約, 延べ, 平均, 以上, 増 and a sign forbid it."""
    allowed = (*words["total"], *words["subtotal"], _OF_ALL)
    noun = quantity.noun
    if noun.endswith(_NOT_PLAIN) and words.ending("compounds").search(noun, len(noun)) is None:
        return False
    return (
        not quantity.after
        and not quantity.is_signed
        and all(word in allowed for word in quantity.before)
    )


def masked(statement: Statement) -> str:
    """The text of a statement with Ｄ for what counts nothing: its days, 第１回, ３歳."""
    tokens = statement.tokens
    places = [(day.start, day.end) for day in tokens.days]
    places += [(span.start, span.end) for span in tokens.others]
    pieces: list[str] = []
    end = 0
    for begin, stop in sorted(places):
        pieces += (statement.text[end:begin], "Ｄ" * (stop - begin))
        end = stop
    return "".join((*pieces, statement.text[end:]))


@lru_cache(maxsize=32)
def lists_of(section: Section) -> tuple[Sequence[Item], ...]:
    """The lists of a section: items with markers of one kind, or none, that follow each other with
    nothing in between, not even an empty line. The line of a total may have another marker.
    """
    lists: list[list[Item]] = []
    for paragraph in section.paragraphs:
        if not paragraph.statements:
            continue
        item = item_of(paragraph)
        if not lists or not _belongs(lists[-1], item):
            lists.append([])
        lists[-1].append(item)
    return tuple(lists)


def _belongs(items: Sequence[Item], item: Item) -> bool:
    first, last = items[0].paragraph, items[-1].paragraph
    paragraph = item.paragraph
    if paragraph.line != last.last + 1:
        return False
    is_alike = paragraph.kind == first.kind and first.kind != "【"
    if is_alike and are_beside(last, paragraph) and paragraph.head is first.head:
        return True
    if item.role not in ("total", "subtotal"):
        return False
    # A total with another marker may be that of a list further out.
    if paragraph.marker and any(above.kind == paragraph.kind for above in _heads(first)):
        return False
    head = first.head
    if head is not None and head.text.strip(_BRACKETS) == "内訳" and paragraph.head is head.head:
        return True
    return paragraph.head in (last, head) and paragraph.indent >= first.indent - 1


def _heads(paragraph: Paragraph) -> Iterator[Paragraph]:
    while paragraph.head is not None:
        paragraph = paragraph.head
        yield paragraph


def item_of(paragraph: Paragraph) -> Item:
    """What a paragraph is as an item of a list."""
    statement = paragraph.statements[0]
    words = statement.words
    other = Item(paragraph, statement, "other", "", statement.tokens.quantities)
    if len(paragraph.statements) > 1:
        every = [q for each in paragraph.statements for q in each.tokens.quantities]
        return other._replace(quantities=tuple(every))
    if _ASIDE.match(statement.text) or paragraph.marker in ("※", "*"):
        return other._replace(role="aside")
    if not statement.tokens.quantities:
        return _item_without_figure(other)
    text, quantities = _without_aside(masked(statement), statement.tokens.quantities)
    if not quantities or statement.tokens.fractions or not _says_figures_alone(text, quantities):
        return other
    if not all(is_plain(quantity, words) for quantity in quantities):
        return other
    first = quantities[0]
    label = text[: first.start].rstrip(" :(、")
    for word in first.before:
        label = label.removesuffix(word).rstrip(" :(、")
    role: Role = "part"
    in_brackets = label.strip(_BRACKETS)
    if in_brackets != label and in_brackets in (*words["total"], *words["subtotal"]):
        role, label = ("total" if in_brackets in words["total"] else "subtotal"), ""
    elif any(word in words["subtotal"] for word in first.before):
        role = "subtotal"
    elif any(word in words["total"] for word in first.before):
        role = "total"
    return other._replace(role=role, label=label, quantities=quantities)


def _without_aside(text: str, quantities: tuple[Quantity, ...]) -> tuple[str, tuple[Quantity, ...]]:
    """An item without the bracket at its end that says what of it is something (うち女性10名)."""
    match = _ASIDE_BEHIND.search(text)
    if match is None:
        return text, quantities
    return text[: match.start()], tuple(q for q in quantities if q.end <= match.start())


def _says_figures_alone(text: str, quantities: Sequence[Quantity]) -> bool:
    """Whether nothing stands between the figures of an item, and behind them."""
    end = quantities[0].end
    for quantity in quantities[1:]:
        if not _FILLING.fullmatch(text, end, quantity.start):
            return False
        end = quantity.end
    return _FILLING.fullmatch(text, end) is not None


def _item_without_figure(item: Item) -> Item:
    match = _none_pattern(item.statement.words).fullmatch(item.statement.text)
    if match is None:
        return item
    label = match["label"].strip(" :")
    words = item.statement.words
    role: Role = "part"
    if label in words["total"] or label in words["subtotal"]:
        role = "total" if label in words["total"] else "subtotal"
    return item._replace(role=role, label=label, nothing=match.span("none"))


@lru_cache(maxsize=16)
def _none_pattern(words: Words) -> re.Pattern[str]:
    none = words.pattern("none").pattern
    return re.compile(
        rf"(?P<label>[^:。]{{1,40}}?)(?: {{1,20}}| {{0,3}}: {{0,20}})(?P<none>{none}|-)"
    )
