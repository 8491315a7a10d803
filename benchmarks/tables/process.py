"""A tool as a process of its own, that works when it is told to and says how long it took."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from benchmarks.tables.tools import ROOT, Tool, python_of

__all__ = ["Process", "Run"]


class Run(NamedTuple):
    """One time that a tool did its work: seconds, and the most memory that its process ever had
    (MB); seconds of its parts.
    """

    seconds: float
    peak_mb: float
    phases: dict[str, float]


class Process:
    """A started tool that has read the tables of ``folder``. Raises SystemExit where the tool
    gives up.
    """

    def __init__(self, tool: Tool, folder: Path) -> None:
        self.tool = tool
        command = [python_of(tool), "-m", tool.module, str(folder.resolve()), *tool.arguments]
        paths = os.pathsep.join(str(ROOT / part) for part in ("", "rules", "datasets"))
        environment = {
            **os.environ,
            "PYTHONPATH": paths,
            "GX_ANALYTICS_ENABLED": "False",
            "PYTHONWARNINGS": "ignore",
        }
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment,
            text=True,
            encoding="utf-8",
        )
        self._answer()

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def run(self) -> Run:
        return Run(**self._ask("run"))

    def pairs(self, path: Path) -> set[str]:
        """The failing pairs of the last run, one a line."""
        self._ask(f"pairs {path.resolve()}")
        return set(path.read_text(encoding="utf-8").splitlines())

    def _ask(self, command: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(
                f"{self.tool.key}: the process ended with exit code {self._process.wait()}, so there is nothing to time"
            )
        told: dict[str, Any] = json.loads(line)
        return told
