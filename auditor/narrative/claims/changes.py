"""Changes from one figure to another: A件からB件へC件増, 前年度A件に対しB件（C％減）, A件→B件,
figures above and below others, how many times as much.

Which figure is the earlier one is read from から, →, the words for the year before, and the years
themselves; where the sentence leaves it open there is no claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from auditor.narrative.days import Day
from auditor.narrative.exchanged import odd_counter
from auditor.narrative.fitting import fits_others, fitting_change
from auditor.narrative.model import Claim
from auditor.narrative.quantities import Quantity
from auditor.narrative.statements import SheetText, Statement
from auditor.narrative.wording import (
    COUNT,
    DAY,
    GAP,
    PERCENT,
    POINT,
    TIMES,
    Wording,
)
from auditor.narrative.words import Words
from auditor.records.figures import Figure
from auditor.records.sentences import Mark

__all__ = ["read"]

Direction = Literal["rise", "fall", "same"]


def read(text: SheetText) -> Iterator[Claim]:
    """Claims of kind ``change``: ``before`` and ``after`` with one of ``difference``, ``ratio``
    (of the figure before) and ``times``, or alone, all without a sign; ``direction`` is what
    words or a sign say.
    """
    patterns = _patterns(text.words)
    for statement in _with_the_year_before(text):
        yield from _Reading(statement, statement.wording, patterns, text.words).across()
    for statement in text.figured:
        if patterns.decisive.search(statement.wording.text) is None and not any(
            quantity.is_signed for quantity in statement.tokens.quantities
        ):
            continue
        result = list(_Reading(statement, statement.wording, patterns, text.words).claims())
        yield from result
        if not result:
            yield from fitting_change(statement)


def _with_the_year_before(text: SheetText) -> Iterator[Statement]:
    """Two sentences as one, of which the first ends with a change in brackets, and the other says
    what the figure of the year before was.
    """
    earlier = text.words.pattern("before")
    for section in text.sections:
        for paragraph in section.paragraphs:
            for one, other in pairwise(paragraph.statements):
                if ")" in one.text and earlier.match(other.text) is not None:
                    yield Statement(
                        paragraph,
                        one.printed + other.printed,
                        one.text + other.text,
                        one.line,
                        one.words,
                    )


class _Patterns(NamedTuple):
    """The patterns of changes in the words of a form: of two figures, and of what is said of their
    difference behind them. Without what is ``decisive`` a sentence has none.
    """

    decisive: re.Pattern[str]
    pairs: tuple[re.Pattern[str], ...]
    by_years: re.Pattern[str]
    across: re.Pattern[str]
    told_first: tuple[re.Pattern[str], ...]
    above: tuple[re.Pattern[str], ...]
    changed: re.Pattern[str]
    both: re.Pattern[str]
    amount: re.Pattern[str]
    way: re.Pattern[str]
    signed: re.Pattern[str]
    percentage: re.Pattern[str]
    times: re.Pattern[str]
    negation: re.Pattern[str]
    compounds: re.Pattern[str]
    foreign: re.Pattern[str]


_ANY: Final = f"[{COUNT}{PERCENT}]"
_NEGATION: Final = (
    r"[^。、]{0,6}?(?:ない|なか|なく|ませ|得な|えな|ずに|ざる|べき|幅|率|傾向|要因|目指|目標|見込|予定"
    r"|計画|たい|よう|べく|図る|図り|させる)"
)
"""What behind a word takes back that something grew or fell, or makes a wish of it."""

_COMPARED: Final = (
    "に対して?|に対する|に比べて?|と比べて?|に比較して?|と比較して?|から|より"
    "|であったが|だったが|であったのに対し、?|でしたが"
)
_THEN: Final = "(?:し|して|した|となり|で|の|と|、){0,3}"
_NOW: Final = rf"(?:今年度|本年度|当年度|今回|本年|今年|{DAY})?(?:は|が|の|には|では)?"
_IS: Final = "(?:であったが|であった|であり|となり|となった|でした|で|と|が|を|の|、|\\(){0,3}"


@lru_cache(maxsize=64)
def _patterns(words: Words) -> _Patterns:
    earlier = (
        rf"(?:{words.pattern('before').pattern})"
        r"(?:の?同期|の?同月|実績|数値|度|末|の|は|が|も|:|\(){0,4}"
    )
    one, other = rf"(?P<before>{_ANY})", rf"(?P<after>{_ANY})"
    base = words.pattern("before", "other_base").pattern
    way = "|".join(
        f"(?P<{role}>{words.pattern(role).pattern})" for role in ("rise", "fall", "same")
    )
    lead = (
        rf"(?:となり|となって|となった|となる|であり|であった|で|と|に|へ|まで|の|、|も|\(|\)|し|した|{_WITH_RATE}"
        rf"|対?(?:{words.pattern('before').pattern})(?:比|に比べて?|と比べて?|より|から)?"
        rf"|に対して?|に比べて?|と比べて?|に比較して?|と比較して?|より|から|比較して|約|計|差引|{words.pattern('approximate').pattern}){{0,6}}"
    )
    difference, ratio = rf"(?P<difference>{COUNT})", rf"(?P<ratio>[{PERCENT}{POINT}])"
    crossed = rf"(?P<difference>{COUNT})?(?:(?P<rise>上回)|(?P<fall>下回))(?:る|った|り|って)"
    return _Patterns(
        decisive=re.compile(
            f"[{PERCENT}{POINT}{TIMES}]|{words.pattern('rise', 'fall', 'same').pattern}"
        ),
        pairs=(
            # A件からB件へ, ４月のA件から９月のB件へ
            re.compile(rf"{one}\)?から、?{_NOW}(?P<gap>{GAP}{{0,12}}?){other}"),
            # A件→B件
            re.compile(rf"{one}[→⇒]{other}"),
            # 前年度A件に対し、今年度はB件; 前年度A件、今年度B件
            re.compile(
                rf"{earlier}(?P<noun>{GAP}{{0,10}}?)\(?{one}\)?(?:{_COMPARED})、?{_NOW}(?P<gap>{GAP}{{0,12}}?){other}"
            ),
            re.compile(rf"{earlier}(?P<noun>{GAP}{{0,10}}?){one}、{_NOW}{other}"),
            # B件で、前年度（A件）に比べ; B件（前年度A件）
            re.compile(rf"{other}{_IS}{earlier}{one}"),
        ),
        by_years=re.compile(
            rf"(?P<day>{DAY})(?P<noun>{GAP}{{0,12}}?)\(?{one}\)?(?:{_COMPARED}|で)?[、(→⇒]?"
            rf"(?P<other_day>{DAY})(?P<gap>{GAP}{{0,12}}?)\(?{other}"
        ),
        # B件（前年度比C件増）であった。前年度はA件である。
        across=re.compile(
            rf"{other}\((?:{words.pattern('before').pattern})(?:{_COMPARED}|比)?"
            rf"(?:{difference}|{ratio})の?(?:{way})\){GAP}{{0,8}}?。"
            rf"(?:{words.pattern('before').pattern})(?:の?実績)?は{GAP}{{0,8}}?{one}(?=で|。|$)"
        ),
        told_first=(
            # 前年度と比較してC件増加し、B件となった（前年度A件）
            re.compile(
                rf"(?:{words.pattern('before').pattern})(?:{_COMPARED}|比)?、?"
                rf"(?:{difference}|{ratio})の?(?:{way}){_THEN}{other}{GAP}{{0,8}}?\({earlier}{one}\)"
            ),
            # 前年度（A件）より増加し、B件となった; 前年度A件からC件増のB件
            re.compile(
                rf"{earlier}\(?{one}\)?(?:より|から|に比べて?|と比べて?)、?"
                rf"(?:(?:{difference}|{ratio})の?)?(?:{way}){_THEN}{other}(?=と|に|で|の|が|を|。|$)"
            ),
        ),
        above=(
            re.compile(rf"{one}\)?を{crossed}、?{other}(?=と|に|で|の|が|を|。|$)"),
            re.compile(
                rf"{other}(?:で|と|が|の|あり|なり|なった|あった|参加し|参加){{0,3}}、?"
                rf"{GAP}{{0,4}}?(?:{base}){GAP}{{0,4}}?\(?{one}\)?を{crossed}"
            ),
        ),
        changed=re.compile(rf"(?:\([{PERCENT}{POINT}]\))?の?(?:{way})"),
        both=re.compile(rf"{lead}{difference}(?:\(|、|・|と){ratio}\)?(?:の|が)?(?={way})"),
        amount=re.compile(rf"{lead}(?:{difference}|{ratio})(?:の|が|も|\)の)?(?:{way})"),
        way=re.compile(rf"{lead}(?:{way})"),
        signed=re.compile(rf"{lead}(?:{difference}|{ratio})(?=[)、。　]|$)"),
        percentage=re.compile(rf"{lead}(?P<ratio>{PERCENT})(?=[)、。　とで]|$)"),
        times=re.compile(rf"{lead}(?P<times>{TIMES})(?=に|と|の|へ|で|[)、。　]|$)"),
        negation=re.compile(_NEGATION),
        compounds=words.pattern("compounds"),
        foreign=words.pattern("of_which", "other_base"),
    )


_WITH_RATE: Final = "率にして|率で|割合にして|割合で|率"


class _Pair(NamedTuple):
    """Two figures of which one comes before the other; what is said of them begins at ``end``."""

    before: Quantity
    after: Quantity
    end: int


class _Reading:
    """Reads the changes of one statement."""

    def __init__(
        self, statement: Statement, wording: Wording, patterns: _Patterns, words: Words
    ) -> None:
        self._statement = statement
        self._wording = wording
        self._patterns = patterns
        self._words = words

    def claims(self) -> Iterator[Claim]:
        done: set[tuple[int, int]] = set()
        for pair in (*self._by_words(), *self._by_years()):
            key = min(pair.before.start, pair.after.start), max(pair.before.start, pair.after.start)
            if key not in done:
                done.add(key)
                yield from self._of_pair(pair)
        yield from self._told_first()
        yield from self._above()

    # --- which two figures

    def _by_words(self) -> Iterator[_Pair]:
        for pattern in self._patterns.pairs:
            for match in pattern.finditer(self._wording.text):
                gap = match.groupdict().get("gap") or ""
                noun = match.groupdict().get("noun") or ""
                if self._patterns.foreign.search(gap + "　" + noun) is None:
                    yield from self._pair(match)

    def _by_years(self) -> Iterator[_Pair]:
        """令和５年度A件、令和６年度B件: the years say which is the earlier one."""
        for match in self._patterns.by_years.finditer(self._wording.text):
            day = self._wording.tokens[match.start("day")]
            other = self._wording.tokens[match.start("other_day")]
            assert isinstance(day, Day)
            assert isinstance(other, Day)
            noun, other_noun = _plain_noun(match["noun"]), _plain_noun(match["gap"])
            if noun and other_noun and noun != other_noun:
                continue
            if self._patterns.foreign.search(noun + "　" + other_noun) is not None:
                continue
            if day.year is None or other.year is None or day.year == other.year:
                continue
            if day.is_fiscal != other.is_fiscal or day.month != other.month:
                continue
            for pair in self._pair(match):
                if day.year < other.year:
                    yield pair
                else:
                    yield _Pair(pair.after, pair.before, pair.end)

    def _pair(self, match: re.Match[str]) -> Iterator[_Pair]:
        before = self._wording.quantity(match, "before")
        after = self._wording.quantity(match, "after")
        if before is None or after is None or not self._are_pair(before, after):
            return
        if self._patterns.changed.match(self._wording.text, match.end("after")) is not None:
            return
        yield _Pair(before, after, max(match.end("before"), match.end("after")))

    def _are_pair(self, before: Quantity, after: Quantity) -> bool:
        """Whether two figures count the same and are what they say."""
        if any(not q.is_exact or q.is_signed or q.counter == _DAY_OR_DATE for q in (before, after)):
            return False
        if after.after in self._words["roughly"] or before.after in self._words["roughly"]:
            return False
        cumulative = [
            any(w in self._words["cumulative"] for w in q.before) for q in (before, after)
        ]
        return cumulative[0] == cumulative[1]

    def _count_alike(self, pair: _Pair) -> bool:
        return self._words.are_alike(pair.before.counter, pair.after.counter)

    # --- what is said of them

    def _of_pair(self, pair: _Pair) -> Iterator[Claim]:
        """The claims of two figures: each amount that is printed for their difference, and the
        direction with the first of them, or alone.
        """
        said: list[tuple[str, Quantity]] = []
        directions: set[str] = set()
        position = pair.end
        for _ in range(_MOST_PARTS):
            match, direction = self._part(position, is_counted=pair.before.counter not in _RATES)
            if match is None:
                break
            if direction:
                directions.add(direction)
            for name in ("difference", "ratio", "times"):
                amount = self._amount(match, name)
                if amount is None:
                    continue
                exchanged = odd_counter(self._words, pair.before, pair.after, amount)
                if exchanged and name == "difference":
                    yield self._claim(pair, {name: amount}, exchanged)
                    return
                if self._fits(name, amount, pair) and not self._is_of_others(name, amount, pair):
                    said.append((self._name(name, amount, match), amount))
            position = match.end()
        if len(directions) > 1 or not self._count_alike(pair):
            return
        words = {"direction": direction} if (direction := next(iter(directions), "")) else {}
        for name, amount in said:
            by = {"qualifier": "比"} if name == "times" and amount.counter != _TIMES else {}
            yield self._claim(pair, {name: amount}, words | by)
            words = {}
        if words:
            yield self._claim(pair, {}, words)

    def _told_first(self) -> Iterator[Claim]:
        """前年度と比較してC件増加し、B件となった（前年度A件）: the change before its figures."""
        for pattern in self._patterns.told_first:
            yield from self._told_by(pattern)

    def across(self) -> Iterator[Claim]:
        """B件（前年度比C件増）であった。前年度はA件である: two sentences."""
        yield from self._told_by(self._patterns.across)

    def _told_by(self, pattern: re.Pattern[str]) -> Iterator[Claim]:
        for match in pattern.finditer(self._wording.text):
            if self._is_taken_back(match):
                continue
            for pair in self._pair(match):
                name = "difference" if match["difference"] else "ratio"
                amount = self._amount(match, name)
                figures: dict[str, Quantity] = {}
                if amount is not None and name == "difference":
                    exchanged = odd_counter(self._words, pair.before, pair.after, amount)
                    if exchanged:
                        yield self._claim(pair, {name: amount}, exchanged)
                        continue
                if not self._count_alike(pair):
                    continue
                if amount is not None and self._fits(name, amount, pair):
                    figures[self._name(name, amount, match)] = amount
                yield self._claim(pair, figures, {"direction": _direction(match)})

    def _part(self, position: int, *, is_counted: bool) -> tuple[re.Match[str] | None, str]:
        """The next thing that is said of a difference, and its direction."""
        text, patterns = self._wording.text, self._patterns
        match = patterns.both.match(text, position)
        if match is not None:
            return match, ""
        for pattern in (patterns.amount, patterns.way):
            match = pattern.match(text, position)
            if match is not None:
                return (None, "") if self._is_taken_back(match) else (match, _direction(match))
        match = patterns.signed.match(text, position)
        if match is not None:
            name = "difference" if match["difference"] else "ratio"
            amount = self._wording.quantity(match, name)
            if amount is not None and amount.is_signed:
                return match, "fall" if amount.value < 0 else "rise"
        if is_counted:
            match = patterns.percentage.match(text, position)
            amount = None if match is None else self._wording.quantity(match, "ratio")
            if match is None or amount is None or amount.is_signed:
                return patterns.times.match(text, position), ""
            if match.group()[:-1].endswith(_BY):
                return match, ""
        return patterns.times.match(text, position), ""

    def _is_taken_back(self, match: re.Match[str]) -> bool:
        """Whether a word is part of another (増員), or what follows takes it back."""
        text, patterns = self._wording.text, self._patterns
        role = _direction(match)
        compound = patterns.compounds.match(text, match.start(role))
        if compound is not None and compound.end() > match.end(role):
            return True
        return patterns.negation.match(text, match.end()) is not None

    def _amount(self, match: re.Match[str], name: str) -> Quantity | None:
        """The amount of a part, if it is one and not about that."""
        if not match.groupdict().get(name):
            return None
        amount = self._wording.quantity(match, name)
        if amount is None or not amount.is_exact or amount.after in self._words["roughly"]:
            return None
        return amount

    def _fits(self, name: str, amount: Quantity, pair: _Pair) -> bool:
        """Whether an amount is one of the two figures' difference: the same things, ポイント of two
        rates, a rate of two counts.
        """
        is_rate = pair.before.counter in _RATES
        if name == "difference":
            return not is_rate and self._words.are_alike(amount.counter, pair.before.counter)
        if name == "times":
            return True
        return (amount.counter == _POINTS) == is_rate

    def _is_of_others(self, name: str, amount: Quantity, pair: _Pair) -> bool:
        """Whether an amount is that of two other figures around."""
        if not pair.before.value or not pair.after.value or amount.counter == _POINTS:
            return False
        value = _apart if name == "difference" else _rate if name == "ratio" else _times
        unsigned = amount._replace(value=abs(amount.value))
        return fits_others(self._statement, value, unsigned, pair.after, pair.before)

    def _name(self, name: str, amount: Quantity, match: re.Match[str]) -> str:
        """Under which name an amount is known: 前年度比120％ without a word for the direction is
        how many times as much, and ポイント are the difference of two rates.
        """
        if match.re is self._patterns.percentage:
            return "times"
        return "difference" if amount.counter == _POINTS else name

    # --- above and below

    def _above(self) -> Iterator[Claim]:
        """目標A件をC件上回るB件, and B件となり、目標のA件を上回った."""
        for pattern in self._patterns.above:
            for match in pattern.finditer(self._wording.text):
                if self._patterns.negation.match(self._wording.text, match.end()) is not None:
                    continue
                for pair in self._pair(match):
                    amount = self._amount(match, "difference")
                    if (match["difference"] and amount is None) or not self._count_alike(pair):
                        continue
                    if amount is not None and not self._fits("difference", amount, pair):
                        continue
                    figures = {} if amount is None else {"difference": amount}
                    yield self._claim(pair, figures, {"direction": _direction(match)})

    def _claim(self, pair: _Pair, more: Mapping[str, Quantity], words: Mapping[str, str]) -> Claim:
        quantities = {"before": pair.before, "after": pair.after, **more}
        marks = [
            Mark(start=quantity.start, end=quantity.end, name=name)
            for name, quantity in quantities.items()
        ]
        after = pair.after
        return Claim(
            kind="change",
            sentence=self._statement.sentence(*marks),
            figures={name: _unsigned(quantity) for name, quantity in quantities.items()},
            words={"counter": after.counter, "noun": after.noun, "within": "sentence", **words},
        )


_BY: Final = ("比", "に対し", "に対して")
"""What stands before 120％ that are a figure by another, or how much larger it is."""


def _unsigned(quantity: Quantity) -> Figure:
    """A figure without its sign, which says the direction."""
    figure = quantity.figure
    return figure if quantity.value >= 0 else figure.model_copy(update={"value": -quantity.value})


def _apart(after: Decimal, before: Decimal) -> Decimal:
    return abs(after - before)


def _rate(after: Decimal, before: Decimal) -> Decimal:
    return abs(after - before) / before


def _times(after: Decimal, before: Decimal) -> Decimal:
    return after / before


_MOST_PARTS: Final = 4
_DAY_OR_DATE: Final = "日"
_TIMES: Final = "倍"
_POINTS: Final = "ポイント"
_RATES: Final = frozenset({"%", "パーセント", "割"})
_PLAIN_NOUN: Final = re.compile(r"^(?:の|は|が|実績|:|度|末){1,4}|(?:の|は|が|で|も|:|を){1,4}$")


def _plain_noun(noun: str) -> str:
    """A noun between a year and a figure, without the particles around it."""
    return _PLAIN_NOUN.sub("", noun)


def _direction(match: re.Match[str]) -> Direction:
    groups = match.groupdict()
    if groups.get("rise"):
        return "rise"
    return "fall" if groups.get("fall") else "same"
