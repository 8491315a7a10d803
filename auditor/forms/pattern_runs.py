"""Whether a pattern can take long on a text: all ways in which it can match one are counted.

A backtracking matcher tries one way after another. Where the number of ways that are open at a
time has a bound, it takes at most that many steps a character from each start. So the states of a
pattern (its characters) are followed over all texts at once, with the number of ways to each; a
pattern whose numbers grow is refused, and so is one with a repetition inside a repetition.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise
from typing import Final, NamedTuple, NoReturn, assert_never

from auditor.forms.pattern_syntax import (
    Anchor,
    Choice,
    Node,
    OneOf,
    PatternError,
    Repetition,
    Sequence,
    parse_pattern,
    quoted,
)

__all__ = ["MOST_WAYS", "check_runs"]

MOST_WAYS: Final = 32
"""How many ways to match a text may be open at a time."""

_MOST_CHARACTERS: Final = 600
"""How many characters a pattern may stand for once its counted repetitions are written out."""

_MOST_VECTORS: Final = 600
"""How many different sets of ways are looked at: a form's patterns have fewer than a hundred."""

_LAST: Final = 0x10FFFF


def check_runs(pattern: str) -> None:
    """Raises PatternError for a pattern that is not of the syntax, or that can take more than
    linear time from a start in a text.
    """
    tree = parse_pattern(pattern)
    _check_nesting(pattern, tree)
    automaton = _Automaton(pattern)
    _follow_all(automaton, automaton.of(tree, ()))


def _below(node: Node) -> Iterator[Node]:
    """The parts of a node, the parts of those, and so on."""
    match node:
        case OneOf() | Anchor():
            return
        case Sequence(parts) | Choice(parts):
            parts_of = parts
        case Repetition(part):
            parts_of = (part,)
        case _:
            assert_never(node)
    for part in parts_of:
        yield part
        yield from _below(part)


def _check_nesting(pattern: str, tree: Node) -> None:
    for node in chain((tree,), _below(tree)):
        if not isinstance(node, Repetition) or not node.is_loop:
            continue
        for inner in _below(node):
            if isinstance(inner, Repetition) and not inner.is_counted:
                a, b = _shown(pattern, inner), _shown(pattern, node)
                _refuse(
                    pattern,
                    f"the repetition {a.en} stands inside the repetition {b.en}; "
                    "together they can match the same text in too many ways",
                    f"繰り返し{b.ja}の中に繰り返し{a.ja}があります。"
                    "同じ文字列への当てはめ方が多くなりすぎます",
                )


def _refuse(pattern: str, en: str, ja: str) -> NoReturn:
    """Raises PatternError for a pattern."""
    shown, shown_ja = quoted(pattern)
    raise PatternError(f"{shown}: {en}", f"{shown_ja}：{ja}")


class _Shown(NamedTuple):
    en: str
    ja: str


def _shown(pattern: str, repetition: Repetition) -> _Shown:
    """A repetition as a message names it: as it is written, and where."""
    written, written_ja = quoted(pattern[repetition.start : repetition.end])
    column = repetition.start + 1
    return _Shown(f"{written} (character {column})", f"{written_ja}（{column}文字目）")


# — the states of a pattern —


Ways = Mapping[int, int]
"""The number of ways to each state."""


class _Fragment(NamedTuple):
    """A part of the automaton: the ways to its first states, the ways from its last ones to its
    end, and those to pass it without a character.
    """

    first: Ways
    last: Ways
    empty: int


_EMPTY: Final = _Fragment({}, {}, 1)


