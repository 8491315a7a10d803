"""TXT046: an indicator's name and its column agree on its unit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import auditor
from auditor.forms.words import squeezed
from auditor.records.text import Text
from auditor.rules.rows import Row, Rows
from auditor.rules.verdicts import NOT_APPLICABLE, PASS, Verdict, failed

if TYPE_CHECKING:
    from auditor.engines.settling import Settled, Tables

_IN_BRACKETS: Final = r"[(（\[［]([^()（）\[\]［］]{1,12})[)）\]］]\s*$"
_BETWEEN: Final = re.compile("[・、,/／]|または|又は")
_EACH: Final = re.compile("/(?:年|年度|月|日|回)$")


def _settle(tables: Tables) -> Settled:
    """An indicator is left if its name ends with something in brackets."""
    named = tables.matching("kpi", ["name"], _IN_BRACKETS)
    rows = tables.flagged("kpi", named)
    return tables.settled(rows, ("#flagged", None), otherwise="not_applicable")


@auditor.rule(
    """
code = "TXT046"
name = "unit-in-name"
severity = "note"
each = "kpi"
looks_at = "undecided"
since = "0.1"

[title]
en = "The indicator's name states another unit than its column"
ja = "指標名の単位と、単位の欄が一致しません"
[why]
en = "Where the name says （社・団体） and the column 社, the reader does not know what was counted, nor whether last year's figure counts the same."
ja = "指標名に「（社・団体）」とあり単位の欄が「社」では、何を数えたのか、前年度と同じ数え方なのかが読み手に分かりません。"
[action]
en = "Settle on one unit, and check that the figures count it."
ja = "単位をどちらかにそろえ、数値がその単位で数えたものか確かめてください。"

[[cases]]
form = "kushiro"
name = "利用する企業数（社）"
unit = "社"
outcome = "pass"

[[cases]]
form = "kushiro"
name = "利用する企業数(社・団体)"
unit = "社"
outcome = "fail"
equation = "「社・団体」 ↔ 「社」"

[[cases]]
form = "kushiro"
note = "two words for one unit"
name = "参加者数（人）"
unit = "名"
outcome = "pass"

[[cases]]
form = "kushiro"
note = "whose it is, not what is counted"
name = "参加者数（教室）"
unit = "人"
outcome = "not_applicable"

[[cases]]
form = "kushiro"
note = "what stands in brackets is no unit"
name = "利用件数（機能拡充のみ）"
unit = "件"
outcome = "not_applicable"
""",
    settle=_settle,
)
def unit_in_name(row: Row) -> Verdict:
    """What stands in brackets at the end of the name is compared if it can be nothing but a unit."""
    kpi = row.kpi
    assert kpi is not None
    match = re.search(_IN_BRACKETS, kpi.name)
    if match is None or not kpi.unit.strip():
        return NOT_APPLICABLE
    in_name, in_column = _parts(match[1]), _parts(kpi.unit)
    units = row.rows.once(_units)
    if not (in_name <= units.plain or (in_name <= units.all and in_name & in_column)):
        return NOT_APPLICABLE
    if _named(in_name, units.one_name) == _named(in_column, units.one_name):
        return PASS
    detail = Text(
        en=f'The name states the unit "{match[1]}", the column "{kpi.unit}"',
        ja=f"指標名の単位は「{match[1]}」ですが、単位の欄は「{kpi.unit}」です",
    )
    equation = f"「{match[1]}」 ↔ 「{kpi.unit}」"
    return failed((row, "name"), (row, "unit"), equation=equation, detail=detail)


def _parts(unit: str) -> frozenset[str]:
    """The units that stand in one text: 社 and 団体 of 社・団体."""
    plain = _EACH.sub("", squeezed(unit))
    return frozenset(part for part in _BETWEEN.split(plain) if part)


def _named(units: Collection[str], one_name: Mapping[str, str]) -> frozenset[str]:
    return frozenset(one_name.get(unit, unit) for unit in units)


class _Units(NamedTuple):
    """What is taken for a unit: ``plain`` ones wherever they stand, ``all`` others beside one of
    the column. Those of several words have the first as their ``one_name``.
    """

    plain: frozenset[str]
    all: frozenset[str]
    one_name: Mapping[str, str]


def _units(rows: Rows) -> _Units:
    """The units that prose and the form know, and those of the book's columns."""
    from auditor.narrative.words import words_of

    words = words_of(rows.form)
    names: dict[str, str] = {}
    for alike in words["one_unit"]:
        first, *others = alike.split("=")
        names |= dict.fromkeys((first, *others), first)
    plain = frozenset(words["plain_units"])
    units = plain.union(words["counters"], rows.form.units, _of_columns(rows))
    return _Units(plain, units, names)


def _of_columns(rows: Rows) -> Iterator[str]:
    for row in rows.of("kpi"):
        if row.kpi is not None:
            yield from _parts(row.kpi.unit)
