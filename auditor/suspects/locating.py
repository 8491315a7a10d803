"""``locate``: which values of any record are wrong, and what they should be.

All that is said of the record are the formulas that its values ought to satisfy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Final

from auditor.records.errors import AuditorError, WrongArgument
from auditor.records.figures import Rounding
from auditor.rules.suspects import Suspect
from auditor.suspects.blocks import Component
from auditor.suspects.candidates import Candidate, common_slip
from auditor.suspects.diagnosis import Diagnosis, diagnosis
from auditor.suspects.explanation import shares
from auditor.suspects.numbers import Given
from auditor.suspects.plain import PlainRecord, plain_record
from auditor.suspects.plain_words import PlainWords, printed_words
from auditor.suspects.problem import Budget
from auditor.suspects.ranking import ranking
from auditor.suspects.search import contradictory
from auditor.suspects.slips import slip
from auditor.suspects.worlds import explanations

__all__ = ["Infeasible", "Suspects", "Undecided", "locate"]

NODES: Final = 4000
PROOF_NODES: Final = 500
"""The budget for each set of formulas that is looked at for a smaller contradiction."""


class Suspects(list[Suspect]):
    """Suspects, the likeliest first.

    ``none_of_these`` is the belief that the truth is something else: with the shares it adds up
    to one. ``complete`` is False where the budget ended before all had been looked for.
    """

    complete: bool = True
    none_of_these: Decimal = Decimal(0)

    @property
    def certain(self) -> bool:
        """Whether one suspect is likelier than all the others together; else the figures alone
        can't tell.
        """
        return bool(self) and self[0].share * 2 > 1


class Undecided(AuditorError):
    """The budget of nodes ended before an explanation was found. There may be one."""

    def __init__(self, nodes: int) -> None:
        super().__init__(
            f"undecided after {nodes} nodes; nodes=… allows more",
            f"{nodes}ノードでは判定できませんでした。nodes=… で増やせます",
        )
        self.nodes = nodes


class Infeasible(AuditorError):
    """No values of the cells that may change satisfy these formulas; leave out one, and there are
    some.
    """

    def __init__(self, formulas: Sequence[str]) -> None:
        listed = ", ".join(formulas)
        super().__init__(
            f"no record can satisfy all of: {listed}", f"すべてを満たす値がありません：{listed}"
        )
        self.formulas: tuple[str, ...] = tuple(formulas)


def locate(
    values: Mapping[str, Given],
    formulas: Iterable[str],
    *,
    weights: Mapping[str, float] | None = None,
    steps: Mapping[str, Given] | Given = None,
    rounding: Mapping[str, Rounding] | Rounding | None = None,
    fixed: Collection[str] = (),
    words: Mapping[str, Collection[str]] | None = None,
    limit: int = 10,
    nodes: int = NODES,
) -> Suspects:
    """The likeliest explanations of why a record breaks its formulas; an empty list where all of
    them hold.

    ``values`` maps names to numbers, a text of plain digits (``"-52.50"``) among them; a float
    counts as the shortest decimal that it prints as. A missing value (None) is free, and gets a
    value where the formulas imply one. ``weights`` say how hard a cell is to suspect (1 where
    they say nothing), ``fixed`` names cells that are right. A cell counts in ``steps`` (its last
    printed decimal place if not given) and stands for what ``rounding`` makes of it, by name or
    for all. ``words`` gives, for each name that holds a word and no number, the words that may
    stand there; where formulas compare it, it is suspected with each that fits. Raises
    FormulaError, ValueError, Undecided where the budget of ``nodes`` ended, and Infeasible, with
    the smallest contradicting formulas, where no values can satisfy them all.
    """
    _check(values, formulas)
    texts = printed_words(values, words or {}, fixed)
    record = plain_record(
        _without(values, words or {}),
        tuple(formulas),
        weights or {},
        steps,
        rounding,
        _without(dict.fromkeys(fixed), words) if words else fixed,
        PlainWords.texts(texts),
    )
    if limit < 1 or nodes < 1:
        raise WrongArgument("limit and nodes are at least 1", "limit と nodes は1以上です")
    on_words = PlainWords(record, texts)
    broken = bool(on_words.broken({}))
    factor = on_words.factor if record.on_words else None
    outcome = diagnosis(record, Budget(nodes), factor, more=broken, bounds_apart=False)
    _raise_for_unexplained(record, outcome, nodes)
    suspects = Suspects()
    suspects.complete = outcome.complete
    if not outcome.broken and not broken:
        return suspects
    options = [(_UNCHANGED, 1.0)]
    if outcome.broken:
        options = explanations(outcome.worlds, limit)
    several = _with_words(record, on_words, options)[:limit]
    parts, suspects.none_of_these = shares([share for _, share in several])
    suspects += [
        replace(suspect, share=share)
        for (suspect, _), share in zip(several, parts, strict=True)
        if suspect.cells
    ]
    return suspects


def _check(values: object, formulas: object) -> None:
    """Raises WrongArgument where values have no names, or one formula is no list of them."""
    if not isinstance(values, Mapping):
        raise WrongArgument(
            'values are given by name, as in {"total": 8300, "a": 4000}',
            "値は名前と組で渡してください（total と 8300 など）",
        )
    if isinstance(formulas, str):
        raise WrongArgument(f'formulas are a list: ["{formulas}"]', "数式はリストで渡してください")


def _without(values: Mapping[str, Given], words: Collection[str]) -> dict[str, Given]:
    """The values that are figures."""
    return {name: value for name, value in values.items() if name not in words}


def _raise_for_unexplained(record: PlainRecord, outcome: Diagnosis, nodes: int) -> None:
    """Raise Infeasible or Undecided where nothing explains a part of what is broken."""
    for number, reason in outcome.unexplained.items():
        if reason == "infeasible":
            raise Infeasible(_core(record, outcome.broken[number]))
        raise Undecided(nodes)


_UNCHANGED: Final = Candidate((), "missing", {}, {}, 1.0)
"""The record as it is."""


def _with_words(
    record: PlainRecord, on_words: PlainWords, options: Sequence[tuple[Candidate, float]]
) -> list[tuple[Suspect, float]]:
    """Explanations as suspects, the likeliest first, with the words to correct beside them where
    they leave a formula on words broken.
    """
    if not record.on_words:
        return [(record.suspect(option, Decimal(0)), share) for option, share in options]
    suspects: list[tuple[Suspect, float]] = []
    for option, share in options:
        suspect = record.suspect(option, Decimal(0))
        if not on_words.broken(option.point):
            suspects.append((suspect, share))
            continue
        for cells, part in on_words.fitting(option.point):
            codes = {cell.slip.code for cell in cells if cell.slip is not None}
            if suspect.cells:
                codes.add(suspect.slip.code)
            code = common_slip(codes)
            whole = replace(suspect, cells=suspect.cells + cells, slip=slip(code))
            suspects.append((whole, share * part))
    suspects.sort(key=lambda item: -item[1])
    return suspects


def _core(record: PlainRecord, component: Component) -> list[str]:
    """The fewest formulas of a component that contradict each other."""
    numbers = sorted({constraint.rule for constraint in component})

    def holds(subset: Collection[int]) -> bool:
        part = tuple(constraint for constraint in component if constraint.rule in subset)
        outcome = ranking(record.problem, part, record.context, Budget(PROOF_NODES))
        if outcome.candidates:
            return True
        return not outcome.complete and not contradictory(record.problem, part)

    def named(subset: Iterable[int]) -> list[str]:
        return [record.rules.judges[number].name for number in subset]

    for size in (1, 2, 3):
        subsets = list(combinations(numbers, size))
        if size >= len(numbers) or len(subsets) > 400:
            break
        for subset in subsets:
            if not holds(subset):
                return named(subset)
    core = numbers
    for number in numbers:
        without = [other for other in core if other != number]
        if without and not holds(without):
            core = without
    return named(core)
