"""Parts of a whole: A件中B件（率C％）, A件（うちB件）, B件（A件のC％）, 17/20校, and what remains.

A rate is judged only where whole, part and rate stand in one sentence and plainly belong together:
a rate of something else (達成率, the rate of all inhabitants) is no claim about these two figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from auditor.narrative.exchanged import odd_counter
from auditor.narrative.fitting import fits_others, fitting_share
from auditor.narrative.model import Claim
from auditor.narrative.quantities import Fraction, Quantity, Span
from auditor.narrative.statements import SheetText, Statement
from auditor.narrative.wording import COUNT, FRACTION, GAP, PERCENT, TIMES, Wording
from auditor.narrative.words import Words
from auditor.records.figures import Figure
from auditor.records.sentences import Mark

__all__ = ["read"]


def read(text: SheetText) -> Iterator[Claim]:
    """Claims of kinds ``share`` (``whole``, ``part``, ``ratio``) and ``remainder`` (``whole``,
    ``part``, ``rest``; ``bound`` is ``at_most`` where less may remain).
    """
    patterns = _patterns(text.words)
    for statement in text.figured:
        if patterns.decisive.search(statement.wording.text) is None:
            continue
        result = list(_Reading(statement, statement.wording, patterns).claims())
        yield from result
        if not any(claim.kind == "remainder" or "ratio" in claim.figures for claim in result):
            yield from fitting_share(statement)


class _Patterns(NamedTuple):
    """The patterns of shares in the words of a form. Without what is ``decisive`` a sentence has
    none.
    """

    decisive: re.Pattern[str]
    chained: re.Pattern[str]
    linked: re.Pattern[str]
    ratio_between: re.Pattern[str]
    ratio_behind: re.Pattern[str]
    next_part: re.Pattern[str]
    of_whole: re.Pattern[str]
    fraction: re.Pattern[str]
    listed: re.Pattern[str]
    of_quota: re.Pattern[str]
    divided: re.Pattern[str]
    in_brackets: re.Pattern[str]
    rate_first: re.Pattern[str]
    base: re.Pattern[str]
    quota: re.Pattern[str]
    without: re.Pattern[str]
    chosen: re.Pattern[str]
    rest: re.Pattern[str]
    remaining: re.Pattern[str]
    other_base: re.Pattern[str]
    removed: re.Pattern[str]
    carried_on: re.Pattern[str]
    compounds: re.Pattern[str]


_EQUALS: Final = "(?:に当たる|にあたる|に相当する)"


@lru_cache(maxsize=64)
def _patterns(words: Words) -> _Patterns:
    link = words.pattern("of_which").pattern
    these = words.pattern("of_these").pattern
    rate = words.pattern("rate").pattern
    remaining = words.pattern("rest").pattern
    ratio = rf"(?P<ratio>{PERCENT})"
    part = rf"(?P<part>{COUNT})"
    # Behind a part: （利用率99.8％）, （全体の45％）, を回収し、回収率は45.0％, で全体の45％
    of_rate = rf"(?:{rate})(?:は|が|も|:|にして)?|全体の|全体に占める割合は?"
    verb = rf"(?:(?!、){GAP}){{0,10}}?"
    called = rf"{verb}\((?:{GAP}{{0,15}}?(?:{of_rate}))?"
    before_its_name = rf"、?で、?(?={PERCENT}の{GAP}{{0,6}}(?:{rate}))"
    noun = rf"(?P<noun>{called}|{GAP}{{0,30}}?(?:{of_rate})|{before_its_name})"
    return _Patterns(
        decisive=re.compile(
            f"[{PERCENT}{TIMES}{FRACTION}]|{link}|{words.pattern('without').pattern}"
        ),
        chained=re.compile(rf"[、(]?(?:{link})|{GAP}{{0,20}}?(?:{these})"),
        linked=re.compile(
            rf"(?P<whole>{COUNT})(?:[、(]?(?P<link>{link})|(?:の|から){GAP}{{1,10}}?、(?:{these}))(?P<gap>{GAP}{{0,25}}?){part}"
        ),
        ratio_between=re.compile(
            rf"(?P<whole>{COUNT})(?:[、(]?(?P<link>{link})|の)(?P<gap>{GAP}{{0,15}}?){ratio}"
            rf"(?:{_EQUALS}|(?<=の{PERCENT})\(|(?<=[うち中、]{PERCENT})[(の]){part}"
        ),
        ratio_behind=re.compile(
            rf"{noun}{ratio}(?P<of>の{GAP}{{0,6}}(?:{rate}))?(?!の?{GAP}{{0,2}}{COUNT})"
        ),
        next_part=re.compile(rf"\)、(?P<gap>{GAP}{{1,12}}?){part}\({ratio}\)"),
        of_whole=re.compile(rf"{part}\({GAP}{{0,6}}?(?P<whole>{COUNT})の{ratio}\)"),
        fraction=re.compile(
            rf"(?P<one>{FRACTION}){noun}{ratio}\)|(?P<ratio2>{PERCENT})\((?P<other>{FRACTION})\)"
        ),
        listed=re.compile(
            rf"(?P<whole>{COUNT})[、　]?(?P<gap>{GAP}{{1,20}}?){part}(?P<tail>{GAP}{{0,10}}?)"
            rf"[、　(]?(?P<noun>{GAP}{{0,15}}?(?:{rate}))(?:は|が|:)?　?{ratio}"
        ),
        of_quota=re.compile(
            rf"(?P<whole>{COUNT})[、　]?(?P<gap>{GAP}{{0,20}}?){part}(?P<tail>{GAP}{{0,12}}?)"
            rf"[、　(]?(?P<noun>{GAP}{{0,10}}?(?:{words.pattern('rate_of_quota').pattern}))"
            rf"(?:は|が|:)?　?(?P<ratio>[{PERCENT}{TIMES}])"
        ),
        divided=re.compile(rf"{part}[/÷]{GAP}{{0,10}}?(?P<whole>{COUNT})={ratio}"),
        in_brackets=re.compile(
            rf"{ratio}\({GAP}{{0,10}}?{part}[/÷]{GAP}{{0,10}}?(?P<whole>{COUNT})\)"
        ),
        rate_first=re.compile(
            rf"(?P<noun>{GAP}{{1,8}}?(?:{rate}|{words.pattern('rate_of_quota').pattern}))は、?"
            rf"{GAP}{{0,10}}?(?P<whole>{COUNT})(?:に対して?|のうち|中)、?{GAP}{{0,12}}?{part}"
            rf"(?:で|、|と|の){{0,2}}{ratio}"
        ),
        quota=words.pattern("quota"),
        without=re.compile(
            rf"(?P<whole>{COUNT})から、?(?P<gap>{GAP}{{0,12}}?){part}"
            rf"(?:{words.pattern('without').pattern}){GAP}{{0,8}}?(?P<rest>{COUNT})"
        ),
        chosen=words.pattern("chosen"),
        base=words.pattern("base"),
        rest=re.compile(rf"(?P<between>{GAP}{{1,40}}?)(?P<rest>{COUNT})(?P<tail>{GAP}{{0,10}})"),
        remaining=re.compile(rf"(?:{remaining})(?:の|は|が|、){{0,2}}{GAP}{{0,8}}$"),
        other_base=words.pattern("other_base"),
        removed=words.pattern("removed"),
        carried_on=words.pattern("carried_on"),
        compounds=words.pattern("compounds"),
    )


class _Reading:
    """Reads the shares of one statement."""

    def __init__(self, statement: Statement, wording: Wording, patterns: _Patterns) -> None:
        self._statement = statement
        self._wording = wording
        self._patterns = patterns

    def claims(self) -> Iterator[Claim]:
        yield from self._linked()
        yield from self._with_ratio_between()
        yield from self._of_whole()
        yield from self._fractions()
        yield from self._listed()
        yield from self._of_quota()
        yield from self._divided()
        yield from self._rate_before()
        yield from self._without()

    # --- A件中B件

    def _linked(self) -> Iterator[Claim]:
        """Shares whose part stands behind the whole; a part of a part is held against the whole,
        as うち市内60人、うち市外40人 are two parts of one.
        """
        wording, patterns = self._wording, self._patterns
        first: Quantity | None = None
        last_part = -1
        match = patterns.linked.search(wording.text)
        while match is not None:
            begin = match.start("part")
            is_chained = match.start("whole") == last_part
            whole, part = wording.quantity(match, "whole"), wording.quantity(match, "part")
            whole = first if is_chained else whole
            first, last_part = whole, begin
            if self._is_loose(match) or not self._count_alike(whole, part):
                first, last_part = None, -1
                yield from self._exchanged_rest(whole, part, match.end("part"))
            elif self._is_pair(whole, part):
                assert whole is not None
                assert part is not None
                yield from self._of_pair(whole, part, match, is_chained=is_chained)
            elif not is_chained:
                assert whole is not None
                assert part is not None
                yield from self._of_planned(whole, part, match)
            match = patterns.linked.search(wording.text, begin)

    def _of_planned(self, whole: Quantity, part: Quantity, link: re.Match[str]) -> Iterator[Claim]:
        """A rate of a quota, or what is free of it; more than all may come."""
        behind = self._patterns.ratio_behind.match(self._wording.text, link.end("part"))
        ratio = None if behind is None else self._ratio(behind)
        context = f"{whole.noun} {link['gap']}"
        if behind is not None and ratio is not None and _is_of(behind, context):
            figures = {"whole": whole, "part": part, "ratio": ratio}
            yield self._claim("share", figures, {"bound": "more"})
        yield from self._rest(whole, part, link.end("part"), is_planned=True)

    def _of_pair(
        self, whole: Quantity, part: Quantity, link: re.Match[str], *, is_chained: bool
    ) -> Iterator[Claim]:
        """The claims of a whole and its part: with a rate, the parts behind it, and the rest."""
        text, patterns = self._wording.text, self._patterns
        gap, end = link["gap"], link.end("part")
        behind = None if is_chained else patterns.ratio_behind.match(text, end)
        ratio = None if behind is None else self._ratio(behind)
        if behind is not None and not _is_of(behind, f"{whole.noun} {gap}"):
            ratio = None
        if ratio is None and not is_chained:
            ratio = self._ratio_around(link)
        yield self._share(whole, part, ratio)
        if is_chained:
            return
        yield from self._rest(whole, part, end)
        if ratio is None or behind is None:
            return
        following = patterns.next_part.match(text, behind.end())
        while following is not None:
            further, rate = self._wording.quantity(following, "part"), self._ratio(following)
            if rate is None or not self._is_pair(whole, further) or self._is_loose(following):
                return
            assert further is not None
            yield self._share(whole, further, rate)
            following = patterns.next_part.match(text, following.end())

    def _rest(
        self, whole: Quantity, part: Quantity, end: int, *, is_planned: bool = False
    ) -> Iterator[Claim]:
        """What remains of the whole without the part, or what becomes of it."""
        patterns = self._patterns
        match = patterns.rest.match(self._wording.text, end)
        if match is None:
            return
        rest = self._wording.quantity(match, "rest")
        if not self._count_alike(whole, rest):
            yield from self._exchanged(whole, part, rest)
            return
        if patterns.other_base.search(match["between"]):
            return
        assert rest is not None
        words: dict[str, str] = {}
        if patterns.remaining.search(match["between"]) is None:
            if is_planned or patterns.removed.search(match["between"]) is None:
                return
            if patterns.carried_on.search(match["tail"]) is not None:
                words["bound"] = "at_most"
            elif patterns.chosen.search(match["tail"]) is not None:
                words["bound"] = "less"
            else:
                return
        yield self._claim("remainder", {"whole": whole, "part": part, "rest": rest}, words)

    def _exchanged_rest(
        self, whole: Quantity | None, part: Quantity | None, end: int
    ) -> Iterator[Claim]:
        match = self._patterns.rest.match(self._wording.text, end)
        if match is not None:
            yield from self._exchanged(whole, part, self._wording.quantity(match, "rest"))

    def _exchanged(
        self, whole: Quantity | None, part: Quantity | None, rest: Quantity | None
    ) -> Iterator[Claim]:
        """A whole, a part and a rest that agree while one of them has another counter."""
        if whole is None or part is None or rest is None or whole.value < part.value:
            return
        if not all(_is_plain(quantity) for quantity in (whole, part, rest)):
            return
        words = odd_counter(self._statement.words, whole, part, rest)
        if words and whole.value > rest.value:
            yield self._claim("remainder", {"whole": whole, "part": part, "rest": rest}, words)

    # --- other orders

    def _with_ratio_between(self) -> Iterator[Claim]:
        """A件のうち45％に当たるB件, and A件のうち45％（B件）."""
        for match in self._patterns.ratio_between.finditer(self._wording.text):
            whole = self._wording.quantity(match, "whole")
            part = self._wording.quantity(match, "part")
            ratio = self._wording.quantity(match, "ratio")
            if not self._is_pair(whole, part) or not _is_plain(ratio):
                continue
            if self._patterns.other_base.search(match["gap"]):
                continue
            assert whole is not None
            assert part is not None
            yield self._share(whole, part, ratio)

    def _of_whole(self) -> Iterator[Claim]:
        """B件（A件のC％）."""
        for match in self._patterns.of_whole.finditer(self._wording.text):
            whole = self._wording.quantity(match, "whole")
            part = self._wording.quantity(match, "part")
            ratio = self._wording.quantity(match, "ratio")
            if self._is_pair(whole, part) and _is_plain(ratio):
                assert whole is not None
                assert part is not None
                yield self._share(whole, part, ratio)

    def _fractions(self) -> Iterator[Claim]:
        """17/20校（85.0％）."""
        for match in self._patterns.fraction.finditer(self._wording.text):
            at = match.start("one") if match["one"] else match.start("other")
            fraction = self._wording.tokens[at]
            ratio = self._wording.quantity(match, "ratio" if match["one"] else "ratio2")
            assert isinstance(fraction, Fraction)
            if not fraction.counter or not _is_plain(ratio):
                continue
            if match["noun"] and self._patterns.other_base.search(match["noun"]):
                continue
            assert ratio is not None
            yield self._of_fraction(fraction, ratio)

    def _of_fraction(self, fraction: Fraction, ratio: Quantity) -> Claim:
        statement = self._statement
        part, whole = fraction.places
        figures = {
            "whole": self._figure(whole, fraction.whole, fraction.counter),
            "part": self._figure(part, fraction.part, fraction.counter),
            "ratio": ratio.figure,
        }
        marks = (
            Mark(start=whole.start, end=whole.end, name="whole"),
            Mark(start=part.start, end=part.end, name="part"),
            Mark(start=ratio.start, end=ratio.end, name="ratio"),
        )
        return Claim(
            kind="share",
            sentence=statement.sentence(*marks),
            figures=figures,
            words={"counter": fraction.counter, "within": "sentence"},
        )

    def _figure(self, span: Span, value: Decimal, counter: str) -> Figure:
        printed = self._statement.printed[span.start : span.end]
        return Figure(value=value, state="number", printed=printed, unit=counter)

    def _ratio_around(self, link: re.Match[str]) -> Quantity | None:
        """The rate in 利用率は99.8％（A件中B件）."""
        text, begin = self._wording.text, link.start("whole")
        if text[begin - 1 : begin] != "(" or text[link.end("part") : link.end("part") + 1] != ")":
            return None
        ratio = self._wording.tokens.get(begin - 2)
        if not isinstance(ratio, Quantity) or text[begin - 2] != PERCENT or not _is_plain(ratio):
            return None
        is_other = self._patterns.other_base.search(ratio.noun) is not None
        return None if is_other else ratio

    def _listed(self) -> Iterator[Claim]:
        """対象者500人、受診者250人、受診率50.0％: a rate that is called after the part, behind a
        figure that is called a base of rates.
        """
        for match in self._patterns.listed.finditer(self._wording.text):
            whole, part = (
                self._wording.quantity(match, "whole"),
                self._wording.quantity(match, "part"),
            )
            ratio = self._wording.quantity(match, "ratio")
            if not self._is_pair(whole, part) or not _is_plain(ratio):
                continue
            assert whole is not None
            assert part is not None
            if self._patterns.chained.match(match["gap"]) is not None:
                continue
            around = f"{whole.noun} {match['gap'][:_NEAR]}"
            is_base = self._patterns.base.search(around) is not None and self._is_first(whole)
            if is_base and _is_named(match["noun"], part.noun + match["tail"]):
                yield self._share(whole, part, ratio)

    def _of_quota(self) -> Iterator[Claim]:
        """目標100人に対し120人（達成率120％）, 募集10人、応募28人、倍率2.8倍: more may come."""
        for match in self._patterns.of_quota.finditer(self._wording.text):
            whole, part, ratio = self._three(match)
            if not self._count_alike(whole, part) or not _is_plain(ratio):
                continue
            assert whole is not None
            assert part is not None
            assert ratio is not None
            is_quota = self._patterns.quota.search(whole.noun) is not None
            is_other = self._patterns.quota.search(part.noun) is not None
            if is_quota and not is_other and self._is_first(whole):
                quantities = {"whole": whole, "part": part, "ratio": ratio}
                yield self._claim("share", quantities, {"bound": "more"})

    def _divided(self) -> Iterator[Claim]:
        """B件/A件＝C％, worked out in the text."""
        for match in self._patterns.divided.finditer(self._wording.text):
            whole, part, ratio = self._three(match)
            if self._count_alike(whole, part) and _is_plain(ratio):
                assert whole is not None
                assert part is not None
                assert ratio is not None
                quantities = {"whole": whole, "part": part, "ratio": ratio}
                yield self._claim("share", quantities, {"bound": "more"})

    def _rate_before(self) -> Iterator[Claim]:
        """回収率71.1％（回収180件／配布253件）, and 執行率は、予算A円に対し決算B円でC％."""
        patterns = self._patterns
        for pattern in (patterns.in_brackets, patterns.rate_first):
            for match in pattern.finditer(self._wording.text):
                whole, part, ratio = self._three(match)
                if not self._count_alike(whole, part) or not _is_plain(ratio):
                    continue
                assert whole is not None
                assert part is not None
                assert ratio is not None
                noun = match.groupdict().get("noun") or ratio.noun
                bases = (patterns.quota, patterns.base)
                is_base = any(base.search(whole.noun) is not None for base in bases)
                if is_base or _is_named(noun, part.noun):
                    quantities = {"whole": whole, "part": part, "ratio": ratio}
                    yield self._claim("share", quantities, {"bound": "more"})

    def _without(self) -> Iterator[Claim]:
        """A件から取下げB件を除くC件."""
        for match in self._patterns.without.finditer(self._wording.text):
            whole = self._wording.quantity(match, "whole")
            part = self._wording.quantity(match, "part")
            rest = self._wording.quantity(match, "rest")
            yield from self._exchanged(whole, part, rest)
            if self._count_alike(whole, part) and self._count_alike(whole, rest):
                assert whole is not None
                assert part is not None
                assert rest is not None
                yield self._claim("remainder", {"whole": whole, "part": part, "rest": rest}, {})

    def _three(
        self, match: re.Match[str]
    ) -> tuple[Quantity | None, Quantity | None, Quantity | None]:
        """The whole, the part and the rate of a match."""
        whole, part = self._wording.quantity(match, "whole"), self._wording.quantity(match, "part")
        return whole, part, self._wording.quantity(match, "ratio")

    def _is_first(self, whole: Quantity) -> bool:
        """Whether no figure before a whole could be the base instead of it."""
        words = self._statement.words
        for quantity in self._statement.tokens.quantities:
            if words.are_alike(quantity.counter, whole.counter):
                return quantity.start == whole.start
        return True

    # --- what belongs together

    def _ratio(self, match: re.Match[str]) -> Quantity | None:
        """The rate of a match, unless it may be a rate of something else."""
        noun = match.groupdict().get("noun")
        ratio = self._wording.quantity(match, "ratio")
        if not _is_plain(ratio) or (noun and self._patterns.other_base.search(noun)):
            return None
        return ratio

    def _is_pair(self, whole: Quantity | None, part: Quantity | None) -> bool:
        """Whether two figures count the same thing exactly, and the part may be one of the whole:
        more may come than were planned.
        """
        if not self._count_alike(whole, part):
            return False
        assert whole is not None
        return self._patterns.other_base.search(whole.noun) is None

    def _count_alike(self, whole: Quantity | None, part: Quantity | None) -> bool:
        """Whether two figures count the same thing exactly."""
        if whole is None or part is None or not _is_plain(whole) or not _is_plain(part):
            return False
        words = self._statement.words
        if whole.counter == _DAY_OR_DATE or not words.are_alike(whole.counter, part.counter):
            return False
        is_cumulative = [any(w in words["cumulative"] for w in q.before) for q in (whole, part)]
        return is_cumulative[0] or not is_cumulative[1]

    def _is_loose(self, match: re.Match[str]) -> bool:
        """Whether a link is part of another word (中学生), or the words behind it name another
        base.
        """
        groups = match.groupdict()
        if groups.get("link") is not None:
            compound = self._patterns.compounds.match(self._wording.text, match.start("link"))
            if compound is not None and compound.end() > match.end("link"):
                return True
        return self._patterns.other_base.search(match["gap"]) is not None

    def _share(self, whole: Quantity, part: Quantity, ratio: Quantity | None) -> Claim:
        quantities = {"whole": whole, "part": part}
        if ratio is not None:
            quantities["ratio"] = ratio
        return self._claim("share", quantities, {})

    def _claim(
        self, kind: str, quantities: Mapping[str, Quantity], words: Mapping[str, str]
    ) -> Claim:
        whole, part, ratio = quantities["whole"], quantities["part"], quantities.get("ratio")
        if (
            ratio is not None
            and whole.value
            and part.value
            and fits_others(self._statement, _share_of, ratio, part, whole)
        ):
            quantities = {"whole": whole, "part": part}
        marks = [
            Mark(start=quantity.start, end=quantity.end, name=name)
            for name, quantity in quantities.items()
        ]
        return Claim(
            kind=kind,
            sentence=self._statement.sentence(*marks),
            figures={name: quantity.figure for name, quantity in quantities.items()},
            words={"counter": whole.counter, "noun": whole.noun, "within": "sentence", **words},
        )


def _share_of(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole


_DAY_OR_DATE: Final = "日"
_STEM: Final = re.compile(r"([一-龠ァ-ヶA-Za-zー]{1,30})(?:の(?:割合|比率|シェア)|率|割合|比)")
_DENIED: Final = re.compile("ない|なかっ|せず|れず|ません|できず|残り|以外|除")
_NEAR: Final = 6
_STEM_LENGTH: Final = 2


def _is_of(behind: re.Match[str], context: str) -> bool:
    """Whether a rate is one of the part: of no name, of the whole (全体の), or called after what
    stands around the part (受診 in 受診率). In brackets right behind a part without a name of its
    own it is one of that part, too.
    """
    noun = behind["noun"]
    stem = _STEM.search(noun) or _STEM.search(behind["of"] or "")
    if stem is None or "全体" in noun:
        return True
    word = stem[1][:_STEM_LENGTH]
    around = f"{context}　{noun[: stem.start()] if stem.string is noun else noun}"
    if _DENIED.search(around) is not None:
        return False
    if word in around:
        return _is_affirmed(word, around)
    return noun.startswith(("(", "で")) and not context.split(" ", 1)[1].strip("、はがもをのに")


def _is_named(noun: str, part: str) -> bool:
    """Whether a rate is called after a part: 受診率 after 受診者数."""
    stem = _STEM.search(noun)
    if stem is None or "増" in noun or _DENIED.search(part) is not None:
        return False
    word = stem[1][:_STEM_LENGTH]
    return word in part and _is_affirmed(word, part)


def _is_affirmed(word: str, text: str) -> bool:
    """Whether no text denies a word: 未実施 is not what 実施率 counts."""
    return all(negative + word not in text for negative in "未不非無")


def _is_plain(quantity: Quantity | None) -> bool:
    """Whether a figure is said to be what it is, not about, at least or more than that."""
    if quantity is None or quantity.after or quantity.is_signed:
        return False
    return quantity.is_exact
