"""The patterns of forms: what is read, and that what is accepted takes bounded time."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import assert_never

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from auditor.auditing.fitting import misfits
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.forms.pattern_runs import MOST_WAYS, SPACES, check_runs
from auditor.forms.pattern_syntax import (
    Anchor,
    Choice,
    Node,
    OneOf,
    PatternError,
    Repetition,
    Sequence,
    parse_pattern,
)
from auditor.forms.patterns import LONGEST_TEXT, Pattern
from auditor.testing.build import RandomChooser, build_book

PARTS = ("a", "b", "[ab]", "[^a]", ".", r"\w", r"\d", "[a-c]", "ab", "bc")
TIMES = ("*", "+", "?", "*?", "{2}", "{0,3}", "{1,}")
TEXTS = st.text(alphabet="abc1 \n", max_size=12)


def _repeated(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(inner, st.sampled_from(TIMES)).map(lambda pair: f"({pair[0]}){pair[1]}")


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    either = st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})")
    row = st.lists(inner, min_size=2, max_size=4).map("".join)
    return st.one_of(either, row, _repeated(inner))


PATTERNS = st.recursive(st.sampled_from(PARTS), _larger, max_leaves=8)


class Matcher:
    """A backtracking matcher, as simple as can be, that counts the characters it compares."""

    def __init__(self, text: str, limit: float = float("inf")) -> None:
        self.text, self.limit, self.steps = text, limit, 0

    def fits(self, tree: Node) -> bool:
        """Whether the tree matches the whole text."""
        return self.match(tree, 0, lambda at: at == len(self.text))

    def fail(self, tree: Node) -> None:
        """Tries all ways to match a beginning of the text."""
        self.match(tree, 0, lambda at: False)

    def match(self, node: Node, at: int, after: Callable[[int], bool]) -> bool:
        match node:
            case OneOf():
                self.steps += 1
                assert self.steps <= self.limit
                return at < len(self.text) and node.takes(self.text[at]) and after(at + 1)
            case Anchor():
                return after(at)
            case Sequence(parts):
                if not parts:
                    return after(at)
                rest = Sequence(parts[1:])
                return self.match(parts[0], at, lambda end: self.match(rest, end, after))
            case Choice(options):
                return any(self.match(option, at, after) for option in options)
            case Repetition(part, least, most, start, end):
                if least:
                    fewer = Repetition(part, least - 1, most and most - 1, start, end)
                    return self.match(part, at, lambda end: self.match(fewer, end, after))
                if most == 0:
                    return after(at)
                fewer = Repetition(part, 0, most and most - 1, start, end)
                return self.match(
                    part, at, lambda end: end > at and self.match(fewer, end, after)
                ) or after(at)
            case _:
                assert_never(node)


def accepted(pattern: str) -> bool:
    try:
        check_runs(pattern)
    except PatternError:
        return False
    return True


@settings(max_examples=50)
@given(PATTERNS, st.lists(TEXTS, min_size=3, max_size=6))
def test_what_is_read_means_the_same_to_python(pattern: str, texts: list[str]) -> None:
    tree = parse_pattern(pattern)
    assume(accepted(pattern))
    for text in texts:
        assert Matcher(text).fits(tree) is (re.fullmatch(pattern, text) is not None)


@settings(max_examples=100)
@given(PATTERNS, st.text("abc1", max_size=2), st.text("abc1", min_size=1, max_size=3))
@example("^【(.+?)】", "", "【】")
def test_an_accepted_pattern_takes_linear_time_from_each_start(
    pattern: str, before: str, cycle: str
) -> None:
    assume(accepted(pattern))
    tree = parse_pattern(pattern)
    # Each way that is open compares one character at most with each part of the pattern.
    most = MOST_WAYS * 4 * len(pattern)
    for length in (20, 80):
        matcher = Matcher(before + cycle * (length // len(cycle)), limit=most * length)
        matcher.fail(tree)


SLOW = [
    ("^(.|.|..)+x$", "(.|.|..)+"),
    ("^(..?)+x$", ".?", "(..?)+"),
    ("(a+)+x", "a+", "(a+)+"),
    (r"(\w+\s?)*x", r"\w+", r"(\w+\s?)*"),
    (".*.*x", ".*", ".*"),
    (".*b?.*x", ".*", ".*"),
    (".*x.*y", ".*", ".*"),
    (r"\d+[0-9]*x", r"\d+", "[0-9]*"),
    ("a{0,90}a{0,90}x", "a{0,90}", "a{0,90}"),
    ("(ab)*a?(ba)*x", "(ab)*", "(ba)*"),
]


@pytest.mark.parametrize("slow", SLOW, ids=lambda slow: slow[0])
def test_a_slow_pattern_is_refused_with_its_repetitions(slow: tuple[str, ...]) -> None:
    pattern, *repetitions = slow
    with pytest.raises(PatternError) as fault:
        check_runs(pattern)
    for sentence in (fault.value.message.en, fault.value.message.ja):
        assert all(repetition in sentence for repetition in repetitions)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(?<!無)事故", "look-around"),
        ("事故(?!防止)", "unless"),
        (r"(a)\1", "back-references"),
        ("(", 'a ")" is missing'),
        ("a)", "no bracket is open"),
        ("[a", 'a "]" is missing'),
        ("[b-a]", "a range goes"),
        ("*a", "nothing to repeat"),
        ("a**", "one repetition follows"),
        ("a{3,2}", "wrong way round"),
        ("a{999}", "at most 200 times"),
        ("(?i)a", "a group begins with"),
        (r"\p", "no such"),
        ("{", "write a brace"),
        ("(a|)*", "may be empty"),
        ("(" * 30 + "a" + ")" * 30, "lie in each other"),
        ("a" * 501, "at most 500 characters"),
        ("(a{200}){4}", "stands for more than 600"),
        ("(a|a)" * 30, "fewer alternatives"),
    ],
)
def test_what_a_pattern_cannot_say_is_refused_in_both_languages(pattern: str, words: str) -> None:
    with pytest.raises(PatternError) as fault:
        check_runs(pattern)
    assert words in fault.value.message.en
    assert fault.value.message.ja


def test_all_white_space_is_known() -> None:
    everything = map(chr, range(sys.maxunicode + 1))
    assert "".join(character for character in everything if character.isspace()) == SPACES


@settings(max_examples=200)
@given(
    st.sampled_from([r"\d", r"\W", r"\s", ".", r"[^\da]", r"[a\sあ-ん]", "[ぁ-ん]"]),
    st.characters(),
)
def test_a_character_is_of_the_classes_that_python_has_it_in(pattern: str, sign: str) -> None:
    node = parse_pattern(pattern)
    assert isinstance(node, OneOf)
    assert node.takes(sign) is (re.fullmatch(pattern, sign) is not None)


def test_a_pattern_matches_no_text_that_is_excluded_or_too_long() -> None:
    pattern = Pattern(pattern="(事故|苦情).*件数$", unless=("無事故", "事故.*防止"))
    assert pattern.search("事故件数")
    assert pattern.search("苦情の件数")
    assert not pattern.search("無事故の件数")
    assert not pattern.search("事故防止講習の件数")
    fill = "の" * (LONGEST_TEXT - len("事故件数"))
    assert pattern.search(f"事故{fill}件数")
    assert not pattern.search(f"事故{fill}の件数")


def _directions(form: Form) -> dict[str, str]:
    assert form.kpi is not None
    names = ["交通事故件数", "無事故の件数", "事故防止講習の件数", "60歳以下の人数", "基準以下の数"]
    return {name: form.kpi.direction(name)[0] for name in names}


def test_the_shipped_exclusions_say_what_look_around_said() -> None:
    form = load().forms["kushiro"]
    assert _directions(form) == {
        "交通事故件数": "lower",
        "無事故の件数": "higher",
        "事故防止講習の件数": "higher",
        "60歳以下の人数": "higher",
        "基準以下の数": "lower",
    }
    # What was loaded can be written and loaded again.
    assert Form.model_validate(form.model_dump(by_alias=True)) == form


def test_a_name_too_long_for_the_patterns_is_reported() -> None:
    form = load().forms["kushiro"]
    book = build_book(form, RandomChooser(5), sheets=2, kpis=2)
    assert not list(misfits(book, form))
    long = "長" * (LONGEST_TEXT + 1)
    sheets = tuple(sheet.model_copy(update={"name": long}) for sheet in book.sheets)
    kpis = tuple(kpi.model_copy(update={"name": long}) for kpi in book.kpis)
    (reason,) = misfits(book.model_copy(update={"sheets": sheets, "kpis": kpis}), form)
    assert reason.why.code == "not-in-form-name"
    assert "1,000" in reason.why.en
    assert "3 more" in reason.why.en
