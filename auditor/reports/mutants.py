"""The mutants of rules for those who write rules: which survive the cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from auditor.auditing.formats import ReportContext
from auditor.reports.layout import Style, cut, painted, wrap
from auditor.reports.wording import Wording

if TYPE_CHECKING:
    from auditor.testing.mutants.changes import Mutant
    from auditor.testing.mutants.run import MutantsOfRule

__all__ = ["mutant_data", "mutant_list"]


def mutant_list(results: Sequence[MutantsOfRule], left_out: int, context: ReportContext) -> str:
    """The surviving mutants of each rule, and the sum of all. ``left_out`` are the rules in Python,
    which have no mutants.
    """
    words = Wording(context.lang)
    lines = [*chain.from_iterable(_rule(result, context, words) for result in results)]
    mutants = sum(result.mutants for result in results)
    survivors = sum(len(result.survivors) for result in results)
    rules = len(results)

    en = f"{words.count(mutants, 'mutant')} of {words.count(rules, 'rule')}: "
    ja = f"規則{rules}件の変異（式を１か所だけ変えたもの）{mutants}件："
    if survivors:
        en += f"{survivors} survive, no case comes out otherwise for them"
        ja += f"{survivors}件は、どの例の結果も変わりません"
    else:
        en += "each is noticed by a case"
        ja += "すべて、いずれかの例の結果が変わります"
    if left_out:
        en += f"; {words.count(left_out, 'rule')} in Python left out: a function has no mutants"
        ja += f"。Python の規則{left_out}件は対象外です（式がないため）"
    style: Style = "error" if survivors else "good"
    return "\n".join([*lines, "", painted(words.say(en, ja), style, context.color), ""])


def _rule(result: MutantsOfRule, context: ReportContext, words: Wording) -> Iterator[str]:
    if result.passed:
        return
    survivors = len(result.survivors)
    message = words.say(
        f"{survivors} of {words.count(result.mutants, 'mutant')} survive the cases",
        f"変異{result.mutants}件のうち{survivors}件は、どの例の結果も変わりません",
    )
    head = cut(words.labelled(f"{result.rule.code} {result.rule.file.name}", message))
    yield painted(head, "error", context.color)
    for mutant in result.survivors:
        yield from _mutant(mutant, context, words)


def _mutant(mutant: Mutant, context: ReportContext, words: Wording) -> Iterator[str]:
    """A mutant in the words of the formula: the part that is changed, and what stands there."""
    lines = wrap(cut(words.labelled(mutant.part, mutant.before), 4_000), context.width - 2)
    after = mutant.after or words.say("(left out)", "（なし）")
    more = wrap(cut(f"→ {after}", 4_000), context.width - 4)
    yield from (f"  {line}" for line in lines)
    yield from (f"    {line}" for line in more)


def mutant_data(results: Iterable[MutantsOfRule]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "rule": result.rule.code,
            "mutants": result.mutants,
            "survivors": [
                {"part": mutant.part, "before": mutant.before, "after": mutant.after}
                for mutant in result.survivors
            ],
        }
        for result in results
    ]
