"""Settings files for the tests: any settings, written as TOML in any of its forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple, get_args

from hypothesis import strategies as st

from auditor.accounts.columns import AccountColumns
from auditor.forms.words import squeezed
from auditor.records.severities import FailOn, Severity
from auditor.settings.model import Departments, Figures, Letter, Office, RuleChoice, Settings

__all__ = ["Line", "any_settings", "pairs_of", "written"]

TEXTS = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"])
    | st.sampled_from("課室部市あア係\"'\\#=[]{}. \u3000"),
    max_size=12,
)
NAMES = TEXTS.filter(str.strip)
UNIQUE_NAMES = st.lists(NAMES, max_size=4, unique_by=squeezed)


@st.composite
def departments(draw: st.DrawFn) -> Departments:
    """Departments of which none is renamed twice, and none is listed by its old name."""
    names = draw(st.lists(NAMES, max_size=9, unique_by=squeezed))
    old = names[: draw(st.integers(0, len(names) // 2))]
    new = names[len(old) :]
    return Departments(
        order=tuple(draw(st.permutations(new))),
        renamed={name: draw(st.sampled_from(new)) for name in old},
        contacts={name: draw(NAMES) for name in new[:2]},
    )


any_settings: st.SearchStrategy[Settings] = st.builds(
    Settings,
    title=TEXTS,
    language=st.sampled_from(["ja", "en", None]),
    form=st.none() | TEXTS,
    worksheets=UNIQUE_NAMES.map(lambda names: tuple(f"!x{name}" for name in names)),
    pages=st.sampled_from(["", "3-12,15", "2-"]),
    plugins=st.just(()) | st.just(("one_module", "another.module")),
    fail_on=st.sampled_from(get_args(FailOn)),
    narrative=st.booleans(),
    rules=st.builds(RuleChoice, select=UNIQUE_NAMES.map(tuple), ignore=UNIQUE_NAMES.map(tuple)),
    severities=st.dictionaries(NAMES, st.sampled_from(get_args(Severity)), max_size=4),
    office=st.builds(Office, name=TEXTS, head=TEXTS, role=TEXTS, extension=TEXTS),
    departments=departments(),
    letter=st.builds(
        Letter,
        template=st.just(""),
        number=TEXTS,
        deadline=st.none() | st.dates(min_value=date(1990, 1, 1)),
        reply_to=TEXTS,
        seal_omitted=st.booleans(),
    ),
    approval=UNIQUE_NAMES.map(tuple),
    waivers=st.just(""),
    page_list=st.just(""),
    last_year=st.just(()),
    last_year_errata=st.just(""),
    accounts=st.builds(
        AccountColumns,
        file=st.just(""),
        project=TEXTS,
        department=TEXTS,
        total=TEXTS,
        item=TEXTS,
        carried_over=TEXTS,
        staff_cost=TEXTS,
        shared=TEXTS,
        sources=st.dictionaries(NAMES, NAMES, max_size=2),
    ),
    figures=st.none() | st.sampled_from(get_args(Figures)),
)


def pairs_of(settings: Settings) -> list[tuple[tuple[str, ...], object]]:
    """The keys and values of settings, but for those without a value."""
    return [*_pairs(settings, ())]


def _pairs(section: Any, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], object]]:
    pairs: list[tuple[tuple[str, ...], object]] = []
    for name, value in zip(section._fields, section, strict=True):
        if hasattr(value, "_fields"):
            pairs += _pairs(value, (*path, name))
        elif isinstance(value, Mapping):
            pairs += [((*path, name, str(key)), item) for key, item in value.items()]
        elif value is not None:
            pairs.append(((*path, name), value))
    return pairs


def value_text(value: object) -> str:
    """A value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        return f"[{', '.join(map(value_text, value))}]"
    return str(value)


def key_text(name: str) -> str:
    """A key as TOML: in quotes where it needs them."""
    plain = name.isascii() and name.replace("_", "").isalnum()
    return name if plain else json.dumps(name, ensure_ascii=False)


class Line(NamedTuple):
    """A line of a settings file, with the path of the key that it is of: empty for a heading, a
    comment or a blank line.
    """

    path: tuple[str, ...]
    text: str


def written(
    settings: Settings, data: st.DataObject, table: tuple[str, ...] = (), without: str = ""
) -> list[Line]:
    """A settings file that has these settings in a table, without those of a section: each section is written with dotted
    keys or under its heading, and so is each table of names in it.
    """
    lines = [Line((), "# 設定"), Line((), "")]
    if table:
        lines.append(Line((), heading(table)))
    sections: dict[tuple[str, ...], list[Line]] = {}
    has_heading: dict[tuple[str, ...], bool] = {}
    for path, value in pairs_of(settings):
        if path[0] == without:
            continue
        opened: tuple[str, ...] = ()
        for depth in range(1, len(path)):
            inner = path[:depth]
            # Under dotted keys, a heading would declare their table again.
            if inner not in has_heading:
                is_open = len(opened) == depth - 1
                has_heading[inner] = is_open and data.draw(st.booleans(), label=f"[{inner}]")
            if has_heading[inner]:
                opened = inner
        key = ".".join(map(key_text, path[len(opened) :]))
        sections.setdefault(opened, []).append(Line(path, f"{key} = {value_text(value)}"))
    lines += sections.pop((), [])
    for path, members in sections.items():
        lines += [Line((), ""), Line((), f" {heading((*table, *path))} # ]"), *members]
    return lines


def heading(path: tuple[str, ...]) -> str:
    return f"[ {' . '.join(map(key_text, path))} ]"