class _Automaton:
    """The states of a pattern, each a character, and the ways from each to the next."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.characters: list[OneOf] = []
        self.repetitions: list[tuple[Repetition, ...]] = []
        """Those that each state stands in, from the outermost."""
        self.next: list[Counter[int]] = []

    def of(self, node: Node, around: tuple[Repetition, ...]) -> _Fragment:
        """The fragment of a node that stands in some repetitions."""
        match node:
            case OneOf():
                return self._state(node, around)
            case Anchor():
                return _EMPTY
            case Sequence(parts):
                return self._joined(self.of(part, around) for part in parts)
            case Choice(options):
                fragments = [self.of(option, around) for option in options]
                return _Fragment(
                    _total(fragment.first for fragment in fragments),
                    _total(fragment.last for fragment in fragments),
                    sum(fragment.empty for fragment in fragments),
                )
            case Repetition():
                return self._repeated(node, (*around, node))
            case _:
                assert_never(node)

    def _state(self, characters: OneOf, around: tuple[Repetition, ...]) -> _Fragment:
        number = len(self.characters)
        if number >= _MOST_CHARACTERS:
            _refuse(
                self.pattern,
                f"it stands for more than {_MOST_CHARACTERS} characters",
                f"表す文字数が{_MOST_CHARACTERS}を超えています",
            )
        self.characters.append(characters)
        self.repetitions.append(around)
        self.next.append(Counter())
        return _Fragment({number: 1}, {number: 1}, 0)

    def _joined(self, fragments: Iterable[_Fragment]) -> _Fragment:
        whole = _EMPTY
        for fragment in fragments:
            self._link(whole.last, fragment.first)
            whole = _Fragment(
                _total((whole.first, _times(fragment.first, whole.empty))),
                _total((fragment.last, _times(whole.last, fragment.empty))),
                whole.empty * fragment.empty,
            )
            self._check(whole.empty)
        return whole

    def _link(self, last: Ways, first: Ways) -> None:
        for state, ways in last.items():
            for following, more in first.items():
                self.next[state][following] += ways * more
            self._check(max(self.next[state].values(), default=0), (state,))

    def _repeated(self, node: Repetition, around: tuple[Repetition, ...]) -> _Fragment:
        if node.most is not None:
            optional = _EMPTY
            for _ in range(node.most - node.least):
                inner = self._joined((self.of(node.part, around), optional))
                optional = inner._replace(empty=inner.empty + 1)
            required = (self.of(node.part, around) for _ in range(node.least))
            return self._joined(chain(required, (optional,)))
        copies = [self.of(node.part, around) for _ in range(max(node.least, 1))]
        loop = copies[-1]
        if loop.empty:
            shown = _shown(self.pattern, node)
            _refuse(
                self.pattern,
                f"what {shown.en} repeats may be empty",
                f"繰り返し{shown.ja}の中身が空になり得ます",
            )
        self._link(loop.last, loop.first)
        if node.least == 0:
            copies = [loop._replace(empty=1)]
        return self._joined(copies)

    def _check(self, ways: int, states: Iterable[int] = ()) -> None:
        if ways > MOST_WAYS:
            self.refuse(states)

    def refuse(self, states: Iterable[int]) -> NoReturn:
        """Raises PatternError with the repetitions in which some states stand."""
        repetitions = {
            around[-1].start: around[-1]
            for around in (self.repetitions[state] for state in states)
            if around
        }
        shown = [_shown(self.pattern, repetitions[start]) for start in sorted(repetitions)]
        if len(shown) > 1:
            a, b = shown[0], shown[-1]
            _refuse(
                self.pattern,
                f"the repetitions {a.en} and {b.en} can match the same text; "
                "put something between them that the one before can't match",
                f"繰り返し{a.ja}と{b.ja}が同じ文字列に当てはまります。"
                "前の繰り返しに当てはまらない文字を間に置いてください",
            )
        if shown:
            _refuse(
                self.pattern,
                f"the repetition {shown[0].en} can match the same text in too "
                "many ways; let each of its alternatives begin with another character",
                f"繰り返し{shown[0].ja}は同じ文字列への当てはめ方が"
                "多くなりすぎます。選択肢ごとに別の文字で始めてください",
            )
        _refuse(
            self.pattern,
            "it can match the same text in too many ways; write it with fewer alternatives",
            "同じ文字列への当てはめ方が多くなりすぎます。選択肢を減らしてください",
        )


def _total(several: Iterable[Ways]) -> Ways:
    sums: Counter[int] = Counter()
    for ways in several:
        sums.update(ways)
    return sums


def _times(ways: Ways, factor: int) -> Ways:
    return {state: count * factor for state, count in ways.items()} if factor else {}


# — all texts at once —


def _follow_all(automaton: _Automaton, whole: _Fragment) -> None:
    """Follows the states over all texts. Raises PatternError where too many ways are open."""
    alphabet = _Alphabet(automaton.characters)
    seen: set[frozenset[tuple[int, int]]] = set()
    # Those with the most ways come first: a number that grows is soon too large.
    waiting = [(0, 0, whole.first)]
    while waiting:
        *_, following = heapq.heappop(waiting)
        for ways in alphabet.steps(following):
            key = frozenset(ways.items())
            if key in seen:
                continue
            seen.add(key)
            total = sum(ways.values())
            if total > MOST_WAYS or len(seen) > _MOST_VECTORS:
                automaton.refuse(ways)
            after = _total(_times(automaton.next[state], count) for state, count in ways.items())
            heapq.heappush(waiting, (-total, len(seen), after))


_KINDS: Final = (r"\d", r"[^\W\d]", r"[^\w\s]")
"""Kinds of characters that the categories tell apart. White space is a kind, too."""

_SAMPLES: Final = "0٣６𝟎\U0001fbf0aéア一𠀀!、€\U000f0000\U0010ffff"
"""Characters of each kind from all over: few ranges need a search of their own."""

SPACES: Final = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""All white space."""


