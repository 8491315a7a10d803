"""Names for figures: a heading and a sum that agree are certain, one alone is a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, product
from typing import Final

from auditor.drafting.measures import Measure
from auditor.drafting.relation import Equation, Relation, Term
from auditor.drafting.vocabulary import Vocabulary
from auditor.records.text import Text

__all__ = ["Name", "Naming", "expected_equations"]

_TOTAL: Final = "total_cost"
_FUNDING: Final = "funding."
_OF_YEARS: Final = frozenset({"amount_this_year", "amount_last_year"})
_MOST_EXPECTED: Final = 24
"""More combinations of headings than these say nothing any more."""


@dataclass(frozen=True)
class Name:
    """The name of a figure, whether nobody has to be asked about it, and why."""

    name: str
    is_certain: bool
    why: Text

    @property
    def is_confirmed(self) -> bool:
        """Whether numbers say so, too."""
        return self.why != _BY_HEADING


def _candidates(measures: Sequence[Measure], vocabulary: Vocabulary, name: str) -> list[Measure]:
    return [m for m in measures if _may_be(m, vocabulary, name)]


def _names_of(measure: Measure, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The figures that a measure may be, the likeliest first: by its heading, or by that over it
    where its own says the kind alone (予算額 under 本年度).
    """
    if vocabulary.kind_of(measure.heading) is not None:
        over = vocabulary.names_of(measure.group) if measure.group else ()
        if over and over[0] in _OF_YEARS:
            return over
    return vocabulary.names_of(measure.heading)


def _group_of(measure: Measure, vocabulary: Vocabulary) -> str:
    """The group of a measure, unless that is what names it."""
    over = vocabulary.names_of(measure.group) if measure.group else ()
    return "" if over and over[0] in _OF_YEARS else measure.group


def _may_be(measure: Measure, vocabulary: Vocabulary, name: str) -> bool:
    """Whether a heading can name a figure. The total of a list of settlements is 決算額."""
    names = _names_of(measure, vocabulary)
    if name in names:
        return True
    if names and names[0] in _OF_YEARS:
        return False
    return name == _TOTAL and vocabulary.kind_of(measure.heading) is not None


def _sources(measures: Sequence[Measure], vocabulary: Vocabulary) -> list[Measure]:
    """The figures whose headings are those of funding sources, each source once."""
    sources: dict[str, Measure] = {}
    for measure in measures:
        names = vocabulary.names_of(measure.heading)
        if names and names[0].startswith(_FUNDING):
            sources.setdefault(names[0], measure)
    return list(sources.values())


def expected_equations(measures: Sequence[Measure], vocabulary: Vocabulary) -> list[Equation]:
    """The equations that should hold between figures with such headings."""
    file = vocabulary.file
    equations: list[Equation] = []
    for words in file.sums:
        equations += _equations(measures, vocabulary, words.total, words.parts, "sum")
    for words in file.differences:
        equations += _equations(measures, vocabulary, words.total, words.parts, "difference")
    for words in file.products:
        equations += _equations(measures, vocabulary, words.total, words.parts, "product")
    for words in file.rates:
        equations += _equations(measures, vocabulary, words.total, words.parts, "ratio")
    return equations[:_MOST_EXPECTED]


def _equations(
    measures: Sequence[Measure],
    vocabulary: Vocabulary,
    total: str,
    parts: Sequence[str],
    kind: str,
) -> Iterator[Equation]:
    """The equations with every figure that may be meant."""
    choices: list[list[tuple[Measure, ...]]] = []
    for part in parts:
        if part == "funding":
            sources = tuple(_sources(measures, vocabulary))
            choices.append([sources] if len(sources) > 1 else [])
        else:
            choices.append([(m,) for m in _candidates(measures, vocabulary, part)])
    for whole in _candidates(measures, vocabulary, total):
        for chosen in product(*choices):
            of_parts = list(chain.from_iterable(chosen))
            keys = [measure.key for measure in of_parts]
            if whole.key in keys or len(set(keys)) < len(keys):
                continue
            groups = {_group_of(m, vocabulary) for m in (whole, *of_parts)}
            if len(groups - {""}) > 1:
                continue  # the rate of one indicator, the target of another
            signs = [1] * len(keys)
            if kind == "difference":
                signs[1:] = [-1] * (len(keys) - 1)
            terms = tuple(Term(key, sign) for key, sign in zip(keys, signs, strict=True))
            match kind:
                case "sum":
                    yield Equation("sum", whole.key, terms)
                case "difference":
                    yield Equation("difference", whole.key, terms)
                case "ratio":
                    yield Equation("ratio", whole.key, terms[:1], terms[1:], Decimal(100))
                case _:
                    yield Equation("product", whole.key, terms)


