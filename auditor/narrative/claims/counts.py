"""Counts: a stated number of things beside the list of them (３か所, and three places).

A count is a claim only where the list is plainly all of it: names in the brackets behind the number
or right before it, or items below a line that ends with it. Where the list has far fewer or more
items it is a list of something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from auditor.narrative.lines import CIRCLED, bracket_ends
from auditor.narrative.lists import Item, lists_of, masked
from auditor.narrative.model import Claim
from auditor.narrative.quantities import Quantity
from auditor.narrative.statements import Paragraph, SheetText, Statement, sentence_of
from auditor.narrative.words import Words
from auditor.records.sentences import Mark

__all__ = ["read"]

_FEWEST: Final = 2
_MOST: Final = 60
_FARTHEST: Final = 2
"""A list of so many more or fewer items may be meant as the one that is counted."""


def read(text: SheetText) -> Iterator[Claim]:
    """Claims of kind ``count``: the ``stated`` number, and how many items are ``counted``; they
    stand ``within`` a sentence, a list, or in two places of the sheet.
    """
    for section in text.sections:
        statements = [each for each in section.statements if _has_count(each)]
        if not statements:
            continue
        for statement in statements:
            yield from _in_sentence(statement)
        for above, items in pairwise([[], *lists_of(section)]):
            yield from _in_list(items)
            yield from _below_list(above, items)
    yield from _in_plan(text)


def _has_count(statement: Statement) -> bool:
    return any(_is_listed(q.counter, statement.words) for q in statement.tokens.quantities)


def _claim(
    statement: Statement,
    quantity: Quantity,
    counted: int,
    within: str,
    others: Sequence[Statement] = (),
) -> Iterator[Claim]:
    """The claim of a count; none where the list has too few or too many items to be meant."""
    if not _FEWEST <= counted <= _MOST or abs(quantity.value - counted) > _FARTHEST:
        return
    mark = Mark(start=quantity.start, end=quantity.end, name="stated")
    yield Claim(
        kind="count",
        sentence=sentence_of([(statement, mark), *((other, None) for other in others)]),
        figures={"stated": quantity.figure},
        values={"counted": counted},
        words={"counter": quantity.counter, "noun": quantity.noun, "within": within},
    )


def _counts_things(quantity: Quantity, words: Words) -> bool:
    """Whether a figure counts things that a list names one by one."""
    allowed = (*words["all"], *words["total"])
    return (
        _is_listed(quantity.counter, words)
        and quantity.step == 1
        and not quantity.scale
        and not quantity.after
        and not quantity.is_signed
        and all(word in allowed for word in quantity.before)
    )


def _is_listed(counter: str, words: Words) -> bool:
    return counter.endswith(words["listed"])


# --- in one sentence

_OPEN_END: Final = re.compile(
    r"など|ほか|その他|外$|他$|等$|をはじめ|例え?ば|主な|うち|各|・・|…|~"
)
_NAME: Final = r"[^、。,・:;()「」『』0-9]{1,24}"
_QUOTED: Final = re.compile(
    r"(?:(?:「[^「」]{1,40}」|『[^『』]{1,40}』)[、・,と及びや]{0,2}){2,60}"
)
_ONE_QUOTED: Final = re.compile(r"「[^「」]{1,40}」|『[^『』]{1,40}』")
_CLAUSE: Final = re.compile(r"[はがをにで](?![んわず])|した|する|され|ます|です|である")
_CIRCLED_ITEM: Final = re.compile(f"[{CIRCLED}]")


def _in_sentence(statement: Statement) -> Iterator[Claim]:
    words = statement.words
    quantities = [q for q in statement.tokens.quantities if _counts_things(q, words)]
    if not 0 < len(quantities) <= _MOST:
        return
    text = masked(statement)
    ends = bracket_ends(text)
    for quantity in quantities:
        counted = _names_behind(text, quantity, ends) or _names_before(text, quantity)
        yield from _claim(statement, quantity, counted, "sentence")


def _names_behind(text: str, quantity: Quantity, ends: dict[int, int]) -> int:
    """How many names, or days of events, the brackets right behind a number hold; 0 where they
    hold something else.
    """
    start = quantity.end + (text[quantity.end : quantity.end + 1] == " ")
    close = ends.get(start, 0) if text[start : start + 1] == "(" else 0
    inner = text[start + 1 : close]
    if not close or len(inner) > _LONGEST or _OPEN_END.search(inner):
        return 0
    if quantity.counter == "回":
        days = re.split("[、,・]", inner)
        return len(days) if all(_ONE_DAY.fullmatch(day) for day in days) else 0
    return _names(inner)


_ONE_DAY: Final = re.compile("[^Ｄ0-9]{0,8}Ｄ{1,20}[^Ｄ0-9]{0,12}")
_LONGEST: Final = 400


def _names(text: str) -> int:
    """How many names a text is, parted by one kind of sign; 0 where it isn't names alone."""
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        return len(_ONE_QUOTED.findall(text))
    if ("、" in text or "," in text) and "・" in text:
        return 0
    if re.search(r"[0-9Ｄ:;。()]", text):
        return 0
    names = [name.strip() for name in re.split("[、,・]", text)]
    if any(not re.fullmatch(_NAME, name) or _CLAUSE.search(name) for name in names):
        return 0
    # 甲と乙 may be one name or two.
    return (
        0 if any("と" in name or "及び" in name or "や" in name for name in names) else len(names)
    )


