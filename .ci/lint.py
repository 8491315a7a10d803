"""Runs what checks the code without running it: style, types and the one-way flow.

Two checks run at a time, since the checkers of types take a minute each and use one core. What a
check says is shown in one piece.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LINT_IMPORTS: Final = str(Path(sys.executable).with_name("lint-imports"))
CHECKS: Final[Mapping[str, Sequence[str]]] = {
    "ruff check": (sys.executable, "-m", "ruff", "check", "."),
    "ruff format": (sys.executable, "-m", "ruff", "format", "--check", "."),
    "pyright": (sys.executable, "-m", "pyright", "--pythonpath", sys.executable),
    "mypy": (sys.executable, "-m", "mypy"),
    "types that users see": (sys.executable, ".ci/verify_types.py"),
    "import-linter": (LINT_IMPORTS, "--no-logo"),
}


def run(name: str) -> subprocess.CompletedProcess[bytes]:
    """Runs one check; its result has all that it says."""
    return subprocess.run(
        CHECKS[name], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


def main() -> int:
    failing: list[str] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, result in zip(CHECKS, pool.map(run, CHECKS), strict=True):
            print(f"== {name}\n{result.stdout.decode(errors='replace').strip()}", flush=True)
            if result.returncode:
                failing.append(name)
    if failing:
        print(f"Failed: {', '.join(failing)}", file=sys.stderr)
    return int(bool(failing))


if __name__ == "__main__":
    sys.exit(main())
