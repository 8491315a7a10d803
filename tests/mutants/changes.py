"""One-step changes of a module: every way in which one operator, bound, condition, argument,
element or statement of its code could be otherwise.

What no test of behaviour is to notice is left alone: docstrings, annotations, messages for people,
assertions, decorators, and what only shows an object.
"""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Mutant", "changed_tree", "mutants_of"]

MESSAGES: Final = frozenset({"Text", "Why", "Slip"})
"""Classes of messages: what is said in them is read by people."""

UNTOUCHED_CALLS: Final = MESSAGES | {
    "AssertionError",
    "NewType",
    "ParamSpec",
    "TypeVar",
    "assert_never",
    "cast",
}
UNTOUCHED_NAMES: Final = frozenset({"__all__", "__slots__", "model_config"})
UNTOUCHED_METHODS: Final = frozenset({"__repr__", "__repr_args__", "__str__"})

# `strict=True` of zip is an assertion; the others are read by people.
UNTOUCHED_KEYWORDS: Final = frozenset({"description", "maxsize", "strict", "title"})

COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
FUNCTIONS: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}

# The text of a change is as much of the code around it as tells it from others.
SHORTEST: Final = 30
LONGEST: Final = 110


@dataclass(frozen=True)
class Mutant:
    """One change of one module. ``old`` and ``new`` are the code around it before and after;
    ``lines`` are the first and last line of its statement, without what
    that holds; ``index`` says which of the module's changes it is, ``nth`` which of those in its function that
    read the same.
    """

    path: str
    line: int
    lines: tuple[int, int]
    function: str
    old: str
    new: str
    index: int
    nth: int = 1

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is called in the list of equivalents, whatever its line."""
        return self.path, self.function, self.old, self.new


@dataclass
class _Change:
    """A change of a tree: what stands in a field of ``owner`` (at ``position``, where the field is
    a list) becomes ``new``; None takes it out.
    """

    owner: ast.AST
    field: str
    position: int | None
    new: ast.AST | None
    line: int
    parents: tuple[ast.AST, ...]
    function: str

    def apply(self) -> None:
        if self.position is None:
            setattr(self.owner, self.field, self.new)
            return
        values = getattr(self.owner, self.field)
        if self.new is None:
            del values[self.position]
        else:
            values[self.position] = self.new


class _Finder:
    """Goes through a tree and lists its changes, in the order of the code."""

    def __init__(self, tree: ast.Module) -> None:
        self.changes: list[_Change] = []
        self._parents: list[ast.AST] = [tree]
        self._names: list[str] = []
        for position, statement in enumerate(tree.body):
            self._visit(statement, tree, "body", position)

    # The way through the tree.

    def _visit(self, node: ast.AST, owner: ast.AST, field: str, position: int | None) -> None:
        if _untouched(node, len(self._parents) == 1):
            return
        self._statement(node, owner, field, position)
        maker = _MAKERS.get(type(node))
        if maker is not None:
            for new in maker(node):
                self._add(node, owner, field, position, new)
        self._elements(node)
        self._parents.append(node)
        is_named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if is_named:
            self._names.append(node.name)
        for name in _fields_of(node):
            value = getattr(node, name)
            if isinstance(value, list):
                for at, item in enumerate(value):
                    if isinstance(item, ast.AST):
                        self._visit(item, node, name, at)
            elif isinstance(value, ast.AST):
                self._visit(value, node, name, None)
        if is_named:
            self._names.pop()
        self._parents.pop()

    def _add(
        self, node: ast.AST, owner: ast.AST, field: str, position: int | None, new: ast.AST | None
    ) -> None:
        line = getattr(node, "lineno", None) or getattr(owner, "lineno", 1)
        parents = tuple(self._parents)
        if new is not None and isinstance(node, ast.expr | ast.stmt) and not hasattr(new, "lineno"):
            ast.copy_location(new, node)
        change = _Change(owner, field, position, new, line, parents, ".".join(self._names))
        self.changes.append(change)

    # Statements and elements that are dropped.

    def _statement(self, node: ast.AST, owner: ast.AST, field: str, position: int | None) -> None:
        """A statement that does something without giving a name its value can be missing."""
        does = (
            (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant))
            or isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break | ast.Delete)
            or (
                isinstance(node, ast.Assign)
                and all(isinstance(t, ast.Attribute | ast.Subscript) for t in node.targets)
            )
        )
        if does and position is not None:
            self._add(node, owner, field, position, ast.Pass())

    def _elements(self, node: ast.AST) -> None:
        """Elements of what a list of things is built of can be missing."""
        match node:
            case ast.Tuple(elts=items) | ast.List(elts=items) if isinstance(node.ctx, ast.Load):
                field, least = "elts", 2
            case ast.Set(elts=items):
                field, least = "elts", 2
            case ast.BoolOp(values=items):
                field, least = "values", 2
            case ast.comprehension(ifs=items):
                field, least = "ifs", 1
            case ast.Call(keywords=items):
                field, least = "keywords", 1
            case ast.Match(cases=items):
                field, least = "cases", 2
            case _:
                return
        if len(items) < least or (isinstance(node, ast.Tuple) and self._in_subscript()):
            return
        if isinstance(node, ast.BoolOp) and len(items) == 2:
            return  # one of two is left alone, which is another node
        self._parents.append(node)
        for position, item in enumerate(items):
            if isinstance(item, ast.keyword) and item.arg in UNTOUCHED_KEYWORDS:
                continue
            self._add(item, node, field, position, None)
        self._parents.pop()

    def _in_subscript(self) -> bool:
        return isinstance(self._parents[-1], ast.Subscript)


# What stands in a node's place.


def _compare(node: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(node, ast.Compare)
    for position, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            new = copy.copy(node)
            new.ops = [*node.ops]
            new.ops[position] = other()
            yield new
    for position, side in enumerate(node.comparators):
        if _is_string(side):
            new = copy.copy(node)
            new.comparators = [*node.comparators]
            new.comparators[position] = ast.copy_location(ast.Constant("?"), side)
            yield new


def _bool_op(node: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(node, ast.BoolOp)
    other: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield ast.BoolOp(other, node.values)
    if len(node.values) == 2:
        yield from reversed(node.values)


def _unary_op(node: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(node, ast.UnaryOp)
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _bin_op(node: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(node, ast.BinOp)
    if any(_is_string(side) or isinstance(side, ast.JoinedStr) for side in (node.left, node.right)):
        return
    other = OPERATORS.get(type(node.op))
    if other is not None:
        yield ast.BinOp(node.left, other(), node.right)


def _constant(node: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(node, ast.Constant)
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)


def _call(node: ast.AST) -> Iterator[ast.AST]:
    """Another function, or an argument that is None."""
    assert isinstance(node, ast.Call)
    match node.func:
        case ast.Name(id=name) if name in FUNCTIONS:
            new = copy.copy(node)
            new.func = ast.copy_location(ast.Name(FUNCTIONS[name], ast.Load()), node.func)
            yield new
        case ast.Name(id="isinstance"):
            yield from _classes(node)
            return
        case ast.Name(id=name) if hasattr(builtins, name):
            return  # which takes no None, so that any test would see it
        case _:
            pass
    for position, argument in enumerate(node.args):
        if isinstance(argument, ast.Name | ast.Attribute):
            new = copy.copy(node)
            new.args = [*node.args]
            new.args[position] = ast.copy_location(ast.Constant(None), argument)
            yield new


def _classes(node: ast.Call) -> Iterator[ast.AST]:
    """The classes of isinstance, one fewer."""
    classes = node.args[1]
    if isinstance(classes, ast.BinOp):
        for side in (classes.left, classes.right):
            new = copy.copy(node)
            new.args = [node.args[0], side]
            yield new


def _return(node: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(node, ast.Return)
    if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
        return
    if not isinstance(node.value, ast.Constant):
        yield ast.Return(ast.copy_location(ast.Constant(None), node.value))


def _condition(node: ast.AST) -> Iterator[ast.AST]:
    """A condition that always or never holds."""
    assert isinstance(node, ast.If | ast.IfExp | ast.While)
    for value in (True, False):
        if isinstance(node, ast.While) and value:
            continue
        new = copy.copy(node)
        new.test = ast.copy_location(ast.Constant(value), node.test)
        yield new


def _case(node: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(node, ast.match_case)
    if node.guard is not None:
        for value in (True, False):
            new = copy.copy(node)
            new.guard = ast.copy_location(ast.Constant(value), node.guard)
            yield new


def _slice(node: ast.AST) -> Iterator[ast.AST]:
    assert isinstance(node, ast.Slice)
    if node.lower is not None:
        yield ast.Slice(None, node.upper, node.step)
    if node.upper is not None:
        yield ast.Slice(node.lower, None, node.step)


_MAKERS: Final[dict[type[ast.AST], Callable[[ast.AST], Iterable[ast.AST]]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary_op,
    ast.BinOp: _bin_op,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.Return: _return,
    ast.If: _condition,
    ast.IfExp: _condition,
    ast.While: _condition,
    ast.match_case: _case,
    ast.Slice: _slice,
}


# What is left alone.


def _is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
        case _:
            return ""


def _untouched(node: ast.AST, at_top: bool) -> bool:
    """Whether nothing in a node is changed."""
    match node:
        case ast.Assert() | ast.JoinedStr() | ast.Import() | ast.ImportFrom():
            return True
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name in UNTOUCHED_METHODS or any(
                isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list
            )
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in UNTOUCHED_NAMES or (at_top and _is_type(node.value))
        case ast.AnnAssign(target=ast.Name(id=name)) if name in UNTOUCHED_NAMES:
            return True
        case ast.keyword(arg=name):
            return name in UNTOUCHED_KEYWORDS
        case ast.Call():
            return _called(node) in UNTOUCHED_CALLS
        case ast.Raise(exc=exception):
            # A refusal's message is for people; that it is raised is changed by its condition.
            return exception is not None and _called(exception) == "AssertionError"
        case _:
            return False


def _is_type(node: ast.expr) -> bool:
    """Whether a value at the top of a module is a name for a type."""
    match node:
        case ast.Subscript(value=ast.Name(id=name)):
            return name[:1].isupper() or name in ("dict", "list", "set", "tuple", "type")
        case ast.BinOp(left=left, op=ast.BitOr()):
            return _is_type(left) or (isinstance(left, ast.Name) and left.id[:1].isupper())
        case _:
            return False


_LEFT_OUT: Final = {
    "annotation",
    "bases",
    "ctx",
    "decorator_list",
    "func",
    "op",
    "ops",
    "pattern",
    "returns",
    "targets",
    "type_comment",
    "type_params",
}


def _fields_of(node: ast.AST) -> Iterator[str]:
    """The fields of a node in which code stands that can be changed."""
    for name in node._fields:
        if name == "func" and isinstance(node, ast.Call):
            # The object of a method may be an expression.
            if isinstance(node.func, ast.Attribute):
                yield name
        elif name == "keywords" and isinstance(node, ast.ClassDef):
            continue
        elif name not in _LEFT_OUT:
            yield name


# Mutants.


def _tree(source: str) -> ast.Module:
    return ast.parse(source)


def _around(change: _Change) -> ast.AST:
    """The code around a change that is shown: enough to know it, and no more."""
    shown: ast.AST = change.owner
    for parent in reversed(change.parents):
        if isinstance(parent, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            break
        text = _shown(parent)
        if len(text) > LONGEST and isinstance(shown, ast.expr | ast.stmt | ast.match_case):
            break
        shown = parent
        if isinstance(shown, ast.expr | ast.stmt) and len(text) >= SHORTEST:
            break
        if isinstance(shown, ast.stmt):
            break
    return shown


def _shown(node: ast.AST) -> str:
    """A node as one line; of statements with a body, what stands before it."""
    if isinstance(node, ast.Module):
        return ""
    if isinstance(node, ast.match_case):
        guard = f" if {ast.unparse(node.guard)}" if node.guard is not None else ""
        return f"case {ast.unparse(node.pattern)}{guard}:"
    if isinstance(node, ast.Match):
        cases = " | ".join(ast.unparse(case.pattern) for case in node.cases)
        return f"match {ast.unparse(node.subject)}: {cases}"
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Try | ast.With):
        return ast.unparse(node).split("\n")[0]
    if isinstance(node, ast.If | ast.While | ast.For):
        head = copy.copy(node)
        head.body, head.orelse = [ast.Pass()], []
        return ast.unparse(head).split("\n")[0]
    if isinstance(node, ast.arguments | ast.keyword | ast.comprehension | ast.ExceptHandler):
        return " ".join(ast.unparse(node).split())
    try:
        return " ".join(ast.unparse(node).split())
    except AttributeError:  # some nodes mean nothing alone
        return ""


def _texts(change: _Change) -> tuple[str, str]:
    """The code around a change, before and after it; the tree is as it was."""
    values = getattr(change.owner, change.field)
    node = values if change.position is None else values[change.position]
    if isinstance(change.owner, ast.Module | ast.FunctionDef | ast.ClassDef) or isinstance(
        node, ast.stmt
    ):
        after = "pass" if change.new is None else _shown(change.new)
        return _shown(node), after
    around = _around(change)
    before = _shown(around)
    kept = copy.copy(values) if isinstance(values, list) else values
    change.apply()
    after = _shown(around)
    setattr(change.owner, change.field, kept)
    return before, after


def _lines(change: _Change) -> tuple[int, int]:
    """The lines of the statement that is changed; of one with a body, those of its head."""
    values = getattr(change.owner, change.field)
    node = values if change.position is None else values[change.position]
    for statement in (node, change.owner, *reversed(change.parents)):
        if isinstance(statement, ast.match_case):
            return statement.pattern.lineno, statement.body[0].lineno
        if isinstance(statement, ast.stmt):
            body = getattr(statement, "body", None) or getattr(statement, "cases", None)
            if not body:
                return statement.lineno, statement.end_lineno or statement.lineno
            first = (
                body[0].pattern.lineno if isinstance(body[0], ast.match_case) else body[0].lineno
            )
            return statement.lineno, max(statement.lineno, first - 1)
    return change.line, change.line


def mutants_of(path: Path, root: Path) -> list[Mutant]:
    """All mutants of a module; those whose code reads as it did are none."""
    name = path.relative_to(root).as_posix()
    finder = _Finder(_tree(path.read_text("utf-8")))
    counts: dict[tuple[str, str, str], int] = {}
    mutants: list[Mutant] = []
    for index, change in enumerate(finder.changes):
        old, new = _texts(change)
        if old == new:
            continue
        key = change.function, old, new
        counts[key] = counts.get(key, 0) + 1
        lines = _lines(change)
        mutants.append(
            Mutant(name, change.line, lines, change.function, old, new, index, counts[key])
        )
    return mutants


def changed_tree(source: str, index: int) -> ast.Module:
    """A module's tree with one of its changes."""
    tree = _tree(source)
    _Finder(tree).changes[index].apply()
    return ast.fix_missing_locations(tree)
