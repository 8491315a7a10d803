"""What the search for suspects said, written down in full: the suspects, and the explanations
behind them with how much each is believed, in nine digits.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from auditor.rules.suspects import Suspect, SuspectCell
from auditor.suspects import locating, sheet_words, sheets
from auditor.suspects.candidates import Candidate
from auditor.suspects.diagnosis import Diagnosis
from auditor.suspects.expressions import bits
from auditor.suspects.worlds import Part

__all__ = ["Recorder", "Stored", "suspect_lines"]

SHOWN: Final = 6
"""As many candidates of a part are written down; all are in its total."""
WEIGHED: Final = (locating, sheets, sheet_words)
DIAGNOSED: Final = (locating, sheets)
ANSWERS: Final = Path(__file__).parent / "answers"


def digits(number: float) -> str:
    """A belief, as exact as it is on every machine."""
    return f"{number:.9g}"


def _value(number: Decimal | None) -> str:
    return "?" if number is None else f"{number:f}"


def _cell_line(cell: SuspectCell) -> str:
    name = ".".join(filter(None, (cell.field, cell.name, cell.year)))
    if cell.beside is not None:
        name += f"@{cell.beside.sheet}"
    if cell.other_book is not None:
        name += f"@{cell.other_book}"
    if cell.word is not None or cell.fits is not None:
        return f"{name}: {cell.word} -> {cell.fits}"
    span = "" if cell.exact else f" [{_value(cell.low)}, {_value(cell.high)}]"
    slip = "" if cell.slip is None else f" ({cell.slip.code})"
    emptied = " emptied" if cell.emptied else ""
    printed, correct = _value(cell.value), _value(cell.corrected)
    return f"{name}: {printed} -> {correct}{span}{emptied} {cell.unit}{slip}"


def suspect_lines(suspects: Iterable[Suspect]) -> list[str]:
    """Each suspect with its slip, its share and its cells."""
    return [
        f"{suspect.share} {suspect.slip.code} | {'; '.join(map(_cell_line, suspect.cells))}"
        for suspect in suspects
    ]


def _candidate_line(candidate: Candidate) -> str:
    cells = ", ".join(
        f"{at} {code} {candidate.point[at]} {candidate.domains[at]}" for at, code in candidate.slips
    )
    more = f"{candidate.count} {digits(candidate.plausibility)} {list(bits(candidate.unknown))}"
    return f"{digits(candidate.belief)} {candidate.slip} {more} | {cells}"


def _part(part: Part) -> dict[str, Any]:
    return {
        "settles": sorted(part.settles),
        "complete": part.complete,
        "none": digits(part.none),
        "total": digits(part.total),
        "count": len(part.candidates),
        "candidates": [_candidate_line(each) for each in part.candidates[:SHOWN]],
    }


def _diagnosis(outcome: Diagnosis, rules: Sequence[str]) -> dict[str, Any]:
    numbers: dict[int, int] = {}
    parts: list[dict[str, Any]] = []
    worlds: list[list[int]] = []
    for world in outcome.worlds:
        for part in world:
            if id(part) not in numbers:
                numbers[id(part)] = len(parts)
                parts.append(_part(part))
        worlds.append([numbers[id(part)] for part in world])
    return {
        "broken": [
            sorted({rules[constraint.rule] for constraint in component})
            for component in outcome.broken
        ],
        "parts": parts,
        "worlds": worlds,
        "unexplained": {str(number): why for number, why in outcome.unexplained.items()},
        "complete": outcome.complete,
    }


class Recorder:
    """Notes each diagnosis, and the weights that shares were made of."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.diagnoses: list[dict[str, Any]] = []
        self.weights: list[list[str]] = []
        for module in WEIGHED:
            self._replace(monkeypatch, module, "shares", self._weighed)
        for module in DIAGNOSED:
            self._replace(monkeypatch, module, "diagnosis", self._diagnosed)

    def _replace(
        self,
        monkeypatch: pytest.MonkeyPatch,
        module: ModuleType,
        name: str,
        wrapped: Callable[[Callable[..., Any]], Callable[..., Any]],
    ) -> None:
        monkeypatch.setattr(module, name, wrapped(getattr(module, name)))

    def _weighed(self, shares: Callable[..., Any]) -> Callable[..., Any]:
        def noting(weights: Sequence[float]) -> Any:
            self.weights.append([digits(weight) for weight in weights])
            return shares(weights)

        return noting

    def _diagnosed(self, diagnosis: Callable[..., Diagnosis]) -> Callable[..., Diagnosis]:
        def noting(record: Any, *arguments: Any, **options: Any) -> Diagnosis:
            outcome = diagnosis(record, *arguments, **options)
            self.diagnoses.append(_diagnosis(outcome, record.rules.names))
            return outcome

        return noting

    def answer(self, suspects: object) -> dict[str, Any]:
        """All that was noted, with what came out."""
        return {"suspects": suspects, "weights": self.weights, "diagnoses": self.diagnoses}


class Stored:
    """The answers of a file, by the names of their cases."""

    def __init__(self, name: str, folder: Path = ANSWERS) -> None:
        self.file = folder / f"{name}.json"
        self.answers: dict[str, Any] = (
            json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}
        )

    def compare(self, case: str, answer: Mapping[str, Any]) -> None:
        """Fails where a case has another answer; stores it instead with
        ``AUDITOR_SNAPSHOTS=write``.
        """
        plain = json.loads(json.dumps(answer))
        is_new = plain != self.answers.get(case)
        if is_new and os.environ.get("AUDITOR_SNAPSHOTS") == "write":
            self.answers[case] = plain
            text = json.dumps(self.answers, ensure_ascii=False, indent=1, sort_keys=True)
            self.file.write_text(text + "\n", encoding="utf-8", newline="")
        assert plain == self.answers.get(case), f"{case} changed or is new"

    def cases_are(self, names: Iterable[str]) -> None:
        """Fails where an answer is stored that no case has."""
        assert set(self.answers) == set(names)
