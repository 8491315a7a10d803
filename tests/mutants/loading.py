"""Puts a changed module in the place of the true one: before it is imported, or, where functions
alone are changed, in a program that has imported it already.
"""

from __future__ import annotations

import ast
import gc
import importlib.abc
import importlib.machinery
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

__all__ = ["ChangedModule", "change_functions", "functions_of", "module_name"]

_Place = tuple[str, int]


def module_name(path: str) -> str:
    """The name by which a module of the repository is imported."""
    parts = Path(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class ChangedModule(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, as changed; ``sys.meta_path`` takes it at its head."""

    def __init__(self, path: Path, name: str, tree: ast.Module) -> None:
        self._path, self._name, self._tree = path, name, tree

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=str(self._path))
        spec.has_location = True
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """None: an ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._tree, str(self._path), "exec"), vars(module))


def functions_of(files: Sequence[Path]) -> dict[str, list[FunctionType]]:
    """All functions that live in this program and were written in some files."""
    names = {str(file) for file in files}
    functions: dict[str, list[FunctionType]] = {name: [] for name in names}
    for value in gc.get_objects():
        if type(value) is FunctionType and value.__code__.co_filename in names:
            functions[value.__code__.co_filename].append(value)
    return functions


def _pairs(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The code objects of functions that differ, outer ones with inner ones."""
    olds = [code for code in old.co_consts if isinstance(code, CodeType)]
    news = [code for code in new.co_consts if isinstance(code, CodeType)]
    for before, after in zip(olds, news, strict=False):
        if before != after:
            yield before, after
            yield from _pairs(before, after)


def change_functions(old: CodeType, new: CodeType, functions: Sequence[FunctionType]) -> bool:
    """Gives functions their changed code; False where that cannot be, as where other variables
    are free than were.
    """
    pairs = list(_pairs(old, new))
    if any(before.co_freevars != after.co_freevars for before, after in pairs):
        return False
    changed: dict[_Place, list[tuple[CodeType, CodeType]]] = {}
    for pair in pairs:
        changed.setdefault((pair[0].co_qualname, pair[0].co_firstlineno), []).append(pair)
    for function in functions:
        code = function.__code__
        for before, after in changed.get((code.co_qualname, code.co_firstlineno), ()):
            if code == before:
                function.__code__ = after
                break
    return bool(pairs)
