"""What is known of the unchanged tests: the time that each takes and the lines that it runs. A
memory may be kept in a file, so that a second run measures changed files of tests alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.mutants.groups import ROOT

__all__ = ["Memory"]


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


@dataclass
class Memory:
    """Tests by their names: ``seconds``, ``failed`` and ``lines``, by module. It holds as long as
    the modules are as they were, and of a file of tests as long as that is.
    """

    modules: str
    path: Path | None = None
    files: dict[str, str] = field(default_factory=dict)
    tests: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, modules: Iterable[Path], path: Path | None) -> Memory:
        """What a file remembers of tests that are as they were."""
        digest = _digest(modules)
        memory = cls(digest, path)
        if path is None or not path.exists():
            return memory
        stored = json.loads(path.read_text("utf-8"))
        if stored["modules"] != digest:
            return memory
        for name, was in stored["files"].items():
            if (ROOT / name).exists() and _digest([ROOT / name]) == was:
                memory.files[name] = was
        for name, test in stored["tests"].items():
            if name.partition("::")[0] in memory.files:
                memory.tests[name] = test
        return memory

    def lacks(self, name: str) -> bool:
        """Whether nothing is known of a test."""
        return name not in self.tests

    def add(self, tests: Mapping[str, dict[str, Any]]) -> None:
        """Remembers tests that were run."""
        self.tests |= tests
        for name in {name.partition("::")[0] for name in tests}:
            self.files[name] = _digest([ROOT / name])

    def save(self) -> None:
        """Writes the file, if there is to be one."""
        if self.path is not None:
            content = {"modules": self.modules, "files": self.files, "tests": self.tests}
            self.path.write_text(json.dumps(content), "utf-8")
