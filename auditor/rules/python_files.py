"""Where files of rules in Python are wrong: a line that fails on import, a function's ``def``."""

from __future__ import annotations

import ast
from pathlib import Path

from auditor.records.foreign import code_place, said_of
from auditor.records.text import Text
from auditor.rules.rule import RuleError
from auditor.toml.faults import Fault, Lines

__all__ = ["fault_of_code", "fault_of_function"]


def fault_of_code(path: Path, fault: BaseException) -> RuleError:
    """Why a Python file can't be imported, at its line."""
    en, ja = said_of(fault)
    place = code_place(fault)
    text = _text_of(path)
    if place is None or text is None or not _is_same(place.file, path):
        if place is not None:
            en, ja = (
                f"{place.name}:{place.line}: {en}",
                f"{place.name} {place.line}行目：{ja}",
            )
        return RuleError.with_faults(str(path), [Fault(None, en, ja)], None)
    lines = Lines(text)
    start = lines.offset(place.line, place.column)
    end = start + max(place.end - place.column, 1)
    return RuleError.with_faults(str(path), [Fault((start, end), en, ja)], lines)


def fault_of_function(path: Path, name: str, reason: Text) -> RuleError:
    """A fault of a rule's function, at the line of its ``def``."""
    text, function = _text_of(path), _function_in(path, name)
    if text is None or function is None:
        return RuleError.with_faults(str(path), [Fault(None, reason.en, reason.ja, name)], None)
    lines = Lines(text)
    start = lines.offset(function.lineno, function.col_offset + 1)
    line = lines.texts[function.lineno - 1]
    end = start + len(line[function.col_offset :].rstrip())
    return RuleError.with_faults(str(path), [Fault((start, end), reason.en, reason.ja)], lines)


def _function_in(path: Path, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function of a name in a file; None where another one makes it."""
    text = _text_of(path)
    try:
        tree = ast.parse(text or "")
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return node
    return None


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def _is_same(file: str, path: Path) -> bool:
    try:
        return Path(file).resolve() == path.resolve()
    except OSError:
        return False
