"""The forms that came back in a folder, wherever they lie in it and whatever they are called.

A form is known by its columns and by the key of its audit, which stands above them.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from auditor.files.confined import Limits, Stopped, Task, answered, broken_down, in_order
from auditor.forms.words import squeezed
from auditor.readers.own_files import own_file
from auditor.readers.source import Source, UnreadableDocument
from auditor.records.figures import Record
from auditor.records.fiscal import parse_day
from auditor.records.model import NotChecked
from auditor.records.reasons import reason
from auditor.records.text import Text, Why
from auditor.reports.workbook.cells import HEADS, Key

__all__ = ["Form", "FormRow", "Returned", "forms_in"]

_DOING: Final = Text(en="reading", ja="回答票の読み取り")
_WORKBOOKS: Final = frozenset([".xlsx", ".xlsm", ".xls"])
_NAMED: Final = re.compile(r"回答票|reply.?form", re.IGNORECASE)
"""The name of a file that is taken for a form, whatever its kind."""
_KEY: Final = re.compile("[0-9a-f]{12}")
_WORDS: Final = re.compile("[ ,]+")
"""What stands between the words of the line for reference."""
_DEPARTMENT: Final = ("所管課・室", "department")
_DEADLINE: Final = ("回答期限", "answer by")
_ENGLISH_DAY: Final = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
_CONFIRMED: Final = re.compile(r"^confirmedby.*|.*確認$")
"""The head of what the compiling section confirms, which is named after the section."""


_LINKED: Final = Why(
    code="linked-folder",
    en="is a link to a folder, which is not followed; name that folder itself",
    ja="フォルダーへのリンクです。リンク先のフォルダーを指定してください",
)


class FormRow(NamedTuple):
    """A row of a form: ``line`` is its number on the worksheet, ``texts`` what it says by column.
    Empty cells are left out.
    """

    line: int
    texts: Mapping[Key, str]

    def text(self, key: Key) -> str:
        """What a cell says, without white space around it; empty where it says nothing."""
        return self.texts.get(key, "").strip()


class Form(NamedTuple):
    """A worksheet with answers. ``file`` is its name below the folder; ``key`` and ``round`` are
    those of its audit, empty and None where nothing says so, and so are ``department`` and
    ``deadline``.
    """

    file: str
    worksheet: str
    key: str
    round: int | None
    department: str
    deadline: date | None
    rows: tuple[FormRow, ...]


class Returned(NamedTuple):
    """What a folder holds: the forms, the names of the ``others`` (files that are no forms, and
    that this program did not write), and the files of which nobody knows because they could not
    be read.
    """

    forms: tuple[Form, ...]
    others: tuple[str, ...]
    unread: tuple[NotChecked, ...]


class _Row(Record):
    number: int
    texts: dict[int, str]


class _Worksheet(Record):
    """A form as the confined place gives it."""

    worksheet: str
    heads: dict[int, str]
    rows: tuple[_Row, ...]


class _Workbook(Record):
    lines: tuple[str, ...] = ()
    forms: tuple[_Worksheet, ...] = ()


def forms_in(
    paths: Iterable[Path],
    *,
    factor: int = 1,
    jobs: int | None = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Returned:
    """The forms of some folders or files. A file of another kind is no form, unless its name is
    that of one. ``factor`` raises the limits of each file, ``jobs`` files are read at a
    time, ``progress`` hears how many of how many are done.
    """
    unread: list[NotChecked] = []
    files = list(_files(paths, unread))
    task = Task("auditor.answers.child:Forms", (str(factor),), Limits().raised(factor), _DOING)
    works = [partial(_read, task, path, name) for name, path in files]
    forms: list[Form] = []
    others: list[str] = []
    for done, (work, (name, path)) in enumerate(zip(in_order(works, jobs), files, strict=True), 1):
        if isinstance(work, Why):
            unread.append(NotChecked(document=name, why=work))
        elif work:
            forms += work
        elif own_file(path) is None:
            others.append(name)
        if progress is not None:
            progress(done, len(files))
    return Returned(tuple(forms), tuple(others), tuple(unread))


def _files(paths: Iterable[Path], unread: list[NotChecked]) -> Iterator[tuple[str, Path]]:
    """The files below some paths, with the names that they have there, in their order. Folders
    that can't be looked into become entries of ``unread``.
    """

    def unreadable(fault: OSError) -> None:
        en, ja = reason(fault)
        why = Why(
            code="unreadable",
            en=f"the folder can't be read: {en}",
            ja=f"フォルダーを読めません（{ja}）",
        )
        unread.append(NotChecked(document=Path(fault.filename).name, why=why))

    for path in paths:
        if not path.is_dir():
            yield path.name, path
            continue
        for folder, folders, names in os.walk(path, onerror=unreadable, followlinks=False):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            links = (name for name in folders if Path(folder, name).is_symlink())
            unread += (NotChecked(document=name, why=_LINKED) for name in links)
            for name in sorted(names):
                if not name.startswith((".", "~$")):
                    file = Path(folder, name)
                    yield file.relative_to(path).as_posix(), file


def _read(task: Task, path: Path, name: str) -> Sequence[Form] | Why:
    """The forms of a file, or why nobody knows of any."""
    is_named = _NAMED.search(path.name) is not None
    if path.suffix.lower() not in _WORKBOOKS:
        return _no_workbook() if is_named else ()
    try:
        source = Source.open(str(path))
        content = answered(task, name, source.data, {"ask": "forms"})
        workbook = _Workbook.model_validate(content)
    except (UnreadableDocument, Stopped) as fault:
        return fault.message
    except ValidationError:
        return broken_down(task).message
    if not workbook.forms:
        return _no_form() if is_named or own_file(path) == "reply_form" else ()
    lines = [_narrow(line) for line in workbook.lines]
    return [_form(name, worksheet, lines) for worksheet in workbook.forms]


def _no_form() -> Why:
    answer, key = HEADS["answer"], HEADS["id"]
    return Why(
        code="no-form",
        en=f'can\'t be read as a form: the columns "{answer.en}" and "{key.en}" were not found',
        ja=f"回答票として読み取れません（「{answer.ja}」と「{key.ja}」の列がありません）",
    )


def _no_workbook() -> Why:
    kinds = ", ".join(sorted(_WORKBOOKS))
    return Why(
        code="no-workbook",
        en=f"is no workbook; ask for the form as one ({kinds})",
        ja="Excel のブックではないため読み取れません。.xlsx の回答票の提出を依頼してください",
    )


def _narrow(text: str) -> str:
    """A line in one width; white space within it stays."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _form(file: str, worksheet: _Worksheet, lines: Sequence[str]) -> Form:
    columns = _columns(worksheet.heads)
    rows: list[FormRow] = []
    for row in worksheet.rows:
        texts: dict[Key, str] = {
            columns[at]: text for at, text in row.texts.items() if at in columns
        }
        if texts:
            rows.append(FormRow(row.number, texts))
    key, number = _identity(lines)
    return Form(
        file=file,
        worksheet=worksheet.worksheet,
        key=key,
        round=number,
        department=_labelled(lines, _DEPARTMENT),
        deadline=_day(_labelled(lines, _DEADLINE)),
        rows=tuple(rows),
    )


