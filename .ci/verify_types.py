"""Holds how many of the package's types a user's checker knows without guessing.

Pyright counts every name that can be imported.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LEAST: Final = 0.99
"""The share of names whose type is known."""
SHOWN: Final = 20


def verified() -> str:
    """What pyright says of the package, as JSON."""
    parts = [ROOT, ROOT / "rules", ROOT / "datasets", os.environ.get("PYTHONPATH", "")]
    words = ["--pythonpath", sys.executable, "--verifytypes", "auditor", "--ignoreexternal"]
    # Outside of the tree the package is found as a user's is, by the interpreter's path.
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.run(
            [sys.executable, "-m", "pyright", *words, "--outputjson"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, filter(None, parts)))},
            stdout=subprocess.PIPE,
            check=False,
        )
    return process.stdout.decode()


def main() -> int:
    complete = json.loads(verified())["typeCompleteness"]
    score = complete["completenessScore"]
    print(f"types known: {score:.2%} (at least {LEAST:.0%})")
    if score >= LEAST:
        return 0
    unknown = [symbol for symbol in complete["symbols"] if not symbol["isTypeKnown"]]
    roots = [
        f"{symbol['name']}: {' '.join(fault['message'].split())}"
        for symbol in unknown
        for fault in symbol.get("diagnostics", ())
        if "missing type annotation" in fault["message"]
    ]
    print(*roots[:SHOWN], sep="\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
