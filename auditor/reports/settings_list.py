"""The settings in force, for people and programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from auditor.auditing.formats import ReportContext
from auditor.records.text import Text
from auditor.reports.layout import plain, table, wrap
from auditor.reports.wording import Wording
from auditor.settings.listing import Setting, Value

__all__ = ["settings_data", "settings_text"]

_WITHOUT: Final = {
    "language": Text(en="of the locale", ja="ロケールに従う"),
    "form": Text(en="recognised", ja="自動で判別"),
}
"""What holds where a setting has no value."""
_NOTHING: Final = Text(en="none", ja="なし")


def settings_text(settings: Sequence[Setting], file: str, context: ReportContext) -> str:
    """A table of the settings; ``file`` is the name of their file, empty without one."""
    words = Wording(context.lang)
    say = words.say
    heads = [say("setting", "項目"), say("value", "値"), say("from", "出どころ")]
    rows = [
        [
            plain(item.key),
            plain(_shown(item, words)),
            _source(item, file, words),
        ]
        for item in settings
    ]
    if file:
        title = words.labelled(say("Settings file", "設定ファイル"), plain(file))
    else:
        title = say(
            "There is no settings file; these are the defaults.",
            "設定ファイルはありません。すべて既定の値です。",
        )
    return "\n".join([*wrap(title, context.width), "", table(heads, rows, context.width)]) + "\n"


def settings_data(settings: Sequence[Setting], file: str) -> dict[str, Any]:
    """The same for programs: ``line`` is None for a default."""
    listed = [
        {"key": item.key, "value": _plain(item.value), "line": item.line} for item in settings
    ]
    return {"file": file or None, "settings": listed}


def _plain(value: Value) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _shown(item: Setting, words: Wording) -> str:
    """A value as a settings file has it, or in words where there is none."""
    if isinstance(item.value, date):
        return item.value.isoformat()
    if isinstance(item.value, bool):
        return str(item.value).lower()
    if not item.value:
        return words.say(**_WITHOUT.get(item.key, _NOTHING).model_dump())
    return json.dumps(_plain(item.value), ensure_ascii=False)


def _source(item: Setting, file: str, words: Wording) -> str:
    if item.line is None:
        return words.say("default", "既定")
    return words.say(f"{plain(file)}:{item.line}", f"{plain(file)} {item.line}行目")
