"""What foreign code raised, in words for its author: what is wrong, and in which file and line.

Rules in Python, plugins' readers and report formats are foreign code. Python's own messages are
English, and speak of its types; those that authors meet most are said in both languages.
"""

from __future__ import annotations

import builtins
import linecache
import os
import re
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Any, Final, NamedTuple

from auditor.records.errors import AuditorError, fault_line
from auditor.records.excerpts import excerpt
from auditor.records.nearest import hint, nearest_name
from auditor.records.reasons import reason

__all__ = [
    "CodePlace",
    "beginning_of",
    "code_place",
    "excerpt_of",
    "is_interrupt",
    "origin_of",
    "said_of",
]

_HERE: Final = str(Path(__file__).parent.parent)
_LIBRARIES: Final = tuple(
    sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_LONGEST: Final = 200
_CHANGED: Final = ("records can't be changed", "読み取った記録は変更できません")


class CodePlace(NamedTuple):
    """A place in a Python file: its line and columns, from 1, and the text of the line."""

    file: str
    line: int
    column: int
    end: int
    text: str

    @property
    def name(self) -> str:
        """The file as messages name it: from the working directory, where it lies there."""
        return _shortened(self.file)

    def before(self, en: str, ja: str) -> tuple[str, str]:
        """What is said of the place, with the place before it."""
        name, line, column = self.name, self.line, self.column
        return f"{name}:{line}:{column}: {en}", f"{name} {line}行目 {column}文字目：{ja}"

    def excerpt(self) -> tuple[str, ...]:
        """The line, with carets under the place."""
        return tuple(excerpt(self.line, self.text, self.column, self.end - self.column))


def code_place(fault: BaseException) -> CodePlace | None:
    """Where foreign code raised: the innermost of its lines, or where its file is no Python; None
    where no foreign code was at work.
    """
    if isinstance(fault, SyntaxError) and fault.filename and fault.lineno:
        text = (fault.text or "").rstrip("\n")
        column = max(fault.offset or 1, 1)
        is_same_line = fault.end_lineno in (None, fault.lineno)
        end = fault.end_offset if is_same_line and fault.end_offset else column + 1
        return CodePlace(fault.filename, fault.lineno, column, max(end, column + 1), text)
    foreign = [
        frame
        for frame in traceback.extract_tb(fault.__traceback__)
        if not _is_ours(frame.filename) and frame.lineno is not None
    ]
    if not foreign:
        return None
    frame = foreign[-1]
    text = linecache.getline(frame.filename, frame.lineno or 1).rstrip("\n")
    start = _characters(text, frame.colno)
    end = _characters(text, frame.end_colno) if frame.end_lineno == frame.lineno else len(text)
    return CodePlace(frame.filename, frame.lineno or 1, start + 1, max(end, start + 1) + 1, text)


def is_interrupt(fault: BaseException) -> bool:
    """Whether somebody pressed Ctrl-C. Foreign code that raises KeyboardInterrupt by itself has
    failed like any other.
    """
    if not isinstance(fault, KeyboardInterrupt):
        return False
    last = _innermost(fault)
    if last is None or _is_ours(last.tb_frame.f_code.co_filename):
        return True
    # Ctrl-C comes between two steps of whatever runs; only a ``raise`` is a step that raises it.
    import dis

    steps = dis.get_instructions(last.tb_frame.f_code)
    name = next((step.opname for step in steps if step.offset == last.tb_lasti), "")
    return not name.startswith("RAISE")


def _innermost(fault: BaseException) -> TracebackType | None:
    """The step that raised; None for what nothing has raised yet."""
    last = fault.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last


def beginning_of(code: CodeType) -> CodePlace | None:
    """Where a function begins, at its ``def`` and not at its decorator; None without its file."""
    line = code.co_firstlineno
    for number in range(line, line + _LONGEST):
        text = linecache.getline(code.co_filename, number).rstrip("\n")
        if text.lstrip().startswith(("def ", "async def ", "lambda")):
            column = len(text) - len(text.lstrip()) + 1
            return CodePlace(code.co_filename, number, column, len(text) + 1, text)
    return None


def excerpt_of(fault: BaseException) -> tuple[str, ...]:
    """The line in which foreign code raised; nothing where none was at work."""
    place = code_place(fault)
    return () if place is None else place.excerpt()


def _characters(text: str, offset: int | None) -> int:
    """How many characters an offset in bytes of UTF-8 is; the line's beginning without one."""
    if offset is None:
        return len(text) - len(text.lstrip())
    return len(text.encode()[:offset].decode(errors="ignore"))


def _is_ours(file: str) -> bool:
    """Whether a file is this program's, Python's or a library's."""
    return file.startswith((_HERE + os.sep, "<", *_LIBRARIES))


def _shortened(file: str) -> str:
    """A path from the working directory, where it lies there."""
    try:
        here = os.path.relpath(file)
    except ValueError:  # another drive
        return file
    return file if here.startswith("..") else here


def origin_of(item: object) -> str:
    """The file or module that foreign code came from; empty for this program's own."""
    name = type(item).__module__ if not isinstance(item, type) else item.__module__
    file = getattr(sys.modules.get(name), "__file__", None)
    if file is None or file.startswith(_HERE + os.sep):
        return ""
    return _shortened(file)


def said_of(fault: BaseException) -> tuple[str, str]:
    """What foreign code raised, in English and Japanese, without the place."""
    match fault:
        case AuditorError():
            return fault.message.en, fault.message.ja
        case SyntaxError():
            return _syntax(fault)
        case SystemExit():
            return "it ends the program (sys.exit)", "プログラムを終了させています（sys.exit）"
        case KeyboardInterrupt():
            return "it raises KeyboardInterrupt", "KeyboardInterrupt を発生させています"
        case ImportError() if fault.name:
            return _import(fault)
        case AttributeError():
            return _attribute(fault)
        case NameError():
            return _name(fault)
        case KeyError() if len(fault.args) == 1:
            shown = _cut(f'"{fault.args[0]}"' if isinstance(fault.args[0], str) else fault.args[0])
            return f"there is no key {shown}", f"キー {shown} はありません"
        case IndexError():
            return "a list has fewer items", "リストの要素数を超えた番号を指定しています"
        case ZeroDivisionError() | ArithmeticError() if "zero" in str(fault).lower():
            return "it divides by zero", "0で割っています"
        case RecursionError():
            return "it calls itself without end", "関数が自分自身を呼び続けています"
        case AssertionError():
            return _with_text("an assert failed", "assert の条件が成り立ちません", fault)
        case NotImplementedError():
            return "it is not written yet", "まだ実装されていません（NotImplementedError）"
        case TypeError():
            return _type(fault)
        case _:
            return _other(fault)


def _with_text(en: str, ja: str, fault: BaseException) -> tuple[str, str]:
    text = _cut(fault)
    return (f"{en}: {text}", f"{ja}：{text}") if text else (en, ja)


def _cut(item: object) -> str:
    try:
        text = " ".join(str(item).split())
    except BaseException:  # foreign code, too
        text = type(item).__name__
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _other(fault: BaseException) -> tuple[str, str]:
    """An exception that is not one of Python's usual ones; records that code tried to change."""
    errors: Callable[[], Any] | None = getattr(fault, "errors", None)
    if type(fault).__name__ == "ValidationError" and errors is not None:
        entries: list[Any] = errors()
        first = entries[0]
        if first["type"] in ("frozen_instance", "frozen_field"):
            return _CHANGED
        key = ".".join(map(str, first["loc"])) or "-"
        return f"a record can't have such a {key}", f"記録の {key} に使えない値です"
    if isinstance(fault, OSError) and fault.strerror:
        en, ja = reason(fault)
        name = _cut(fault.filename) if isinstance(fault.filename, str) else ""
        return (f"{name}: {en}", f"{name}：{ja}") if name else (en, ja)
    line = fault_line(fault)
    return line, line


_EXPECTED: Final = re.compile(r"expected '(.+)'")
_NOT_CLOSED: Final = re.compile(r"'(.)' was never closed")


def _syntax(fault: SyntaxError) -> tuple[str, str]:
    what = fault.msg or ""
    if isinstance(fault, TabError | IndentationError):
        return "the line is indented wrongly", "字下げが正しくありません"
    if (match := _EXPECTED.fullmatch(what)) is not None:
        return f'"{match[1]}" was expected here', f"ここに「{match[1]}」が必要です"
    if (match := _NOT_CLOSED.match(what)) is not None:
        return f'"{match[1]}" is not closed', f"「{match[1]}」が閉じていません"
    if what.startswith("unterminated"):
        return "a text has no closing quote", "文字列を閉じる引用符がありません"
    if what.startswith("invalid character"):
        return (
            "Python has no such sign; write it in half width",
            "Python で使えない記号です。半角で書いてください",
        )
    if "codec can't decode" in what or "Non-UTF-8" in what:
        return (
            "is not UTF-8; save the file as UTF-8",
            "文字コードが UTF-8 ではありません。UTF-8 で保存し直してください",
        )
    if "=" in what and "==" in what:
        return "equal is written ==", "等しいことは == と書きます"
    return "this is no Python", "Python の文として正しくありません"


def _import(fault: ImportError) -> tuple[str, str]:
    module = fault.name or ""
    name = getattr(fault, "name_from", None) or _imported_name(fault)
    if isinstance(fault, ModuleNotFoundError) or name is None:
        return f"there is no module {module}", f"{module} というモジュールはありません"
    hint_en, hint_ja = hint(_near(name, _public(sys.modules.get(module))))
    return f"{module} has no {name}{hint_en}", f"{module} に {name} はありません{hint_ja}"


def _imported_name(fault: ImportError) -> str | None:
    match = re.match(r"cannot import name '([^']+)'", str(fault))
    return match[1] if match else None


def _near(name: str, names: Iterable[str]) -> str | None:
    """The name that was meant, in any case."""
    by_lower = {there.lower(): there for there in names}
    near = nearest_name(name.lower(), by_lower)
    return None if near is None else by_lower[near]


def _public(item: object) -> list[str]:
    try:
        return [name for name in dir(item) if not name.startswith("_")]
    except Exception:
        return []


def _kind(item: object) -> tuple[str, str]:
    """What a value is, for those who know Python's names of types."""
    if item is None:
        return "None", "None"
    if isinstance(item, ModuleType):
        return item.__name__, item.__name__
    name = type(item).__name__ if not isinstance(item, type) else item.__name__
    return f"a value of the type {name}", f"{name} 型の値"


def _attribute(fault: AttributeError) -> tuple[str, str]:
    if fault.name is None:
        return fault_line(fault), fault_line(fault)
    kind_en, kind_ja = _kind(fault.obj)
    hint_en, hint_ja = hint(_near(fault.name, _public(fault.obj)))
    return (
        f"{kind_en} has no {fault.name}{hint_en}",
        f"{kind_ja}に {fault.name} はありません{hint_ja}",
    )


def _name(fault: NameError) -> tuple[str, str]:
    name = getattr(fault, "name", None) or ""
    last = _innermost(fault)
    names = [] if last is None else [*last.tb_frame.f_locals, *last.tb_frame.f_globals]
    hint_en, hint_ja = hint(_near(name, [*names, *dir(builtins)]))
    return f"there is no name {name}{hint_en}", f"{name} という名前はありません{hint_ja}"


_UNCOMPARED: Final = re.compile(
    r"'(?P<sign>[^']+)' not supported between instances of '(?P<a>[^']+)' and '(?P<b>[^']+)'"
)
_UNCOMPUTED: Final = re.compile(
    r"unsupported operand type\(s\) for (?P<sign>\S+): '(?P<a>[^']+)' and '(?P<b>[^']+)'"
)
_MISSING: Final = re.compile(r"(?P<f>\S+)\(\) missing \d+ required .*arguments?: (?P<names>.+)")
_TOO_MANY: Final = re.compile(
    r"(?P<f>\S+)\(\) takes (?P<n>.+) positional arguments? but (?P<g>\d+)"
)
_UNKNOWN: Final = re.compile(r"(?P<f>\S+)\(\) got an unexpected keyword argument '(?P<name>[^']+)'")
_BARE: Final = re.compile(r"'(?P<a>[^']+)' object is not (?P<what>iterable|subscriptable|callable)")
_UNCHANGED: Final = re.compile(r"records never change|'(?P<a>[^']+)' object does not support item")
_NOT: Final = {
    "iterable": ("can't be gone through", "は繰り返し処理できません"),
    "subscriptable": ("has no items in [ ]", "には [ ] を使えません"),
    "callable": ("can't be called", "は呼び出せません"),
}


def _type(fault: TypeError) -> tuple[str, str]:
    """What a TypeError says."""
    text = str(fault)
    if (match := _UNCOMPARED.match(text) or _UNCOMPUTED.match(text)) is not None:
        a, b = (name.replace("NoneType", "None") for name in (match["a"], match["b"]))
        sign = match["sign"].rstrip(":")
        return f"{a} {sign} {b} can't be computed", f"{a} {sign} {b} は計算できません"
    if (match := _MISSING.match(text)) is not None:
        names = match["names"].replace("'", "").replace(" and ", ", ")
        return (
            f"{match['f']}() is called without {names}",
            f"{match['f']}() に {names} がありません",
        )
    if (match := _TOO_MANY.match(text)) is not None:
        return (
            f"{match['f']}() takes {match['n']} arguments, not {match['g']}",
            f"{match['f']}() の引数は{match['n']}個ですが、{match['g']}個渡しています",
        )
    if (match := _UNKNOWN.match(text)) is not None:
        return (
            f"{match['f']}() has no argument {match['name']}",
            f"{match['f']}() に {match['name']} という引数はありません",
        )
    if (match := _BARE.match(text)) is not None:
        en, ja = _NOT[match["what"]]
        kind = match["a"].replace("NoneType", "None")
        return f"{kind} {en}", f"{kind} {ja}"
    if (match := _UNCHANGED.match(text)) is not None:
        return (
            _CHANGED
            if match["a"] is None
            else (f"{match['a']} can't be changed", f"{match['a']} は変更できません")
        )
    return f"a value is of another type: {_cut(text)}", f"値の型が違います：{_cut(text)}"
