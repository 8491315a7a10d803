"""Runs inside Pyodide: pytest on the test modules of ``work`` (JSON); ``code`` is its exit code.

The program works on documents in place, as it does in the page's worker, for there are no child
processes.
"""

import importlib
import json
import os
import sys

task = json.loads(globals()["work"])
root = "/host" + task["root"]
os.chdir(root)
sys.path[:0] = [root, f"{root}/rules", f"{root}/datasets", "/host" + task["packages"]]
sys.pycache_prefix = "/host" + task["cache"]
importlib.invalidate_caches()

import pytest  # noqa: E402

from auditor.files.confined import using  # noqa: E402
from auditor.files.confined.in_place import InPlace  # noqa: E402

with using(InPlace):
    code = int(pytest.main(["-p", "no:cacheprovider", *task["arguments"]]))
