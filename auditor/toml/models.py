"""What a model refuses in a table of a file, in our own words and with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple, Union, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError

from auditor.records.errors import AuditorError
from auditor.records.nearest import nearest_name
from auditor.toml.faults import Fault, WrongValue, harmless
from auditor.toml.shown import no_choice, shown_value

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from auditor.toml.places import KeyPath
    from auditor.toml.reading import Table

__all__ = ["Refused", "reason_of", "refused"]

_TEXT: Final = ("a text in quotes", "引用符で囲んだ文字列")
_WHOLE: Final = ("a whole number", "整数")
_NUMBER: Final = ("a number", "数値")
_BOOL: Final = ("true or false", "true または false")
_LIST: Final = ("a list such as [ … ]", "並び（[ … ]）")
_TABLE: Final = ("a table such as { … }", "表（{ … }）")

_EXPECTED: Final[Mapping[str, tuple[str, str]]] = {
    "string_type": _TEXT,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _BOOL,
    "bool_parsing": _BOOL,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "dict_type": _TABLE,
    "mapping_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
}
"""What was expected where pydantic says that a value is of another type."""

_LIMITS: Final[Mapping[str, tuple[str, str]]] = {
    "greater_than_equal": ("a number of at least {ge}", "{ge}以上の数値"),
    "greater_than": ("a number above {gt}", "{gt}より大きい数値"),
    "less_than_equal": ("a number of at most {le}", "{le}以下の数値"),
    "less_than": ("a number below {lt}", "{lt}より小さい数値"),
    "string_pattern_mismatch": ("a text of the form {pattern}", "{pattern} の形の文字列"),
}
_WORD: Final = re.compile(r"'([^']*)'")


class Refused(NamedTuple):
    """One thing that a model refuses: the key, from the table, whether it is about the key itself,
    and what is wrong.
    """

    key: KeyPath
    of_key: bool
    en: str
    ja: str
    is_missing: bool = False
    meant: str | None = None
    """The key that an unknown one was meant for."""

    def at(self, table: Table) -> Fault:
        """The fault in a table."""
        return table.fault(self.key, self.en, self.ja, of_key=self.of_key)


def refused(error: ValidationError, model: type[BaseModel], table: Table) -> list[Refused]:
    """All that a model refuses in a table, in the order of the errors; at least one."""
    by_key: dict[tuple[KeyPath, bool], list[ErrorDetails]] = {}
    for details in error.errors(include_url=False, include_input=False):
        place = _path(details, table.content)
        if place is not None:
            by_key.setdefault(place, []).append(details)
    faults: list[Refused] = []
    for (key, of_key), several in by_key.items():
        if not _got_further(key, several, by_key):
            faults += _faults(key, of_key, several, model, table.content)
    faults = _in_one([fault for fault in faults if not _is_misspelt(fault, faults)])
    return faults or [Refused((), False, *_OTHER)]


def _in_one(faults: Iterable[Refused]) -> list[Refused]:
    """The same with one fault for all keys that a table lacks."""
    missing: dict[KeyPath, list[str]] = {}
    others: list[Refused] = []
    for fault in faults:
        if fault.is_missing:
            missing.setdefault(fault.key[:-1], []).append(harmless(str(fault.key[-1])))
        else:
            others.append(fault)
    for table, names in missing.items():
        *first, last = names
        en = f"{', '.join(first)} and {last} are missing" if first else f"{last} is missing"
        ja = f"{'、'.join(f'「{name}」' for name in names)}がありません"
        others.append(Refused((*table, names[0]), True, en, ja, is_missing=True))
    return others


def _got_further(
    key: KeyPath, several: Sequence[ErrorDetails], keys: Iterable[tuple[KeyPath, bool]]
) -> bool:
    """Whether another alternative of a key has errors deeper in it, which are the ones meant."""
    parts = chain.from_iterable(details["loc"] for details in several)
    is_alternative = any("[" in str(part) for part in parts)
    return is_alternative and any(
        len(other) > len(key) and other[: len(key)] == key for other, _ in keys
    )


def _is_misspelt(fault: Refused, faults: Iterable[Refused]) -> bool:
    """Whether a missing key is there under a name that is nearly it."""
    return fault.is_missing and any(
        other.meant == fault.key[-1] and other.key[:-1] == fault.key[:-1] for other in faults
    )


def reason_of(details: ErrorDetails) -> tuple[str, str]:
    """Why a model refuses a value, in English and Japanese, where it is of no file."""
    value: object = details["input"]
    match details["type"]:
        case "missing":
            return "the value is missing", "値がありません"
        case "extra_forbidden":
            return "there is no such key", "この項目はありません"
        case "literal_error":
            return no_choice(value, _WORD.findall(details.get("ctx", {}).get("expected", "")))
        case _:
            return _mistyped([details], value)


_OTHER: Final = ("the value is none that this key takes", "この項目には使えない値です")


def _path(details: ErrorDetails, content: Mapping[str, object]) -> tuple[KeyPath, bool] | None:
    """The key in the file that an error is about, and whether it is about the key itself. None
    where the file has no such key: what a model makes of others is no fault of its own.
    """
    here: object = content
    path: list[str | int] = []
    *parts, last = (*details["loc"], "") if details["type"] != "missing" else details["loc"]
    for part in parts:
        step = _step(here, part)
        if step is None:
            # Names of alternatives, and of keys, are pydantic's own.
            if not _is_alternative(part):
                return None
            continue
        for inner in step:
            here = cast("dict[object, object]", here)[inner]
        path += step
    if details["type"] == "missing":
        return (*path, last), True
    is_key = details["type"] == "extra_forbidden" or details["loc"][-1:] == ("[key]",)
    return tuple(path), is_key


def _step(here: object, part: str | int) -> list[str | int] | None:
    """The keys that lead from a value to a part of it: ``funding.grants`` may be two tables."""
    if isinstance(here, list):
        items = cast("list[object]", here)
        return [part] if isinstance(part, int) and part < len(items) else None
    if not isinstance(here, dict):
        # A single text stands for a list of one.
        return [] if part == 0 else None
    table = cast("dict[str, object]", here)
    if part in table:
        return [part]
    first, dot, rest = str(part).partition(".")
    inner = table.get(first)
    if dot and isinstance(inner, dict) and rest in inner:
        return [first, rest]
    return None


def _is_alternative(part: str | int) -> bool:
    return isinstance(part, str) and ("[" in part or part in _ALTERNATIVES)


_ALTERNATIVES: Final = frozenset(["decimal", "str", "int", "float", "bool"])


def _faults(
    key: KeyPath,
    of_key: bool,
    several: Sequence[ErrorDetails],
    model: type[BaseModel],
    content: Mapping[str, object],
) -> Iterator[Refused]:
    """What is wrong with a key; the errors of its alternatives are one fault."""
    first = several[0]
    match first["type"]:
        case "value_error":
            for details in several:
                yield from _own(key, details)
        case "missing":
            name = harmless(str(key[-1]))
            missing = f"{name} is missing", f"「{name}」がありません"
            yield Refused(key, of_key, *missing, is_missing=True)
        case "extra_forbidden":
            names = _keys_of(model, first["loc"][:-1])
            unknown = str(key[-1])
            near = nearest_name(unknown, names)
            is_of_file = near is None and len(key) > 1 and unknown in _keys_of(model, ())
            if is_of_file:
                yield Refused(key, of_key, *_of_whole_file(unknown))
            else:
                yield Refused(key, of_key, *_unknown_key(unknown, near, names), meant=near)
        case "literal_error":
            value = key[-1] if of_key else _value(content, key)
            expected = (details.get("ctx", {}).get("expected", "") for details in several)
            words = list(chain.from_iterable(map(_WORD.findall, expected)))
            yield Refused(key, of_key, *no_choice(value, words))
        case _:
            value = key[-1] if of_key else _value(content, key)
            yield Refused(key, of_key, *_mistyped(several, value))


def _mistyped(several: Iterable[ErrorDetails], value: object) -> tuple[str, str]:
    """That a value is of another type, or out of its limits."""
    expected: list[tuple[str, str]] = []
    for details in several:
        kind = details["type"]
        if kind in _EXPECTED:
            expected.append(_EXPECTED[kind])
        elif kind in _LIMITS:
            en, ja = _LIMITS[kind]
            limits = details.get("ctx", {})
            expected.append((en.format(**limits), ja.format(**limits)))
    if not expected:
        return _OTHER
    en = " or ".join(dict.fromkeys(en for en, _ in expected))
    ja = "または".join(dict.fromkeys(ja for _, ja in expected))
    shown_en, shown_ja = shown_value(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        shown_en = shown_ja = harmless(str(value))
    return f"{en} was expected, not {shown_en}", f"{ja}が必要です（記載：{shown_ja}）"


def _own(key: KeyPath, details: ErrorDetails) -> Iterator[Refused]:
    """What a check of our own says."""
    error = details.get("ctx", {}).get("error")
    if isinstance(error, WrongValue):
        for fault in error.all():
            yield Refused((*key, *fault.key), fault.of_key, fault.en, fault.ja)
    elif isinstance(error, AuditorError):
        yield Refused(key, False, error.message.en, error.message.ja)
    else:
        yield Refused(key, False, *_OTHER)


def _of_whole_file(name: str) -> tuple[str, str]:
    """That a key of the whole file stands in one of its tables: all below a table's heading is."""
    return (
        f"{name} is a key of the whole file; move it up, before the first line that begins with [",
        f"{name} はファイル全体の項目です。[ で始まる最初の行より前に移してください",
    )


