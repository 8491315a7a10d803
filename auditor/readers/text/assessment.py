"""The part of a sheet's text that holds the evaluations.

Direction and issues of each evaluated year stand there, in the order of the years.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final, Literal, NamedTuple, get_args

from auditor.forms.model import Form
from auditor.readers.evaluations import BlankReason, blank_reason
from auditor.readers.text.table_rows import is_numbers
from auditor.readers.wording import Line, Wording, folded, key_of
from auditor.records.fiscal import parse_year

__all__ = ["Assessment", "Block", "read_assessment", "whole"]

Heads = Literal["direction", "issues"]
_LONGEST_WORD: Final = 10
"""The letters of the longest word that is taken for a result."""


@dataclass
class Block:
    """What is known of one evaluated year; ``result`` as printed, with the line that prints it.
    ``begin`` has the line on which each text begins.
    """

    result: str | None = None
    line: int | None = None
    texts: dict[Heads, str] = field(default_factory=dict[Heads, str])
    begin: dict[Heads, int] = field(default_factory=dict[Heads, int])

    def reason(self, form: Form) -> BlankReason | None:
        """Why the evaluation is blank. A sentence may be broken over lines."""
        texts = ("".join(text.splitlines()) for text in self.texts.values())
        return blank_reason(form, self.result, texts)


class Assessment(NamedTuple):
    """The blocks by year, the lines before all labels, and the labels that were not found."""

    blocks: dict[int, Block]
    before: tuple[Line, ...]
    missing: tuple[tuple[Heads, int], ...]


class Label(NamedTuple):
    """Where a label begins and ends in the text, what it heads, and the evaluated year it belongs
    to.
    """

    start: int
    end: int
    heads: Heads
    year: int


def whole(lines: Sequence[str]) -> str:
    """Narrative text as printed, without the white space at line ends and the empty lines around
    it.
    """
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def read_assessment(
    lines: Sequence[Line], wording: Wording, years: Sequence[int], result_apart: bool
) -> Assessment:
    """Cut the text at its labels. With ``result_apart``, the last year's result stands alone
    before the issues, or behind them.
    """
    text = "\n".join(line.raw for line in lines)
    first_line = lines[0].number if lines else 0
    blocks = {year: Block() for year in years}
    directions = _directions(text, wording, years)
    issues = _issues(text, wording, years, max((label.end for label in directions), default=0))
    labels = sorted([*directions, *issues])
    before = text[: labels[0].start if labels else len(text)].split("\n")
    sections: list[tuple[Label, int, list[str]]] = []
    for label, following in zip_longest(labels, labels[1:]):
        section = (
            text[label.end : following.start if following else len(text)]
            .lstrip(" \t\u3000")
            .split("\n")
        )
        sections.append((label, first_line + text.count("\n", 0, label.end), section))
    if result_apart and directions:
        _take_result(blocks[years[-1]], directions[-1], sections, wording.form)
    for label, number, section in sections:
        filled = (index for index, text in enumerate(section) if text.strip())
        block = blocks[label.year]
        block.texts[label.heads] = whole(section)
        block.begin[label.heads] = number + next(filled, 0)
    missing: list[tuple[Heads, int]] = []
    for heads in get_args(Heads):
        missing += [(heads, year) for year in years if heads not in blocks[year].texts]
    lines_before = (Line(first_line + i, raw, key_of(raw)) for i, raw in enumerate(before))
    return Assessment(blocks, tuple(line for line in lines_before if line.key), tuple(missing))


def _directions(text: str, wording: Wording, years: Sequence[int]) -> list[Label]:
    """The labels of the directions, which may be broken over lines. All there: in the order of
    the years; else by their own year.
    """
    # The labels are matched in the text's key, which has no white space.
    at = [index for index, character in enumerate(text) if not character.isspace()]
    spans = [
        (at[match.start()], at[match.end() - 1] + 1, match[0])
        for match in wording.direction.finditer(key_of(text))
    ]
    if len(spans) >= len(years):
        return [
            Label(start, end, "direction", year)
            for (start, end, _), year in zip(spans, years, strict=False)
        ]
    dated = {
        (parse_year(words) or 0) - wording.form.evaluation_lag: (start, end)
        for start, end, words in spans
    }
    return [Label(*dated[year], "direction", year) for year in years if year in dated]


def _issues(text: str, wording: Wording, years: Sequence[int], after: int) -> list[Label]:
    """The labels of the issues, of which the first begins a line. One alone belongs to the last
    year.
    """
    plain = folded(text)
    matches = list(wording.issues.finditer(plain, after))
    beginning = (match for match in matches if match["begins"] is not None)
    first = next(beginning, matches[0] if matches else None)
    if first is None or not years:
        return []
    line_end = plain.find("\n", first.end("label"))

    def unlike_label(match: re.Match[str]) -> int:
        """How little a word that stands alone looks like a label: it ends the first one's line,
        has its own, ends one, begins one.
        """
        begins, ends = match["begins"] is not None, match["ends"] is not None
        if ends and match.start("label") < line_end:
            return 0
        if ends:
            return 1 if begins else 2
        return 3 if begins else 4

    rest = sorted((match for match in matches if match.start() > first.start()), key=unlike_label)
    spans = sorted(match.span("label") for match in (first, *rest[: len(years) - 1]))
    return [
        Label(start, end, "issues", year)
        for (start, end), year in zip(spans, years[len(years) - len(spans) :], strict=True)
    ]


def _take_result(
    block: Block, direction: Label, sections: Sequence[tuple[Label, int, list[str]]], form: Form
) -> None:
    """Move the result out of the section where it stands: behind the last direction, or else a
    known word behind issues.
    """
    for label, line, section in sections:
        index = _result(section, form) if label == direction else None
        if index is None and label.heads == "issues":
            index = _closing_word(section, form)
        if index is not None:
            block.result, block.line = section[index].strip(), line + index
            section[index] = ""
            return


def _closing_word(section: Sequence[str], form: Form) -> int | None:
    """The last line, where it is a known word and a paragraph of its own."""
    keys = _keys(section)
    filled = [index for index, key in enumerate(keys) if key]
    if not filled or (filled[-1] and keys[filled[-1] - 1]):
        return None
    return filled[-1] if form.meaning(section[filled[-1]]) else None


def _result(section: Sequence[str], form: Form) -> int | None:
    """The line that holds nothing but the result: a known word as a paragraph of its own, or an
    unknown one as the last.
    """
    keys = _keys(section)
    filled = [index for index, key in enumerate(keys) if key]
    alone = [
        index
        for index in filled
        if not any(keys[near] for near in (index - 1, index + 1) if 0 <= near < len(keys))
    ]
    for index in reversed(filled):
        if form.meaning(section[index]) and (index in alone or index == filled[-1]):
            return index
    if not filled or filled[-1] not in alone or not _is_word(keys[filled[-1]]):
        return None
    bullets = [
        index
        for index in filled
        if unicodedata.category(keys[index][0])[0] == "P" and len(keys[index]) == 1
    ]
    # Bullets may stand before their texts, and the last line is then the text of one.
    is_text_of_bullet = bool(bullets) and len(filled) - len(bullets) == 1
    return None if is_text_of_bullet else filled[-1]


def _keys(section: Sequence[str]) -> list[str]:
    """The keys of the lines; empty for numbers, which are no part of an evaluation."""
    return ["" if is_numbers(line) else key_of(line) for line in section]


def _is_word(key: str) -> bool:
    """A short word without sentence marks, bullets or figures."""
    return len(key) <= _LONGEST_WORD and all(
        unicodedata.category(character)[0] == "L" or character in "()[]-" for character in key
    )