class _Alphabet:
    """Characters that stand for all others, and those of them that each state takes."""

    def __init__(self, characters: list[OneOf]) -> None:
        distinct = set(characters)
        examples = list(_examples(distinct))
        bits = {example: 1 << bit for bit, example in enumerate(examples)}
        takes = {item: _bits_of(item, bits) for item in distinct}
        self.takes = [takes[item] for item in characters]
        """A bit for each example."""

    def steps(self, following: Ways) -> Iterator[dict[int, int]]:
        """The ways to states after one more character, for each kind of character that the states
        tell apart.
        """
        cells: list[tuple[int, tuple[int, ...]]] = [(-1, ())]
        for state in following:
            takes = self.takes[state]
            split: list[tuple[int, tuple[int, ...]]] = []
            for bits, states in cells:
                if inside := bits & takes:
                    split.append((inside, (*states, state)))
                if outside := bits & ~takes:
                    split.append((outside, states))
            cells = split
        for _, states in cells:
            if states:
                yield {state: following[state] for state in states}


def _bits_of(item: OneOf, bits: Mapping[str, int]) -> int:
    """The bits of the examples that a state takes."""
    if not item.is_other and not item.categories and len(item.ranges) == 1:
        first, last = item.ranges[0]
        if first == last:  # most are one plain character, which is an example of its own
            return bits[chr(first)]
    return sum(bit for example, bit in bits.items() if item.takes(example))


def _examples(characters: set[OneOf]) -> Iterator[str]:
    """A character of each kind between the bounds of all ranges."""
    bounds = {0, _LAST + 1}
    for item in characters:
        for first, last in item.ranges:
            bounds |= {first, last + 1}
    has_categories = any(item.categories for item in characters)
    ordered = sorted(bounds)
    for first, after in pairwise(ordered):
        if has_categories:
            yield from _kinds_between(first, after)
        else:
            yield chr(first)


def _kinds_between(first: int, after: int) -> Iterator[str]:
    """A character of each kind that there is from ``first`` up to ``after``."""
    if after - first == 1:
        yield chr(first)
        return
    yield from [space for space in SPACES if first <= ord(space) < after][:1]
    text = "".join(sample for sample in _SAMPLES if first <= ord(sample) < after)
    whole = ""
    for kind in _KINDS:
        match = re.search(kind, text)
        if match is None:
            whole = whole or "".join(map(chr, range(first, after)))
            match = re.search(kind, whole)
        if match is not None:
            yield match[0]
