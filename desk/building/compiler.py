"""Runs inside Pyodide: compiles each source of ``work`` (JSON: [[source, name, target], …]).

``name`` is the path that the code will have in the page. The code says nothing of times and is not
held against its source: the page's hash stands for both.
"""

import ast
import json
import marshal
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

UNCHECKED = 0b01


def without_docstrings(tree: ast.Module) -> ast.Module:
    """The tree without what modules and functions say of themselves. Classes keep theirs, for a
    dataclass without one writes its own.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        match node.body:
            case [ast.Expr(ast.Constant(str())) as text, *rest]:
                node.body = rest or [ast.copy_location(ast.Pass(), text)]
            case _:
                pass
    return tree


for source, name, target in json.loads(globals()["work"]):
    text = Path("/host" + source).read_bytes()
    tree = without_docstrings(ast.parse(text))
    code = compile(tree, name, "exec", dont_inherit=True, optimize=0)
    # Once more through marshal: how often a constant was referred to while it was compiled would
    # show in the bytes otherwise.
    code = marshal.loads(marshal.dumps(code))
    head = MAGIC_NUMBER + UNCHECKED.to_bytes(4, "little") + source_hash(text)
    Path("/host" + target).write_bytes(head + marshal.dumps(code))