def _names_before(text: str, quantity: Quantity) -> int:
    """How many quoted names stand right before a number: 「甲」「乙」の２件."""
    start = quantity.start
    for word in quantity.before:
        start -= len(word) if text.endswith(word, 0, start) else 0
    head = text[max(0, start - _LONGEST) : start]
    match = re.search(r"(?:の|、|の計|、計|、合わせて|) {0,2}$", head)
    head = head[: match.start()] if match is not None else head
    circled = _circled_before(head) if text[start - 1 : start] == "の" else 0
    if not head.endswith(("」", "』")):
        listed = _LISTED.search(head) if quantity.before and not circled else None
        is_open = listed is None or _OPEN_END.search(listed["names"]) is not None
        return circled if listed is None or is_open else _names(listed["names"])
    names = 0
    end = len(head)
    for name in reversed(list(_ONE_QUOTED.finditer(head))):
        if head[name.end() : end].strip("、・,と及びや "):
            break
        names += 1
        end = name.start()
    return names


_LISTED: Final = re.compile(r"(?:^|[:※]|は、?)(?P<names>[^:。は※]{1,200})$")


def _circled_before(head: str) -> int:
    """How many items of ①…、②…、③… a sentence has before の３点; 0 where some are missing."""
    marks = [CIRCLED.index(match.group()) for match in _CIRCLED_ITEM.finditer(head)]
    return len(marks) if marks == list(range(len(marks))) and "。" not in head else 0


# --- in lists

_TO_LIST: Final = re.compile(
    r"[ )」】]{0,9}(?:[:。]|は?次の(?:とおり|通り)|は?以下の(?:とおり|通り))?[ )】]{0,9}"
)
_LONGEST_ITEM: Final = 60


def _in_list(items: Sequence[Item]) -> Iterator[Claim]:
    """The count at the end of a line below which the things stand (会場：３か所)."""
    head = items[0].paragraph.head
    first = items[0].paragraph
    if head is None or head.items[0] is not first or first.line != head.last + 1:
        return
    if not first.marker or not head.statements or _is_foot(head):
        return
    if _states_a_count(items[-1].paragraph):
        return
    statement = head.statements[-1]
    words = statement.words
    quantities = [q for q in statement.tokens.quantities if _counts_things(q, words)]
    rows = [item for item in items if item.role != "aside"]
    if len(quantities) != 1 or not _are_names(rows, head.items) or _OPEN_END.search(statement.text):
        return
    quantity = quantities[0]
    is_end = _TO_LIST.fullmatch(masked(statement), quantity.end) is not None
    if is_end or _is_asked_for(statement, quantity) or _is_broken_down(statement, rows):
        others = [row.statement for row in rows]
        yield from _claim(statement, quantity, len(rows), "list", others)


def _is_foot(head: Paragraph) -> bool:
    """Whether a line without a marker may belong to the list above it."""
    above = head.above
    if head.marker or above is None or not above.marker or above.last + 1 != head.line:
        return False
    item = above.above
    return item is not None and item.kind == above.kind and item.last + 1 == above.line


