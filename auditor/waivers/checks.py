"""Whether the content of a file of waivers is what their model says, entry by entry."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Final, cast, get_type_hints

from auditor.records.nearest import nearest_name
from auditor.rules.ruleset import READING_FAMILIES
from auditor.settings.checks import FAULTY, Checker
from auditor.toml.faults import MOST, Fault, Lines, harmless
from auditor.toml.places import KeyPath, Places
from auditor.waivers.model import Waiver

__all__ = ["checked"]

_ARRAY: Final = "waiver"
_REQUIRED: Final = ("rule", "place", "values", "reason", "kind", "role", "date")
_NOT_IN_FILE: Final = frozenset(["file", "line"])
"""What a waiver has that its file does not say."""
_KEYS_OF_FINDING: Final = ("rule", "place", "values", "fiscal_year")
_YEARS: Final = range(1900, 3000)
_KEY: Final = re.compile(r"[0-9a-f]{12}")

_Values = dict[str, object]


@cache
def _hints() -> dict[str, object]:
    """The kinds of the keys of an entry."""
    hints = get_type_hints(Waiver)
    return {name: hints[name] for name in Waiver.model_fields if name not in _NOT_IN_FILE}


def checked(
    data: dict[str, object], places: Places, lines: Lines, file: str
) -> tuple[list[Waiver], list[Fault]]:
    """The waivers of a file, and all that is wrong with it; ``file`` is its name."""
    checker = Checker(places, ())
    for name in data:
        if name != _ARRAY:
            shown = harmless(name)
            checker.fault(
                (name,),
                f"[[{_ARRAY}]] was expected, not {shown}",
                f"「{shown}」は使えません。[[{_ARRAY}]] の下に書いてください",
                of_key=True,
            )
    waivers: list[Waiver] = []
    lines_of: dict[tuple[object, ...], int] = {}
    for number, item in enumerate(_entries(data, checker)):
        key = (_ARRAY, number)
        spot = places.of_value(key)
        line = lines.at(spot[0])[0] if spot else 0
        values = _values(item, key, checker)
        if values is None:
            continue
        names = tuple(values.get(name) for name in _KEYS_OF_FINDING)
        if names in lines_of:
            checker.fault(
                key,
                f"the finding is waived already, on line {lines_of[names]}",
                f"同じ指摘が{lines_of[names]}行目に登録されています",
            )
        lines_of.setdefault(names, line)
        # The values are those that the model says: the checker has just held them against it.
        waivers.append(Waiver.model_validate({**values, "file": file, "line": line}))
    return waivers, sorted(checker.faults, key=lambda fault: fault.place or (0, 0))


def _entries(data: dict[str, object], checker: Checker) -> list[object]:
    entries = data.get(_ARRAY, [])
    if isinstance(entries, list):
        return cast("list[object]", entries)
    checker.fault(
        (_ARRAY,),
        f"each entry has to begin with [[{_ARRAY}]]",
        f"1件ごとに [[{_ARRAY}]] で始めてください",
        of_key=True,
    )
    return []


def _values(item: object, key: KeyPath, checker: Checker) -> _Values | None:
    """The values of an entry; None where something is wrong with it."""
    before = len(checker.faults)
    if not isinstance(item, dict):
        words = f"a table [[{_ARRAY}]] was expected", f"表 [[{_ARRAY}]] が必要です"
        checker.fault(key, *words)
        return None
    entry = cast("_Values", item)
    hints = _hints()
    values: _Values = {}
    for name, content in entry.items():
        path = (*key, name)
        if name not in hints:
            _unknown(name, path, checker)
            continue
        is_text = hints[name] is str
        value = (
            checker.filled(content, path) if is_text else checker.value(hints[name], content, path)
        )
        if value is not FAULTY:
            values[name] = value
    for name in _REQUIRED:
        if name not in entry:
            words = f"the entry has no {name}", f"「{name}」がありません"
            checker.fault(key, *words)
    _check(values, key, checker)
    return values if len(checker.faults) == before else None


def _unknown(name: str, path: KeyPath, checker: Checker) -> None:
    shown, hints = harmless(name), _hints()
    # Nobody reads the hints of the hundredth fault, and they take their time.
    near = nearest_name(name, hints) if len(checker.faults) < MOST else None
    hint_en = f"did you mean {near}?" if near else f"known: {', '.join(hints)}"
    hint_ja = f"「{near}」のことですか" if near else f"使える項目：{'、'.join(hints)}"
    checker.fault(
        path,
        f"a waiver has no {shown}; {hint_en}",
        f"「{shown}」という項目はありません。{hint_ja}",
        of_key=True,
    )


def _check(values: _Values, key: KeyPath, checker: Checker) -> None:
    """Note what the kinds of the values do not tell."""
    rule = values.get("rule")
    if isinstance(rule, str) and rule.upper().startswith(READING_FAMILIES):
        shown = harmless(rule)
        checker.fault(
            (*key, "rule"),
            f"{shown} says that figures may be missing or wrong, which can't be waived",
            f"{shown} は数値の読み取り漏れを知らせる規則のため、確認済みにできません",
        )
    for name in ("place", "values", "recurring"):
        value = values.get(name)
        if isinstance(value, str) and _KEY.fullmatch(value) is None:
            checker.fault(
                (*key, name),
                f"the {name} of a finding of the JSON report was expected: "
                "12 digits and letters from a to f",
                f"JSON の指摘の「{name}」の値（12桁の英数字）が必要です",
            )
    year = values.get("fiscal_year")
    if isinstance(year, int) and year not in _YEARS:
        words = (
            "a fiscal year such as 2024 was expected",
            "年度は 2024 のように西暦で書いてください",
        )
        checker.fault((*key, "fiscal_year"), *words)
    if "recurring" in values and "fiscal_year" not in values:
        checker.fault(
            (*key, "recurring"),
            "the fiscal year is missing: with recurring, the entry needs fiscal_year, too",
            "recurring を書く場合は、fiscal_year（年度）も必要です",
        )
    day, until = values.get("date"), values.get("until")
    if isinstance(day, date) and isinstance(until, date) and until < day:
        words = "until is before date", "期限（until）が確認日（date）より前です"
        checker.fault((*key, "until"), *words)
