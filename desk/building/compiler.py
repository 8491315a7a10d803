"""Runs inside Pyodide: compiles each source of ``work`` (JSON: [[source, name, target], …]).

``name`` is the path that the code will have in the page. The code says nothing of times and is not
held against its source: the page's hash stands for both.
"""

import json
import marshal
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

UNCHECKED = 0b01

for source, name, target in json.loads(globals()["work"]):
    text = Path("/host" + source).read_bytes()
    code = compile(text, name, "exec", dont_inherit=True, optimize=0)
    # Once more through marshal: how often a constant was referred to while it was compiled would
    # show in the bytes otherwise.
    code = marshal.loads(marshal.dumps(code))
    head = MAGIC_NUMBER + UNCHECKED.to_bytes(4, "little") + source_hash(text)
    Path("/host" + target).write_bytes(head + marshal.dumps(code))