def _states_a_count(last: Paragraph) -> bool:
    """Whether the line right below a list says how many of it there are, too (※全３回)."""
    below = last.below
    if below is None or below.line != last.last + 1:
        return False
    quantities = [
        quantity for statement in below.statements for quantity in statement.tokens.quantities
    ]
    return any(quantity.before[:1] in (("全",), ("計",)) for quantity in quantities)


_SHORTEST_NAME: Final = 4
"""Shorter labels are more often kinds (男性, 学生) than names."""


def _is_broken_down(statement: Statement, rows: Sequence[Item]) -> bool:
    """Whether a line ends with a total of which each item below has a part (３校の生徒　計23名)."""
    total = statement.tokens.quantities[-1]
    words = statement.words
    return total.before[:1] == ("計",) and all(
        row.role == "part"
        and len(row.of_counter(total.counter, words)) == 1
        and len(row.label) >= _SHORTEST_NAME
        for row in rows
    )


def _is_asked_for(statement: Statement, quantity: Quantity) -> bool:
    """Whether a line speaks of the list itself: 次の３か所で実施した."""
    return re.search(r"(?:次|以下|下記)の(?:計|全)?$", statement.text[: quantity.start]) is not None


def _are_names(rows: Sequence[Item], below: Sequence[object]) -> bool:
    """Whether items of a list are things that can be counted: each on a line, none of them なし,
    and no open end.
    """
    if len(rows) < _FEWEST or len(below) > len(rows) + 1:
        return False
    return all(
        row.nothing is None
        and row.role in ("part", "other")
        and len(row.paragraph.statements) == 1
        and len(row.statement.text) <= _LONGEST_ITEM
        and not row.statement.text.endswith("。")
        and _OPEN_END.search(row.statement.text) is None
        for row in rows
    )


def _below_list(above: Sequence[Item], items: Sequence[Item]) -> Iterator[Claim]:
    """全10回 right below ten numbered items with a day each, or right above them."""
    statement = items[0].statement
    quantities = [
        quantity
        for quantity in statement.tokens.quantities
        if quantity.before[:1] == ("全",) and quantity.counter in ("回", "日間", "日")
    ]
    rows = [item for item in above if item.role != "aside"]
    if len(quantities) != 1 or len(rows) < _FEWEST:
        return
    if items[0].paragraph.line != rows[-1].paragraph.last + 1:
        return
    head = rows[0].paragraph.head
    if head is not None and any(_has_count(each) for each in head.statements):
        return
    ordinals = [row.paragraph.ordinal for row in rows]
    has_days = all(row.statement.tokens.days for row in rows)
    if has_days and ordinals == list(range(1, len(rows) + 1)):
        others = [row.statement for row in rows]
        yield from _claim(statement, quantities[0], len(rows), "list", others)


# --- the list in the plan, the count in the result

_DONE: Final = re.compile(r"(?:全て|すべて)?を ?(?P<verb>[一-龠]{2})")


def _in_plan(text: SheetText) -> Iterator[Claim]:
    """Things named one by one in the plan, and counted in the result: 「甲」「乙」を導入, and
    ２件を導入.
    """
    lists: dict[str, list[tuple[Statement, int]]] = {}
    year = text.sheet.fiscal_year
    statements = list(text.statements)
    for statement in statements:
        match = _QUOTED.search(statement.text) if "」" in statement.text else None
        done = _DONE.match(statement.text, match.end()) if match is not None else None
        days = {day.year for day in statement.tokens.days}
        if match is None or done is None or days - {year, None}:
            continue
        if _OPEN_END.search(statement.text):
            continue
        names = len(_ONE_QUOTED.findall(match.group()))
        lists.setdefault(done["verb"], []).append((statement, names))
    if not lists:
        return
    for statement in statements:
        for quantity in statement.tokens.quantities:
            if not _counts_things(quantity, statement.words):
                continue
            done = _DONE.match(statement.text, quantity.end)
            of_verb = lists.get(done["verb"], []) if done is not None else []
            if len(of_verb) == 1 and of_verb[0][0] is not statement:
                yield from _claim(statement, quantity, of_verb[0][1], "sheet")
