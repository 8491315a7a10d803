"""Kinds of cases that are documents: text, CSV, TSV, workbooks, PDF and records in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Final, Literal

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.readers.json.writing import dump_records
from auditor.records.model import Book
from auditor.testing.build import Details, book
from tests.documents.delimited_writer import delimited_bytes
from tests.documents.folder.layout import indicator_sheet, worksheet
from tests.documents.folder.sheets import departments, indicators
from tests.documents.text_writer import text_of_sheets
from tests.documents.workbook_writer import (
    Layout,
    PlainWorksheet,
    workbook_bytes,
    worksheets_of,
)
from tests.fuzzing.cells import damaged_worksheets, numbers_of
from tests.fuzzing.model import ANY_FORMAT, Case, Kind
from tests.fuzzing.numbers import telling
from tests.fuzzing.texts import damaged_text
from tests.layouts.catalogue import EXAMPLES

__all__ = ["ALL_FORMATS", "DOCUMENTS", "Cells", "cells_case", "checked", "start_cells", "written"]

ALL_FORMATS: Final = str(Path(__file__).with_name("all_formats.py"))


def checked(*words: str) -> tuple[str, ...]:
    """The words of a command line that checks documents and gives the formats whose turn it is."""
    return (
        "check", "--no-settings", "--plugin", ALL_FORMATS, "--format", ANY_FORMAT, "--unread",
        *words,
    )  # fmt: skip


def _book(random: Random, form: str = "") -> tuple[Form, Book]:
    forms = load().forms
    chosen = forms[form or random.choice(sorted(forms))]
    made = book(
        sheets=random.randint(1, 3),
        seed=random.randrange(10**6),
        form=chosen,
        details=Details(narrative=True),
    )
    return chosen, made


# --- text -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Text:
    """A text, and how it becomes bytes."""

    text: str
    encoding: str = "utf-8"
    name: str = "book.txt"


def _start_text(random: Random) -> _Text:
    form, made = _book(random, "kushiro")
    order = random.choice(("values_first", "texts_first"))
    cover = random.choice(("", "", "主要施策成果報告書\n令和７年"))
    text = text_of_sheets(made.sheets, form, order, cover)
    return _Text(text, random.choice(("utf-8", "utf-8", "cp932", "utf-16")))


def _damage_text(random: Random, material: _Text) -> _Text:
    if not random.randrange(30):
        return replace(material, encoding=random.choice(("cp932", "utf-16", "utf-16-le", "euc-jp")))
    return replace(material, text=damaged_text(random, material.text))


def _encoded(material: _Text) -> bytes:
    return material.text.encode(material.encoding, "replace")


def _text_case(material: _Text) -> Case:
    data = _encoded(material)
    visible = telling([data.decode(material.encoding, "replace")])
    return Case({material.name: data}, checked(material.name), [material.name], visible)


# --- worksheets -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cells:
    """Worksheets, and how they become a document; ``form`` is insisted on where it is named.
    ``count`` is how many sheets of projects they held before they were damaged.
    """

    sheets: list[PlainWorksheet]
    form: str = ""
    how: int = 0
    count: int = 0


def _layout(random: Random) -> Layout:
    return Layout(
        years=random.choice(("across", "across", "down")),
        unit=random.choice(("label", "beside", "table", "none")),
        numbers=random.choice(("number", "number", "text", "full_width")),
        value_width=random.choice((1, 1, 2)),
        split_labels=not random.randrange(4),
        two_line_header=bool(random.randrange(2)),
        top=random.choice((1, 1, 3)),
        left=random.choice((1, 1, 2)),
        arrange=random.choice(("worksheets", "worksheets", "stacked", "beside")),
    )


def start_cells(random: Random) -> Cells:
    how = random.randrange(1 << 16)
    match random.randrange(6):
        case 0:
            ((project, *_), *_) = departments(random, 1, random.randint(1, 2))
            return Cells([worksheet(project, project.name[:20])], how=how, count=1)
        case 1:
            texts = {
                "title": "令和6年度デジタル田園都市国家構想交付金事業の実績",
                "grant": "【地方創生推進タイプ対象事業】",
            }
            return Cells(
                [indicator_sheet(indicators(random, random.randint(3, 8)), texts)], how=how
            )
        case 2 | 3:
            example = EXAMPLES[random.choice(sorted(EXAMPLES))]
            return Cells([example.worksheet], example.form, how=how)
        case _:
            form, made = _book(random)
            return Cells(
                worksheets_of(made, form, _layout(random)), how=how, count=len(made.sheets)
            )


def _damage_cells(random: Random, material: Cells) -> Cells:
    return replace(material, sheets=damaged_worksheets(random, material.sheets))


def cells_case(material: Cells, name: str, data: bytes, sheets: list[PlainWorksheet]) -> Case:
    insisted = ("--form", material.form) if material.form else ()
    words = checked(*insisted, name)
    return Case({name: data}, words, [name], numbers_of(sheets))


def _delimited_case(delimiter: Literal[",", "\t"], name: str) -> Callable[[Cells], Case]:
    def case(material: Cells) -> Case:
        sheets = material.sheets[:1]
        encoding: Literal["cp932", "utf-8-sig"] = "cp932" if material.how % 2 else "utf-8-sig"
        try:
            data = delimited_bytes(sheets[0], delimiter=delimiter, encoding=encoding)
        except UnicodeEncodeError:
            data = delimited_bytes(sheets[0], delimiter=delimiter, encoding="utf-8-sig")
        plain = replace(
            sheets[0], hidden_rows=set(), hidden_columns=set(), visibility="visible", merges=[]
        )
        return cells_case(material, name, data, [plain])

    return case


_HARMLESS: Final = str.maketrans(dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))


def written(sheets: list[PlainWorksheet]) -> list[PlainWorksheet]:
    """The worksheets without the characters that no XML can hold, under names of their own."""
    clean: list[PlainWorksheet] = []
    for number, sheet in enumerate(sheets, 1):
        cells = {
            at: replace(cell, value=cell.value.translate(_HARMLESS))
            if isinstance(cell.value, str)
            else cell
            for at, cell in sheet.cells.items()
        }
        name = f"{number}{sheet.name.translate(_HARMLESS)}"
        clean.append(replace(sheet, cells=cells, name=name))
    return clean


def _workbook_case(material: Cells) -> Case:
    sheets = written(material.sheets)
    data = workbook_bytes(sheets, bordered=bool(material.how % 2))
    return cells_case(material, "book.xlsx", data, sheets)


# --- records in JSON ------------------------------------------------------------------------------


def _start_json(random: Random) -> str:
    _, made = _book(random)
    return dump_records([made])


def _damage_json(random: Random, text: str) -> str:
    if not random.randrange(4):
        return damaged_text(random, text)
    try:
        content = json.loads(text)
    except ValueError:
        return damaged_text(random, text)
    places = list(_places(content))
    if not places:
        return text
    holder, key = random.choice(places)
    match random.randrange(5):
        case 0:
            del holder[key]
        case 1:
            other, place = random.choice(places)
            holder[key] = json.loads(json.dumps(other[place]))
        case 2:
            if isinstance(holder, list):
                holder.insert(0, json.loads(json.dumps(holder[key])))
            else:
                holder[f"{key}x"] = holder.pop(key)
        case _:
            holder[key] = random.choice(_VALUES)
    return json.dumps(content, ensure_ascii=bool(random.randrange(2)))


_VALUES: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 1.5, 10**40, 1e308, float("nan"), float("inf"), "", "0", "1,234", "x" * 400,
    "1e400", "△ 12", "\ud800", "\0", [], {}, [[]], {"value": "1"}, "2024-13", "2024", "kushiro",
)  # fmt: skip


def _places(content: Any) -> list[tuple[Any, Any]]:
    """Every holder with each of its keys."""
    found: list[tuple[Any, Any]] = []
    waiting = [content]
    while waiting:
        holder = waiting.pop()
        items = list(holder.items()) if isinstance(holder, dict) else list(enumerate(holder))
        for key, value in items:
            found.append((holder, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found


def _json_case(text: str) -> Case:
    data = text.encode("utf-8", "replace")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        visible = None
    else:
        printed = [
            holder[key]
            for holder, key in (_places(content) if isinstance(content, dict | list) else ())
            if key == "printed" and isinstance(holder[key], str)
        ]
        visible = telling(printed)
    # A key that records don't have is not read, with all that is in it.
    excuses = ("RD001", "RD010")
    return Case({"book.json": data}, checked("book.json"), visible=visible, excuses=excuses)


DOCUMENTS: Final[tuple[Kind[Any], ...]] = (
    Kind("text", _start_text, _damage_text, _text_case),
    Kind("csv", start_cells, _damage_cells, _delimited_case(",", "book.csv")),
    Kind("tsv", start_cells, _damage_cells, _delimited_case("\t", "book.tsv")),
    Kind("json", _start_json, _damage_json, _json_case),
    Kind("xlsx", start_cells, _damage_cells, _workbook_case),
)