def _unknown_key(name: str, near: str | None, names: Sequence[str]) -> tuple[str, str]:
    """That there is no such key, and which was meant."""
    shown = harmless(name)
    if near is not None:
        hint_en, hint_ja = f"; did you mean {near}?", f"。「{near}」のことですか"
    else:
        hint_en = f"; known: {', '.join(names)}" if names else ""
        hint_ja = f"。使える項目：{'、'.join(names)}" if names else ""
    return f"there is no key {shown}{hint_en}", f"「{shown}」という項目はありません{hint_ja}"


def _value(content: Mapping[str, object], key: KeyPath) -> object:
    here: object = content
    for part in key:
        here = cast("dict[object, object]", here)[part]
    return here


def _keys_of(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The keys of the table at a place in a model."""
    kinds: list[object] = [model]
    for part in loc:
        if not _is_alternative(part):
            kinds = list(chain.from_iterable(_inner(kind, part) for kind in kinds))
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    fields = chain.from_iterable(kind.model_fields.items() for kind in models)
    return [definition.alias or name for name, definition in fields]


def _inner(kind: object, part: str | int) -> Iterator[object]:
    """The types of the value under a key of a type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = kind.model_fields
        name = next((name for name, item in fields.items() if part in (name, item.alias)), None)
        if name is not None:
            yield from _plain(fields[name].annotation)
        return
    arguments = get_args(kind)
    origin = get_origin(kind)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        yield from _plain(arguments[1])
    elif origin is tuple:
        yield from _plain(arguments[0])


def _plain(kind: object) -> Iterator[object]:
    """The alternatives of a type, without what is added to it."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _plain(get_args(kind)[0])
    elif origin in (Union, UnionType):
        for option in get_args(kind):
            yield from _plain(option)
    else:
        yield kind
