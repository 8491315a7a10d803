"""The columns of a list of errata, and what stands in them; ``reading`` takes the rows back.

The last column is for programs: what a reader of the list does not need, and the exact text of a
cell that shows it otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, Literal, NamedTuple

from auditor.errata.model import ErrataRow, RecordName, Side
from auditor.records.fiscal import era_of
from auditor.records.own import ERRATA_HEADINGS
from auditor.records.text import Text
from auditor.reports.layout import plain
from auditor.reports.wording import Wording

__all__ = [
    "BEFORE_SUBMISSION",
    "HEADS",
    "UNREAD",
    "Head",
    "RowCells",
    "cells_of",
    "displayed",
    "head_texts",
    "key_of",
    "name_of",
    "place_of",
    "typed",
]

Head = Literal["page", "project", "department", "place", "wrong", "right", "key"]
"""A column of the list."""

_PLACE: Final[Mapping[Head, Text]] = dict(
    zip(("page", "project", "department", "place"), ERRATA_HEADINGS, strict=True)
)
HEADS: Final[Mapping[Head, Text]] = {
    **_PLACE,
    "wrong": Text(en="published", ja="誤"),
    "right": Text(en="right", ja="正"),
    "key": Text(en="for reference", ja="照合用"),
}
BEFORE_SUBMISSION: Final[Mapping[Head, Text]] = {
    **HEADS,
    "wrong": Text(en="printed now", ja="差替え前"),
    "right": Text(en="to be printed", ja="差替え後"),
}
"""The heads of the columns where nothing has been published yet."""

_BLANK: Final = Text(en="(blank)", ja="（空欄）")
_NONE: Final = Text(en="(not printed)", ja="（記載なし）")
UNREAD: Final = Text(en="(could not be read)", ja="（読み取れず）")
_DAY: Final = "population_as_of"
_MONTH: Final = "due"
_CODED: Final = ("declared_achieved",)


class RowCells(NamedTuple):
    """The cells of a row, in the order of the columns; lines of a cell are kept."""

    page: str
    project: str
    department: str
    place: str
    wrong: str
    right: str
    key: str


def head_texts(words: Wording, *, before_submission: bool = False) -> dict[Head, str]:
    """The heads of the columns in a language."""
    heads = BEFORE_SUBMISSION if before_submission else HEADS
    return {head: text.of(words.lang) for head, text in heads.items()}


def cells_of(row: ErrataRow, words: Wording, harmless: Callable[[str], str]) -> RowCells:
    """The cells of a row. ``harmless`` is what a kind of file makes of a text that it must not
    take for something else.
    """
    shown = {
        "page": row.page,
        "project": name_of(row.of),
        "department": row.department,
        "place": place_of(row, words),
        "wrong": displayed(row, "wrong", words),
        "right": displayed(row, "right", words),
    }
    cells = {head: harmless(text) for head, text in shown.items()}
    return RowCells(**cells, key=key_of(row, cells))


def key_of(row: ErrataRow, cells: Mapping[str, str]) -> str:
    """What programs need of a row beside its cells, as JSON on one line; ``exact`` are the texts
    that their cells show otherwise.
    """
    data = row.model_dump(mode="json", exclude_defaults=True, exclude={"page", "wrong", "right"})
    texts = {"wrong": row.wrong, "right": row.right}
    exact = {side: text for side, text in texts.items() if typed(cells[side]) != text}
    line = json.dumps(
        data | ({"exact": exact} if exact else {}), ensure_ascii=False, separators=(",", ":")
    )
    if plain(line) == line:
        return line
    return "".join(
        letter if plain(letter) == letter else json.dumps(letter)[1:-1] for letter in line
    )


def typed(text: str) -> str | None:
    """What a cell says that somebody filled in: the names of a blank and of nothing are none of
    a document's texts.
    """
    if text.strip() in (_NONE.en, _NONE.ja):
        return None
    return "" if text.strip() in (_BLANK.en, _BLANK.ja) else text


def name_of(record: RecordName) -> str:
    """A project as its sheet prints it, and on a line of its own the stages of its budget."""
    stages = "".join(f"＜{stage}＞" for stage in record.stages)
    return "\n".join(text for text in (record.project, stages) if text)


def place_of(row: ErrataRow, words: Wording) -> str:
    """The field with its unit, and on a line of its own the year."""
    form = row.of.form
    name = words.field(row.field, form=form)
    unit = row.wrong_unit or row.right_unit
    if unit and _units_agree(row):
        name += words.say(f" ({words.unit(unit)})", f"（{words.unit(unit)}）")
    if row.is_part:
        name += words.say(" (excerpt)", "（抜粋）")
    lines = [name]
    if row.of.record == "kpi":
        indicator = plain(row.of.indicator)
        lines.insert(0, words.say(f'indicator "{indicator}"', f"指標「{indicator}」"))
    if row.year is not None:
        lines.append(words.year(row.year, row.kind))
    return "\n".join(lines)


def _units_agree(row: ErrataRow) -> bool:
    return not (row.wrong_unit and row.right_unit and row.wrong_unit != row.right_unit)


def displayed(row: ErrataRow, side: Side, words: Wording) -> str:
    """What a cell shows for one side: the text as printed, but for what has no print of its own.

    A blank and a place that is not there are named, a unit stands with its number where the two
    sides have not the same.
    """
    text = row.wrong if side == "wrong" else row.right
    unit = row.wrong_unit if side == "wrong" else row.right_unit
    if text is None:
        return _NONE.of(words.lang)
    if not text.strip():
        return _BLANK.of(words.lang)
    if row.field == _MONTH:
        return words.month(text)
    if row.field == _DAY:
        return _day(text, words)
    if row.field in _CODED:
        return words.word(text)
    return text if _units_agree(row) else words.with_unit(text, unit)


def _day(text: str, words: Wording) -> str:
    """A day of the records, ``2025-03-31``, as R7.3.31."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    era = era_of(day)
    if words.lang == "en" or era is None:
        return text
    return f"{era.letter}{day.year - era.begins.year + 1}.{day.month}.{day.day}"
