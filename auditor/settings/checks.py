"""Whether the content of a settings file is what the model of the settings says, key by key."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from auditor.forms.choice import page_ranges, worksheet_patterns
from auditor.forms.words import squeezed
from auditor.records.nearest import nearest_name
from auditor.settings.model import APPROVAL, Departments, Settings
from auditor.toml.bounds import LONGEST_SETTING
from auditor.toml.faults import MOST, Fault, harmless
from auditor.toml.places import KeyPath, Places
from auditor.toml.shown import no_choice, shown_value

__all__ = ["FAULTY", "Checker", "checked"]

S = TypeVar("S", bound=tuple[Any, ...])

FAULTY: Final = object()
"""Stands for the value of a key whose fault is noted."""


def checked(data: object, places: Places, table: KeyPath = ()) -> tuple[Settings, list[Fault]]:
    """The settings that a table of a file holds, and all that is wrong with it. Keys with faults
    have their defaults. ``table`` is the path of the table in the file.
    """
    checker = Checker(places, table)
    if not isinstance(data, dict):
        checker.fault((), "a table [tool.auditor] was expected", "表 [tool.auditor] が必要です")
        return Settings(), checker.faults
    settings = checker.section(Settings, cast("dict[str, object]", data), ())
    checker.check_departments(settings.departments)
    return settings, sorted(checker.faults, key=lambda fault: fault.place or (0, 0))


@cache
def _hints(section: type[tuple[Any, ...]]) -> Mapping[str, object]:
    """The kinds of a section's keys."""
    return get_type_hints(section)


def _sections() -> Iterator[tuple[str, type[tuple[Any, ...]]]]:
    for key, kind in _hints(Settings).items():
        if _is_section(kind):
            yield key, cast("type[tuple[Any, ...]]", kind)


def _is_section(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, tuple)


