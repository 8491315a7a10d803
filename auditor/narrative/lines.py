"""Lines of a text, and which of them the layout broke: the lines of one paragraph, together.

A line goes on the one before it where that one plainly stops in the middle: behind a comma, within
brackets, behind a particle, or at the edge of its column. A line with a marker (・, ①, (1)), a
heading in brackets or a label (会場:) begins something of its own. Whether a text was set on a page
or typed into a cell makes no difference.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from auditor.narrative.folding import folded, width

__all__ = ["CIRCLED", "Line", "bracket_ends", "joined", "kind_of", "lines_of", "ordinal_of"]

CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_MARKER: Final = re.compile(
    rf"[・●◎◇◆□■★☆※○◦▶►→⇒*]|[△▲▽▼](?! ?[0-9])|[{CIRCLED}](?![・、,~\-{CIRCLED}])"
    r"|\([0-9]{1,2}\)(?![・、,~]| ?の)|[0-9]{1,2}[.)](?![0-9])"
    r"|\([ア-ンa-z]\)|[ア-ン][).](?=.)|[ア-オ](?=[ 、][^ 、])|-(?=[ぁ-んァ-ヶ一-龠 ])"
)
_HEADING: Final = re.compile(
    r"[【〈≪《]|\((?:内訳|合計|小計|総計|計|参考|備考|概要|目的|内容|対象|会場|日時|結果|成果)\)"
)
_LABEL: Final = re.compile(
    r"[^:。、()「」『』]{0,15}[^:。、()「」『』0-9 ] {0,3}:(?!//)|[一-龠] {1,4}[一-龠] {2}"
    r"|[^ 。、(]{2,20} {1,20}[△▲-]?[0-9][0-9,.]{0,20}[^ 0-9、。]{1,4}(?: |$)"
)
_ROW: Final = re.compile(r"(?: [△▲\-]?[0-9][0-9,.]{0,24}[^ 0-9]{0,6}){2}")

_OPEN: Final = {
    "(": ")",
    "「": "」",
    "『": "』",
    "[": "]",
    "【": "】",
    "《": "》",
    "≪": "≫",
    "〈": "〉",
}
_BRACKET: Final = re.compile(f"[{re.escape(''.join([*_OPEN, *_OPEN.values()]))}]")
_FARTHEST: Final = 8
"""So many lines behind its opening a bracket may close; one that never does opens nothing."""

_BEGINS_INSIDE: Final = re.compile(
    r"[)\]」』】、。,:]"
    r"|[をんぁぃぅぇぉっゃゅょァィゥェォッャュョーゝ々る]"
    r"|の(?=[一-龠ァ-ヶA-Z0-9「(])"
    r"|(?:す[るべ]|し[たて、]|さ[せれ]|れ[るたて、ば])"
    r"|(?:な(?:い|く、|かっ|けれ|る[。、よこも]|り、)|い(?:る。|た。|く。|て、)|た[、。めり])"
    r"|(?:こと|もの)(?:[をがにはでも、。]|等)"
    r"|に(?:よ[りる]|おい|おけ|関|対|つい|向け|係|基|伴)"
    r"|と(?:して|した|とも|な[るりっ]|、|い[うっ])"
    r"|(?:で[あのはも、]|が、|は、|も、|へ[の、]|て、|て[いき])"
    r"|(?:など|ほか、|のほか|あたり|当たり|等[のをがに、])"
    r"|(?!また|なお|さて|ただ|あと|まず|うち)[ぁ-ん]{1,2}[、。]"
)
"""Beginnings of a line that no sentence and no item of a list has."""

_STOPS_INSIDE: Final = re.compile(
    r"(?:[、,・をはがにへや]|(?<!も)の|(?<![こひさまもあごい])と|(?<!ま)で"
    r"|かつ|及び|および|並びに|または|又は|もしくは|による|に関する|に対する|に係る|ための|[A-Za-z]-)$"
)
"""Ends of a line that no sentence and no item of a list has."""

_CUT_ITEM: Final = re.compile(
    r"[0-9][^、,・0-9ぁ-ん ]{0,5}(?:[、・]|,(?![0-9]))[^、・:。0-9をはがに]{0,10}"
    r"(?:[0-9][0-9,]{0,12})?$"
)
"""The end of a line within an enumeration of figures: ３件、北町."""
_REST_OF_ITEM: Final = re.compile(
    r"[^、,・。0-9]{0,14}[0-9]|[^、,・:。0-9 ]{1,4}(?:[、,・()。はがをとの]|$)"
)
_CUT_FIGURE: Final = re.compile(r"[0-9]$")
_COUNTER: Final = re.compile(r"[一-龠㎡%](?:[一-龠]?[、。,)はがをとの・]|\()")

_HALF_FIGURE: Final = re.compile(r"[^ 0-9,.][0-9][0-9,.]{0,12}$")
_REST_OF_ROW: Final = re.compile("[0-9,]{1,12}(?: {1,9}[0-9,]{1,12}){0,9}")
_DATE_STOPS: Final = re.compile("[0-9]$")
_DATE_GOES_ON: Final = re.compile(r"(?:年度?|月|日|時|分)(?=[0-9 、。()~\-にかまのでよ]|$)")
_IN_DAY: Final = re.compile(r"(?:[年月.~]|から) {0,2}[0-9]$")
_REST_OF_DAY: Final = re.compile(r"[0-9] {0,2}[年月日.](?![0-9]{3})")
_RANGE_STOPS: Final = re.compile(
    r"(?:~|から) {0,2}(?:令和|平成|昭和|[RHS])? {0,2}[元0-9]{1,4} {0,2}"
    r"(?:[年.](?: {0,2}[0-9]{1,2} {0,2}[月.])?)?$"
    r"|(?:[RHS] {0,2}[0-9]{1,2}\.|[0-9]\. ?[0-9]{1,2}\.)$"
)

_HIRAGANA: Final = re.compile(r"[ぁ-ん]")
_MAY_END: Final = frozenset("たるすいんうくむつぐぶきけりれ")
_CAPITAL: Final = re.compile("[A-Z]")
_CUT_OFF: Final = re.compile("[A-Z][のはをがに値]")
_ERA: Final = {"令": "和", "昭": "和", "平": "成"}
_NARROWEST: Final = 36
"""Lines of fewer columns than these are not taken for the width of a column."""
_LEEWAY: Final = 4
"""So many columns a full line may be short of the edge: a character, and a sign kept with it."""


class Line(NamedTuple):
    """A line without the space around it and without its marker.

    ``number`` counts from 0, ``indent`` is in narrow columns. ``printed`` and ``text`` (in one
    width) are of the same length; ``edge`` is the column in which the line ends. ``begins`` tells
    that it plainly begins a paragraph.
    """

    number: int
    indent: int
    marker: str
    printed: str
    text: str
    edge: int
    begins: bool


def lines_of(text: str) -> Iterator[Line | None]:
    """The lines of a text; None for an empty one. A mark on a line of its own is a line that says
    nothing.
    """
    printed_lines, plain_lines = text.splitlines(), folded(text).splitlines()
    for number, (printed, plain) in enumerate(zip(printed_lines, plain_lines, strict=True)):
        end = len(plain.rstrip())
        begin = len(plain) - len(plain.lstrip())
        if begin >= end:
            yield None
            continue
        indent = width(printed[:begin]) if begin else 0
        edge = indent + width(printed[begin:end])
        match = _MARKER.match(plain, begin)
        marker = ""
        if match is not None:
            marker = match.group()
            rest = plain[match.end() : end]
            begin = end - len(rest.lstrip(" 、"))
        begins = bool(marker) or _HEADING.match(plain, begin) is not None
        yield Line(number, indent, marker, printed[begin:end], plain[begin:end], edge, begins)


_PAIR: Final = 2
_NUMBER: Final = re.compile(r"([0-9]{1,2}) {1,2}(?=[一-龠ァ-ヶA-Za-z])")


def _numbered(lines: list[Line | None]) -> list[Line | None]:
    """Lines of which some begin with a number and a space. It is a marker where 1 is followed by 2
    and so on, all indented alike: ２ 人 alone is no second item.
    """
    runs: dict[int, list[int]] = {}
    matches = {
        index: match
        for index, line in enumerate(lines)
        if line is not None and not line.marker and (match := _NUMBER.match(line.text))
    }
    items: list[int] = []
    for index, match in matches.items():
        line = lines[index]
        assert line is not None
        run = runs.setdefault(line.indent, [])
        if int(match[1]) == 1:
            run[:] = [index]
        elif int(match[1]) == len(run) + 1:
            run.append(index)
            items += run if len(run) == _PAIR else [index]
    for index in items:
        line, match = lines[index], matches[index]
        if line is not None and not line.marker:
            lines[index] = line._replace(
                marker=match[1],
                begins=True,
                printed=line.printed[match.end() :],
                text=line.text[match.end() :],
            )
    return lines


def joined(text: str) -> Iterator[list[Line]]:
    """The lines of a text by paragraph."""
    block: list[Line] = []
    lines = _numbered(list(lines_of(text)))
    edges = sorted((line.edge for line in lines if line is not None), reverse=True)
    widest = edges[0] if edges and edges[0] >= _NARROWEST else 10**6
    is_edge = len(edges) > 2 and edges[2] >= widest - _LEEWAY
    for line in (*lines, None):
        if line is not None:
            block.append(line)
        elif block:
            yield from _paragraphs(block, widest, is_edge=is_edge)
            block = []


def _paragraphs(block: Sequence[Line], widest: int, *, is_edge: bool) -> Iterator[list[Line]]:
    """The paragraphs of lines without an empty one between them. ``is_edge`` tells that several
    lines of the text end where the widest does.
    """
    inside = _inside_brackets(block)
    narrow = _narrow_column(block)
    sentences = _sentences(block)
    widest_here = max(line.edge for line in block)
    together = [block[0]]
    for (index, last), line in zip(enumerate(block), block[1:], strict=False):
        is_sentence = is_edge or narrow > 0 or sentences[index]
        goes_on = not line.begins and (
            inside[index]
            or ((sentences[index] or last.edge >= widest_here - _LEEWAY) and _is_cut(last, line))
            or _goes_on(last, line, together[0], narrow or widest, is_sentence=is_sentence)
        )
        if not goes_on:
            yield together
            together = []
        together.append(line)
    yield together


def _goes_on(last: Line, line: Line, first: Line, column: int, *, is_sentence: bool) -> bool:
    """Whether a line without a marker is the rest of the line before it, of a paragraph that began
    with ``first``. ``is_sentence`` tells that more than one line's width speaks for it.
    """
    if not last.text:
        return False
    if _is_cut_date(last, line):
        return True
    if last.text.endswith(("。", ".")):
        return False
    if last.text.endswith(("、", ",", "・")):
        return True
    if _LABEL.match(line.text) or (_ROW.search(line.text) and _ROW.search(last.text)):
        return False
    if _is_inside(last, line):
        return True
    # An unmarked line and a deeper one below it are a heading and its text.
    if last is first and line.indent > last.indent and not first.marker:
        return False
    # A bracket that opens never stands at the end of a line.
    leeway = _LEEWAY + 2 * (line.text[0] in _OPEN)
    if last.edge >= column - leeway:
        return is_sentence or _may_be_inside(last, line)
    if last.edge < column * 0.85:
        return False
    return last is not first or _may_be_inside(last, line)


def _sentences(block: Sequence[Line]) -> list[bool]:
    """For each line whether the lines behind it that begin nothing come to a full stop."""
    ends = [False] * len(block)
    for index in range(len(block) - 2, -1, -1):
        following = block[index + 1]
        ends[index] = not following.begins and (following.text.endswith("。") or ends[index + 1])
    return ends


def _is_cut_date(last: Line, line: Line) -> bool:
    """Whether two lines are halves of a day: ３ and 月31日, ～令和７年 and ３月."""
    end = last.text[-16:]
    if _DATE_STOPS.search(end) and _DATE_GOES_ON.match(line.text):
        return True
    if _IN_DAY.search(end) and _REST_OF_DAY.match(line.text):
        return True
    return _RANGE_STOPS.search(end) is not None and line.text[0].isdigit()


def _is_inside(last: Line, line: Line) -> bool:
    """Whether the words themselves say that a sentence goes on over two lines."""
    if _ERA.get(last.text[-1]) == line.text[0] and line.text[1:2].isdigit():
        return True
    if line.text[0] == "(":
        return True
    if _CUT_FIGURE.search(last.text) and _COUNTER.match(line.text):
        return True
    if _CAPITAL.match(last.text[-1]) and _CUT_OFF.match(line.text):
        return True
    return bool(_BEGINS_INSIDE.match(line.text) or _STOPS_INSIDE.search(last.text[-4:]))


def _is_cut(last: Line, line: Line) -> bool:
    """Whether two lines of a full width are halves of a figure, or of an item of an enumeration of
    figures.
    """
    if _HALF_FIGURE.search(last.text[-24:]) and line.text[0].isdigit():
        return True
    if _REST_OF_ROW.fullmatch(line.text) and _ROW.search(last.text) and last.text[-1].isdigit():
        return True
    is_cut = _CUT_ITEM.search(last.text[-40:]) is not None
    return is_cut and _REST_OF_ITEM.match(line.text) is not None


def _may_be_inside(last: Line, line: Line) -> bool:
    end, start = last.text[-1], line.text[0]
    if _HIRAGANA.match(start):
        return True
    if end.isascii() and start.isascii() and end.isalnum() and start.isalnum():
        return True
    return _HIRAGANA.match(end) is not None and end not in _MAY_END


def _narrow_column(block: Sequence[Line]) -> int:
    """The edge of a block if a break at it is plainly the layout's, else 0: beside a picture a
    column is narrower than the rest of the text.
    """
    edge = max(line.edge for line in block)
    full = edge - _LEEWAY
    is_wrapped = any(
        last.edge >= full and last.text and not line.begins and _is_inside(last, line)
        for last, line in pairwise(block)
    )
    return edge if is_wrapped else 0


def _inside_brackets(block: Sequence[Line]) -> list[bool]:
    """For each line whether a bracket is open at its end that a line soon behind it closes."""
    inside = [False] * len(block)
    start = 0
    for stop in range(1, len(block) + 1):
        if stop < len(block) and not block[stop].begins:
            continue
        lines = block[start:stop]
        ends = bracket_ends("".join([line.text for line in lines])) if len(lines) > 1 else {}
        begins = list(accumulate([len(line.text) for line in lines], initial=0)) if ends else []
        for opening, closing in ends.items():
            first = bisect_right(begins, opening) - 1
            last = bisect_right(begins, closing) - 1
            if last - first <= _FARTHEST:
                for index in range(first, last):
                    inside[start + index] = True
        start = stop
    return inside


def bracket_ends(text: str) -> dict[int, int]:
    """Where each bracket of a folded text closes: places of openings, with those of their ends.

    A bracket that never closes, or none of whose kind was opened, is not there.
    """
    ends: dict[int, int] = {}
    stack: list[tuple[int, str]] = []
    waiting = dict.fromkeys(_OPEN.values(), 0)
    for match in _BRACKET.finditer(text):
        index, sign = match.start(), match.group()
        closing = _OPEN.get(sign)
        if closing is not None:
            stack.append((index, closing))
            waiting[closing] += 1
        elif waiting[sign]:
            while True:
                opening, expected = stack.pop()
                waiting[expected] -= 1
                if expected == sign:
                    break
            ends[opening] = index
    return ends


@lru_cache(maxsize=1024)
def kind_of(marker: str) -> str:
    """The kind of a marker: markers of one list are of one kind."""
    if not marker:
        return ""
    if marker in CIRCLED:
        return "①"
    if marker[0] == "(":
        return "(1)" if marker[1].isdigit() else "(ア)"
    if marker[0].isdigit():
        return "1" + marker.lstrip("0123456789")
    return "ア" if "ア" <= marker[0] <= "ン" else marker[0]


@lru_cache(maxsize=1024)
def ordinal_of(marker: str) -> int | None:
    """The number of a marker that counts: 3 for ③, (3) and ウ."""
    if marker and marker in CIRCLED:
        return CIRCLED.index(marker) + 1
    inner = marker.strip("().")
    if inner.isascii() and inner.isdecimal():
        return int(inner)
    place = "アイウエオカキクケコサシスセソ".find(inner) if len(inner) == 1 else -1
    return place + 1 if place >= 0 else None