def _columns(heads: Mapping[int, str]) -> dict[int, Key]:
    """The columns by their heads, in either language."""
    names: dict[str, Key] = {}
    for key, head in HEADS.items():
        names |= {squeezed(head.ja): key, squeezed(head.en): key}
    columns: dict[int, Key] = {}
    for at, text in heads.items():
        name = squeezed(text)
        if name in names:
            columns[at] = names[name]
        elif _CONFIRMED.fullmatch(name):
            columns[at] = "confirmation"
    return columns


def _identity(lines: Iterable[str]) -> tuple[str, int | None]:
    """The key and the round of the line for reference; empty and None where there is none."""
    for line in lines:
        key, number = "", None
        for word, following in pairwise(["", *_WORDS.split(line), ""]):
            if word in ("鍵", "key") and _KEY.fullmatch(following):
                key = following
            digits = following if word == "round" else ""
            if word.startswith("第") and word.endswith("回"):
                digits = word[1:-1].strip()
            if digits.isascii() and digits.isdecimal():
                number = int(digits)
        if key:
            return key, number
    return "", None


def _labelled(lines: Iterable[str], labels: Collection[str]) -> str:
    """What stands behind a label; empty where no line has it."""
    for line in lines:
        label, colon, text = line.partition(":")
        if colon and label.strip().lower() in labels:
            return text.strip()
    return ""


def _day(text: str) -> date | None:
    """A day as a form writes it, in either language; None for another text."""
    return parse_day(text) or _english_day(text)


def _english_day(text: str) -> date | None:
    match = _ENGLISH_DAY.search(text)
    if match is None:
        return None
    try:
        return datetime.strptime(match[0], "%d %B %Y").date()
    except ValueError:
        return None