class Checker:
    """Goes through the tables of a file and notes what is wrong."""

    places: Places
    table: KeyPath

    def __init__(self, places: Places, table: KeyPath) -> None:
        self.places, self.table = places, table
        self.faults: list[Fault] = []

    def fault(self, key: KeyPath, en: str, ja: str, *, of_key: bool = False) -> object:
        """Note a fault of a key's value, or of the key itself."""
        place = self.places.of_fault((*self.table, *key), of_key=of_key)
        self.faults.append(Fault(place, en, ja))
        return FAULTY

    # — tables with fixed keys —

    def section(self, kind: type[S], data: Mapping[str, object], path: KeyPath) -> S:
        hints = _hints(kind)
        values: dict[str, object] = {}
        for name, item in data.items():
            key = (*path, name)
            if name not in hints:
                self._unknown(key, hints)
                continue
            value = self.value(hints[name], item, key)
            if value is not FAULTY:
                values[name] = value
        return kind(**values)

    def _unknown(self, key: KeyPath, hints: Mapping[str, object]) -> None:
        name = str(key[-1])
        section = ".".join(map(str, key[:-1]))
        where_en = f" in [{section}]" if section else ""
        where_ja = f"[{section}] に" if section else ""
        home = next((other for other, kind in _sections() if name in _hints(kind)), None)
        # Nobody reads the hints of the hundredth fault, and they take their time.
        near = nearest_name(name, hints) if len(self.faults) < MOST else None
        if near is not None:
            hint_en, hint_ja = f"; did you mean {near}?", f"。「{near}」のことですか"
        elif home is not None:
            hint_en, hint_ja = f"; it belongs into [{home}]", f"。[{home}] の項目です"
        elif section and name in _hints(Settings):
            hint_en = "; it belongs to the top, before any [table]"
            hint_ja = "。ファイルの先頭（[表] より前）に書く項目です"
        else:
            hint_en = f"; known: {', '.join(hints)}"
            hint_ja = f"。使える項目：{'、'.join(hints)}"
        shown = harmless(name)
        self.fault(
            key,
            f"there is no setting {shown}{where_en}{hint_en}",
            f"{where_ja}「{shown}」という項目はありません{hint_ja}",
            of_key=True,
        )

    # — values —

    def value(self, kind: object, item: object, key: KeyPath) -> object:
        """The value of a key, of the kind that the model says; FAULTY where it is another."""
        if key == ("approval",) and isinstance(item, bool):
            return APPROVAL if item else ()
        origin, options = get_origin(kind), get_args(kind)
        if origin in (Union, UnionType):
            (inner,) = (option for option in options if option is not NoneType)
            return self.value(inner, item, key)
        if origin is Literal:
            return self._choice(cast("tuple[str, ...]", options), item, key)
        if _is_section(kind) and origin is None:
            if not isinstance(item, dict):
                return self._expected(key, item, f"a table [{key[-1]}]", f"表 [{key[-1]}]")
            section = cast("type[tuple[Any, ...]]", kind)
            return self.section(section, cast("dict[str, object]", item), key)
        if origin is tuple:
            return self._list(item, key)
        if origin is not None and issubclass(origin, Mapping):
            return self._mapping(options[1], item, key)
        return self._scalar(kind, item, key)

    def _scalar(self, kind: object, item: object, key: KeyPath) -> object:
        if kind is str:
            return self._text(item, key)
        if kind is bool:
            return item if isinstance(item, bool) else self._expected(key, item, *_BOOL)
        if kind is int:
            is_number = isinstance(item, int) and not isinstance(item, bool)
            return item if is_number else self._expected(key, item, *_NUMBER)
        assert kind is date
        is_day = isinstance(item, date) and not isinstance(item, datetime)
        return item if is_day else self._expected(key, item, *_DAY)

    def _text(self, item: object, key: KeyPath) -> object:
        if not isinstance(item, str):
            return self._expected(key, item, *_TEXT)
        if len(item) > LONGEST_SETTING:
            return self.fault(
                key,
                f"a setting has at most {LONGEST_SETTING:,} characters, this one {len(item):,}",
                f"設定に書けるのは{LONGEST_SETTING:,}字までです（記載：{len(item):,}字）",
            )
        if any(map(_is_unprintable, item)):
            return self.fault(
                key,
                "the text has a line break or a character that can't be printed",
                "改行または印刷できない文字を含む文字列は使えません",
            )
        if (check := _CHECKS.get(key)) is not None and (words := check(item)) is not None:
            return self.fault(key, *words)
        return item

    def filled(self, item: object, key: KeyPath) -> object:
        """A text that is not blank."""
        text = self._text(item, key)
        if isinstance(text, str) and not text.strip():
            return self.fault(key, "the text is empty", "文字列が空です")
        return text

    def _choice(self, options: tuple[str, ...], item: object, key: KeyPath) -> object:
        if item in options:
            return item
        return self.fault(key, *no_choice(item, options))

    def _list(self, item: object, key: KeyPath) -> object:
        if not isinstance(item, list):
            return self._expected(key, item, *(_BOXES if key == ("approval",) else _LIST))
        items = cast("list[object]", item)
        before = len(self.faults)
        texts = [self.filled(text, (*key, number)) for number, text in enumerate(items)]
        for number, text in enumerate(texts):
            if text in texts[:number] and text is not FAULTY:
                self.fault((*key, number), "the text is there twice", "同じ文字列が重複しています")
            elif key == ("worksheets",) and isinstance(text, str):
                self._check_pattern(text, (*key, number))
        return tuple(texts) if len(self.faults) == before else FAULTY

    def _check_pattern(self, text: str, key: KeyPath) -> None:
        try:
            worksheet_patterns([text])
        except ValueError:
            self.fault(
                key,
                "a pattern of the names of worksheets was expected, such as !一覧",
                "ワークシート名のパターンが必要です（例：!一覧）",
            )

    def _mapping(self, kind: object, item: object, key: KeyPath) -> object:
        if not isinstance(item, dict):
            return self._expected(key, item, f"a table [{key[-1]}]", f"表 [{key[-1]}]")
        before = len(self.faults)
        values: dict[str, object] = {}
        for name, inner in cast("dict[str, object]", item).items():
            path = (*key, name)
            value = self.filled(inner, path) if kind is str else self.value(kind, inner, path)
            values[name] = value
            if not name.strip() or any(map(_is_unprintable, name)):
                words = "the name is empty or can't be printed", "名称が空か、印刷できない文字です"
                self.fault(path, *words, of_key=True)
        return values if len(self.faults) == before else FAULTY

    def _expected(self, key: KeyPath, item: object, en: str, ja: str) -> object:
        shown_en, shown_ja = shown_value(item)
        words = f"{en} was expected, not {shown_en}", f"{ja}が必要です（記載：{shown_ja}）"
        return self.fault(key, *words)

    # — departments —

    def check_departments(self, departments: Departments) -> None:
        """Note names that are there twice, or that are old ones where new ones belong."""
        renamed = {squeezed(old): new for old, new in departments.renamed.items()}
        self._check_distinct("renamed", departments.renamed)
        self._check_distinct("contacts", departments.contacts)
        self._check_distinct("order", departments.order)
        for old, new in departments.renamed.items():
            if squeezed(new) in renamed:
                self.fault(
                    ("departments", "renamed", old),
                    f"{harmless(new)} is renamed itself; say the name of today at once",
                    f"「{harmless(new)}」も変更される名称です。現在の名称を直接書いてください",
                )
        uses: list[tuple[KeyPath, str]] = [
            *((("order", number), name) for number, name in enumerate(departments.order)),
            *((("contacts", name), name) for name in departments.contacts),
        ]
        for path, name in uses:
            today = renamed.get(squeezed(name))
            if today is not None:
                self.fault(
                    ("departments", *path),
                    f"{harmless(name)} is called {harmless(today)} now, by [departments.renamed]",
                    f"「{harmless(name)}」は [departments.renamed] により"
                    f"「{harmless(today)}」となります。新しい名称を書いてください",
                    of_key=path[0] == "contacts",
                )

    def _check_distinct(self, key: str, names: Iterable[str]) -> None:
        seen: set[str] = set()
        for number, name in enumerate(names):
            if squeezed(name) in seen:
                self.fault(
                    ("departments", key, number if key == "order" else name),
                    f"{harmless(name)} is there twice",
                    f"「{harmless(name)}」が重複しています",
                    of_key=key != "order",
                )
            seen.add(squeezed(name))


_TEXT: Final = ("a text in quotes", "引用符で囲んだ文字列")
_BOOL: Final = ("true or false", "true または false")
_NUMBER: Final = ("a whole number, without quotes,", "引用符なしで書いた整数")
_DAY: Final = (
    "a date such as 2025-08-22, without quotes,",
    "日付（2025-08-22 のように引用符なしで書いたもの）",
)
_LIST: Final = ('a list of texts such as ["…", "…"]', '文字列の並び（["…", "…"]）')
_BOXES: Final = (
    'true, false or a list of texts such as ["…", "…"]',
    'true、false または文字列の並び（["…", "…"]）',
)


def _check_pages(text: str) -> tuple[str, str] | None:
    try:
        page_ranges(text)
    except ValueError:
        return "pages such as 3-12,15 were expected", "ページは 3-12,15 のように書いてください"
    return None


_CHECKS: Final[Mapping[KeyPath, Callable[[str], tuple[str, str] | None]]] = {
    ("pages",): _check_pages
}
"""What else has to hold of a text, by its key: gives what is wrong."""


def _is_unprintable(character: str) -> bool:
    number = ord(character)
    is_no_character = number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF
    return is_no_character or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
