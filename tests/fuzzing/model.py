"""What the fuzzer is made of: a case, a kind of cases, and what a run of the program gave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final, Generic, Literal, TypeVar

from auditor.auditing.session import load

__all__ = [
    "ANY_FORMAT",
    "Case",
    "Drawn",
    "End",
    "Failure",
    "Kind",
    "Outcome",
    "case_of",
]

M = TypeVar("M")

End = Literal["ended", "hang", "died"]
"""How a run ended: by itself, because its time was over, or the process was gone."""

ANY_FORMAT: Final = "with-any"
"""In the words of a case: the format of the plugin ``all_formats`` whose turn it is."""

_MOST_STEPS: Final = 4


@dataclass(frozen=True)
class Case:
    """One input: files by their names, and the words of the command line.

    ``documents`` are the files that must be read or named. ``visible`` are the numbers that they
    show, None where that is not known; a finding by one of the rules ``excuses`` may stand for
    them. So many ``sheets`` were in it before it was damaged: fewer are fewer with a word. The
    reader of a damaged file ``may_give_up`` at its limits of time and memory. ``foreign`` is code
    of others, whose exceptions may be named.
    """

    files: Mapping[str, bytes]
    words: Sequence[str]
    documents: Sequence[str] = ()
    visible: Collection[str] | None = None
    excuses: Collection[str] = ()
    sheets: int = 0
    may_give_up: bool = False
    foreign: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a run of the program gave. ``written`` are the files that it made, by name."""

    end: End
    code: int | None
    out: bytes = b""
    err: bytes = b""
    written: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


@dataclass(frozen=True)
class Failure:
    """A property that does not hold, and what was seen."""

    prop: str
    detail: str


@dataclass(frozen=True)
class Kind(Generic[M]):
    """A kind of cases: where each starts, what damages it, and how the program gets it.

    ``check`` looks at what only this kind knows of a run.
    """

    name: str
    start: Callable[[Random], M]
    damage: Callable[[Random, M], M]
    case: Callable[[M], Case]
    check: Callable[[Case, Outcome], list[Failure]] | None = None
    most_steps: int = _MOST_STEPS


@dataclass(frozen=True)
class Drawn:
    """A case with where it comes from: ``steps`` are the damages that were done to it."""

    kind: Kind[Any]
    seed: int
    number: int
    steps: tuple[int, ...]
    case: Case

    @property
    def command(self) -> str:
        """What repeats the case."""
        return f"make fuzz KIND={self.kind.name} SEED={self.seed} NUMBER={self.number}"


def case_of(kind: Kind[Any], seed: int, number: int, steps: Collection[int] | None = None) -> Drawn:
    """The case of a number; ``steps`` are the damages to do of those that belong to it, None for
    all. Its words may leave the report format open (ANY_FORMAT): all of them come round.
    """

    def random(*what: object) -> Random:
        return Random("/".join(map(str, (seed, kind.name, number, *what))))

    material = kind.start(random("start"))
    count = random("steps").randint(0, kind.most_steps)
    chosen = tuple(step for step in range(count) if steps is None or step in steps)
    for step in chosen:
        material = kind.damage(random("step", step), material)
    case = kind.case(material)
    shipped = list(load().reports)
    name = f"with-{shipped[number % len(shipped)]}"
    words = tuple(name if word == ANY_FORMAT else word for word in case.words)
    return Drawn(kind, seed, number, chosen, replace(case, words=words))
