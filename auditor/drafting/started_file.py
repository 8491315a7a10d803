"""The file of a form that starts from another one, with a comment at each label that differs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from auditor.drafting.form_file import comment, quoted
from auditor.drafting.starting import Start

__all__ = ["started_text"]

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_INLINE: Final = frozenset({"title", "units", "param_units"})
"""Tables that stand on one line at the top of a file."""


def started_text(start: Start) -> str:
    """The text of the form's file."""
    title = start.base.title.ja
    lines = [
        comment(
            f"「{start.source}」の様式の案です。「{title}」（{start.base.name}）を基にしています。"
        ),
        comment("文書にない見出しを置き換えたところに、説明があります。確かめてください。"),
        "",
        *_head(start.content),
        *_tables(start),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _head(content: Mapping[str, Any]) -> Iterator[str]:
    """What stands before the first table."""
    for key, value in content.items():
        if key == "units":
            units: dict[str, str] = value
            pairs = (f"{quoted(unit)} = {_number(factor)}" for unit, factor in units.items())
            yield f"units = {{ {', '.join(pairs)} }}"
        elif key in _INLINE or not _is_table(value):
            yield f"{_key(key)} = {_value(value)}"


def _tables(start: Start) -> Iterator[str]:
    for key, value in start.content.items():
        if key in _INLINE or not _is_table(value):
            continue
        if key == "fields":
            yield from _fields(start, value)
        elif key == "labels":
            yield from _labels(start, value)
        else:
            if key == "kpi":
                yield from _of_indicators(start, value)
            yield from _table(_key(key), value)


def _of_indicators(start: Start, kpi: Mapping[str, Any]) -> Iterator[str]:
    """What was put in the place of labels of indicators, before their table."""
    for name, words in cast("Mapping[str, Sequence[str]]", kpi["labels"]).items():
        explained = list(_explained(start, f"kpi.{name}"))
        if explained:
            yield ""
            yield comment(f"{name} = {_value(words)}")
            yield from explained


def _fields(start: Start, fields: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if not fields:
        yield ""
        yield "[fields]"
    for name, field in fields.items():
        yield ""
        yield from _explained(start, name)
        yield f"[fields.{name}]"
        yield from (f"{_key(key)} = {_value(value)}" for key, value in field.items())


def _labels(start: Start, labels: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "[labels]"
    for name, words in labels.items():
        yield from _explained(start, name)
        yield f"{_key(name)} = {_value(words)}"


def _explained(start: Start, name: str) -> Iterator[str]:
    """What was put in the place of a label."""
    other = start.replaced.get(name)
    if other is None:
        return
    if other.instead is None:
        yield comment(
            "文書に見つからない見出しです。文書の見出しに書き換えるか、この項目を消してください。"
        )
    else:
        yield comment(f"「{other.label}」の代わりに、文書にある見出しを使っています。")


def _table(path: str, value: object) -> Iterator[str]:
    """A table, or several of one name, with the tables in it."""
    if not isinstance(value, Mapping):
        for item in cast("Sequence[Mapping[str, Any]]", value):
            yield ""
            yield f"[[{path}]]"
            yield from (f"{_key(key)} = {_value(part)}" for key, part in item.items())
        return
    table = cast("Mapping[str, Any]", value)
    plain = {key: part for key, part in table.items() if not _is_table(part)}
    if plain or not table:
        yield ""
        yield f"[{path}]"
    yield from (f"{_key(key)} = {_value(part)}" for key, part in plain.items())
    for key, part in table.items():
        if key not in plain:
            yield from _table(f"{path}.{_key(key)}", part)


def _is_table(value: object) -> bool:
    if isinstance(value, Mapping):
        return True
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(item, Mapping) for item in cast("list[object]", value))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else quoted(key)


def _number(text: str) -> str:
    return text if re.fullmatch("[0-9]+", text) else quoted(text)


def _value(value: object) -> str:
    """A value on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        table = cast("Mapping[str, object]", value)
        pairs = (f"{_key(key)} = {_value(part)}" for key, part in table.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, cast("list[object]", value))) + "]"
    return quoted(str(value))