@dataclass
class Naming:
    """The names of a document's yearly figures that every form knows."""

    measures: Sequence[Measure]
    vocabulary: Vocabulary
    relations: Sequence[Relation]
    names: dict[str, Name] = field(default_factory=dict[str, Name])
    """By the keys of the measures."""
    total: Relation | None = None
    """The relation that says what the total cost is."""

    def __post_init__(self) -> None:
        self._by_key = {measure.key: measure for measure in self.measures}
        self._funding()
        self._full_cost()
        self._headcount()
        self._others()

    def _may_be(self, key: str, name: str) -> bool:
        measure = self._by_key.get(key)
        return measure is not None and _may_be(measure, self.vocabulary, name)

    def _source_of(self, key: str) -> str | None:
        measure = self._by_key.get(key)
        names = self.vocabulary.names_of(measure.heading) if measure is not None else ()
        return names[0] if names and names[0].startswith(_FUNDING) else None

    def _sums(self, keys: Iterable[str]) -> Iterator[Relation]:
        """The sums whose total is one of some figures, and that label or numbers confirm."""
        totals = set(keys)
        for relation in self.relations:
            signs = {term.sign for term in relation.terms}
            is_sum = relation.equation.kind == "sum" and signs == {1}
            if is_sum and relation.total in totals and relation.strength != "question":
                yield relation

    def _funding(self) -> None:
        """The total cost is what its sources add up to."""
        totals = [m.key for m in _candidates(self.measures, self.vocabulary, "total_cost")]
        best: Relation | None = None
        for relation in self._sums(totals):
            sources = [self._source_of(term.key) for term in relation.terms]
            if None in sources or len(set(sources)) < len(sources):
                continue
            if best is None or len(relation.terms) > len(best.terms):
                best = relation
        if best is None:
            return
        self.total = best
        why = _confirmed(best)
        self.names[best.total] = Name("total_cost", True, why)
        for key in (*(term.key for term in best.terms), *best.silent):
            source = self._source_of(key)
            if source is not None and key not in self.names:
                self.names[key] = Name(source, True, why)

    def _full_cost(self) -> None:
        """Cost and staff cost add up to the full cost."""
        totals = [m.key for m in _candidates(self.measures, self.vocabulary, "full_cost")]
        for relation in self._sums(totals):
            keys = [term.key for term in relation.terms]
            staff = [key for key in keys if self._may_be(key, "staff_cost")]
            cost = [key for key in keys if self._may_be(key, "total_cost")]
            if len(keys) != 2 or len(staff) != 1 or len(cost) != 1 or staff == cost:
                continue
            if relation.total in self.names:
                continue
            why = _confirmed(relation)
            self.names[relation.total] = Name("full_cost", True, why)
            self.names.setdefault(staff[0], Name("staff_cost", True, why))
            if not any(name.name == "total_cost" for name in self.names.values()):
                self.names.setdefault(cost[0], Name("total_cost", True, why))
            return

    def _headcount(self) -> None:
        """Staff and a unit cost make the staff cost."""
        for relation in self.relations:
            name = self.names.get(relation.total)
            is_staff = name is not None and name.name == "staff_cost"
            if not is_staff and not self._may_be(relation.total, "staff_cost"):
                continue
            if relation.equation.kind not in ("product", "multiple"):
                continue
            if relation.strength == "question":
                continue
            why = _confirmed(relation)
            for term in relation.terms:
                if self._may_be(term.key, "headcount") and term.key not in self.names:
                    self.names[term.key] = Name("headcount", True, why)
            self.names.setdefault(relation.total, Name("staff_cost", True, why))

    def _others(self) -> None:
        """What headings alone say; a name that a figure has already is no other's."""
        taken = {name.name for name in self.names.values()}
        for measure in self.measures:
            if measure.key in self.names:
                continue
            possible = _names_of(measure, self.vocabulary)
            if measure.kind_words:
                possible = (_TOTAL,)
            names = [n for n in possible if n not in taken or not self.vocabulary.is_field(n)]
            if names:
                taken.add(names[0])
                self.names[measure.key] = Name(
                    names[0], not self.vocabulary.is_field(names[0]), _BY_HEADING
                )


_BY_HEADING: Final = Text(en="by its heading alone", ja="見出しの語だけによる推定です")


def _confirmed(relation: Relation) -> Text:
    return Text(
        en=f"its heading says so, and the numbers agree in {relation.holds:,} of {relation.of:,}",
        ja=f"見出しの語と計算が一致（{relation.of:,}件中{relation.holds:,}件）",
    )
