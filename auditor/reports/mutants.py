"""The mutants of rules for those who write rules: which survive, and what would notice them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from auditor.auditing.formats import ReportContext
from auditor.reports.layout import Style, cut, painted, plain, wrap
from auditor.reports.wording import Wording
from auditor.toml.values import toml_value

if TYPE_CHECKING:
    from auditor.testing.mutants.changes import Mutant
    from auditor.testing.mutants.marks import RefutedMark
    from auditor.testing.mutants.run import MutantsOfRule, Survivor

__all__ = ["mutant_data", "mutant_list"]


def mutant_list(results: Sequence[MutantsOfRule], left_out: int, context: ReportContext) -> str:
    """The surviving mutants of each rule, and the sum of all. ``left_out`` are the rules in Python,
    which have no mutants.
    """
    words = Wording(context.lang)
    lines = [*chain.from_iterable(_rule(result, context, words) for result in results)]
    tried = [result for result in results if result.tried]
    waiting = len(results) - len(tried)
    mutants = sum(result.mutants for result in tried)
    survivors = sum(len(result.survivors) for result in results)
    equivalent = sum(result.equivalent for result in results)
    refuted = sum(len(result.refuted) for result in results)

    parts: list[tuple[str, str]] = []
    if tried:
        parts.append(_sum(mutants, len(tried), survivors, words))
    if equivalent:
        en = f"{equivalent} marked as making no difference"
        parts.append((en, f"判定が変わらないと記された{equivalent}件を除きます"))
    if refuted:
        en = f"{words.count(refuted, 'mark')} refuted"
        parts.append((en, f"成り立たない記載（equivalent）が{refuted}件あります"))
    if waiting:
        en = f"{words.count(waiting, 'rule')} not tried, for the cases do not come out as stated"
        parts.append((en, f"規則{waiting}件は、例が記載どおりにならないため調べていません"))
    if left_out:
        en = f"{words.count(left_out, 'rule')} in Python left out: a function has no mutants"
        parts.append((en, f"Python の規則{left_out}件は対象外です（式がないため）"))
    line = words.say("; ".join(en for en, _ in parts), "。".join(ja for _, ja in parts))
    style: Style = "error" if survivors or refuted or waiting else "good"
    return "\n".join([*lines, "", painted(line, style, context.color), ""])


def _sum(mutants: int, rules: int, survivors: int, words: Wording) -> tuple[str, str]:
    """How many mutants were tried, and how many survive."""
    en = f"{words.count(mutants, 'mutant')} of {words.count(rules, 'rule')}: "
    ja = f"規則{rules}件の変異（式を１か所だけ変えたもの）{mutants}件："
    if not survivors:
        return (
            f"{en}none survives, a case notices each",
            f"{ja}すべて、いずれかの例の結果が変わります",
        )
    verb = "survives" if survivors == 1 else "survive"
    return (
        f"{en}{survivors} {verb}, no case comes out otherwise",
        f"{ja}{survivors}件は、どの例の結果も変わりません",
    )


def _rule(result: MutantsOfRule, context: ReportContext, words: Wording) -> Iterator[str]:
    mutants = words.count(result.mutants, "mutant")
    if not result.tried:
        yield _title(
            result,
            f"{mutants} not tried: mend the cases first, each must come out as it states",
            f"変異{result.mutants}件は調べていません。先に例を記載どおりになるようにしてください",
            context,
            words,
        )
    if survivors := len(result.survivors):
        yield _title(
            result,
            f"{survivors} of {mutants} survive the cases",
            f"変異{result.mutants}件のうち{survivors}件は、どの例の結果も変わりません",
            context,
            words,
        )
        for survivor in result.survivors:
            yield from _survivor(survivor, context, words)
    if refuted := len(result.refuted):
        yield _title(
            result,
            f"{words.count(refuted, 'mark')} refuted",
            f"成り立たない equivalent が{refuted}件あります",
            context,
            words,
        )
        for mark in result.refuted:
            yield from _refuted(mark, context, words)


def _title(result: MutantsOfRule, en: str, ja: str, context: ReportContext, words: Wording) -> str:
    """The rule, and what is wrong with its cases or its marks."""
    name = f"{result.rule.code} {result.rule.file.name}"
    return painted(cut(words.labelled(name, words.say(en, ja))), "error", context.color)


def _refuted(refuted: RefutedMark, context: ReportContext, words: Wording) -> Iterator[str]:
    """A mark that does not hold, at its place in the file."""
    where = refuted.where or f"equivalent[{refuted.mark.number}]"
    head = words.labelled(where, refuted.message.of(words.lang))
    yield from (f"  {line}" for line in wrap(cut(head, 2_000), context.width - 2))
    yield from (f"  {line}" for line in refuted.excerpt)
    if refuted.case is not None:
        yield from (f"      {line}" for line in case_lines(refuted.case))
    yield ""


def _survivor(survivor: Survivor, context: ReportContext, words: Wording) -> Iterator[str]:
    """A mutant in the words of the formula: the part that is changed, what stands there, and the
    case that would notice it.
    """
    mutant = survivor.mutant
    lines = wrap(cut(words.labelled(mutant.part, mutant.before), 4_000), context.width - 2)
    after = mutant.after or words.say("(left out)", "（なし）")
    more = wrap(cut(f"→ {after}", 4_000), context.width - 4)
    yield from (f"  {line}" for line in lines)
    yield from (f"    {line}" for line in more)
    if survivor.case is None:
        message = words.say(
            "none of 20,000 drawn rows tells the two apart",
            "20,000件の行を作って試しましたが、結果はすべて同じでした",
        )
        yield from (f"    {line}" for line in wrap(message, context.width - 4))
        yield words.say(
            "    Where nothing can, mark it in the rule's file, with the reason:",
            "    変わりえない場合は、理由を付けて規則ファイルに書いてください：",
        )
        yield from (f"      {line}" for line in _mark_lines(mutant))
        yield ""
        return
    yield words.say("    This case would notice it:", "    次の例があれば気付けます：")
    yield from (f"      {line}" for line in case_lines(survivor.case))
    yield ""


def _mark_lines(mutant: Mutant) -> list[str]:
    """The mark of a mutant as it is written in a rule's file."""
    change = plain(f"{mutant.part} = {toml_value(mutant.change)}")
    return ["[[equivalent]]", change, 'reason = { en = "…", ja = "…" }']


def case_lines(case: Mapping[str, Any]) -> list[str]:
    """A case as it is written in a rule's file."""
    return ["[[cases]]", *(plain(f"{key} = {toml_value(value)}") for key, value in case.items())]


def mutant_data(results: Iterable[MutantsOfRule]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "rule": result.rule.code,
            "mutants": result.mutants,
            "tried": result.tried,
            "survivors": [
                {
                    "part": mutant.part,
                    "before": mutant.before,
                    "after": mutant.after,
                    "case": None if case is None else "\n".join(case_lines(case)),
                }
                for mutant, case in result.survivors
            ],
            "equivalent": result.equivalent,
            "refuted": [
                {
                    "part": refuted.mark.part,
                    "change": refuted.mark.change,
                    "where": refuted.where,
                    "en": refuted.message.en,
                    "ja": refuted.message.ja,
                    "case": None if refuted.case is None else "\n".join(case_lines(refuted.case)),
                }
                for refuted in result.refuted
            ],
        }
        for result in results
    ]
