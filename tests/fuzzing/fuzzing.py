"""Runs cases, counts them, and writes each failure with a smaller input."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tests.fuzzing.documents import ALL_FORMATS
from tests.fuzzing.model import Case, Drawn, Failure, Kind, Outcome, case_of
from tests.fuzzing.properties import failures, report_in
from tests.fuzzing.running import Runner

__all__ = ["Counts", "Fuzzing"]

_APART: Final = 8
"""How many cases there are for one whose readers work in child processes from the start."""
_MOST_TRIES: Final = 60
"""How often a failing input is tried smaller."""


@dataclass
class Counts:
    """How many inputs of a kind were run, how they ended, and how many failed."""

    inputs: int = 0
    codes: Counter[int | None] = field(default_factory=Counter[int | None])
    read: int = 0
    """How many inputs gave a report."""
    failed: int = 0
    seconds: float = 0.0


class Fuzzing:
    """A run of the fuzzer. ``tell`` gets each line of ``lines``, one for each failure; failing
    inputs are written below ``folder``.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None] | None = None) -> None:
        self._folder, self._tell = folder, tell
        self.runner = Runner([ALL_FORMATS])
        self.counts: dict[str, Counts] = {}
        self.lines: list[str] = []

    def try_case(self, kind: Kind[Any], seed: int, number: int) -> list[Failure]:
        """Run one case; what does not hold."""
        started = time.monotonic()
        drawn = case_of(kind, seed, number)
        outcome = self.runner.run(drawn.case, apart=number % _APART == 0)
        wrong = failures(drawn, outcome)
        if wrong and number % _APART:
            # Only the program as it is used counts.
            outcome = self.runner.run(drawn.case)
            wrong = failures(drawn, outcome)
        counts = self.counts.setdefault(kind.name, Counts())
        counts.inputs += 1
        counts.codes[outcome.code] += 1
        counts.read += report_in(outcome) is not None
        counts.failed += bool(wrong)
        for failure in wrong[:1]:
            self._write(drawn, failure)
        counts.seconds += time.monotonic() - started
        return wrong

    def close(self) -> None:
        """End the workers."""
        self.runner.close()

    # --- smaller inputs ---------------------------------------------------------------------------

    def _write(self, drawn: Drawn, failure: Failure) -> None:
        """Write a failing input, as small as it could be made, and a line about it."""
        smaller, outcome = self._smaller(drawn, failure)
        place = self._folder / f"{drawn.kind.name}-{drawn.seed}-{drawn.number}"
        place.mkdir(parents=True, exist_ok=True)
        for name, content in smaller.files.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        about = {
            "command": drawn.command,
            "property": failure.prop,
            "detail": failure.detail,
            "words": list(smaller.words),
            "code": outcome.code,
            "err": outcome.err.decode("utf-8", "replace")[:4000],
            "out": outcome.out.decode("utf-8", "replace")[:200_000],
        }
        text = json.dumps(about, ensure_ascii=False, indent=1)
        (place / "about.json").write_text(text, encoding="utf-8", errors="replace")
        detail = " ".join(failure.detail.split())[:200]
        self.lines.append(f"{failure.prop}: {drawn.command}  # {detail}")
        if self._tell is not None:
            self._tell(self.lines[-1])

    def _smaller(self, drawn: Drawn, failure: Failure) -> tuple[Case, Outcome]:
        """A case with fewer damages, and where it is a text with fewer lines, that fails in the
        same way.
        """
        best, outcome, tries = drawn, self.runner.run(drawn.case), 0

        def fails(candidate: Drawn) -> bool:
            nonlocal best, outcome, tries
            tries += 1
            if failure.prop in ("hang", "gave-up") and tries > 4:
                return False
            result = self.runner.run(candidate.case)
            if any(wrong.prop == failure.prop for wrong in failures(candidate, result)):
                best, outcome = candidate, result
                return True
            return False

        for step in drawn.steps:
            rest = [other for other in best.steps if other != step]
            fails(case_of(drawn.kind, drawn.seed, drawn.number, rest))
        if drawn.case.visible is None or failure.prop != "number-lost":
            for name in best.case.files:
                for candidate in _without_lines(best.case.files[name]):
                    if tries >= _MOST_TRIES:
                        break
                    files = {**best.case.files, name: candidate}
                    fails(replace(best, case=replace(best.case, files=files, visible=None)))
        return best.case, outcome


def _without_lines(data: bytes) -> Iterator[bytes]:
    """A text without parts of its lines: halves, then quarters, and so on."""
    if b"\0" in data or data.startswith((b"PK", b"%PDF", b"\xd0\xcf")):
        return
    lines = data.splitlines(keepends=True)
    size = len(lines) // 2
    while size:
        for at in range(0, len(lines), size):
            yield b"".join(lines[:at] + lines[at + size :])
        size //= 2


def table(counts: dict[str, Counts]) -> Sequence[str]:
    """The counts as lines of a Markdown table."""
    lines = [
        "| kind | inputs | reports | exit 0 | exit 1 | exit 2 | failures | inputs a second |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, count in counts.items():
        codes = " | ".join(f"{count.codes[code]:,}" for code in (0, 1, 2))
        speed = count.inputs / count.seconds if count.seconds else 0
        lines.append(
            f"| {name} | {count.inputs:,} | {count.read:,} | {codes} | {count.failed:,} "
            f"| {speed:.1f} |"
        )
    total = sum(count.inputs for count in counts.values())
    failed = sum(count.failed for count in counts.values())
    lines.append(f"| all | {total:,} | | | | | {failed:,} | |")
    return lines
