"""Sums: a total beside its parts, in one sentence (A３名、B４名、計７名) or in a list.

A sum is a claim only where it is plain which figures are its parts: they count the same, stand
together with nothing in between, and a word says that the total is one. Where some of the figures
add up to the total and others are left over, the text has another sense than a plain sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from typing import Final, NamedTuple

from auditor.narrative.lines import bracket_ends
from auditor.narrative.lists import Item, is_plain, item_of, lists_of, masked
from auditor.narrative.model import Claim
from auditor.narrative.quantities import RATIOS, Quantity
from auditor.narrative.statements import Paragraph, SheetText, Statement, sentence_of
from auditor.narrative.words import Words
from auditor.records.figures import Figure
from auditor.records.sentences import Mark

__all__ = ["Term", "claim_of_sum", "read"]

_FEWEST: Final = 2
_MOST: Final = 100
"""A sum of more parts is none that people read."""


class Term(NamedTuple):
    """A figure of a sum and where it stands."""

    statement: Statement
    start: int
    end: int
    figure: Figure
    value: Decimal


def _term(statement: Statement, quantity: Quantity) -> Term:
    return Term(statement, quantity.start, quantity.end, quantity.figure, quantity.in_base_units)


def read(text: SheetText) -> Iterator[Claim]:
    """Claims of kind ``sum``: ``total`` and ``parts``, ``within`` a sentence, a list, or several
    lists of a text.
    """
    words = text.words
    for section in text.sections:
        for statement in section.statements:
            if _FEWEST < len(statement.tokens.quantities) <= _MOST:
                yield from _in_sentence(statement)
        # Most texts have no total at all.
        if words.pattern("total", "subtotal").search(section.text) is None:
            continue
        lists = lists_of(section)
        for before, items in pairwise([[], *lists]):
            yield from _in_list(items, before)
        yield from _below_heads(lists)
        yield from _across_lists(lists)


def claim_of_sum(
    total: Term, parts: Sequence[Term], counter: str, within: str, noun: str = ""
) -> Iterator[Claim]:
    """The claim of a sum; none where the figures plainly say something else."""
    if len(parts) > _MOST or not _is_a_sum(total.value, [part.value for part in parts]):
        return
    names = {f"parts.{number}": part for number, part in enumerate(parts, start=1)}
    yield Claim(
        kind="sum",
        sentence=sentence_of(
            (term.statement, Mark(start=term.start, end=term.end, name=name))
            for name, term in {**names, "total": total}.items()
        ),
        figures={"total": total.figure} | {name: part.figure for name, part in names.items()},
        words={"counter": counter, "noun": noun, "within": within},
    )


def _is_a_sum(total: Decimal, parts: Sequence[Decimal]) -> bool:
    """Whether figures can be meant as a sum: neither one of them nor some neighbours are the
    total already, with others left over.
    """
    sums = list(accumulate(parts, initial=Decimal(0)))
    if sums[-1] == total:
        return True
    seen = set[Decimal]()
    for value in sums:
        if value - total in seen:
            return False
        seen.add(value)
    return True


# --- in one sentence

_LABEL: Final = r"[^、。,・:;()「」『』0-9を~…]{0,24}"
_PART_TO_PART: Final = re.compile(
    rf"\x00{{0,200}} {{0,20}}(?:[、,・/+ ]|と|及び|並びに) {{0,20}}"
    rf"(?!うち|内|ほか|他){_LABEL}[ :]{{0,20}}"
)
_MORE: Final = re.compile(r"など|ほか|うち|再掲|主な|例え?ば|延べ|実数|[等他][)、 ]{0,4}$")
_CLOSES: Final = re.compile(r"であ[るりっ]|です|となっ|とな[るり]|の順|だっ|でした|。|$")


@lru_cache(maxsize=16)
def _words_of_sums(words: Words) -> re.Pattern[str]:
    return re.compile(
        f"{words.pattern('total', 'cumulative', 'breakdown', 'all').pattern}"
        f"|{_OF_REST}|合わせた|あわせた|加えた|[=＝]"
    )


@lru_cache(maxsize=16)
def _to_total(words: Words) -> re.Pattern[str]:
    total = words.pattern("total", "cumulative").pattern
    return re.compile(
        rf"\x00{{0,200}}(?:であり)?[、,・ /]{{0,20}}[のでと]?[、 ]{{0,9}}"
        rf"\(?(?:(?:{total})の?){{1,3}}[ :はが]{{0,20}}"
        r"|を(?:合わせた|あわせた|合計した|加えた)| {0,9}= {0,9}"
    )


_BREAKDOWN: Final = re.compile(
    r" {0,9}(?:の?体制|参加)? {0,9}(?P<bracket>\()(?:内訳[:は、 ]{0,9})?"
    r"|(?:[、。で ]|であり|参加し|その|\(){0,3}(?:内訳|【内訳】|\[内訳\])[はがとしては:、 ]{0,8}"
)
"""What leads from a total to its parts behind it: a bracket, or 内訳."""
_NAMED: Final = re.compile("内訳|体制")


def _in_sentence(statement: Statement) -> Iterator[Claim]:
    quantities = statement.tokens.quantities
    if statement.tokens.fractions:
        return
    words = statement.words
    if _words_of_sums(words).search(statement.text) is None:
        return
    text = masked(statement)
    ends = bracket_ends(text)
    for index, total in enumerate(quantities):
        if not total.counter or total.counter in RATIOS or total.after or total.is_signed:
            continue
        within = "sentence"
        parts = _before_total(statement, text, ends, index)
        if not parts:
            parts = _behind_total(statement, text, ends, index)
            within = "sentence" if _may_be_all(total, parts) else "list"
        if len(parts) >= _FEWEST:
            terms = [_term(statement, part) for part in parts]
            whole = _term(statement, total)
            yield from claim_of_sum(whole, terms, total.counter, within, total.noun)
            yield from _in_brackets(statement, ends, total, parts)


def _before_total(
    statement: Statement, text: str, ends: dict[int, int], index: int
) -> list[Quantity]:
    """The parts that stand before a total, with nothing else of their kind before them. What
    brackets behind a part say of it is passed over.
    """
    words = statement.words
    total = statement.tokens.quantities[index]
    allowed = (*words["total"], *words["cumulative"])
    if not all(word in allowed for word in total.before):
        return []
    floor = _region(text, ends, total)
    flat = _without_brackets(statement, text, ends, total)
    before = [q for q in statement.tokens.quantities[:index] if q.start >= floor]
    quantities = [q for q in before if flat[q.start] != _PASSED_OVER]
    parts: list[Quantity] = []
    pattern, following = _to_total(words), total
    for quantity in reversed(quantities):
        is_part = words.are_alike(quantity.counter, total.counter) and is_plain(quantity, words)
        if not is_part or not pattern.fullmatch(flat, quantity.end, following.start):
            break
        parts.append(quantity)
        pattern, following = _PART_TO_PART, quantity
    parts.reverse()
    if not parts or (not floor and _may_go_on(statement, total)):
        return []
    others = [q for q in quantities if q.start < parts[0].start]
    if any(words.are_alike(q.counter, total.counter) for q in others):
        return []
    if _MORE.search(flat, floor, parts[-1].end):
        return []
    is_cumulative = any(word in words["cumulative"] for word in total.before)
    if is_cumulative and not all("Ｄ" in _label_of(flat, part, floor) for part in parts):
        return []
    # 10名（引率５名）: whether the bracket is among them is not said.
    inside = [q for q in before if q.start > parts[0].start and flat[q.start] == _PASSED_OVER]
    alike = [q for q in inside if words.are_alike(q.counter, total.counter)]
    is_said = all(_OF_WHICH.match(text, text.rfind("(", 0, q.start)) for q in alike)
    holds = sum(part.in_base_units for part in parts) == total.in_base_units
    return parts if is_said or holds else []


_PASSED_OVER: Final = "\x00"
_OF_WHICH: Final = re.compile(r"\((?:うち|内)")


def _without_brackets(
    statement: Statement, text: str, ends: dict[int, int], total: Quantity
) -> str:
    """A text of the same length without the brackets right behind its figures before a total."""
    pieces: list[str] = []
    end = 0
    for quantity in statement.tokens.quantities:
        begin = quantity.end
        close = ends.get(begin, 0)
        if begin < end or not begin < close < total.start:
            continue
        pieces += (text[end:begin], _PASSED_OVER * (close + 1 - begin))
        end = close + 1
    return "".join((*pieces, text[end:]))


def _label_of(text: str, quantity: Quantity, floor: int) -> str:
    """What stands before a figure, up to the sign before it."""
    head = text[max(floor, quantity.start - _LONGEST_LABEL) : quantity.start]
    return re.split(r"[、,・/)\x00]", head)[-1]


_LONGEST_LABEL: Final = 24


def _in_brackets(
    statement: Statement, ends: dict[int, int], total: Quantity, parts: Sequence[Quantity]
) -> Iterator[Claim]:
    """A sum of what stands in the brackets behind a total and each of its parts: 12件（120円）."""
    of_total, *of_parts = [_alone_behind(statement, ends, q) for q in (total, *parts)]
    if of_total is None or of_total.counter in RATIOS:
        return
    terms: list[Term] = []
    for quantity in of_parts:
        if quantity is None or not statement.words.are_alike(quantity.counter, of_total.counter):
            return
        terms.append(_term(statement, quantity))
    whole = _term(statement, of_total)
    yield from claim_of_sum(whole, terms, of_total.counter, "sentence")


def _alone_behind(
    statement: Statement, ends: dict[int, int], quantity: Quantity
) -> Quantity | None:
    """The one figure, and nothing else, in a bracket right behind a figure."""
    close = ends.get(quantity.end, 0)
    for other in statement.tokens.quantities:
        if other.start == quantity.end + 1 and other.end == close:
            return other if is_plain(other, statement.words) else None
    return None


def _may_go_on(statement: Statement, total: Quantity) -> bool:
    """Whether the line above may hold the first parts of an enumeration."""
    paragraph = statement.paragraph
    if paragraph.marker or paragraph.statements[0] is not statement:
        return False
    above = paragraph.above
    if above is None or above.last + 1 < paragraph.line or not above.statements:
        return False
    last = above.statements[-1]
    alike = statement.words.are_alike
    return not last.text.endswith("。") and any(
        alike(quantity.counter, total.counter) for quantity in last.tokens.quantities
    )


def _region(text: str, ends: dict[int, int], total: Quantity) -> int:
    """Where the bracket begins in which a total stands together with figures; else 0."""
    opening = max(
        (begin for begin, end in ends.items() if begin < total.start and total.end <= end),
        default=-1,
    )
    if opening >= 0 and not any(sign.isdigit() for sign in text[opening : total.start]):
        return 0
    return opening + 1


def _behind_total(
    statement: Statement, text: str, ends: dict[int, int], index: int
) -> list[Quantity]:
    """The parts that stand behind a total, in a bracket or behind 内訳."""
    words, quantities = statement.words, statement.tokens.quantities
    total = quantities[index]
    match = _BREAKDOWN.match(text, total.end)
    allowed = (*words["total"], *words["all"])
    if match is None or not all(word in allowed for word in total.before):
        return []
    is_named = _NAMED.search(match.group()) is not None
    is_called = is_named or total.before or total.noun.endswith(words["total"])
    if not is_called and _OF_REST not in text[match.end() :]:
        return []
    end = ends.get(match.start("bracket"), -1) if match["bracket"] else len(text)
    parts: list[Quantity] = []
    place = match.end()
    pattern = _FIRST_LABEL
    for quantity in quantities[index + 1 :]:
        if quantity.start >= end:
            break
        is_part = words.are_alike(quantity.counter, total.counter) and is_plain(quantity, words)
        is_part = is_part and quantity.before in ((), (_OF_REST,))
        if not is_part or not pattern.fullmatch(text, place, quantity.start):
            return []
        parts.append(quantity)
        place, pattern = quantity.end, _PART_TO_PART
    if not parts or (not is_called and _OF_REST not in parts[-1].before):
        return []
    if _MORE.search(text, match.end(), end if match["bracket"] else place):
        return []
    is_end = place == end if match["bracket"] else _CLOSES.match(text, place) is not None
    if place == len(text) and not match["bracket"] and _may_be_cut(statement):
        return []
    # その他 is what is left, so that the figures before it are all.
    is_total = any(word in words["total"] for word in total.before) or _OF_REST in parts[-1].before
    return parts if is_end and (is_named or is_total or _may_be_all(total, parts)) else []


_OF_REST: Final = "その他"


def _may_be_cut(statement: Statement) -> bool:
    """Whether the line below may be the rest of a statement."""
    paragraph = statement.paragraph
    below = paragraph.below
    is_last = paragraph.statements[-1] is statement
    return is_last and below is not None and not below.marker and below.line == paragraph.last + 1


def _may_be_all(total: Quantity, parts: Iterable[Quantity]) -> bool:
    """Whether figures behind a total may be all of its parts: with less, a list is as likely to
    tell some of them.
    """
    return sum(part.in_base_units for part in parts) * 10 >= total.in_base_units * 9


_FIRST_LABEL: Final = re.compile(rf" {{0,20}}{_LABEL}[ :]{{0,20}}")

# --- in a list


def _in_list(items: Sequence[Item], before: Sequence[Item]) -> Iterator[Claim]:
    """The sums of totals that stand in the list of their parts: behind them or before them all.
    ``before`` is the list above.
    """
    rows = [item for item in items if item.role != "aside"]
    if len(rows) > _FEWEST and rows[0].role == "total" and not rows[0].label:
        # Below figures it may be their total.
        is_first = not before or not before[-1].quantities or _is_apart(before[-1], rows[0])
        if is_first and all(row.role == "part" for row in rows[1:]):
            yield from _of_total(rows[0], rows[1:])
        return
    subtotals: list[Item] = []
    parts: list[Item] = []
    for row in rows:
        if row.role == "subtotal":
            yield from _of_total(row, parts)
            subtotals.append(row)
            parts = []
        elif row.role == "total":
            if not row.label:
                yield from _of_total(row, [*subtotals, *parts])
            subtotals, parts = [], []
        else:
            parts.append(row)


def _is_apart(item: Item, following: Item) -> bool:
    """Whether an empty line stands between two items."""
    return following.paragraph.line > item.paragraph.last + 1


def _of_total(total: Item, parts: Sequence[Item]) -> Iterator[Claim]:
    """The sums of one total, a claim for each counter that all its parts have."""
    words = total.statement.words
    for quantity in total.quantities:
        counter = quantity.counter
        if counter in RATIOS or len(total.of_counter(counter, words)) > 1:
            continue
        terms = _terms(parts, counter, words)
        if len(terms) >= _FEWEST:
            of_total = _term(total.statement, quantity)
            yield from claim_of_sum(of_total, terms, counter, "list", total.label)


def _terms(parts: Sequence[Item], counter: str, words: Words) -> list[Term]:
    """The figures of a counter; none where not every item plainly has one, or says なし.

    Items above the first that has one may say something else.
    """
    terms: list[Term] = []
    for part in parts:
        quantities = part.of_counter(counter, words)
        is_item = part.role in ("part", "subtotal")
        if is_item and len(quantities) == 1:
            terms.append(_term(part.statement, quantities[0]))
        elif is_item and part.nothing is not None:
            terms.append(_nothing(part.statement, *part.nothing))
        elif terms or quantities:
            return []
    return terms if any(term.figure.unit for term in terms) or not counter else []


def _nothing(statement: Statement, start: int, end: int) -> Term:
    """なし, as the figure 0."""
    figure = Figure(value=Decimal(0), state="number", printed=statement.printed[start:end])
    return Term(statement, start, end, figure, Decimal(0))


def _below_heads(lists: Sequence[Sequence[Item]]) -> Iterator[Claim]:
    """The sums of totals at the end of a line below which their parts stand."""
    # The total of the list above is none of the list below.
    totals = {
        id(item.paragraph)
        for item in chain.from_iterable(items[1:] for items in lists)
        if item.role in ("total", "subtotal") and not item.label
    }
    for items in lists:
        head = items[0].paragraph.head
        first = items[0].paragraph
        if head is None or head.items[0] is not first or not head.statements:
            continue
        if first.line != head.last + 1 or id(head) in totals or _is_below_figures(head):
            continue
        statement = head.statements[-1]
        rows = [item for item in items if item.role != "aside"]
        if any(row.role != "part" for row in rows) or _MORE.search(statement.text):
            continue
        words = statement.words
        quantities = statement.tokens.quantities
        if not quantities or not _is_total(quantities[-1], words):
            continue
        total = quantities[-1]
        alike = [q for q in quantities if words.are_alike(q.counter, total.counter)]
        terms = _terms(rows, total.counter, words)
        if len(alike) == 1 and len(terms) == len(rows) >= _FEWEST:
            yield from claim_of_sum(
                _term(statement, total), terms, total.counter, "list", total.noun
            )


def _is_below_figures(head: Paragraph) -> bool:
    """Whether a line that says nothing but a total stands right below other figures."""
    above = head.above
    item = item_of(head)
    says_more = item.role == "other" or item.label
    if above is None or head.line > above.last + 1 or says_more:
        return False
    return any(statement.tokens.quantities for statement in above.statements)


def _is_total(quantity: Quantity, words: Words) -> bool:
    return (
        bool(quantity.before)
        and all(word in words["total"] for word in quantity.before)
        and is_plain(quantity, words)
        and quantity.counter not in RATIOS
    )


# --- across lists


def _across_lists(lists: Sequence[Sequence[Item]]) -> Iterator[Claim]:
    """Sums of items of one label in several lists: ２物件（３筆、414㎡）, ５物件（５筆、97㎡） and,
    further down, ７物件（８筆、511㎡）.

    Nothing but the figures says that they belong together, so that all but one of the counters have
    to add up.
    """
    rows = [(number, item) for number, items in enumerate(lists) for item in items]
    by_label: dict[str, list[tuple[int, Item]]] = {}
    for number, item in rows:
        if item.role not in ("part", "total", "subtotal") or not (item.quantities or item.nothing):
            continue
        if len(item.quantities) >= _FEWEST:
            for of_label in list(by_label.values())[-_MOST_LABELS:]:
                if _FEWEST <= len(of_label) <= _MOST:
                    yield from _of_label(item, [each for at, each in of_label if at != number])
        if item.role == "part" and item.label:
            by_label.setdefault(item.label, []).append((number, item))


_MOST_LABELS: Final = 20


def _of_label(total: Item, items: Sequence[Item]) -> Iterator[Claim]:
    words = total.statement.words
    sums: list[tuple[Quantity, list[Term]]] = []
    for quantity in total.quantities:
        terms = _terms(items, quantity.counter, words)
        figures = [term for term in terms if term.figure.unit]
        if len(figures) >= _FEWEST and len(total.of_counter(quantity.counter, words)) == 1:
            sums.append((quantity, terms))
    agree = [sum(term.value for term in terms) == q.in_base_units for q, terms in sums]
    fewest = _FEWEST if total.role == "part" else 1
    if agree.count(False) <= 1 and agree.count(True) >= fewest and len(agree) >= _FEWEST:
        for quantity, terms in sums:
            of_total = _term(total.statement, quantity)
            yield from claim_of_sum(of_total, terms, quantity.counter, "sheet", total.label)
