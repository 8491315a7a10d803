"""Validates records of a JSON file: objects, keys and types, with the place of what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from pydantic import ValidationError

from auditor.readers.json.exact import Object, shortened
from auditor.records.errors import CodedError
from auditor.records.figures import Record
from auditor.records.model import Remark
from auditor.records.text import Text

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["WrongRecord", "as_object", "unknown_keys", "validated", "wrong_record"]

Some = TypeVar("Some", bound=Record)

_UNKNOWN_KEY: Final = "extra_forbidden"
"""Pydantic's type of error for a key that a record does not have."""
# The beginnings of pydantic's types of errors, and the words for each.
_REASONS: Final = (
    ("missing", "is missing", "必要な項目がありません"),
    ("string", "should be a text", "文字列ではありません"),
    ("int", "should be a whole number", "整数ではありません"),
    ("float", "should be a number", "数値ではありません"),
    ("date", "should be a date (2025-03-31)", "日付（2025-03-31）ではありません"),
    ("tuple", "should be a list", "リストではありません"),
    ("mapping", "should be an object {…}", "オブジェクト {…} ではありません"),
    ("dict", "should be an object {…}", "オブジェクト {…} ではありません"),
    ("model", "should be an object {…}", "オブジェクト {…} ではありません"),
    ("decimal", "should be a decimal number", "数値（Decimal）ではありません"),
    ("is_instance", "should be of another type", "型が違います"),
    ("literal", "is none of the words allowed here", "ここで使える語ではありません"),
)


class WrongRecord(CodedError):
    """A record that can't be taken for one: where in the file, and why."""

    def __init__(self, at: str, en: str, ja: str) -> None:
        super().__init__("wrong-record", f"{at}: {en}", f"{at}：{ja}")


def as_object(raw: Any, at: str) -> Object:
    """A JSON object, typed; null is an empty one."""
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise WrongRecord(at, *_reason("dict", ""))
    return cast(Object, raw)


def validated(model: type[Some], data: Object, at: str) -> tuple[Some, list[tuple[str, Any]]]:
    """The record, and the place and value of each key that such records don't have; raises
    WrongRecord.
    """
    unknown: list[tuple[str, Any]] = []
    try:
        return model.model_validate(data), unknown
    except ValidationError as fault:
        errors = _errors(fault)
    for error in errors:
        if error["type"] != _UNKNOWN_KEY:
            raise _wrong(error, at)
        *inner, key = error["loc"]
        holder: Any = data
        for part in inner:
            holder = holder[part]
        unknown.append((_where(error, at), holder.pop(key)))
    return model.model_validate(data), unknown


def wrong_record(fault: ValidationError, at: str) -> WrongRecord:
    """The first fault of the record at a place that its model refused."""
    error = _errors(fault)[0]
    if error["type"] == _UNKNOWN_KEY:
        en, ja = "is not a key that records have", "記録にないキーです"
        return WrongRecord(_where(error, at), en, ja)
    return _wrong(error, at)


_MOST_APART: Final = 10
"""Of more keys than these in one object, one remark says how many there are."""
_NAMED: Final = 3
"""How many of them it names."""


def unknown_keys(
    unknown: Sequence[tuple[str, Any]], sheet: int | None = None, kpi: int | None = None
) -> list[Remark]:
    """The remarks that keys are none that records have; ``unknown`` are the place and the value of
    each key of one object.
    """
    if len(unknown) <= _MOST_APART:
        return [_unknown_key(at, value, sheet, kpi) for at, value in unknown]
    first, value = unknown[0]
    names = [shortened(at.rpartition(".")[2]) for at, _ in unknown[:_NAMED]]
    detail = Text(
        en=f"{len(unknown):,} keys are none that records have, and were not read: "
        f"{', '.join(names)}, …",
        ja=f"記録にないキーが{len(unknown):,}個あり、読み取っていません：{'、'.join(names)}、…",
    )
    printed, field = shortened(value), shortened(first.rpartition(".")[2])
    return [Remark(rule="RD010", sheet=sheet, kpi=kpi, field=field, printed=printed, detail=detail)]


def _unknown_key(at: str, value: Any, sheet: int | None, kpi: int | None) -> Remark:
    """The remark that a key is none that records have."""
    where, key = shortened(at), shortened(at.rpartition(".")[2])
    detail = Text(
        en=f"{where} is not a key that records have; it was not read",
        ja=f"{where} は記録にないキーのため、読み取っていません",
    )
    return Remark(
        rule="RD010", sheet=sheet, kpi=kpi, field=key, printed=shortened(value), detail=detail
    )


def _errors(fault: ValidationError) -> list[ErrorDetails]:
    """The errors of a record, the outermost first: a wrong year makes more faults further in."""
    errors = fault.errors(include_url=False, include_input=False, include_context=False)
    return sorted(errors, key=lambda error: len(error["loc"]))


def _where(error: ErrorDetails, at: str) -> str:
    """The place of an error in the record at a place."""
    return ".".join([at, *(shortened(part) for part in error["loc"])])


def _wrong(error: ErrorDetails, at: str) -> WrongRecord:
    return WrongRecord(_where(error, at), *_reason(error["type"], error["msg"]))


def _reason(kind: str, message: str) -> tuple[str, str]:
    """Why a value was refused, in plain words."""
    reason = next(((en, ja) for start, en, ja in _REASONS if kind.startswith(start)), None)
    return reason or (f"has a wrong value: {shortened(message)}", "値が正しくありません")
